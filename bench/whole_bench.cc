/// Expressions and reductions of whole arrays beside plain loops over the same memory.

#include "bench/compare.hpp"
#include "bench/reading.hpp"

#include <armada/arrays/cumulative.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace {

using namespace armada;
using bench::on_all_ranks;
using bench::ratio;

constexpr std::int64_t rows = 4096, columns = 4096; // 128 MiB an array

double keep = 0; // what is computed is used

void assignments(bench::table& table) {
  distributed_array<double, 2> a(world(), {rows, columns}), b(world(), {rows, columns}), c(world(), {rows, columns});
  b = 1.5;
  c = 2.5;
  auto const count = static_cast<std::int64_t>(a.local().size());
  double *const to = a.local().data(), *const left = b.local().data(), *const right = c.local().data();
  xt::xtensor<double, 1> const row = xt::ones<double>({columns});
  double const bytes = 3.0 * 8 * rows * columns;

  auto const twin = [&](auto each) {
    return on_all_ranks([=] {
      barrier(world());
      each();
      barrier(world());
    });
  };
  table.compare("a = 2 * b + c, 4096 x 4096", "GB/s", ratio(0.95), on_all_ranks([&] { a = 2.0 * b + c; }), twin([=] {
                  for (std::int64_t i = 0; i < count; ++i) to[i] = 2.0 * left[i] + right[i];
                }),
                bytes);
  table.compare("a = 2 * b + row of a tensor", "GB/s", ratio(0.95), on_all_ranks([&] { a = 2.0 * b + row; }),
                twin([=, &row] {
                  for (std::int64_t i = 0; i < count / columns; ++i)
                    for (std::int64_t j = 0; j < columns; ++j)
                      to[i * columns + j] = 2.0 * left[i * columns + j] + row.data()[j];
                }),
                bytes * 2 / 3);
  table.compare("a = sqrt(b) * c - b / c", "GB/s", ratio(0.95), on_all_ranks([&] { a = sqrt(b) * c - b / c; }),
                twin([=] {
                  for (std::int64_t i = 0; i < count; ++i) to[i] = std::sqrt(left[i]) * right[i] - left[i] / right[i];
                }),
                bytes);
  distributed_array<double, 2> small(world(), {64, 64});
  table.compare("small = 2 * small, 64 x 64", "us", bench::bound{}, on_all_ranks([&] { small = 2.0 * small; }),
                twin([data = small.local().data(), n = static_cast<std::int64_t>(small.local().size())] {
                  for (std::int64_t i = 0; i < n; ++i) data[i] *= 2.0;
                }));
}

void reductions(bench::table& table) {
  distributed_array<double, 2> a(world(), {rows, columns}), b(world(), {rows, columns});
  a = 1.5;
  b = 2.5;
  std::span<double const> const x = a.local().elements(), y = b.local().elements();
  double const bytes = 8.0 * rows * columns;
  auto const twin = on_all_ranks([=] { keep += allreduce(world(), bench::read_all(x), std::plus<>{}); });

  table.compare("sum beside reading, 4096 x 4096", "GB/s", ratio(0.95), on_all_ranks([&] { keep += sum(a); }), twin,
                bytes);
  table.compare(
      "dot beside reading both", "GB/s", ratio(0.95), on_all_ranks([&] { keep += dot(a, b); }),
      on_all_ranks([=] { keep += allreduce(world(), bench::read_all(x) + bench::read_all(y), std::plus<>{}); }),
      2 * bytes);
  table.compare("norm beside reading", "GB/s", bench::bound{}, on_all_ranks([&] { keep += norm(a); }), twin, bytes);
  table.compare("max beside reading", "GB/s", bench::bound{}, on_all_ranks([&] { keep += max(a); }), twin, bytes);
  table.compare("var beside reading", "GB/s", bench::bound{}, on_all_ranks([&] { keep += var(a); }), twin, bytes);
  table.compare("argmax beside reading", "GB/s", bench::bound{},
                on_all_ranks([&] { keep += static_cast<double>(argmax(a)); }), twin, bytes);
  table.compare("reproducible sum beside reading", "GB/s", bench::bound{},
                on_all_ranks([&] { keep += sum(a, reproducible); }), twin, bytes);
  table.compare("sum along rows beside reading", "GB/s", bench::bound{}, on_all_ranks([&] { keep += sum(a, 1)(0); }),
                twin, bytes);
  table.compare("sum along columns beside reading", "GB/s", bench::bound{}, on_all_ranks([&] { keep += sum(a, 0)(0); }),
                twin, bytes);
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  assignments(table);
  reductions(table);
  return keep < 0 ? 1 : 0;
}
