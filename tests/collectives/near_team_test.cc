/// Threads as the ranks: the algorithms need no MPI, and the thread sanitizer sees what they share.

#include <armada/collectives/detail/near_team.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

constexpr std::size_t chunk = near_team::chunk;

/// Runs `work(team)` in one thread for each of `ranks` ranks.
template <class Work>
void in_threads(int ranks, Work work) {
  std::vector<std::byte> memory(near_team::stage_place(ranks, ranks) + 64);
  auto* const aligned = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([=] {
      near_team team(aligned, rank, ranks, [] {});
      work(team);
    });
}

/// `bytes` bytes that tell whose they are, and for whom.
std::vector<std::byte> bytes_of(int from, int to, std::size_t bytes) {
  std::vector<std::byte> result(bytes);
  for (std::size_t i = 0; i < bytes; ++i)
    result[i] = static_cast<std::byte>(i * 7 + i / 251 + 31U * unsigned(from) + 5U * unsigned(to));
  return result;
}
std::vector<std::byte> joined(int ranks, auto const& block) {
  std::vector<std::byte> all;
  for (int rank = 0; rank < ranks; ++rank) {
    auto const one = block(rank);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

using numbers = std::vector<std::int64_t>;

/// Not commutative, exact: digits in rank order.
void append(void*, std::byte const* const* operands, std::size_t ranks, std::byte* result, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t total = 0;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      std::int64_t one = 0;
      std::memcpy(&one, operands[rank] + i * sizeof(one), sizeof(one));
      total = 10 * total + one;
    }
    std::memcpy(result + i * sizeof(total), &total, sizeof(total));
  }
}
constexpr near_reduction appending{nullptr, append, sizeof(std::int64_t)};

numbers digits_of(int rank, std::size_t count, int salt) {
  numbers result(count);
  for (std::size_t i = 0; i < count; ++i)
    result[i] = static_cast<std::int64_t>((i + i / 10 + static_cast<std::size_t>(rank + salt)) % 10);
  return result;
}
numbers appended(int ranks, std::size_t count, auto const& salt) {
  numbers result(count);
  for (int rank = 0; rank < ranks; ++rank) {
    auto const one = digits_of(rank, count, salt(rank));
    for (std::size_t i = 0; i < count; ++i) result[i] = 10 * result[i] + one[i];
  }
  return result;
}
std::byte* bytes(numbers& values) { return reinterpret_cast<std::byte*>(values.data()); }

constexpr std::size_t lengths[] = {0, 1, 100, chunk, chunk + 1, 5 * chunk + 5};

class near_team_of : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(ranks, near_team_of, testing::Values(2, 3, 4));

TEST_P(near_team_of, moves_bytes_to_and_from_a_root) {
  in_threads(GetParam(), [](near_team& team) {
    int const me = team.rank();
    int const ranks = team.ranks();
    for (auto const length : lengths)
      for (int root = 0; root < ranks; ++root) {
        auto const mine = bytes_of(me, root, length);
        auto const of = [&](int rank) { return bytes_of(rank, root, length); };
        auto data = me == root ? mine : std::vector<std::byte>(length);
        team.bcast(data.data(), length, root);
        EXPECT_EQ(data, of(root));
        std::vector<std::byte> all(me == root ? length * static_cast<std::size_t>(ranks) : 0);
        team.gather(mine.data(), all.data(), length, root);
        EXPECT_EQ(all, me == root ? joined(ranks, of) : std::vector<std::byte>());
        auto const parts = joined(ranks, [&](int rank) { return bytes_of(root, rank, length); });
        team.scatter(me == root ? parts.data() : nullptr, data.data(), length, root);
        EXPECT_EQ(data, bytes_of(root, me, length));
      }
  });
}

TEST_P(near_team_of, moves_bytes_among_all) {
  in_threads(GetParam(), [](near_team& team) {
    int const me = team.rank();
    int const ranks = team.ranks();
    for (auto const length : lengths) {
      auto const mine = bytes_of(me, 0, length);
      std::vector<std::byte> all(length * static_cast<std::size_t>(ranks));
      team.gather(mine.data(), all.data(), length, near_team::everyone);
      EXPECT_EQ(all, joined(ranks, [&](int rank) { return bytes_of(rank, 0, length); }));
      auto const sent = joined(ranks, [&](int rank) { return bytes_of(me, rank, length); });
      auto const expected = joined(ranks, [&](int rank) { return bytes_of(rank, me, length); });
      team.alltoall(sent.data(), all.data(), length);
      EXPECT_EQ(all, expected);
      all = sent;
      team.alltoall(nullptr, all.data(), length);
      EXPECT_EQ(all, expected);
    }
  });
}

TEST_P(near_team_of, reduces_in_rank_order) {
  in_threads(GetParam(), [](near_team& team) {
    int const me = team.rank();
    int const ranks = team.ranks();
    for (auto const length : lengths) {
      auto const count = length / sizeof(std::int64_t) + 1;
      auto mine = digits_of(me, count, 0);
      auto const expected = appended(ranks, count, [](int) { return 0; });
      numbers out(count);
      team.reduce(bytes(mine), bytes(out), count, appending, near_team::everyone);
      EXPECT_EQ(out, expected);
      for (int root = 0; root < ranks; ++root) {
        out = mine;
        team.reduce(me == root ? nullptr : bytes(mine), me == root ? bytes(out) : nullptr, count, appending, root);
        EXPECT_EQ(out, me == root ? expected : mine);
      }
      numbers blocks;
      for (int to = 0; to < ranks; ++to) {
        auto const block = digits_of(me, count, to);
        blocks.insert(blocks.end(), block.begin(), block.end());
      }
      auto const result = appended(ranks, count, [me](int) { return me; });
      team.reduce_scatter(bytes(blocks), bytes(out), count, appending);
      EXPECT_EQ(out, result);
      team.reduce_scatter(nullptr, bytes(blocks), count, appending);
      blocks.resize(count);
      EXPECT_EQ(blocks, result);
    }
  });
}

TEST(near_team, a_giver_waits_for_the_slowest_and_calls_idle_meanwhile) {
  std::vector<std::byte> memory(near_team::stage_place(2, 2) + 64);
  auto* const aligned = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
  std::vector<std::byte> const sent = bytes_of(0, 0, 20 * chunk);
  std::vector<std::byte> received(sent.size());
  std::atomic<int> idle{0};
  std::jthread giver([&] {
    near_team team(aligned, 0, 2, [&] { ++idle; });
    auto copy = sent;
    team.bcast(copy.data(), copy.size(), 0);
  });
  while (idle == 0) std::this_thread::yield(); // it is ahead by all slots, and waits
  near_team(aligned, 1, 2, [] {}).bcast(received.data(), received.size(), 0);
  EXPECT_EQ(received, sent);
}

} // namespace
} // namespace armada::detail
