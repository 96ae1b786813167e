// Sorting of keys that are spread over the ranks, beside std::sort of each rank's share and one copy of it: less than a
// program without this library could do with.

#include "compare.hpp"

#include <armada/arrays/sort.hpp>
#include <armada/core/environment.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace {

/// `sorts(a)` of an array of keys beside its twin.
template <class T>
void sorting(bench::table& table, std::string const& what, bench::bound expected, std::int64_t count, auto draw,
             auto sorts) {
  std::string const name = what + ", std::sort of a share and a copy";
  auto const& world = armada::world();
  if (!table.wanted(name)) return;
  armada::distributed_array<T, 1> a(world, {count});
  auto const mine = a.local().elements();
  std::mt19937_64 random(static_cast<unsigned>(world.rank()));
  for (T& each : mine) each = draw(random);
  a.fence();
  std::vector<T> share(mine.size()), copy(mine.size());
  auto const twin = [&] {
    std::copy(mine.begin(), mine.end(), share.begin());
    std::sort(share.begin(), share.end());
    std::copy(share.begin(), share.end(), copy.begin());
    bench::touch(copy.data());
  };
  table.compare(name, "ms", expected, bench::on_all_ranks([&] { bench::touch(sorts(a).local().data()); }),
                bench::on_all_ranks(twin));
}

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const real = [](auto& random) { return std::normal_distribution<double>()(random); };
  auto const number = [](auto& random) { return static_cast<std::int32_t>(random()); };
  auto const sorts = [](auto const& a) { return sort(a); };
  constexpr std::int64_t many = 10'000'000, fewer = 1'000'000;
  sorting<double>(table, "sort 10^7 doubles", bench::ratio(0.9), many, real, sorts);
  sorting<double>(table, "sort 10^6 doubles", bench::ratio(0.9), fewer, real, sorts);
  sorting<std::int32_t>(table, "sort 10^6 numbers of 32 bits", bench::ratio(0.9), fewer, number, sorts);
  sorting<double>(table, "sort 10^6 doubles by a function", bench::bound{}, fewer, real,
                  [](auto const& a) { return sort(a, [](double x, double y) { return x < y; }); });
  sorting<double>(table, "argsort 10^6 doubles", bench::bound{}, fewer, real, [](auto const& a) { return argsort(a); });
}
