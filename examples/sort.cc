// Numbers that are spread over all ranks, in order: the sorted array, where each number had been, how often each digit
// begins one, and how many different ones there are.
//   mpiexec -n 4 sort

#include <armada/armada.hpp>

#include <fmt/format.h>

#include <cstdint>

namespace {

/// Looks like chance, and is the same on any number of ranks.
double number(std::int64_t index) {
  auto bits = static_cast<std::uint64_t>(index + 1) * 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  return static_cast<double>((bits ^ (bits >> 27)) % 1'000'000) / 1e6;
}

} // namespace

int main(int argc, char** argv) {
  using namespace armada;
  environment env(argc, argv);
  constexpr std::int64_t count = 200'000;

  auto const a = from_function<double>(world(), {count}, number);
  auto const sorted = sort(a);
  auto const places = argsort(a); // a(places(i)) is sorted(i)
  auto const different = unique(a);
  auto const tenths = histogram(a, 10, {0, 1});

  bool right = true; // each rank looks at its own part, and at the last number of the part before
  double before = 0;
  for_each_owned(sorted, [&](index_array<1> const& index, double const& value) {
    if (&value == sorted.local().data() && index[0] > 0) before = sorted(index[0] - 1);
    right = right && before <= value;
    before = value;
  });
  right = allreduce(world(), right, std::logical_and<>{});

  if (world().rank() == 0) {
    std::int64_t const first = places(0), last = places(-1);
    right = right && a(first) == sorted(0) && a(last) == sorted(-1);
    fmt::print("{} numbers, {}, {} different ones\n", count, right ? "in order" : "out of order", different.size());
    fmt::print("from {} (which was number {}) over {} to {} (number {})\n", sorted(0), first, sorted(count / 2),
               sorted(-1), last);
    fmt::print("of each tenth: {}\n", fmt::join(tenths, " "));
  }
  sorted.fence();
  return right ? 0 : 1;
}
