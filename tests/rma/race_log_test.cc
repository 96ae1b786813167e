#include <armada/rma/detail/race_log.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>

namespace armada::detail {
namespace {

/// The bytes of a run, one by one.
std::set<std::int64_t> bytes_of_run(byte_run const& run) {
  std::set<std::int64_t> all;
  for (std::int64_t i = 0; i < run.count; ++i)
    for (std::int64_t b = 0; b < run.element; ++b) all.insert(run.first + i * run.step + b);
  return all;
}

TEST(race_log, overlap_is_what_the_bytes_say) {
  std::mt19937 random(3);
  auto const up_to = [&](int most) { return std::uniform_int_distribution<std::int64_t>(0, most)(random); };
  auto const any = [&] { return byte_run{up_to(40), up_to(5), up_to(24) - 12, std::int64_t{1} << up_to(3)}; };
  int met = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto const a = any(), b = any();
    auto const mine = bytes_of_run(a), theirs = bytes_of_run(b);
    bool const common = std::ranges::any_of(mine, [&](auto byte) { return theirs.contains(byte); });
    met += common ? 1 : 0;
    ASSERT_EQ(overlap(a, b), common) << a.first << ' ' << a.count << ' ' << a.step << ' ' << a.element << " with "
                                     << b.first << ' ' << b.count << ' ' << b.step << ' ' << b.element;
  }
  EXPECT_GT(met, 1000);
}

/// Two ranks and what they have told.
struct ranks_of_a_node {
  std::array<ordering::timeline, 2> timelines;
  std::unique_ptr<race_log> log = std::make_unique<race_log>();

  void tell(int rank, std::uint64_t time) {
    auto& line = timelines[static_cast<std::size_t>(rank)];
    line.told_at[line.tellings % ordering::timeline::kept] = time;
    ++line.tellings;
  }
  auto access(int rank, access_kind kind, byte_run const& run, std::uint64_t heard, std::uint64_t phase = 0) {
    auto mine = make_access(rank, kind, run, "put", {"some/where.cc", 7});
    mine.tellings = timelines[static_cast<std::size_t>(rank)].tellings.load();
    mine.phase = phase;
    return log->enter(mine, heard, timelines.data());
  }
};
constexpr byte_run eight{16, 1, 8, 8};

TEST(race_log, nothing_between_two_accesses_is_a_race) {
  ranks_of_a_node node;
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0));
  auto const found = node.access(1, access_kind::read, eight, 0);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rank, 0);
  EXPECT_EQ(found->describe(), "put by rank 0 at some/where.cc:7, bytes 16 to 23");
}

TEST(race_log, telling_and_hearing_order_them) {
  ranks_of_a_node node;
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0));
  node.tell(0, 100);
  EXPECT_FALSE(node.access(1, access_kind::write, eight, 150)) << "heard after it was told";
  EXPECT_TRUE(node.access(0, access_kind::write, eight, 0)) << "but rank 1 has told nothing";
}

TEST(race_log, hearing_before_the_telling_does_not_order_them) {
  ranks_of_a_node node;
  node.tell(0, 50); // before the access: of no use
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0));
  node.tell(0, 100);
  EXPECT_TRUE(node.access(1, access_kind::read, eight, 90));
}

TEST(race_log, only_its_end_orders_what_is_in_one_active_epoch) {
  ranks_of_a_node node;
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0, 4));
  node.tell(0, 100);
  EXPECT_TRUE(node.access(1, access_kind::write, eight, 150, 4));
  EXPECT_FALSE(node.access(1, access_kind::write, eight, 0, 5));
}

TEST(race_log, what_does_not_conflict_is_no_race) {
  for (auto const kind : {access_kind::read, access_kind::update}) {
    ranks_of_a_node node;
    EXPECT_FALSE(node.access(0, kind, eight, 0));
    EXPECT_FALSE(node.access(1, kind, eight, 0));
    EXPECT_TRUE(node.access(1, access_kind::write, eight, 0));
  }
  ranks_of_a_node node;
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0));
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0)) << "of one rank";
  EXPECT_FALSE(node.access(1, access_kind::write, {24, 1, 8, 8}, 0)) << "beside it";
  EXPECT_FALSE(node.access(1, access_kind::write, {8, 2, 16, 8}, 0)) << "around it";
}

TEST(race_log, a_telling_that_is_forgotten_accuses_nobody) {
  ranks_of_a_node node;
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0));
  for (std::uint64_t i = 0; i < ordering::timeline::kept + 5; ++i) node.tell(0, 1000 + i);
  EXPECT_FALSE(node.access(1, access_kind::write, eight, 1));
}

TEST(race_log, old_accesses_make_room) {
  ranks_of_a_node node;
  EXPECT_FALSE(node.access(0, access_kind::write, eight, 0));
  for (std::size_t i = 0; i < race_log::kept; ++i) EXPECT_FALSE(node.access(0, access_kind::write, {1000, 1, 8, 8}, 0));
  EXPECT_FALSE(node.access(1, access_kind::write, eight, 0));
  EXPECT_TRUE(node.access(1, access_kind::write, {1000, 1, 8, 8}, 0));
}

} // namespace
} // namespace armada::detail
