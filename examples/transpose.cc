// A matrix that is spread over the ranks by rows, transposed, and a cube whose axes are turned and turned back: each
// rank fetches what it owns of the result from the tiles of all others, one-sidedly.
//   mpiexec -n 4 transpose

#include <armada/armada.hpp>

#include <cmath>
#include <cstdint>
#include <iostream>

int main(int argc, char** argv) {
  using namespace armada;
  environment env(argc, argv);

  auto const value = [](std::int64_t i, std::int64_t j) { return std::sin(0.01 * static_cast<double>(i * j + i)); };
  auto const a = from_function<double>(world(), {900, 700}, value);
  auto const t = transpose(a);
  auto const expected = from_function<double>(world(), {700, 900}, [=](auto i, auto j) { return value(j, i); });
  auto const wrong = count_nonzero(t - expected);

  auto const number = [](auto i, auto j, auto k) { return (i * 30 + j) * 40 + k; };
  auto const cube = from_function<std::int64_t>(world(), {20, 30, 40}, number, {cyclic, block, whole});
  auto const turned = transpose(cube, {2, 0, 1}); // (40, 20, 30)
  bool const same = sum(turned, axes(0, 2))(7) == sum(cube, axes(1, 2))(7) && turned(3, 7, 11) == cube(7, 11, 3);
  auto const right = all(equal(transpose(turned, {1, 2, 0}), redistribute(cube, row_cuts<3>())));

  if (world().rank() == 0)
    std::cout << "a matrix of " << a.shape()[0] << " x " << a.shape()[1] << ", transposed: " << wrong
              << " elements are wrong\n"
              << "a cube, turned and turned back: " << (same && right ? "as it was" : "something else") << '\n';
}
