#include <armada/core/intercommunicator.hpp>

#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Messages between the two sides of an intercommunicator: ranks are those of the other side.

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, std::vector<double>>;

/// The first rank of the world on one side, all others on the other: sides of different sizes.
class one_and_many : public testing::Test {
protected:
  void SetUp() override {
    if (world().size() < 2) GTEST_SKIP() << "two sides need two ranks";
    one = world().rank() == 0;
    communicator const side = world().split(one ? 0 : 1);
    inter = intercommunicator(side, 0, world(), one ? 1 : 0);
  }

  bool one = false;
  intercommunicator inter;
};

table table_of(int rank, std::size_t length) {
  return {{"rank", {static_cast<double>(rank)}}, {"values", values_of<double>(rank, length)}};
}

TEST_F(one_and_many, buffers_and_values) {
  for (std::size_t count : {0U, 1U, 5U, 100'000U})
    for (int peer = 0; peer < inter.peers(); ++peer) {
      auto const outgoing =
          send(inter, values_of<double>(world().rank(), count), {.dest = peer, .tag = 4}, nonblocking);
      guarded<double> room(count);
      auto const arrived = recv(inter, room.room(), {.source = peer, .tag = 4});
      room.expect(values_of<double>(one ? peer + 1 : 0, count));
      EXPECT_EQ(arrived.source, peer);
      auto const again = send(inter, values_of<int>(world().rank(), count), {.dest = peer}, nonblocking);
      EXPECT_EQ(recv<std::vector<int>>(inter, {.source = peer}), values_of<int>(one ? peer + 1 : 0, count));
    }
}

TEST_F(one_and_many, objects_of_one_message_and_of_many) {
  for (std::size_t length : {0U, 10U, 100'000U}) // the last does not fit the first message
    for (bool later : {false, true})
      for (int peer = 0; peer < inter.peers(); ++peer) {
        auto const outgoing = send(inter, table_of(world().rank(), length), {.dest = peer, .tag = 9}, nonblocking);
        auto const expected = table_of(one ? peer + 1 : 0, length);
        if (later) {
          EXPECT_EQ(recv<table>(inter, {.source = peer, .tag = 9}, nonblocking).wait(), expected);
        } else {
          EXPECT_EQ(recv<table>(inter, {.source = peer, .tag = 9}), expected);
        }
      }
}

TEST_F(one_and_many, from_any_rank_of_the_other_side) {
  std::vector<pending<table>> outgoing;
  outgoing.reserve(static_cast<std::size_t>(inter.peers()));
  for (int peer = 0; peer < inter.peers(); ++peer)
    outgoing.push_back(send(inter, table_of(world().rank(), 20'000), {.dest = peer}, nonblocking));
  std::vector<bool> seen(static_cast<std::size_t>(inter.peers()));
  for (int left = inter.peers(); left > 0; --left) {
    auto const got = recv<table>(inter, {.source = any_source});
    auto const peer = static_cast<std::size_t>(got.at("rank").at(0)) - (one ? 1 : 0);
    EXPECT_EQ(got, table_of(static_cast<int>(got.at("rank").at(0)), 20'000));
    EXPECT_FALSE(seen.at(peer));
    seen.at(peer) = true;
  }
}

TEST_F(one_and_many, over_a_duplicate) {
  communicator const copy = inter.dup();
  auto const outgoing = send(copy, std::string(50'000, one ? '1' : 'm'), {.dest = 0}, nonblocking);
  std::vector<std::string> got;
  got.reserve(static_cast<std::size_t>(copy.peers()));
  for (int peer = 0; peer < (copy.rank() == 0 ? copy.peers() : 0); ++peer)
    got.push_back(recv<std::string>(copy, {.source = peer}));
  if (copy.rank() != 0) return;
  EXPECT_EQ(got, std::vector(got.size(), std::string(50'000, one ? 'm' : '1')));
}

TEST_F(one_and_many, ranks_beyond_the_other_side_are_refused) {
  int const last = inter.peers() - 1; // more than this side has, where that is the smaller one
  auto const outgoing = send(inter, world().rank(), {.dest = last}, nonblocking);
  if (inter.rank() == inter.size() - 1)
    for (int peer = 0; peer < inter.peers(); ++peer) {
      EXPECT_EQ(recv<int>(inter, {.source = peer}), one ? peer + 1 : 0);
    }
  int const beyond = inter.peers();
  EXPECT_THROW(send(inter, 1, {.dest = beyond}), error);
  EXPECT_THROW(send(inter, table(), {.dest = beyond}), error);
}

} // namespace
} // namespace armada
