// Ghost cells of a plane of 4000 x 4000 doubles beside an exchange by hand, and whole sweeps beside an MPI program.

#include "compare.hpp"

#include <armada/arrays/halo.hpp>
#include <armada/arrays/sweep.hpp>
#include <armada/core/environment.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr long n = 4000;

/// A rank's part of the plane with its ghost cells, as an MPI program keeps it: rows or columns are cut.
class by_hand {
public:
  by_hand(bool by_rows, long width)
      : by_rows_(by_rows), width_(width), rows_(by_rows ? mine() : n), columns_(by_rows ? n : mine()),
        step_(columns_ + 2 * width), cells_(static_cast<std::size_t>((rows_ + 2 * width) * step_), 1.0) {
    auto const ranks = armada::world().size(), rank = armada::world().rank();
    below_ = (rank + ranks - 1) % ranks;
    above_ = (rank + 1) % ranks;
    for (auto* each : {&out_, &in_}) each->resize(static_cast<std::size_t>(2 * width_ * rows_));
  }

  [[nodiscard]] long rows() const { return rows_; }
  [[nodiscard]] long columns() const { return columns_; }
  [[nodiscard]] double* at(long i, long j) { return cells_.data() + (i + width_) * step_ + j + width_; }

  /// Periodic in both dimensions, without corners.
  void exchange() {
    if (by_rows_) {
      exchange_rows();
      for (long i = 0; i < rows_; ++i)
        for (long k = 1; k <= width_; ++k) {
          *at(i, -k) = *at(i, columns_ - k);
          *at(i, columns_ + k - 1) = *at(i, k - 1);
        }
    } else {
      exchange_columns();
      for (long k = 1; k <= width_; ++k) {
        std::memcpy(at(-k, 0), at(rows_ - k, 0), static_cast<std::size_t>(columns_) * sizeof(double));
        std::memcpy(at(rows_ + k - 1, 0), at(k - 1, 0), static_cast<std::size_t>(columns_) * sizeof(double));
      }
    }
  }

  /// to = the mean of the four neighbours, all rows that wait for nobody while the others are on their way; the ends of
  /// the plane are open.
  void sweep(by_hand& to) {
    int const ranks = armada::world().size(), rank = armada::world().rank();
    int const below = rank > 0 ? rank - 1 : MPI_PROC_NULL, above = rank + 1 < ranks ? rank + 1 : MPI_PROC_NULL;
    int const count = static_cast<int>(columns_);
    MPI_Comm const world = armada::world().raw();
    std::array<MPI_Request, 4> requests{};
    MPI_Irecv(at(-1, 0), count, MPI_DOUBLE, below, 0, world, &requests[0]);
    MPI_Irecv(at(rows_, 0), count, MPI_DOUBLE, above, 1, world, &requests[1]);
    MPI_Isend(at(0, 0), count, MPI_DOUBLE, below, 1, world, &requests[2]);
    MPI_Isend(at(rows_ - 1, 0), count, MPI_DOUBLE, above, 0, world, &requests[3]);
    for (long i = 1; i < rows_ - 1; ++i) row(i, to);
    MPI_Waitall(4, requests.data(), MPI_STATUSES_IGNORE);
    row(0, to);
    row(rows_ - 1, to);
  }
  /// The same of a plane that is periodic in both dimensions: an exchange, then all rows.
  void sweep_around(by_hand& to) {
    exchange();
    for (long i = 0; i < rows_; ++i) row(i, to);
  }

private:
  [[nodiscard]] static long mine() { return n / armada::world().size(); }

  void row(long i, by_hand& to) {
    double* const into = to.at(i, 0);
    double const *const here = at(i, 0), *const up = at(i - 1, 0), *const down = at(i + 1, 0);
    for (long j = 0; j < columns_; ++j) into[j] = 0.25 * (up[j] + down[j] + here[j - 1] + here[j + 1]);
  }
  /// Whole rows with the ghost cells at their ends, in one piece.
  void exchange_rows() {
    int const count = static_cast<int>(width_ * step_);
    MPI_Comm const world = armada::world().raw();
    MPI_Sendrecv(at(0, -width_), count, MPI_DOUBLE, below_, 0, at(rows_, -width_), count, MPI_DOUBLE, above_, 0, world,
                 MPI_STATUS_IGNORE);
    MPI_Sendrecv(at(rows_ - width_, -width_), count, MPI_DOUBLE, above_, 1, at(-width_, -width_), count, MPI_DOUBLE,
                 below_, 1, world, MPI_STATUS_IGNORE);
  }
  void exchange_columns() {
    long const half = width_ * rows_;
    auto const each = [&](double* buffer, long j, auto move) {
      for (long i = 0; i < rows_; ++i)
        for (long k = 0; k < width_; ++k) move(*buffer++, *at(i, j + k));
    };
    auto const pack = [](double& to, double& from) { to = from; };
    auto const unpack = [](double& from, double& to) { to = from; };
    each(out_.data(), 0, pack);
    each(out_.data() + half, columns_ - width_, pack);
    int const count = static_cast<int>(half);
    MPI_Comm const world = armada::world().raw();
    MPI_Sendrecv(out_.data(), count, MPI_DOUBLE, below_, 0, in_.data(), count, MPI_DOUBLE, above_, 0, world,
                 MPI_STATUS_IGNORE);
    MPI_Sendrecv(out_.data() + half, count, MPI_DOUBLE, above_, 1, in_.data() + half, count, MPI_DOUBLE, below_, 1,
                 world, MPI_STATUS_IGNORE);
    each(in_.data(), columns_, unpack);
    each(in_.data() + half, -width_, unpack);
  }

  bool by_rows_;
  long width_, rows_, columns_, step_;
  std::vector<double> cells_, out_, in_;
  int below_ = 0, above_ = 0;
};

using plane = armada::distributed_array<double, 2>;

plane make_plane(bool by_rows, int width) {
  using cuts = armada::cut_array<2>;
  plane a(armada::world(), {n, n}, by_rows ? cuts{armada::block, armada::whole} : cuts{armada::whole, armada::block},
          armada::ghost_cells{width, width});
  a.padded() = 1.0;
  return a;
}

void exchanges(bench::table& table, bool by_rows, int width) {
  auto const name = std::string("exchange by ") + (by_rows ? "rows" : "columns") + ", width " + std::to_string(width);
  if (!table.wanted(name)) return;
  plane a = make_plane(by_rows, width);
  armada::halo<2> edges(a, {.width = {width, width}, .periodic = {true, true}});
  by_hand twin(by_rows, width);
  table.compare(name, "us", bench::ratio(0.91), bench::on_all_ranks([&] { edges.exchange(); }),
                bench::on_all_ranks([&] { twin.exchange(); }));
}

void sweeps(bench::table& table, bool by_rows) {
  std::string const name = by_rows ? "five-point sweep, open, by rows" : "five-point sweep, periodic, by columns";
  if (!table.wanted(name)) return;
  plane a = make_plane(by_rows, 1), b = make_plane(by_rows, 1);
  armada::halo_options<2> const options{.width = {1, 1}, .periodic = {!by_rows, !by_rows}};
  armada::halo<2> of_a(a, options), of_b(b, options);
  by_hand from(by_rows, 1), to(by_rows, 1);
  auto const mean = [](auto const& u) { return 0.25 * (u(-1, 0) + u(1, 0) + u(0, -1) + u(0, 1)); };
  auto const step = [by_rows](by_hand& here, by_hand& there) {
    by_rows ? here.sweep(there) : here.sweep_around(there);
  };
  table.compare(name, "ms", bench::ratio(0.95), bench::on_all_ranks([&] {
                  armada::sweep(of_a, b, mean, a);
                  armada::sweep(of_b, a, mean, b);
                }),
                bench::on_all_ranks([&] {
                  step(from, to);
                  step(to, from);
                }),
                0, 2);
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  for (bool const by_rows : {true, false})
    for (int const width : {1, 2}) exchanges(table, by_rows, width);
  for (bool const by_rows : {true, false}) sweeps(table, by_rows);
}
