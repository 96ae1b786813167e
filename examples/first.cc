// The first program of the README.

#include <armada/armada.hpp>

#include <iostream>

int main(int argc, char** argv) {
  armada::environment env(argc, argv); // MPI runs while this lives
  auto const& world = armada::world();

  armada::distributed_array<double, 2> a(world, {8, 4}); // 8 x 4, blocks of rows on all ranks
  a.fill(1.0);

  if (world.rank() == 0) a(xt::range(2, 6), 3) = 5.0; // one-sided put, whoever owns these rows
  a.fence();                                          // now every rank sees it

  xt::xtensor<double, 1> column = a(xt::all(), 3); // one-sided get of a whole column
  double const total = armada::sum(a);             // collective

  if (world.rank() == world.size() - 1)
    std::cout << "column 3 ends with " << column(7) << ", the sum is " << total << '\n';
}
