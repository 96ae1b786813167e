#include <armada/collectives/exscan.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/core/environment.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

template <class In>
concept nonblocking_exscan = requires(communicator const& c, In in, std::vector<int>& out) {
  exscan(c, static_cast<In>(in), out, std::plus{}, nonblocking);
};
static_assert(nonblocking_exscan<std::vector<int>&> && nonblocking_exscan<in_place_t const&>);
static_assert(!nonblocking_exscan<std::vector<int>>, "a temporary is gone before it is read");

/// What a plain loop makes of the values of the ranks before this one; rank 0 has `before`.
template <class T>
std::vector<T> serial(std::size_t count, auto op, std::vector<T> before) {
  for (int rank = 0; rank < world().rank(); ++rank) {
    auto const next = values_of<T>(rank, count);
    for (std::size_t i = 0; i < count; ++i) before[i] = rank == 0 ? next[i] : static_cast<T>(op(before[i], next[i]));
  }
  return before;
}

template <class T>
void expect_serial(auto op) {
  for (std::size_t count = 0; count < 10; count += 3) {
    auto const mine = values_of<T>(world().rank(), count);
    guarded<T> now(count);
    guarded<T> later(count);
    guarded<T> placed(count);
    auto const expected = serial<T>(count, op, std::vector<T>(now.room().begin(), now.room().end()));
    std::ranges::copy(mine, placed.room().begin());
    exscan(world(), mine, now.room(), op);
    auto pending = exscan(world(), mine, later.room(), op, nonblocking);
    exscan(world(), in_place, placed.room(), op);
    pending.wait();
    now.expect(expected);
    later.expect(expected);
    placed.expect(world().rank() == 0 ? mine : expected);
  }
}

TEST(exscan, combines_the_elements_of_the_ranks_before_this_one) {
  expect_serial<int>(std::plus{});
  expect_serial<double>(maximum{});
  expect_serial<std::int64_t>(std::multiplies{});
  expect_serial<std::complex<double>>(std::plus{});
}

TEST(exscan, operations_that_do_not_commute_go_in_rank_order) {
  using span = std::pair<int, int>; // first and last
  span const mine{world().rank(), world().rank()};
  span before{-1, -1};
  exscan(world(), mine, before, [](span const& a, span const& b) { return span(a.first, b.second); });
  EXPECT_EQ(before, world().rank() == 0 ? span(-1, -1) : span(0, world().rank() - 1));
}

TEST(exscan, operations_with_state) {
  int const used = operation::in_use();
  for (int modulus : {7, 10}) expect_serial<int>([modulus](int a, int b) { return (a + b) % modulus; });
  EXPECT_EQ(operation::in_use(), used) << "none is left behind";
}

TEST(exscan, lengths_that_differ_are_named) {
  std::vector<int> const in(3);
  std::vector<int> out(2);
  EXPECT_EQ(message_of<argument_error>([&] { exscan(world(), in, out, std::plus{}); }),
            "exscan on \"world\", rank " + std::to_string(world().rank()) + ": in has 3 elements and needs 2");
}

TEST(exscan, three_modes) {
  auto const expect_sums = [](std::size_t count, auto add) {
    reduce_in_three_modes<int>(
        count, [&](auto& in, auto out, auto mode) { return exscan(world(), in, out, add, mode); },
        [&](int round, std::vector<int> before) {
          for (std::size_t i = 0; here() > 0 && i < count; ++i) {
            before[i] = 0;
            for (int rank = 0; rank < here(); ++rank) before[i] += in_round<int>(round, rank, count)[i];
          }
          return before;
        });
  };
  for (std::size_t count = 0; count < 10; ++count) {
    expect_sums(count, std::plus{});
    expect_sums(count, [base = 0](int a, int b) { return a + b + base; });
  }
}

TEST(exscan, values_are_empty_on_rank_0) {
  int sum = 0;
  for (int rank = 0; rank < here(); ++rank) sum += rank + 1;
  auto const expected = here() == 0 ? std::nullopt : std::optional(sum);
  EXPECT_EQ(exscan(world(), here() + 1, std::plus{}), expected);
  EXPECT_EQ(exscan(world(), here() + 1, std::plus{}, nonblocking).wait(), expected);
  std::string letters;
  for (int rank = 0; rank < here(); ++rank) letters += std::to_string(rank);
  using table = std::map<int, std::string>;
  auto const merge = [](table a, table const& b) {
    for (auto const& [key, text] : b) a[key] += text;
    return a;
  };
  auto const tables = here() == 0 ? std::nullopt : std::optional(table{{7, letters}});
  table const mine{{7, std::to_string(here())}};
  EXPECT_EQ(exscan(world(), mine, merge), tables);
  EXPECT_EQ(exscan(world(), table(mine), merge, nonblocking).wait(), tables);
  EXPECT_EQ(exscan(world(), located{1.0, here()}, min_location{}).has_value(), here() > 0);
}

} // namespace
} // namespace armada
