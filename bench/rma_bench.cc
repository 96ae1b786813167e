// Windows: one element, blocks, patches and updates of the last rank's part; and making a window.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int side = 4096;

std::string size_text(long bytes) {
  return bytes < 1 << 20 ? std::to_string(bytes >> 10) + " KiB" : std::to_string(bytes >> 20) + " MiB";
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  int const other = world.size() - 1;

  auto win = armada::window<double>::allocate(world, long{side} * side);
  auto epoch = win.lock_all();
  bench::raw_window<double> raw(long{side} * side);
  double* const memory = table.far() ? nullptr : win.shared(other).data();
  std::vector<double> buffer(long{1} << 21, 1.0);

  auto const get_one = bench::on_rank_0([&](long k) { epoch.get(buffer[0], {.rank = other, .offset = k % 4096}); });
  auto const put_one = bench::on_rank_0([&](long k) { epoch.put(buffer[0], {.rank = other, .offset = k % 4096}); });
  table.compare("get of 8 B, raw MPI_Get", "ns", table.far() ? bench::bound{} : bench::value(20), get_one,
                bench::on_rank_0([&](long k) {
                  MPI_Get(buffer.data(), 1, MPI_DOUBLE, other, k % 4096, 1, MPI_DOUBLE, raw.raw());
                  raw.flush(other);
                }));
  table.compare("put of 8 B, raw MPI_Put", "ns", table.far() ? bench::bound{} : bench::value(20), put_one,
                bench::on_rank_0([&](long k) {
                  MPI_Put(buffer.data(), 1, MPI_DOUBLE, other, k % 4096, 1, MPI_DOUBLE, raw.raw());
                  raw.flush(other);
                }));

  for (long const bytes : {long{64} << 10, long{1} << 20, long{8} << 20}) {
    auto const count = static_cast<int>(bytes / 8);
    auto const part = std::span(buffer).first(static_cast<std::size_t>(count));
    auto const get = bench::on_rank_0([&, part] { epoch.get(part, {.rank = other}); });
    auto const put = bench::on_rank_0([&, part] { epoch.put(part, {.rank = other}); });
    if (!table.far()) {
      table.compare("get of " + size_text(bytes) + ", memcpy", "GB/s", bench::ratio(0.95), get, bench::on_rank_0([&] {
                      std::memcpy(buffer.data(), memory, static_cast<std::size_t>(bytes));
                      bench::touch(buffer.data());
                    }),
                    static_cast<double>(bytes));
      table.compare("put of " + size_text(bytes) + ", memcpy", "GB/s", bench::ratio(0.95), put, bench::on_rank_0([&] {
                      std::memcpy(memory, buffer.data(), static_cast<std::size_t>(bytes));
                      bench::touch(memory);
                    }),
                    static_cast<double>(bytes));
    }
    table.compare("get of " + size_text(bytes) + ", raw MPI_Get", "GB/s",
                  table.far() ? bench::ratio(0.95) : bench::bound{}, get, bench::on_rank_0([&] {
                    MPI_Get(buffer.data(), count, MPI_DOUBLE, other, 0, count, MPI_DOUBLE, raw.raw());
                    raw.flush(other);
                  }),
                  static_cast<double>(bytes));
    table.compare("put of " + size_text(bytes) + ", raw MPI_Put", "GB/s",
                  table.far() ? bench::ratio(0.95) : bench::bound{}, put, bench::on_rank_0([&] {
                    MPI_Put(buffer.data(), count, MPI_DOUBLE, other, 0, count, MPI_DOUBLE, raw.raw());
                    raw.flush(other);
                  }),
                  static_cast<double>(bytes));
  }

  for (int const edge : {64, 1024}) {
    auto const patch = armada::subarray({side, side}, {edge, edge}, {1, 1});
    auto const elements = std::span(buffer).first(static_cast<std::size_t>(edge) * static_cast<std::size_t>(edge));
    auto const name = "get of a patch of " + std::to_string(edge) + " x " + std::to_string(edge);
    auto const put_name = "put of a patch of " + std::to_string(edge) + " x " + std::to_string(edge);
    auto const bytes = 8.0 * edge * edge;
    armada::target const where{.rank = other, .layout = patch};
    auto const get = bench::on_rank_0([&, elements] { epoch.get(elements, where); });
    auto const put = bench::on_rank_0([&, elements] { epoch.put(elements, where); });
    if (!table.far()) {
      table.compare(name + ", rows by memcpy", "GB/s", bench::ratio(0.9), get, bench::on_rank_0([&, edge] {
                      for (int i = 0; i < edge; ++i)
                        std::memcpy(buffer.data() + long{i} * edge, memory + (i + 1L) * side + 1,
                                    static_cast<std::size_t>(edge) * 8);
                      bench::touch(buffer.data());
                    }),
                    bytes);
      table.compare(put_name + ", rows by memcpy", "GB/s", bench::ratio(0.9), put, bench::on_rank_0([&, edge] {
                      for (int i = 0; i < edge; ++i)
                        std::memcpy(memory + (i + 1L) * side + 1, buffer.data() + long{i} * edge,
                                    static_cast<std::size_t>(edge) * 8);
                      bench::touch(memory);
                    }),
                    bytes);
    }
    bench::subarray const type(edge, edge, side, side);
    auto const expected = table.far() ? bench::ratio(1) : edge < 1024 ? bench::bound{} : bench::ratio(10);
    table.compare(put_name + ", raw MPI_Put", "GB/s", table.far() ? expected : bench::bound{}, put,
                  bench::on_rank_0([&, edge] {
                    MPI_Put(buffer.data(), edge * edge, MPI_DOUBLE, other, side + 1, 1, type.raw(), raw.raw());
                    raw.flush(other);
                  }),
                  bytes);
    table.compare(name + ", raw MPI_Get", "GB/s", expected, get, bench::on_rank_0([&, edge] {
                    MPI_Get(buffer.data(), edge * edge, MPI_DOUBLE, other, side + 1, 1, type.raw(), raw.raw());
                    raw.flush(other);
                  }),
                  bytes);
    if (table.far()) {
      table.compare(name + ", raw MPI_Get of each row", "GB/s", bench::ratio(1), get, bench::on_rank_0([&, edge] {
                      for (int i = 0; i < edge; ++i)
                        MPI_Get(buffer.data() + long{i} * edge, edge, MPI_DOUBLE, other, (i + 1L) * side + 1, edge,
                                MPI_DOUBLE, raw.raw());
                      raw.flush(other);
                    }),
                    bytes);
    }
  }

  auto const million = std::span(buffer).first(1 << 20);
  auto const accumulate = bench::on_rank_0([&] { epoch.accumulate(million, {.rank = other}, std::plus<>{}); });
  if (!table.far()) {
    double* const sums = win.shared(other).data();
    table.compare("accumulate of 8 MiB, plain add", "GB/s", bench::ratio(0.7), accumulate, bench::on_rank_0([&] {
                    for (std::size_t i = 0; i < million.size(); ++i) sums[i] += million[i];
                    bench::touch(sums);
                  }),
                  8.0 * (1 << 20));
  }
  table.compare("accumulate of 8 MiB, raw MPI_Accumulate", "GB/s", bench::bound{}, accumulate, bench::on_rank_0([&] {
                  MPI_Accumulate(buffer.data(), 1 << 20, MPI_DOUBLE, other, 0, 1 << 20, MPI_DOUBLE, MPI_SUM, raw.raw());
                  raw.flush(other);
                }),
                8.0 * (1 << 20));

  for (long const bytes : {long{8} << 10, long{8} << 20}) {
    table.compare(
        "making and freeing a window of " + size_text(bytes) + ", raw MPI_Win_allocate", "us", bench::ratio(1),
        [&](long times) {
          for (long k = 0; k < times; ++k) {
            auto made = armada::window<char>::allocate(world, bytes);
            bench::touch(made.local().data());
            armada::barrier(world);
          }
        },
        [&](long times) {
          for (long k = 0; k < times; ++k) {
            void* base = nullptr;
            MPI_Win made = MPI_WIN_NULL;
            MPI_Win_allocate(bytes, 1, MPI_INFO_NULL, world.raw(), static_cast<void*>(&base), &made);
            std::memset(base, 0, static_cast<std::size_t>(bytes));
            bench::touch(base);
            MPI_Win_free(&made);
          }
        });
  }

  if (table.far()) return 0;
  // Rank 0 says when it is done; until then the others sleep, or wait inside MPI.
  auto words = armada::window<std::int64_t>::allocate(world, 1);
  std::atomic_ref<std::int64_t> const done(words.shared(0)[0]);
  std::int64_t rounds = 0;
  table.compare(
      "get of 8 B from a rank that sleeps, that waits in MPI", "ns", bench::ratio(0.9),
      [&](long times) {
        get_one(times);
        ++rounds;
        if (world.rank() == 0) done = rounds;
        while (done.load() < rounds) std::this_thread::sleep_for(std::chrono::microseconds(20));
      },
      get_one);
  auto counts = armada::window<std::int64_t>::allocate(world, 16);
  auto counting = counts.lock_all();
  std::atomic_ref<std::int64_t> const count(counts.shared(other)[0]);
  table.compare("fetch_and_op of all ranks, atomic of all ranks", "ns", bench::ratio(0.9), bench::on_all_ranks([&] {
                  static_cast<void>(counting.fetch_and_op(1, {.rank = other}, std::plus<>{}));
                }),
                bench::on_all_ranks([&] { count.fetch_add(1); }));
  auto exclusive = armada::window<double>::allocate(world, 1);
  table.compare(
      "fence, MPI_Barrier", "ns", bench::bound{},
      [&](long times) {
        auto fenced = exclusive.fence();
        for (long k = 0; k < times; ++k) fenced.fence();
      },
      [&](long times) {
        for (long k = 0; k < times; ++k) MPI_Barrier(world.raw());
      });
}
