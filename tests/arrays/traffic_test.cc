#include <armada/arrays/traffic.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/access.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace armada {
namespace {

using xt::all;
using xt::range;

int me() { return world().rank(); }
int ranks() { return world().size(); }
bool one_host() { return world().split_shared().size() == ranks(); }

/// A plain read of all ranks' work: rank r gets the tiles of all, puts one row to its right, adds to element 0.
distributed_array<double, 2> worked_on(std::int64_t rows) {
  distributed_array<double, 2> a(world(), {rows * ranks(), 5});
  a.count_traffic();
  static_cast<void>(get(a(all(), all())));
  a.fence();
  a((me() + 1) % ranks() * rows, range(0, 4)) = 2;
  a.fence();
  a(0, 0) += 1;
  static_cast<void>(a.fetch_add({0, 0}, 1));
  a.fence();
  return a;
}

TEST(traffic, is_what_the_ranks_did) {
  auto const a = worked_on(3);
  traffic_report const report = traffic(a);
  EXPECT_EQ(report.ranks(), ranks());
  auto const n = std::int64_t{ranks()};
  using total = traffic_report::total;
  EXPECT_EQ(report.sum({.kind = traffic_kind::get}), (total{n * n, n * n * 3 * 5 * 8}));
  EXPECT_EQ(report.sum({.kind = traffic_kind::put}), (total{n, n * 4 * 8}));
  EXPECT_EQ(report.sum({.kind = traffic_kind::update}), (total{2 * n, 2 * n * 8}));
  EXPECT_EQ(report.sum(), (total{n * n + 3 * n, n * n * 120 + n * 48}));
  for (int origin = 0; origin < ranks(); ++origin) {
    for (int owner = 0; owner < ranks(); ++owner) {
      EXPECT_EQ(report.sum({.origin = origin, .owner = owner, .kind = traffic_kind::get}), (total{1, 120}));
      bool const right = owner == (origin + 1) % ranks();
      EXPECT_EQ(report.sum({.origin = origin, .owner = owner, .kind = traffic_kind::put}),
                right ? (total{1, 32}) : total{});
    }
    EXPECT_EQ(report.sum({.origin = origin, .owner = 0, .kind = traffic_kind::update}), (total{2, 16}));
  }
  auto const order = [](traffic_count const& x, traffic_count const& y) {
    return std::pair(x.origin, x.owner) < std::pair(y.origin, y.owner);
  };
  EXPECT_TRUE(std::is_sorted(report.counts().begin(), report.counts().end(), order));
}

TEST(traffic, says_the_road) {
  auto const a = worked_on(2);
  auto const report = traffic(a);
  bool const together = one_host();
  for (auto const& each : report.counts()) {
    if (each.origin != me()) continue;
    bool const near = each.kind == traffic_kind::update ? together : a.is_near(each.owner);
    EXPECT_EQ(each.road, near ? traffic_road::near : traffic_road::far);
  }
}

TEST(traffic, counts_where_it_was_asked_to_and_from_then_on) {
  distributed_array<int, 1> a(world(), {4 * ranks()});
  a(0) += 1;
  EXPECT_EQ(traffic(a).sum().operations, 0);
  if (me() == 0) a.count_traffic();
  a(range(0, 4 * ranks(), 2)) += 1;
  a.count_traffic(); // once is enough
  auto const report = traffic(a);
  EXPECT_EQ(report.sum({.origin = 0}), (traffic_report::total{ranks(), 2 * ranks() * 4}));
  EXPECT_EQ(report.sum(), report.sum({.origin = 0}));
  int const first = a(0);
  EXPECT_EQ(traffic(a).sum({.kind = traffic_kind::get}), (traffic_report::total{ranks(), 4 * ranks()}));
  a.fence();
  EXPECT_GT(first, 0);
  EXPECT_EQ(a(0), 2 * ranks());
}

TEST(traffic, follows_an_array_that_is_moved) {
  distributed_array<int, 1> a(world(), {4});
  a.count_traffic();
  auto moved = std::move(a);
  static_cast<void>(get(moved(range(0, 1))));
  EXPECT_EQ(traffic(moved).sum(), (traffic_report::total{ranks(), 4 * ranks()}));
}

std::string printed(traffic_report const& report) {
  std::ostringstream out;
  out << report;
  return out.str();
}
std::size_t times(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// A report as if of `many` ranks, each of which has put bytes to its neighbour.
traffic_report ring(int many) {
  std::vector<traffic_count> counts;
  for (int r = many - 1; r >= 0; --r)
    counts.push_back({r, (r + 1) % many, traffic_kind::put, traffic_road::far, 2, 1500 * (r + 1)});
  return {many, "a <ring> & \"more\"", std::move(counts)};
}

TEST(traffic, is_printed_as_a_table) {
  EXPECT_EQ(printed(ring(3)), "traffic of a <ring> & \"more\": 6 operations, 9000 bytes\n"
                              "  put    far  6 operations, 9000 bytes\n"
                              "bytes, from and to owner\n"
                              " by rank      0      1      2\n"
                              "       0      0   1.5k      0\n"
                              "       1      0      0   3.0k\n"
                              "       2   4.5k      0      0\n");
  auto const a = worked_on(3);
  auto const text = printed(traffic(a));
  EXPECT_EQ(text.find("traffic of " + a.describe()), 0U) << text;
}

TEST(traffic, of_many_ranks_is_elided) {
  auto const text = printed(ring(1000));
  EXPECT_EQ(times(text, "\n"), 4U + 17U);
  EXPECT_NE(text.find("      7 ...    992"), std::string::npos) << text;
  EXPECT_NE(text.find("   1.5M"), std::string::npos) << "the last rank's bytes to rank 0\n" << text;
  EXPECT_EQ(times(text, " ..."), 1U + 1U + 16U) << text;
}

TEST(traffic, of_a_rank_that_is_none) {
  EXPECT_TRUE(support::throws<argument_error>(
      [] {
        traffic_report(2, "a", {{0, 2, traffic_kind::put, traffic_road::near, 1, 1}});
      },
      {"2 ranks", "rank 2"}));
}

TEST(traffic, is_drawn) {
  auto const picture = draw_svg(ring(4));
  EXPECT_EQ(picture.find("<?xml version=\"1.0\""), 0U);
  EXPECT_NE(picture.find("version=\"1.1\""), std::string::npos);
  EXPECT_EQ(times(picture, "<title>"), 4U);
  EXPECT_NE(picture.find("<title>3 to 0: 6000 bytes</title>"), std::string::npos);
  EXPECT_NE(picture.find("a &lt;ring&gt; &amp; &quot;more&quot;"), std::string::npos);
  EXPECT_NE(picture.find(">6.0kB<"), std::string::npos) << "the scale";
  auto const large = draw_svg(ring(1000)); // 63 cells of 16 ranks
  EXPECT_NE(large.find("cells of 16 ranks"), std::string::npos);
  EXPECT_EQ(times(large, "<title>"), 126U);
  EXPECT_EQ(times(draw_svg(traffic_report(2, "nothing", {})), "<title>"), 0U);
}

TEST(traffic, is_saved_by_one_rank) {
  auto const report = ring(3);
  auto const path = std::filesystem::path(std::getenv("TEST_TMPDIR")) / "traffic.svg";
  save_svg(world(), report, path);
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), draw_svg(report));
  barrier(world());
  EXPECT_TRUE(support::throws<io_error>([&] { save_svg(world(), report, "/nowhere/traffic.svg"); },
                                        {"/nowhere/traffic.svg"}));
}

} // namespace
} // namespace armada
