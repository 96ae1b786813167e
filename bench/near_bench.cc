// Large collectives through shared memory, beside the C calls.

#include "compare.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/gather.hpp>
#include <armada/collectives/near.hpp>
#include <armada/collectives/reduce.hpp>
#include <armada/collectives/reduce_scatter.hpp>
#include <armada/collectives/scatter.hpp>
#include <armada/core/environment.hpp>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace {

/// All collectives with blocks or buffers of `count` doubles.
void compare_all(bench::table& table, armada::communicator const& fast, std::string const& size, int count) {
  MPI_Comm const raw = armada::world().raw();
  auto const ranks = static_cast<std::size_t>(fast.size());
  auto const length = static_cast<std::size_t>(count);
  std::vector<double> in(length, 1), out(length), all(length * ranks), spread(length * ranks, 2);
  std::span<double> const buffer(in);
  auto const compare = [&](std::string const& name, auto work, auto twin) {
    table.compare("near " + name + " of " + size, "GB/s", bench::ratio(1), bench::on_all_ranks(work),
                  bench::on_all_ranks(twin), 8.0 * count);
  };
  compare(
      "bcast", [&] { armada::bcast(fast, buffer, 0); }, [&] { MPI_Bcast(in.data(), count, MPI_DOUBLE, 0, raw); });
  compare(
      "gather", [&] { armada::gather(fast, in, all, 0); },
      [&] { MPI_Gather(in.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, 0, raw); });
  compare(
      "scatter", [&] { armada::scatter(fast, spread, out, 0); },
      [&] { MPI_Scatter(spread.data(), count, MPI_DOUBLE, out.data(), count, MPI_DOUBLE, 0, raw); });
  compare(
      "allgather", [&] { armada::allgather(fast, in, all); },
      [&] { MPI_Allgather(in.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, raw); });
  compare(
      "alltoall", [&] { armada::alltoall(fast, spread, all); },
      [&] { MPI_Alltoall(spread.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, raw); });
  compare(
      "reduce", [&] { armada::reduce(fast, in, out, std::plus{}, 0); },
      [&] { MPI_Reduce(in.data(), out.data(), count, MPI_DOUBLE, MPI_SUM, 0, raw); });
  compare(
      "allreduce", [&] { armada::allreduce(fast, in, out, std::plus{}); },
      [&] { MPI_Allreduce(in.data(), out.data(), count, MPI_DOUBLE, MPI_SUM, raw); });
  compare(
      "reduce_scatter_block", [&] { armada::reduce_scatter_block(fast, spread, out, std::plus{}); },
      [&] { MPI_Reduce_scatter_block(spread.data(), out.data(), count, MPI_DOUBLE, MPI_SUM, raw); });
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const fast = armada::near(armada::world());
  compare_all(table, fast, "64 KiB", 8192);
  compare_all(table, fast, "1 MB", 125'000);
  compare_all(table, fast, "8 MB", 1'000'000);
  if (fast.size() == 2) compare_all(table, fast, "64 MB", 8'000'000);
}
