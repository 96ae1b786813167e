// More ranks than cores: the same calls while waits yield and while they do not, as MPICH does by itself.

#include "compare.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/progress.hpp>
#include <armada/rma/window.hpp>

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  bool const crowded = armada::progress::yields();
  auto const as_mpich = [&](auto once) {
    return [once, crowded](long times) {
      armada::progress::set_yields(false);
      for (long k = 0; k < times; ++k) once();
      armada::progress::set_yields(crowded);
    };
  };

  double value = 1;
  double total = 0;
  auto const limit = crowded ? bench::ratio(100) : bench::difference(0.05);
  table.compare("barrier, MPI_Barrier of raw MPICH", "us", limit, bench::on_all_ranks([&] { armada::barrier(world); }),
                as_mpich([&] { MPI_Barrier(world.raw()); }));
  // A barrier in between: without one the root of a broadcast runs ahead, and nobody waits.
  table.compare("barrier and bcast of 8 B, those of raw MPICH", "us", limit, bench::on_all_ranks([&] {
                  armada::barrier(world);
                  armada::bcast(world, value, 0);
                }),
                as_mpich([&] {
                  MPI_Barrier(world.raw());
                  MPI_Bcast(&value, 1, MPI_DOUBLE, 0, world.raw());
                }));
  table.compare("allreduce of 8 B, MPI_Allreduce of raw MPICH", "us", limit,
                bench::on_all_ranks([&] { armada::allreduce(world, value, total, std::plus{}); }),
                as_mpich([&] { MPI_Allreduce(&value, &total, 1, MPI_DOUBLE, MPI_SUM, world.raw()); }));

  auto const raw_window = [&] {
    void* base = nullptr;
    MPI_Win raw = MPI_WIN_NULL;
    armada::call<MPI_Win_allocate>(MPI_Aint{8192}, 1, MPI_INFO_NULL, world.raw(), static_cast<void*>(&base), &raw);
    std::memset(base, 0, 8192);
    armada::call<MPI_Win_free>(&raw);
  };
  table.compare("window of 8 KiB, MPI_Win_allocate of raw MPICH", "ms", bench::value(3),
                bench::on_all_ranks([&] { armada::window<double>::allocate(world, 1024).close(); }),
                as_mpich(raw_window));
  table.compare("array of 10^6 doubles, a window of the same size", "ms", bench::ratio(1 / 1.2),
                bench::on_all_ranks([&] { armada::distributed_array<double, 1>(world, {1000000}); }),
                bench::on_all_ranks([&] { armada::window<double>::allocate(world, 1000000 / world.size()).close(); }));
}
