// Jacobi's method for Poisson's equation on the unit square, -u_xx - u_yy = f with u = 0 along its sides:
//   mpiexec -n 4 jacobi
// f is such that the solution is sin(pi x) sin(pi y), and the error of what is found can be told.

#include <armada/arrays/halo.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/arrays/sweep.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/core/environment.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <numbers>
#include <utility>

int main(int argc, char** argv) {
  using namespace armada;
  environment const env(argc, argv);
  constexpr int points = 31, steps = 4000; // points inside, along each side
  constexpr double h = 1.0 / (points + 1), pi = std::numbers::pi;
  auto const solution = [](index_array<2> const& at) {
    return std::sin(pi * h * static_cast<double>(at[0] + 1)) * std::sin(pi * h * static_cast<double>(at[1] + 1));
  };

  using plane = distributed_array<double, 2>;
  plane u(world(), {points, points}, {block, block}, ghost_cells{1, 1});
  plane next(world(), {points, points}, {block, block}, ghost_cells{1, 1});
  plane f(world(), {points, points}, {block, block});
  for_each_owned(f, [&](auto const& at, double& value) { value = 2 * pi * pi * solution(at); });

  halo_options<2> const sides{.width = {1, 1}, .boundary = {boundary::fixed(0.0), boundary::fixed(0.0)}};
  halo<2> edges(u, sides), next_edges(next, sides);
  for (int step = 0; step < steps; ++step) {
    sweep(
        edges, next,
        [](auto const& v, auto const& g) { return (v(-1, 0) + v(1, 0) + v(0, -1) + v(0, 1) + h * h * g()) / 4; }, u, f);
    std::swap(u, next);
    std::swap(edges, next_edges);
  }

  double error = 0;
  for_each_owned(u, [&](auto const& at, double value) { error = std::max(error, std::abs(value - solution(at))); });
  error = allreduce(world(), error, maximum{});
  if (world().rank() == 0)
    std::cout << std::setprecision(3) << "error after " << steps << " steps: " << error << ", h^2: " << h * h << '\n';
}
