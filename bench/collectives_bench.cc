// Small collectives of two ranks, beside the C calls.

#include "compare.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/environment.hpp>

#include <functional>

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  MPI_Comm const raw = world.raw();
  double value = 1;
  double total = 0;
  auto const repeat = [](auto once) {
    return [once](long times) {
      for (long k = 0; k < times; ++k) once();
    };
  };
  table.compare("bcast of 8 B, MPI_Bcast", "ns", bench::difference(50), repeat([&] { armada::bcast(world, value, 0); }),
                repeat([&] { MPI_Bcast(&value, 1, MPI_DOUBLE, 0, raw); }));
  table.compare("allreduce of 8 B, MPI_Allreduce", "ns", bench::difference(50),
                repeat([&] { armada::allreduce(world, value, total, std::plus{}); }),
                repeat([&] { MPI_Allreduce(&value, &total, 1, MPI_DOUBLE, MPI_SUM, raw); }));
}
