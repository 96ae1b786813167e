#pragma once

/// The steady heat of a square plate, as a linear system with one unknown per point.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/linalg/sparse_matrix.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/environment.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

namespace example {

using namespace armada;

constexpr double hottest = 100;

/// The temperature of the surroundings at a point just outside of a plate of n × n points.
inline double edge_temperature(std::int64_t row, std::int64_t column, std::int64_t n) {
  auto const place = [&](std::int64_t i) { return static_cast<double>(i + 1) / static_cast<double>(n + 1); };
  auto const flame = [](double distance) { return std::exp(-distance * distance / 0.004); };
  double const x = place(column), y = place(row);
  if (row < 0) return hottest * std::pow(std::sin(std::numbers::pi * x), 2);
  if (row >= n) return 80 * (flame(x - 0.25) + flame(x - 0.5) + flame(x - 0.75));
  if (column < 0) return y > 0.35 && y < 0.65 ? 60 : 0;
  return 20 + 20 * std::cos(5 * std::numbers::pi * y);
}

/// Calls `visit(row, column, inside)` for the four neighbours of unknown k.
void for_each_neighbour(std::int64_t k, std::int64_t n, auto visit) {
  auto const row = k / n, column = k % n;
  for (auto const& [i, j] : {std::pair(row - 1, column), {row, column - 1}, {row, column + 1}, {row + 1, column}})
    visit(i, j, i >= 0 && i < n && j >= 0 && j < n);
}

struct linear_system {
  sparse_matrix<double> a;
  distributed_array<double, 1> b;
};

/// Each point has the mean temperature of its neighbours.
inline linear_system plate_system(std::int64_t n) {
  auto a = sparse_matrix<double>::from_rows(world(), {n * n, n * n}, [n](std::int64_t k, auto add) {
    add(k, 4.0);
    for_each_neighbour(k, n, [&](auto row, auto column, bool inside) {
      if (inside) add(row * n + column, -1.0);
    });
  });
  distributed_array<double, 1> b(world(), {n * n});
  auto const first = b.local_range().dimensions[0].first;
  auto const mine = b.local().elements();
  for (std::size_t k = 0; k < mine.size(); ++k)
    for_each_neighbour(first + static_cast<std::int64_t>(k), n, [&](auto row, auto column, bool inside) {
      if (!inside) mine[k] += edge_temperature(row, column, n);
    });
  return {std::move(a), std::move(b)};
}

} // namespace example
