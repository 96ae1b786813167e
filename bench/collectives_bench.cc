// Collectives of two ranks, beside the C calls.

#include "compare.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/environment.hpp>

#include <functional>
#include <span>
#include <vector>

namespace {

/// Work that needs no memory of a communication.
double compute(std::span<double const> values) {
  double total = 0;
  for (double const each : values) total += each * each;
  bench::touch(&total);
  return total;
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  MPI_Comm const raw = world.raw();
  auto const ranks = static_cast<std::size_t>(world.size());

  double value = 1;
  double total = 0;
  auto const small = bench::difference(50);
  table.compare("barrier, MPI_Barrier", "ns", small, bench::on_all_ranks([&] { armada::barrier(world); }),
                bench::on_all_ranks([&] { MPI_Barrier(raw); }));
  table.compare("bcast of 8 B, MPI_Bcast", "ns", small, bench::on_all_ranks([&] { armada::bcast(world, value, 0); }),
                bench::on_all_ranks([&] { MPI_Bcast(&value, 1, MPI_DOUBLE, 0, raw); }));
  table.compare("allreduce of 8 B, MPI_Allreduce", "ns", small,
                bench::on_all_ranks([&] { armada::allreduce(world, value, total, std::plus{}); }),
                bench::on_all_ranks([&] { MPI_Allreduce(&value, &total, 1, MPI_DOUBLE, MPI_SUM, raw); }));

  constexpr int count = 1'000'000; // 8 MB
  constexpr double bytes = 8.0 * count;
  std::vector<double> in(count, 1), out(count), all(count * ranks), spread(count * ranks, 2);
  std::span<double> const buffer(in);
  auto const large = bench::ratio(0.98);
  table.compare("bcast of 8 MB, MPI_Bcast", "GB/s", large,
                bench::on_all_ranks([&] { armada::bcast(world, buffer, 0); }),
                bench::on_all_ranks([&] { MPI_Bcast(in.data(), count, MPI_DOUBLE, 0, raw); }), bytes);
  table.compare("allreduce of 8 MB, MPI_Allreduce", "GB/s", large,
                bench::on_all_ranks([&] { armada::allreduce(world, in, out, std::plus{}); }),
                bench::on_all_ranks([&] { MPI_Allreduce(in.data(), out.data(), count, MPI_DOUBLE, MPI_SUM, raw); }),
                bytes);
  table.compare("allgather of 8 MB, MPI_Allgather", "GB/s", large,
                bench::on_all_ranks([&] { armada::allgather(world, in, all); }), bench::on_all_ranks([&] {
                  MPI_Allgather(in.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, raw);
                }),
                bytes);
  table.compare("alltoall of 8 MB, MPI_Alltoall", "GB/s", large,
                bench::on_all_ranks([&] { armada::alltoall(world, spread, all); }), bench::on_all_ranks([&] {
                  MPI_Alltoall(spread.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, raw);
                }),
                bytes);

  // A loop over 32 MB beside a broadcast of 8 MB, moved on every megabyte; the twin does one after the other.
  std::vector<double> const work(4 * count, 3);
  constexpr std::size_t step = 125'000;
  table.compare("bcast of 8 MB beside a loop, one after the other", "us", {}, bench::on_all_ranks([&] {
                  auto pending = armada::bcast(world, buffer, 0, armada::nonblocking);
                  for (std::size_t at = 0; at < work.size(); at += step) {
                    compute(std::span(work).subspan(at, step));
                    static_cast<void>(pending.test());
                  }
                  pending.wait();
                }),
                bench::on_all_ranks([&] {
                  MPI_Bcast(in.data(), count, MPI_DOUBLE, 0, raw);
                  compute(work);
                }));
}
