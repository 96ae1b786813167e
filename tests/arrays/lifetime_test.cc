/// Arrays that end while others are at work with them.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/element_list.hpp>
#include <armada/arrays/halo.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/arrays/reshape.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
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

TEST(lifetime, pendings_outlive_their_array) {
  std::optional<distributed_array<std::int64_t, 1>> a = numbered(400 + world().size());
  auto later = get((*a)(xt::range(0, 400, 3)), nonblocking);
  std::vector<std::int64_t> buffer(400);
  auto into = get((*a)(xt::range(0, 400)), buffer, nonblocking);
  auto written = put((*a)(xt::range(400 + me(), 401 + me())), std::vector<std::int64_t>{7}, nonblocking);
  a.reset();
  auto const values = later.wait();
  into.wait();
  written.wait();
  for (std::int64_t k = 0; k < 134; ++k) ASSERT_EQ(values(static_cast<std::size_t>(k)), 3 * k);
  for (std::int64_t k = 0; k < 400; ++k) ASSERT_EQ(buffer[static_cast<std::size_t>(k)], k);
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

/// The end of the array is collective where ranks are far, and the pending is waited for after the barrier.
TEST(lifetime, a_pending_may_be_waited_for_after_what_comes_after_its_array) {
  xt::xtensor<std::int64_t, 1> buffer = xt::zeros<std::int64_t>({400});
  std::optional<pending<xt::xtensor<std::int64_t, 1>>> values, listed;
  std::optional<pending<>> into;
  {
    auto a = numbered(400);
    if (me() == 0) {
      values.emplace(get(a(xt::all()), nonblocking));
      listed.emplace(gather(a, std::vector<index_array<1>>{{399}, {0}}, nonblocking));
      into.emplace(get(a(xt::all()), buffer, nonblocking));
    }
  }
  barrier(world());
  auto b = numbered(4);
  if (me() != 0) return;
  into->wait();
  auto const all = values->wait(), both = listed->wait();
  for (std::int64_t k = 0; k < 400; ++k) {
    ASSERT_EQ(all(static_cast<std::size_t>(k)), k);
    ASSERT_EQ(buffer(static_cast<std::size_t>(k)), k);
  }
  EXPECT_EQ(both(0), 399);
  EXPECT_EQ(both(1), 0);
}

TEST(lifetime, a_pending_may_outlive_the_array_that_its_array_became) {
  auto a = numbered(24);
  std::optional<pending<xt::xtensor<std::int64_t, 1>>> values;
  if (me() == 0) values.emplace(get(a(xt::all()), nonblocking));
  {
    auto const turned = reshape(std::move(a), {12, 2});
    EXPECT_EQ(static_cast<std::int64_t>(turned(11, 1)), 23);
    a = numbered(3); // ends nothing: it was moved from
    EXPECT_EQ(static_cast<std::int64_t>(turned(11, 1)), 23);
    turned.fence();
  }
  barrier(world());
  if (values) {
    EXPECT_EQ(values->wait()(23), 23);
  }
}

template <class Access>
void expect_moved(Access access, std::string const& shape = "(10") {
  try {
    access();
    ADD_FAILURE() << "no error";
  } catch (lifecycle_error const& e) {
    EXPECT_NE(std::string(e.what()).find("distributed_array of shape " + shape), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("moved from"), std::string::npos) << e.what();
  }
}

void expect_no_access(distributed_array<std::int64_t, 1>& a) {
  EXPECT_EQ(a.shape()[0], 10);
  EXPECT_EQ(a.distribution().shape()[0], 10);
  xt::xtensor<std::int64_t, 1> const ten = xt::zeros<std::int64_t>({10});
  std::vector<std::int64_t> buffer(10);
  std::vector<index_array<1>> const list{{3}};
  expect_moved([&] { static_cast<void>(static_cast<std::int64_t>(a(3))); });
  expect_moved([&] { static_cast<void>(std::as_const(a)(3)); });
  expect_moved([&] { a(3) = 1; });
  expect_moved([&] { a(3) += 1; });
  expect_moved([&] { a.fetch_add({3}, 1); });
  expect_moved([&] { a.compare_and_swap({3}, 1, 2); });
  expect_moved([&] { static_cast<void>(xt::xtensor<std::int64_t, 1>(a(xt::all()))); });
  expect_moved([&] { a(xt::all()) = ten; });
  expect_moved([&] { a(xt::range(2, 3)) = 1; });
  expect_moved([&] { a(xt::all()) += ten; });
  expect_moved([&] { a(xt::all()) += 1; });
  expect_moved([&] { get(a(xt::all()), buffer); });
  expect_moved([&] { static_cast<void>(get(a(xt::all()), nonblocking)); });
  expect_moved([&] { put(a(xt::all()), buffer); });
  expect_moved([&] { accumulate(a(xt::all()), buffer, std::plus<>{}); });
  expect_moved([&] { static_cast<void>(gather(a, list)); });
  expect_moved([&] { scatter(a, list, 1); });
  expect_moved([&] { scatter_add(a, list, 1); });
  expect_moved([&] { static_cast<void>(a.local()); });
  expect_moved([&] { static_cast<void>(a.padded()); });
  expect_moved([&] { static_cast<void>(a.tile(0)); });
  expect_moved([&] { for_each_owned(a, [](index_array<1> const&, std::int64_t&) {}); });
  expect_moved([&] { a.count_traffic(); });
  expect_moved([&] { a.fill(1); });
  expect_moved([&] { a.flush(); });
  expect_moved([&] { a.fence(); });
}

TEST(lifetime, what_was_moved_from_refuses_every_access) {
  auto a = numbered(10);
  auto b = std::move(a);
  expect_no_access(a);
  EXPECT_EQ(static_cast<std::int64_t>(b(3)), 3);
  b.fence();
  a = std::move(b);
  expect_no_access(b);
  swap(a, b);
  expect_no_access(a);
  EXPECT_EQ(static_cast<std::int64_t>(b(3)), 3);
  b.fence();
  auto const turned = reshape(std::move(b), {10, 1});
  expect_no_access(b);
  b = numbered(10);
  EXPECT_EQ(static_cast<std::int64_t>(b(9)), 9);
  EXPECT_EQ(static_cast<std::int64_t>(turned(9, 0)), 9);
}

TEST(lifetime, what_was_moved_from_keeps_its_boundaries) {
  std::vector<std::int64_t> boundaries(static_cast<std::size_t>(world().size() + 1));
  boundaries.back() = 10;
  distributed_array<std::int64_t, 1> a(world(), {10}, {irregular(boundaries)});
  std::optional<distributed_array<std::int64_t, 1>> b = std::move(a);
  b.reset();
  expect_moved([&] { a(3) = 1; });
  EXPECT_EQ(a.owner(3), world().size() - 1);
}

TEST(lifetime, a_halo_outlives_the_name_of_its_array_but_not_the_array) {
  std::optional<distributed_array<std::int64_t, 1>> a(std::in_place, world(), shape_option<1>{12}, ghost_cells{1});
  for_each_owned(*a, [](index_array<1> const& index, std::int64_t& e) { e = index[0]; });
  halo<1> edges(*a, {.width = {1}, .periodic = {true}});
  auto b = std::move(*a);
  edges.exchange();
  auto const first = b.distribution().range_of(me()).dimensions[0].first;
  EXPECT_EQ(b.padded()(0), (first + 11) % 12);
  EXPECT_TRUE(edges.is_of(b));
  expect_moved([&] { static_cast<void>(edges.is_of(*a)); }, "(12");
  b = distributed_array<std::int64_t, 1>(world(), {3});
  EXPECT_THROW(edges.exchange(), lifecycle_error);
}

} // namespace
} // namespace armada
