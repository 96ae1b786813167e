// Slices of arrays that lie on several ranks, read and written by one of them.
//   mpiexec -n 4 remote_slicing

#include <armada/armada.hpp>

#include <xtensor/xio.hpp>

#include <iostream>

int main(int argc, char** argv) {
  using namespace armada;
  using xt::all;
  using xt::range;
  using xt::placeholders::_;
  environment env(argc, argv);

  distributed_array<int, 2> blocks(world(), {6, 8});                 // rows in blocks
  distributed_array<int, 2> dealt(world(), {6, 8}, {cyclic, whole}); // rows dealt out
  for_each_owned(blocks,
                 [](index_array<2> const& at, int& element) { element = static_cast<int>(10 * at[0] + at[1]); });
  blocks.fence();

  if (world().rank() == world().size() - 1) {
    dealt(all(), all()) = blocks(range(_, _, -1), all()); // upside down, from every owner to every owner
    dealt(range(0, 6, 2), 0) = -1;
    dealt(1, xt::keep(2, 3, 7)) += 100;
  }
  dealt.fence();

  if (world().rank() == 0) {
    std::cout << get(dealt(range(0, 4), range(0, 4))) << '\n';
    std::cout << get(dealt(1, range(-3, _))) << std::endl;
  }
  dealt.fence();
}
