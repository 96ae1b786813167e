#include <armada/core/pending.hpp>

#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/completion.hpp>
#include <armada/core/environment.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// What ends the job (a dropped one that fails, one whose peer never comes): ending_test.sh.

namespace armada {
namespace {

using support::left;
using support::right;

using detail::request_kind;
using support::message_of;

static_assert(!std::is_copy_constructible_v<pending<>> && std::is_nothrow_move_constructible_v<pending<>>);
static_assert(std::is_nothrow_move_assignable_v<pending<int>>);

MPI_Request receive(int& value, int tag = 0) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Irecv(&value, 1, MPI_INT, left(), tag, world().raw(), &request);
  return request;
}

MPI_Request send(int const& value, int tag = 0) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Isend(&value, 1, MPI_INT, right(), tag, world().raw(), &request);
  return request;
}

/// A receive of `value`, whose pending gives `value` as text.
pending<std::string> text_receive(int& value, int tag = 0) {
  return detail::make_pending(receive(value, tag), request_kind::receive, [&value](MPI_Status const& arrived) {
    return std::to_string(value) + " from " + std::to_string(arrived.MPI_SOURCE);
  });
}

TEST(pending, wait_gives_the_value_once) {
  int value = 0;
  auto incoming = text_receive(value);
  int const mine = world().rank();
  pending<> outgoing(send(mine), request_kind::send);
  EXPECT_EQ(incoming.wait(), std::to_string(left()) + " from " + std::to_string(left()));
  EXPECT_EQ(message_of<lifecycle_error>([&] { static_cast<void>(incoming.wait()); }),
            "wait: this pending was waited for already");
  outgoing.wait();
  EXPECT_THROW(outgoing.wait(), lifecycle_error);
}

TEST(pending, test_keeps_the_value_for_wait) {
  int value = 0;
  int const mine = 7;
  auto incoming = text_receive(value);
  pending<> outgoing(send(mine), request_kind::send);
  while (!incoming.test()) {
  }
  EXPECT_TRUE(incoming.test());
  EXPECT_EQ(incoming.wait(), "7 from " + std::to_string(left()));
  EXPECT_TRUE(incoming.test()) << "it has ended";
}

TEST(pending, test_is_false_while_nothing_has_come) {
  int value = 0;
  auto incoming = text_receive(value, 9);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(incoming.test());
  MPI_Barrier(world().raw());
  int const mine = 1;
  pending<> outgoing(send(mine, 9), request_kind::send);
  EXPECT_EQ(incoming.wait(), "1 from " + std::to_string(left()));
}

TEST(pending, the_destructor_waits) {
  int value = 0;
  int const mine = world().rank() + 1;
  {
    pending<> const outgoing(send(mine), request_kind::send);
    pending<> const incoming(receive(value), request_kind::receive);
  }
  EXPECT_EQ(value, left() + 1);
  {
    pending<> const outgoing(send(mine), request_kind::send);
    auto const incoming = text_receive(value = 0);
  }
  EXPECT_EQ(value, left() + 1);
}

TEST(pending, moving_leaves_one_that_has_ended) {
  int value = 0;
  int other = 0;
  int const mine = 5;
  auto first = text_receive(value);
  auto second = std::move(first);
  EXPECT_TRUE(first.test()); // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_THROW(static_cast<void>(first.wait()), lifecycle_error); // NOLINT(clang-analyzer-cplusplus.Move)
  pending<> const one(send(mine), request_kind::send);
  pending<> const two(send(mine), request_kind::send);
  auto third = text_receive(other);
  third = std::move(second); // waits for what it had
  EXPECT_EQ(other, 5);
  EXPECT_EQ(third.wait(), "5 from " + std::to_string(left()));
}

TEST(pending, memory_that_it_owns_lives_until_it_has_ended) {
  auto value = std::make_shared<int>(0);
  std::weak_ptr<int> const watch = value;
  MPI_Request const request = receive(*value);
  auto incoming = detail::make_pending(request, request_kind::receive,
                                       [value = std::move(value)](MPI_Status const&) { return *value; });
  EXPECT_FALSE(watch.expired());
  int const mine = 3;
  pending<> const outgoing(send(mine), request_kind::send);
  EXPECT_EQ(incoming.wait(), 3);
  EXPECT_TRUE(watch.expired());
}

/// A receive that is too small for its message, and explains that.
struct explaining final : detail::finisher<void> {
  void finish(MPI_Status const&) override { ADD_FAILURE() << "it failed"; }
  void fail(mpi_error const& e) override { throw truncation_error(std::string("explained: ") + e.what()); }
};

TEST(pending, errors_come_from_wait_and_test_and_can_be_explained) {
  std::vector<int> const mine(10, 1);
  for (bool by_test : {false, true})
    for (bool explained : {false, true}) {
      int value = 0;
      MPI_Request const request = receive(value);
      auto incoming = explained ? pending<>(request, request_kind::receive, std::make_unique<explaining>())
                                : pending<>(request, request_kind::receive);
      MPI_Request sent = MPI_REQUEST_NULL;
      MPI_Isend(mine.data(), 10, MPI_INT, right(), 0, world().raw(), &sent);
      pending<> const outgoing(sent, request_kind::send);
      auto finish = [&] {
        if (by_test)
          while (!incoming.test()) {
          }
        else
          incoming.wait();
      };
      if (explained)
        EXPECT_EQ(message_of<truncation_error>(finish).rfind("explained: MPI_", 0), 0U);
      else
        EXPECT_NE(message_of<mpi_error>(finish).find("truncated"), std::string::npos);
      EXPECT_THROW(incoming.wait(), lifecycle_error) << "it has ended";
    }
}

TEST(pending, an_exception_that_passes_cancels_a_receive) {
  int never = 0; // nobody sends
  EXPECT_THROW(
      {
        pending<> const incoming(receive(never, 3), request_kind::receive);
        auto const another = text_receive(never, 4);
        throw std::runtime_error("passes");
      },
      std::runtime_error);
  MPI_Barrier(world().raw());
  int value = 0; // the cancelled ones take no message
  int const mine = 8;
  pending<> const outgoing(send(mine, 3), request_kind::send);
  pending<> incoming(receive(value, 3), request_kind::receive);
  incoming.wait();
  EXPECT_EQ(value, 8);
}

TEST(pending, an_exception_that_passes_gives_a_send_time) {
  std::vector<int> const large(100'000, 4); // ends only when it is received
  std::vector<int> room(large.size());
  MPI_Request incoming = MPI_REQUEST_NULL;
  MPI_Irecv(room.data(), static_cast<int>(room.size()), MPI_INT, left(), 0, world().raw(), &incoming);
  try {
    MPI_Request sent = MPI_REQUEST_NULL;
    MPI_Isend(large.data(), static_cast<int>(large.size()), MPI_INT, right(), 0, world().raw(), &sent);
    pending<> const outgoing(sent, request_kind::send);
    throw std::runtime_error("passes");
  } catch (std::runtime_error const&) {
  }
  MPI_Wait(&incoming, MPI_STATUS_IGNORE);
  EXPECT_EQ(room, large);
}

TEST(pending, one_that_began_while_an_exception_passed_waits_as_ever) {
  struct in_destructor {
    int* value;
    ~in_destructor() {
      int const mine = 6;
      pending<> const incoming(receive(*value), request_kind::receive);
      pending<> const outgoing(send(mine), request_kind::send);
    }
  };
  int value = 0;
  EXPECT_THROW(
      {
        in_destructor const last{&value};
        throw std::runtime_error("passes");
      },
      std::runtime_error);
  EXPECT_EQ(value, 6);
}

TEST(pending, says_what_has_come_without_ending) {
  int value = 0;
  auto incoming = text_receive(value, 4);
  EXPECT_EQ(incoming.get_status(), std::nullopt);
  MPI_Barrier(world().raw());
  int const mine = 5;
  pending<> outgoing(send(mine, 4), request_kind::send);
  std::optional<status> seen;
  while (!(seen = incoming.get_status())) {
  }
  EXPECT_EQ(seen->source, left());
  EXPECT_EQ(seen->tag, 4);
  EXPECT_EQ(seen->bytes, 4);
  EXPECT_FALSE(seen->cancelled);
  EXPECT_FALSE(incoming.ended());
  EXPECT_EQ(incoming.wait(), "5 from " + std::to_string(left()));
  EXPECT_TRUE(incoming.ended());
  EXPECT_EQ(incoming.get_status(), std::nullopt) << "it has ended";
}

TEST(pending, a_receive_is_taken_back_or_delivered) {
  int value = -1;
  auto never = text_receive(value, 6);
  EXPECT_TRUE(never.cancel());
  EXPECT_TRUE(never.ended());
  ASSERT_TRUE(never.get_status());
  EXPECT_TRUE(never.get_status()->cancelled);
  EXPECT_FALSE(never.cancel()) << "there is nothing to take back";
  EXPECT_THROW(static_cast<void>(never.wait()), lifecycle_error);
  MPI_Barrier(world().raw());

  int const mine = 7;
  pending<> outgoing(send(mine, 6), request_kind::send); // not for the receive that was taken back
  MPI_Status probed{};
  MPI_Probe(left(), 6, world().raw(), &probed);
  auto incoming = text_receive(value, 6);
  while (!incoming.test()) {
  }
  EXPECT_FALSE(incoming.cancel());
  EXPECT_EQ(incoming.wait(), "7 from " + std::to_string(left()));
}

TEST(pending, only_a_receive_can_be_taken_back) {
  int const mine = 7;
  pending<> outgoing(send(mine, 8), request_kind::send);
  EXPECT_THROW(static_cast<void>(outgoing.cancel()), unsupported);
  int value = 0;
  EXPECT_EQ(text_receive(value, 8).wait(), "7 from " + std::to_string(left()));
  outgoing.wait();
}

TEST(pending, wait_all_of_a_range_and_of_arguments) {
  std::vector<int> values(5);
  std::vector<pending<>> all;
  all.reserve(10);
  int const mine = 2;
  for (int tag = 0; tag < 5; ++tag)
    all.emplace_back(receive(values[static_cast<std::size_t>(tag)], tag), request_kind::receive);
  for (int tag = 5; tag-- > 0;) all.emplace_back(send(mine, tag), request_kind::send);
  wait_all(all);
  EXPECT_EQ(values, std::vector<int>(5, 2));
  for (auto& each : all) EXPECT_THROW(each.wait(), lifecycle_error);

  int value = 0;
  auto incoming = text_receive(value);
  pending<> outgoing(send(mine), request_kind::send);
  wait_all(incoming, outgoing);
  EXPECT_EQ(value, 2);
  wait_all(std::vector<pending<>>());
}

} // namespace
} // namespace armada
