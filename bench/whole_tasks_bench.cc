// Sharing out work: what a task costs by itself, and uneven work beside blocks that nobody takes anything from.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/arrays/index/block.hpp>
#include <armada/arrays/task_pool.hpp>
#include <armada/core/environment.hpp>

#include <cstdint>

namespace {

/// Tasks of a triangle: task i takes i steps.
void steps(std::int64_t task) {
  double x = 1;
  for (std::int64_t i = 0; i < task; ++i) {
    x = x * 0.999 + 0.001;
    bench::touch(&x);
  }
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  int const me = world.rank(), other = world.size() - 1;

  armada::task_pool pool(world, (std::int64_t{1} << 30) - 1);
  bench::raw_window<std::int64_t> raw(1);
  auto const raw_fetch = [&] {
    std::int64_t const one = 1;
    std::int64_t old = 0;
    MPI_Fetch_and_op(&one, &old, MPI_INT64_T, other, 0, MPI_SUM, raw.raw());
    raw.flush(other);
  };
  table.compare("task, raw MPI_Fetch_and_op", "ns", table.far() ? bench::bound{} : bench::value(100),
                bench::on_rank_0([&] { static_cast<void>(pool.next()); }), bench::on_rank_0(raw_fetch));

  constexpr std::int64_t count = 4000;
  armada::task_pool triangle(world, count);
  auto const shared_out = [&] {
    triangle.reset();
    while (auto const task = triangle.next()) steps(*task);
  };
  armada::block_dimension const blocks(count, world.size());
  auto const in_blocks = [&] {
    for (auto task = blocks.first(me); task < blocks.first(me + 1); ++task) steps(task);
  };
  // a fair share of two ranks is half, of which the second block is three quarters
  table.compare("triangle of tasks, in blocks", "ms", bench::ratio(table.far() ? 0 : 1.3),
                bench::on_all_ranks(shared_out), bench::on_all_ranks(in_blocks));
}
