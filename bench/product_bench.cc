// Products with distributed vectors: dense beside the speed of reading, sparse beside a program by hand in plain MPI.

#include "bench/compare.hpp"
#include "bench/reading.hpp"

#include <armada/arrays/linalg/matvec.hpp>
#include <armada/arrays/linalg/sparse_matrix.hpp>
#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>

#include <cstdint>
#include <vector>

namespace {

/// The 5-point stencil on n × n points as a programmer would write it: compressed rows with ghost points of the rows
/// above and below, which travel by messages before each product.
class stencil_by_hand {
public:
  stencil_by_hand(MPI_Comm comm, long n, long first_row, long rows) : comm_(comm), n_(n), rows_(rows) {
    MPI_Comm_rank(comm, &rank_);
    MPI_Comm_size(comm, &size_);
    x_.assign(static_cast<std::size_t>((rows + 2) * n), 1.0); // a ghost row at either end
    y_.assign(static_cast<std::size_t>(rows * n), 0.0);
    starts_.push_back(0);
    for (long i = 0; i < rows; ++i)
      for (long j = 0; j < n; ++j) {
        auto const here = (i + 1) * n + j;
        if (first_row + i > 0) add(here - n, -1);
        if (j > 0) add(here - 1, -1);
        add(here, 4);
        if (j + 1 < n) add(here + 1, -1);
        if (first_row + i + 1 < n) add(here + n, -1);
        starts_.push_back(static_cast<std::int64_t>(values_.size()));
      }
  }

  void multiply() {
    int const above = rank_ > 0 ? rank_ - 1 : MPI_PROC_NULL;
    int const below = rank_ + 1 < size_ ? rank_ + 1 : MPI_PROC_NULL;
    auto const n = static_cast<int>(n_);
    MPI_Request requests[4];
    MPI_Irecv(x_.data(), n, MPI_DOUBLE, above, 0, comm_, &requests[0]);
    MPI_Irecv(x_.data() + (rows_ + 1) * n_, n, MPI_DOUBLE, below, 1, comm_, &requests[1]);
    MPI_Isend(x_.data() + n_, n, MPI_DOUBLE, above, 1, comm_, &requests[2]);
    MPI_Isend(x_.data() + rows_ * n_, n, MPI_DOUBLE, below, 0, comm_, &requests[3]);
    MPI_Waitall(4, requests, MPI_STATUSES_IGNORE);
    for (std::size_t row = 0; row + 1 < starts_.size(); ++row) {
      double total = 0;
      for (auto k = starts_[row]; k < starts_[row + 1]; ++k)
        total +=
            values_[static_cast<std::size_t>(k)] * x_[static_cast<std::size_t>(columns_[static_cast<std::size_t>(k)])];
      y_[row] = total;
    }
  }

private:
  void add(long column, double value) {
    columns_.push_back(static_cast<std::int32_t>(column));
    values_.push_back(value);
  }

  MPI_Comm comm_;
  int rank_ = 0, size_ = 0;
  long n_, rows_;
  std::vector<double> x_, y_, values_;
  std::vector<std::int64_t> starts_;
  std::vector<std::int32_t> columns_;
};

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  auto const repeat = [](auto once) {
    return [once](long times) {
      for (long k = 0; k < times; ++k) once();
    };
  };

  {
    constexpr std::int64_t n = 4000; // 128 MB: no cache holds it
    armada::distributed_array<double, 2> a(world, {n, n});
    armada::distributed_array<double, 1> x(world, {n}), y(world, {n});
    a.fill(1.0);
    x.fill(1.0);
    auto const elements = std::span<double const>(a.local().elements());
    double sink = 0;
    auto const product = repeat([&] { armada::matvec(a, x, y); });
    auto const read = repeat([&] {
      sink += bench::read_all(elements);
      bench::touch(&sink);
    });
    table.compare("dense product 4000 x 4000, reading the matrix", "GB/s", bench::ratio(0.95), product, read,
                  8.0 * n * n);
  }

  {
    constexpr std::int64_t n = 1000;
    if (n % world.size() != 0) throw armada::argument_error("product_bench runs on a divisor of 1000 ranks");
    auto const a = armada::sparse_matrix<double>::from_rows(world, {n * n, n * n}, [n](std::int64_t k, auto add) {
      auto const row = k / n, column = k % n;
      if (row > 0) add(k - n, -1.0);
      if (column > 0) add(k - 1, -1.0);
      add(k, 4.0);
      if (column + 1 < n) add(k + 1, -1.0);
      if (row + 1 < n) add(k + n, -1.0);
    });
    armada::distributed_array<double, 1> x(world, {n * n}), y(world, {n * n});
    x.fill(1.0);
    long const rows = n / world.size();
    stencil_by_hand twin(world.raw(), n, rows * world.rank(), rows);
    double const bytes = 12.0 * 5 * n * n + 24.0 * n * n; // entries; starts, x and y
    table.compare("sparse product of 10^6 rows, plain MPI by hand", "GB/s", bench::ratio(1),
                  repeat([&] { armada::matvec(a, x, y); }), repeat([&] { twin.multiply(); }), bytes);
  }
}
