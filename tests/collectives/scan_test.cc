#include <armada/collectives/scan.hpp>

#include "tests/collectives/three_modes.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class Mode>
concept scan_in = requires(communicator const& c, In in, std::vector<int>& out, Mode mode) {
  scan(c, static_cast<In>(in), out, std::plus{}, mode);
};
static_assert(scan_in<std::vector<int>&, persistent_t> && scan_in<in_place_t const&, nonblocking_t>);
static_assert(!scan_in<std::vector<int>, nonblocking_t> && !scan_in<std::vector<int>, persistent_t>);
static_assert(!scan_in<nothing_t, blocking_t>, "every rank takes part");

/// What a plain loop makes of the values of the ranks up to this one.
template <class T>
std::vector<T> serial(int round, std::size_t count, auto op) {
  auto total = in_round<T>(round, 0, count);
  for (int rank = 1; rank <= here(); ++rank) {
    auto const next = in_round<T>(round, rank, count);
    for (std::size_t i = 0; i < count; ++i) total[i] = static_cast<T>(op(total[i], next[i]));
  }
  return total;
}

template <class T>
void expect_serial(auto op) {
  for (std::size_t count = 0; count < 10; ++count) {
    reduce_in_three_modes<T>(
        count, [&](auto& in, auto out, auto mode) { return scan(world(), in, out, op, mode); },
        [&](int round, std::vector<T> const&) { return serial<T>(round, count, op); });
    auto const mine = in_round<T>(0, here(), count);
    EXPECT_EQ(scan(world(), mine, op), serial<T>(0, count, op));
    EXPECT_EQ(scan(world(), std::vector<T>(mine), op, nonblocking).wait(), serial<T>(0, count, op));
  }
}

TEST(scan, combines_the_elements_up_to_this_rank) {
  expect_serial<int>(std::plus{});
  expect_serial<double>(maximum{});
  expect_serial<std::int64_t>([modulus = 1009](std::int64_t a, std::int64_t b) { return a * b % modulus; });
  expect_serial<std::complex<double>>(std::plus{});
}

TEST(scan, in_rank_order_and_with_places) {
  using span = std::pair<int, int>; // first and last
  EXPECT_EQ(scan(world(), span(here(), here()), [](span const& a, span const& b) { return span(a.first, b.second); }),
            span(0, here()));
  EXPECT_EQ(scan(world(), located{-here(), here()}, min_location{}), (located{-here(), here()}));
  EXPECT_EQ(scan(world(), located{1.0, here()}, max_location{}), (located{1.0, 0}));
}

TEST(scan, objects) {
  using table = std::map<int, std::string>;
  auto const merge = [](table a, table const& b) {
    for (auto const& [key, text] : b) a[key] += text;
    return a;
  };
  table expected;
  for (int rank = 0; rank <= here(); ++rank) expected[-1] += std::to_string(rank);
  table const mine{{-1, std::to_string(here())}};
  EXPECT_EQ(scan(world(), mine, merge), expected);
  auto first = scan(world(), table(mine), merge, nonblocking);
  auto second = scan(world(), table(mine), merge, nonblocking);
  if (here() % 2 == 0) std::swap(first, second);
  EXPECT_EQ(second.wait(), expected);
  EXPECT_EQ(first.wait(), expected);
}

TEST(scan, lengths_that_differ_are_named) {
  std::vector<int> const in(3);
  std::vector<int> out(2);
  EXPECT_EQ(message_of<argument_error>([&] { scan(world(), in, out, std::plus{}); }),
            "scan on \"world\", rank " + std::to_string(here()) + ": in has 3 elements and needs 2");
}

} // namespace
} // namespace armada
