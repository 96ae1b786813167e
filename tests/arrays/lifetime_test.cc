/// Arrays that end while others are at work with them.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace armada {
namespace {

int me() { return world().rank(); }

distributed_array<std::int64_t, 1> numbered(std::int64_t length) {
  distributed_array<std::int64_t, 1> a(world(), {length});
  for_each_owned(a, [](index_array<1> const& index, std::int64_t& e) { e = index[0]; });
  a.fence();
  return a;
}

TEST(lifetime, of_an_array_ends_with_the_last_pending) {
  std::optional<distributed_array<std::int64_t, 1>> a = numbered(400);
  auto later = get((*a)(xt::range(0, 400, 3)), nonblocking);
  std::vector<std::int64_t> buffer(400);
  auto into = get((*a)(xt::all()), buffer, nonblocking);
  auto written = put((*a)(xt::range(me(), me() + 1)), std::vector<std::int64_t>{7}, nonblocking);
  a.reset();
  auto const values = later.wait();
  into.wait();
  written.wait();
  for (std::int64_t k = 0; k < 134; ++k) // the first ones may have been written
    if (3 * k >= world().size()) {
      ASSERT_EQ(values(static_cast<std::size_t>(k)), 3 * k);
    }
  for (std::int64_t k = world().size(); k < 400; ++k) ASSERT_EQ(buffer[static_cast<std::size_t>(k)], k);
}

TEST(lifetime, a_pending_that_is_dropped_after_its_array_waits) {
  xt::xtensor<std::int64_t, 1> buffer = xt::zeros<std::int64_t>({400});
  {
    std::optional<distributed_array<std::int64_t, 1>> a = numbered(400);
    auto const dropped = get((*a)(xt::all()), buffer, nonblocking);
    a.reset();
  }
  for (std::int64_t k = 0; k < 400; ++k) ASSERT_EQ(buffer(static_cast<std::size_t>(k)), k);
}

/// Where ranks are far the end waits for the others, who still reach what is left there.
TEST(lifetime, an_array_may_end_on_one_rank_first) {
  for (int first = 0; first < world().size(); ++first) {
    std::optional<distributed_array<std::int64_t, 1>> a = numbered(40);
    if (me() == first) a.reset();
    if (a) {
      for (std::int64_t k = 0; k < 40; ++k) ASSERT_EQ(static_cast<std::int64_t>((*a)(k)), k);
    }
  }
}

TEST(lifetime, one_name_for_many_arrays) {
  auto a = numbered(10);
  for (std::int64_t length = 1; length < 30; ++length) {
    auto later = get(a(xt::all()), nonblocking); // of the array that goes
    auto const before = a.shape()[0];
    a = numbered(length);
    EXPECT_EQ(later.wait().size(), static_cast<std::size_t>(before));
    EXPECT_EQ(static_cast<std::int64_t>(a(-1)), length - 1);
  }
  auto b = std::move(a);
  a = std::move(b);
  EXPECT_EQ(a.shape()[0], 29);
}

} // namespace
} // namespace armada
