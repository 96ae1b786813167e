// Whole arrays on their way to another distribution or order of dimensions. Both sides write into arrays that exist.

#include "compare.hpp"

#include <armada/arrays/redistribute.hpp>
#include <armada/collectives/barrier.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace {

using armada::block;
using armada::distributed_array;
using armada::whole;

/// What a rank writes of the result, by hand: from the tile of each rank, between two barriers.
auto by_hand(auto& from, auto& into, auto part) {
  return bench::on_all_ranks([&from, &into, part] {
    auto const& world = armada::world();
    armada::barrier(world);
    for (int k = 0; k < world.size(); ++k) {
      int const owner = (world.rank() + k) % world.size();
      part(from.range_of(owner), from.tile(owner).data(), into.local_range(), into.local().data());
    }
    bench::touch(into.local().data());
    armada::barrier(world);
  });
}

/// The blocks of `into` = those of `from` across: tiles of 16 x 16, along the rows that are read.
void turn(armada::box<2> const& there, double const* from, armada::box<2> const& here, double* into) {
  auto const rows = there.dimensions[0], mine = here.dimensions[0];
  long const wide = here.dimensions[1].count, long_row = there.dimensions[1].count;
  constexpr long edge = 16;
  for (long i = 0; i < rows.count; i += edge)
    for (long j = 0; j < mine.count; j += edge) {
      double* __restrict to = into + j * wide + rows.first + i;
      double const* at = from + i * long_row + mine.first + j;
      for (long q = 0; q < edge; ++q)
        for (long p = 0; p < edge; ++p) to[q * wide + p] = at[p * long_row + q];
    }
}

/// Columns of `into` = those of the rows of `from`.
void copy_rows(armada::box<2> const& there, double const* from, armada::box<2> const& here, double* into) {
  auto const rows = there.dimensions[0], columns = here.dimensions[1];
  for (long i = 0; i < rows.count; ++i)
    std::memcpy(into + (rows.first + i) * columns.count, from + i * there.dimensions[1].count + columns.first,
                static_cast<std::size_t>(columns.count) * sizeof(double));
}

void copy_own(armada::box<2> const& there, double const* from, armada::box<2> const& here, double* into) {
  if (there == here) std::memcpy(into, from, static_cast<std::size_t>(there.volume()) * sizeof(double));
}

void motion(bench::table& table, long side) {
  auto const& world = armada::world();
  distributed_array<double, 2> rows(world, {side, side}), others(world, {side, side}),
      columns(world, {side, side}, {whole, block});
  rows.fill(1.0);
  others.fill(2.0);
  columns.fill(3.0);
  auto const size = std::to_string(side) + " x " + std::to_string(side);
  auto const bytes = static_cast<double>(side * side) * sizeof(double);
  table.compare("transpose " + size + ", tiles by hand", "GB/s", bench::ratio(0.9),
                bench::on_all_ranks([&] { transpose(rows, others); }), by_hand(rows, others, turn), bytes);
  table.compare("rows to columns " + size + ", row memcpy", "GB/s", bench::ratio(0.9),
                bench::on_all_ranks([&] { copy(rows, columns); }), by_hand(rows, columns, copy_rows), bytes);
  table.compare("copy " + size + ", memcpy", "GB/s", bench::ratio(0.9),
                bench::on_all_ranks([&] { copy(rows, others); }), by_hand(rows, others, copy_own), bytes);
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  motion(table, 4096);
  motion(table, 512);
}
