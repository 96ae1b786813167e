/// A program outside of this repository: it knows the installed headers and library only.

#include <armada/armada.hpp>

#include <iostream>

int main(int argc, char** argv) {
  armada::environment const environment(argc, argv);
  auto const& world = armada::world();
  int ranks = 0;
  int const one = 1;
  armada::call<MPI_Allreduce>(&one, &ranks, 1, MPI_INT, MPI_SUM, world.raw());

  // The linker leaves a function out of a static library if nothing refers to it: then waits would not yield.
  bool const yielding = world.size() == 1 || armada::progress::calls() > 0;
  if (world.rank() == 0) std::cout << (ranks == world.size() && yielding ? "works" : "does not work") << '\n';
}
