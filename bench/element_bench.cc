// One element at a time: reads, writes and counters of a neighbour's memory.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <array>
#include <random>

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  int const other = world.size() - 1;

  constexpr int side = 1024;
  armada::distributed_array<double, 2> a(world, {side, side});
  a.fill(1.0);
  bench::raw_window<double> raw(a.distribution().tile_volume(0));

  // Places in the last rank's rows, in an order that no prefetcher guesses.
  auto const rows = a.range_of(other).dimensions[0];
  std::array<std::pair<std::int64_t, std::int64_t>, 4096> places;
  std::mt19937 random(1);
  for (auto& [i, j] : places) {
    i = rows.first + static_cast<std::int64_t>(random()) % rows.count;
    j = static_cast<std::int64_t>(random()) % side;
  }
  auto const at_places = [&](auto visit) {
    return bench::on_rank_0([&places, visit](long k) { visit(places[static_cast<std::size_t>(k) % places.size()]); });
  };
  double sink = 0;

  auto const get = at_places([&](auto const& at) { sink += static_cast<double>(a(at.first, at.second)); });
  auto const put = at_places([&](auto const& at) { a(at.first, at.second) = 2.0; });
  auto const raw_get = at_places([&](auto const& at) {
    double got = 0;
    MPI_Get(&got, 1, MPI_DOUBLE, other, (at.first - rows.first) * side + at.second, 1, MPI_DOUBLE, raw.raw());
    raw.flush(other);
    sink += got;
  });
  auto const raw_put = at_places([&](auto const& at) {
    double const value = 2.0;
    MPI_Put(&value, 1, MPI_DOUBLE, other, (at.first - rows.first) * side + at.second, 1, MPI_DOUBLE, raw.raw());
    raw.flush(other);
  });

  auto counter = armada::window<std::int64_t>::allocate(world, 1);
  auto epoch = counter.lock_all();
  bench::raw_window<std::int64_t> raw_counter(1);
  auto const fetch = bench::on_rank_0([&] { epoch.fetch_and_op(1, {.rank = other}, std::plus{}); });
  auto const raw_fetch = bench::on_rank_0([&] {
    std::int64_t const one = 1;
    std::int64_t old = 0;
    MPI_Fetch_and_op(&one, &old, MPI_INT64_T, other, 0, MPI_SUM, raw_counter.raw());
    raw_counter.flush(other);
  });

  if (table.far()) {
    table.compare("element get, raw MPI_Get", "ns", bench::bound{}, get, raw_get);
    table.compare("element put, raw MPI_Put", "ns", bench::bound{}, put, raw_put);
    table.compare("fetch_add, raw MPI_Fetch_and_op", "ns", bench::bound{}, fetch, raw_fetch);
    return 0;
  }

  auto neighbour = a.tile(other);
  double* const memory = neighbour.data();
  auto const load = at_places([&](auto const& at) { sink += memory[(at.first - rows.first) * side + at.second]; });
  auto const store = at_places([&](auto const& at) { memory[(at.first - rows.first) * side + at.second] = 2.0; });
  table.compare("element get, raw load", "ns", bench::value(5), get, load);
  table.compare("element get, raw MPI_Get", "ns", bench::bound{}, get, raw_get);
  table.compare("element put, raw store", "ns", bench::value(5), put, store);
  table.compare("element put, raw MPI_Put", "ns", bench::bound{}, put, raw_put);

  auto const tile_sum = [&](auto const& values) {
    return bench::on_rank_0([&] {
      double total = 0;
      for (double const each : values) total += each;
      sink += total;
      bench::touch(&sink);
    });
  };
  std::span<double const> const span(memory, neighbour.size());
  table.compare("sum over a neighbour's tile, raw loop", "us", bench::ratio(1 / 1.5), tile_sum(neighbour),
                tile_sum(span));
  table.compare("fetch_add, raw MPI_Fetch_and_op", "ns", bench::value(50), fetch, raw_fetch);
}
