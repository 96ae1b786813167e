// Slices of a neighbour's memory: contiguous, patches, a column, accumulate.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <cstring>
#include <vector>

namespace {

constexpr int side = 4096;

/// What a programmer would write for a patch in memory: a memcpy for each row.
void copy_rows(double* into, long into_pitch, double const* from, long from_pitch, long rows, long columns) {
  for (long i = 0; i < rows; ++i)
    std::memcpy(into + i * into_pitch, from + i * from_pitch, static_cast<std::size_t>(columns) * sizeof(double));
}

void copy_column(double* into, long into_pitch, double const* from, long from_pitch, long rows) {
  for (long i = 0; i < rows; ++i) into[i * into_pitch] = from[i * from_pitch];
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  int const other = world.size() - 1;

  // Contiguous, through a window.
  {
    constexpr long most = 16 << 20;
    auto window = armada::window<std::byte>::allocate(world, most);
    auto epoch = window.lock_all();
    std::vector<std::byte> buffer(most, std::byte{1});
    bench::raw_window<std::byte> raw(most);
    for (auto const& [label, bytes] : {std::pair{"64 KiB", 64L << 10}, std::pair{"16 MiB", most}}) {
      std::span const part(buffer.data(), static_cast<std::size_t>(bytes));
      auto const get = bench::on_rank_0([&, part] { epoch.get(part, {.rank = other}); });
      auto const put = bench::on_rank_0([&, part] { epoch.put(part, {.rank = other}); });
      auto const raw_get = bench::on_rank_0([&, part] {
        MPI_Get(part.data(), static_cast<int>(part.size()), MPI_BYTE, other, 0, static_cast<int>(part.size()), MPI_BYTE,
                raw.raw());
        raw.flush(other);
      });
      auto const raw_put = bench::on_rank_0([&, part] {
        MPI_Put(part.data(), static_cast<int>(part.size()), MPI_BYTE, other, 0, static_cast<int>(part.size()), MPI_BYTE,
                raw.raw());
        raw.flush(other);
      });
      auto const name = [label = label](char const* what) { return std::string(what) + " " + label; };
      auto const size = static_cast<double>(bytes);
      if (!table.far()) {
        auto* const memory = window.shared(other).data();
        auto const copy_out =
            bench::on_rank_0([=] { std::memcpy(part.data(), memory, part.size()), bench::touch(part.data()); });
        auto const copy_in =
            bench::on_rank_0([=] { std::memcpy(memory, part.data(), part.size()), bench::touch(memory); });
        table.compare(name("get") + ", memcpy", "GB/s", bench::ratio(0.95), get, copy_out, size);
        table.compare(name("put") + ", memcpy", "GB/s", bench::ratio(0.95), put, copy_in, size);
      }
      table.compare(name("get") + ", raw MPI_Get", "GB/s", bench::ratio(0.95), get, raw_get, size);
      table.compare(name("put") + ", raw MPI_Put", "GB/s", bench::ratio(0.95), put, raw_put, size);
    }
  }

  // Patches and a column of a 4096 × 4096 array, all of them in the last rank's rows.
  {
    armada::distributed_array<double, 2> a(world, {side, side});
    a.fill(1.0);
    auto const first = a.range_of(other).dimensions[0].first;
    bench::raw_window<double> raw(a.distribution().max_tile_volume());
    auto const tile_rows = static_cast<int>(a.range_of(other).dimensions[0].count);

    for (auto const& [rows, columns] : {std::pair{64, 64}, std::pair{1024, 1024}, std::pair{tile_rows, 1}}) {
      auto const label =
          columns == 1 ? std::to_string(rows) + " of a column" : std::to_string(rows) + " x " + std::to_string(columns);
      auto patch =
          xt::xtensor<double, 2>::from_shape({static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)});
      patch.fill(2.0);
      double* const data = patch.data();
      auto const section = [&, rows = rows, columns = columns] {
        return a(xt::range(first, first + rows), xt::range(0, columns));
      };
      auto const get = bench::on_rank_0([&] { armada::get(section(), patch); });
      auto const put = bench::on_rank_0([&] { section() = patch; });
      bench::subarray const type(rows, columns, tile_rows, side);
      auto const raw_get = bench::on_rank_0([&, count = rows * columns] {
        MPI_Get(data, count, MPI_DOUBLE, other, 0, 1, type.raw(), raw.raw());
        raw.flush(other);
      });
      auto const raw_put = bench::on_rank_0([&, count = rows * columns] {
        MPI_Put(data, count, MPI_DOUBLE, other, 0, 1, type.raw(), raw.raw());
        raw.flush(other);
      });
      double const size = static_cast<double>(rows) * columns * sizeof(double);
      if (!table.far()) {
        double* const memory = a.tile(other).data();
        auto const by_hand = [=, rows = rows, columns = columns](double* into, long into_pitch, double const* from,
                                                                 long from_pitch) {
          columns == 1 ? copy_column(into, into_pitch, from, from_pitch, rows)
                       : copy_rows(into, into_pitch, from, from_pitch, rows, columns);
          bench::touch(into);
        };
        auto const loop_get = bench::on_rank_0([=, columns = columns] { by_hand(data, columns, memory, side); });
        auto const loop_put = bench::on_rank_0([=, columns = columns] { by_hand(memory, side, data, columns); });
        table.compare("get " + label + ", loop by hand", "GB/s", bench::ratio(0.9), get, loop_get, size);
        table.compare("put " + label + ", loop by hand", "GB/s", bench::ratio(0.9), put, loop_put, size);
      }
      auto const expected = table.far() || columns == 1 ? bench::bound{} : bench::ratio(10);
      table.compare("get " + label + ", raw MPI_Get", "GB/s", expected, get, raw_get, size);
      table.compare("put " + label + ", raw MPI_Put", "GB/s", bench::bound{}, put, raw_put, size);
    }
  }

  // Accumulate.
  {
    constexpr long count = 1 << 20;
    auto window = armada::window<double>::allocate(world, count);
    auto epoch = window.lock_all();
    std::vector<double> const values(count, 1.0);
    bench::raw_window<double> raw(count);
    auto const accumulate = bench::on_rank_0([&] { epoch.accumulate(values, {.rank = other}, std::plus{}); });
    auto const raw_accumulate = bench::on_rank_0([&] {
      MPI_Accumulate(values.data(), count, MPI_DOUBLE, other, 0, count, MPI_DOUBLE, MPI_SUM, raw.raw());
      raw.flush(other);
    });
    double const size = count * sizeof(double);
    if (!table.far()) {
      double* const memory = window.shared(other).data();
      auto const add = bench::on_rank_0([&, memory] {
        for (long i = 0; i < count; ++i) memory[i] += values[static_cast<std::size_t>(i)];
        bench::touch(memory);
      });
      table.compare("accumulate 8 MiB of double, plain add", "GB/s", bench::ratio(0.7), accumulate, add, size);
    }
    table.compare("accumulate 8 MiB of double, raw MPI_Accumulate", "GB/s", bench::bound{}, accumulate, raw_accumulate,
                  size);
  }
}
