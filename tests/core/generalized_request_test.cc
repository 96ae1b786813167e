#include <armada/core/generalized_request.hpp>

#include "tests/support/values.hpp"

#include <armada/core/completion.hpp>
#include <armada/core/environment.hpp>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::message_of;

TEST(generalized_request, ends_with_a_value) {
  generalized_request<std::string> work;
  auto later = work.pending();
  EXPECT_FALSE(later.test());
  work.complete("done");
  EXPECT_TRUE(later.test());
  EXPECT_EQ(later.wait(), "done");
}

TEST(generalized_request, ends_without_a_value_and_with_an_exception) {
  generalized_request<> work;
  auto later = work.pending();
  work.complete();
  later.wait();

  generalized_request<int> failing;
  auto never = failing.pending();
  failing.fail(std::make_exception_ptr(std::runtime_error("no result")));
  EXPECT_EQ(message_of<std::runtime_error>([&] { static_cast<void>(never.wait()); }), "no result");
}

TEST(generalized_request, another_thread_ends_it) {
  std::vector<generalized_request<int>> works(4);
  std::vector<pending<int>> all;
  for (auto& work : works) all.push_back(work.pending());
  std::thread worker([&] {
    for (int i = 3; i >= 0; --i) works[static_cast<std::size_t>(i)].complete(10 * i);
  });
  int total = 0;
  while (auto const place = wait_any(all)) total += all[*place].wait();
  EXPECT_EQ(total, 60);
  worker.join();
}

TEST(generalized_request, one_that_goes_without_completing_fails_its_pending) {
  auto later = [] {
    generalized_request<int> work;
    return work.pending();
  }();
  EXPECT_EQ(message_of<lifecycle_error>([&] { static_cast<void>(later.wait()); }),
            "wait: the work of this generalized request ended without completing it");
  generalized_request<> const nobody_asked; // leaves nothing behind
}

TEST(generalized_request, wrong_order_throws) {
  generalized_request<int> work;
  EXPECT_THROW(work.complete(1), lifecycle_error) << "nobody could ever see it";
  auto later = work.pending();
  EXPECT_THROW(static_cast<void>(work.pending()), lifecycle_error);
  work.complete(1);
  EXPECT_THROW(work.complete(2), lifecycle_error);
  EXPECT_EQ(later.wait(), 1);
}

TEST(generalized_request, a_pending_that_is_dropped_does_not_wait_for_the_work) {
  generalized_request<int> work;
  { auto const dropped = work.pending(); }
  work.complete(1); // nobody asks
  generalized_request<int> other;
  auto const goes_first = other.pending();
}

} // namespace
} // namespace armada
