// Lists of elements anywhere in an array of 64 MB: gather, scatter and scatter_add.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace {

using armada::distributed_array;

using bench::on_rank_0;

constexpr long extent = 8 << 20;

std::vector<std::int64_t> random_indices(long count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::mt19937_64 random(1);
  for (auto& each : indices) each = static_cast<std::int64_t>(random() % extent);
  return indices;
}

template <class T>
void lists(bench::table& table, std::string const& what, armada::cut_array<1> const& cuts) {
  auto const& world = armada::world();
  distributed_array<T, 1> a(world, {extent}, cuts);
  a.fill(T(1));
  auto const indices = random_indices(table.far() ? 100'000 : 1'000'000);
  auto const count = static_cast<double>(indices.size());
  std::vector<T> values(indices.size(), T(1));
  auto const gather = on_rank_0([&] { armada::gather(a, indices, values), bench::touch(values.data()); });
  auto const scatter = on_rank_0([&] { armada::scatter(a, indices, values); });
  auto const add = on_rank_0([&] { armada::scatter_add(a, indices, values); });

  if (!table.far()) {
    table.compare("gather " + what + ", one by one", "ns", bench::value(50), gather, on_rank_0([&] {
                    for (std::size_t k = 0; k < indices.size(); ++k) values[k] = a(indices[k]);
                    bench::touch(values.data());
                  }),
                  0, count);
    table.compare("scatter " + what + ", one by one", "ns", bench::value(50), scatter, on_rank_0([&] {
                    for (std::size_t k = 0; k < indices.size(); ++k) a(indices[k]) = values[k];
                  }),
                  0, count);
    table.compare("scatter_add " + what + ", one by one", "ns", bench::value(50), add, on_rank_0([&] {
                    for (std::size_t k = 0; k < indices.size(); ++k) a(indices[k]) += values[k];
                  }),
                  0, count);
    std::vector<T> const local(static_cast<std::size_t>(extent), T(1));
    table.compare("gather " + what + ", from a vector", "ns", bench::bound{}, gather, on_rank_0([&] {
                    for (std::size_t k = 0; k < indices.size(); ++k)
                      values[k] = local[static_cast<std::size_t>(indices[k])];
                    bench::touch(values.data());
                  }),
                  0, count);
    return;
  }
  // MPI's requests one by one with a flush at the end; the same elements of the last rank's part.
  constexpr std::size_t few = 1000;
  int const other = world.size() - 1;
  bench::raw_window<T> raw(extent / world.size());
  auto const place = [&](std::size_t k) { return static_cast<MPI_Aint>(indices[k] % (extent / world.size())); };
  auto const each = [&](auto call) {
    return on_rank_0([=, &raw] {
      for (std::size_t k = 0; k < few; ++k) call(k);
      raw.flush(other);
    });
  };
  MPI_Datatype const type = armada::datatype_of<T>();
  std::vector<std::int64_t> first; // all of them far
  for (std::size_t k = 0; k < few; ++k) first.push_back(extent / world.size() * other + place(k));
  std::vector<T> some(few, T(1));
  table.compare("gather 1000 " + what + ", raw MPI_Get", "ns", bench::ratio(3),
                on_rank_0([&] { armada::gather(a, first, some); }),
                each([&](std::size_t k) { MPI_Get(&some[k], 1, type, other, place(k), 1, type, raw.raw()); }), 0, few);
  table.compare("scatter_add 1000 " + what + ", raw MPI_Accumulate", "ns", bench::ratio(3),
                on_rank_0([&] { armada::scatter_add(a, first, some); }), each([&](std::size_t k) {
                  MPI_Accumulate(&some[k], 1, type, other, place(k), 1, type, MPI_SUM, raw.raw());
                }),
                0, few);
  table.compare("gather 100000 " + what + ", 1000 at a time", "ns", bench::bound{}, gather, on_rank_0([&] {
                  for (std::size_t k = 0; k < indices.size(); k += few) {
                    std::span const part(indices.data() + k, few);
                    armada::gather(a, part, std::span(values.data() + k, few));
                  }
                }),
                0, count);
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  lists<double>(table, "doubles", {armada::block});
  if (table.far()) return 0;
  lists<std::int64_t>(table, "integers", {armada::block});
  lists<double>(table, "dealt doubles", {armada::cyclic});
}
