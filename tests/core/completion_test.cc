#include <armada/core/completion.hpp>

#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/plan.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::left;
using support::right;

using detail::request_kind;

pending<int> receive(int& value, int tag) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Irecv(&value, 1, MPI_INT, left(), tag, world().raw(), &request);
  return detail::make_pending(request, request_kind::receive, [&value](MPI_Status const&) { return value; });
}

void send(int const& value, int tag) { MPI_Send(&value, 1, MPI_INT, right(), tag, world().raw()); }

static_assert(awaitable<pending<>> && awaitable<pending<int>> && awaitable<plan<>> && !awaitable<int>);
static_assert(awaitables<std::vector<pending<int>>> && awaitables<std::vector<plan<>>&>);
static_assert(awaitables<std::vector<std::unique_ptr<pending<int>>>&> && awaitables<std::vector<pending<>*>&>);
static_assert(awaitables<std::vector<std::reference_wrapper<pending<>>>&> && !awaitables<std::vector<int>>);

/// Ten receives, none of whose messages has been sent.
class completion : public testing::Test {
protected:
  void SetUp() override {
    for (int tag = 0; tag < 10; ++tag) all_.push_back(receive(values_[static_cast<std::size_t>(tag)], tag));
  }
  std::vector<int> values_ = std::vector<int>(10, -1);
  std::vector<pending<int>> all_;
};

TEST_F(completion, one_after_the_other_in_the_order_of_the_messages) {
  EXPECT_EQ(test_any(all_), std::nullopt);
  EXPECT_TRUE(test_some(all_).empty());
  EXPECT_FALSE(test_all(all_));
  EXPECT_FALSE(all_ended(all_));
  MPI_Barrier(world().raw());
  for (int const tag : {7, 3, 0, 9, 1, 2, 8, 5, 6, 4}) {
    send(100 + tag, tag);
    auto const place = wait_any(all_);
    ASSERT_TRUE(place);
    EXPECT_EQ(*place, static_cast<std::size_t>(tag));
    EXPECT_EQ(test_any(all_), place) << "it is still to be waited for";
    EXPECT_EQ(all_[*place].wait(), 100 + tag);
    EXPECT_TRUE(all_[*place].ended());
    MPI_Barrier(world().raw()); // nobody is ahead
  }
  EXPECT_EQ(wait_any(all_), std::nullopt);
  EXPECT_TRUE(wait_some(all_).empty());
  EXPECT_TRUE(test_all(all_));
  EXPECT_TRUE(all_ended(all_));
  wait_all(all_); // nothing is left to wait for
}

TEST_F(completion, some_at_a_time) {
  std::vector<int> seen;
  for (int const half : {0, 5}) {
    for (int tag = half; tag < half + 5; ++tag) send(tag, tag);
    while (static_cast<int>(seen.size()) < half + 5) {
      auto const places = wait_some(all_);
      EXPECT_FALSE(places.empty());
      EXPECT_TRUE(std::ranges::is_sorted(places));
      for (auto const place : places) seen.push_back(all_[place].wait());
    }
  }
  std::ranges::sort(seen);
  EXPECT_EQ(seen, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(test_some(all_).empty());
}

TEST_F(completion, all) {
  for (int tag = 9; tag >= 0; --tag) send(tag, tag);
  while (!test_all(all_)) {
  }
  EXPECT_EQ(test_some(all_).size(), 10U);
  wait_all(all_);
  EXPECT_EQ(values_, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(all_ended(all_));
}

TEST_F(completion, pointers_and_references_lead_there) {
  std::vector<pending<int>*> pointers;
  std::vector<std::reference_wrapper<pending<int>>> references;
  for (auto& each : all_) {
    pointers.push_back(&each);
    references.emplace_back(each);
  }
  for (int tag = 0; tag < 10; ++tag) send(tag, tag);
  EXPECT_TRUE(wait_any(references));
  wait_all(pointers);
  EXPECT_TRUE(all_ended(references));
}

TEST(wait_all, throws_the_first_failure_after_the_others_have_ended) {
  auto failing = [](char const* what) {
    return detail::make_pending(MPI_REQUEST_NULL, request_kind::collective,
                                [what](MPI_Status const&) -> int { throw std::runtime_error(what); });
  };
  int value = -1;
  std::vector<pending<int>> all;
  all.push_back(failing("the first"));
  all.push_back(receive(value, 1));
  all.push_back(failing("the second"));
  send(5, 1);
  EXPECT_EQ(support::message_of<std::runtime_error>([&] { wait_all(all); }), "the first");
  EXPECT_TRUE(all_ended(all));
  EXPECT_EQ(value, 5);

  auto one = failing("of arguments");
  pending<int> two = receive(value, 2);
  send(6, 2);
  EXPECT_EQ(support::message_of<std::runtime_error>([&] { wait_all(one, two); }), "of arguments");
  EXPECT_TRUE(two.ended());
  EXPECT_EQ(value, 6);
}

TEST(wait_any, of_plans) {
  std::vector<int> values(3, -1);
  std::vector<plan<int>> plans;
  for (int tag = 0; tag < 3; ++tag) {
    int& value = values[static_cast<std::size_t>(tag)];
    plans.push_back(detail::make_restarted([&value, tag] { return receive(value, tag); }));
  }
  EXPECT_EQ(wait_any(plans), std::nullopt) << "none was started";
  for (int round = 0; round < 2; ++round) {
    start_all(plans);
    for (int const tag : {2, 0, 1}) {
      send(10 * round + tag, tag);
      auto const place = wait_any(plans);
      ASSERT_EQ(place, static_cast<std::size_t>(tag));
      EXPECT_EQ(plans[*place].wait(), 10 * round + tag);
      MPI_Barrier(world().raw()); // nobody is ahead
    }
  }
}

} // namespace
} // namespace armada
