#include <armada/arrays/drawing.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace armada {
namespace {

std::vector<std::string> lines(std::string const& text) {
  std::istringstream in(text);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}
std::size_t times(std::string const& text, std::string const& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(drawing, a_small_one_is_complete) {
  EXPECT_EQ(draw(distribution<2>({4, 6}, process_grid{2, 2}, 4)), "(4, 6), block, block on a (2, 2) grid\n"
                                                                  "000111\n"
                                                                  "000111\n"
                                                                  "222333\n"
                                                                  "222333\n");
  EXPECT_EQ(draw(distribution<1>({7}, {block_cyclic(2)}, 3)), "(7), block_cyclic(2) on a (3) grid\n0011220\n");
  EXPECT_EQ(draw(distribution<2>({0, 6}, 2)), "(0, 6), block, block on a (2, 1) grid\n");
}

TEST(drawing, each_element_has_its_owner) {
  distribution<2> const spread({9, 11}, {cyclic, irregular({0, 2, 9, 11})}, process_grid{4, 3}, 12);
  auto const drawn = lines(draw(spread));
  ASSERT_EQ(drawn.size(), 10U);
  for (std::int64_t i = 0; i < 9; ++i)
    for (std::int64_t j = 0; j < 11; ++j)
      EXPECT_EQ(drawn[static_cast<std::size_t>(i) + 1][static_cast<std::size_t>(j)],
                "0123456789ab"[spread.owner({i, j})]);
}

TEST(drawing, of_more_dimensions_the_first_two) {
  auto const drawn = draw(distribution<3>({2, 2, 4}, process_grid{1, 2, 2}, 4));
  EXPECT_EQ(lines(drawn).at(0),
            "(2, 2, 4), block, block, block on a (1, 2, 2) grid, at index 0 of all but the first two "
            "dimensions");
  EXPECT_EQ(lines(drawn).at(1), "02");
  EXPECT_EQ(lines(draw(distribution<3>({2, 2, 0}, 1))).size(), 1U);
}

TEST(drawing, a_large_one_is_elided) {
  distribution<2> const spread({100000, 100000}, {block_cyclic(64), block_cyclic(64)}, process_grid{40, 25}, 1000);
  auto const drawn = lines(draw(spread));
  ASSERT_EQ(drawn.size(), 25U);
  for (auto const& line : drawn) EXPECT_LE(line.size(), 120U);
  EXPECT_EQ(drawn[13], "...");
  EXPECT_EQ(drawn[1].substr(0, 8), "   0   0");
  auto const last = std::to_string(spread.owner({99999, 99999}));
  EXPECT_EQ(drawn[24].substr(drawn[24].size() - last.size()), last);
  for (std::size_t i = 1; i < drawn.size(); ++i) EXPECT_LE(drawn[i].size(), 80U);

  auto const narrow = lines(draw(distribution<1>({1000}, 4), {.width = 20, .height = 3}));
  ASSERT_EQ(narrow.size(), 2U);
  EXPECT_EQ(narrow[1], "000000000...33333333");
}

TEST(drawing, as_a_picture_with_a_box_for_each_block) {
  auto const picture = draw_svg(distribution<2>({40, 60}, process_grid{2, 3}, 6));
  EXPECT_EQ(picture.find("<?xml version=\"1.0\""), 0U);
  EXPECT_EQ(times(picture, "<rect"), 1U + 6U);
  std::set<std::string> colors;
  for (auto at = picture.find("fill=\"#"); at != std::string::npos; at = picture.find("fill=\"#", at + 1))
    colors.insert(picture.substr(at, 14));
  EXPECT_EQ(colors.size(), 7U) << "of the paper and six owners";
  for (char const* rank : {">0<", ">1<", ">2<", ">3<", ">4<", ">5<"}) EXPECT_EQ(times(picture, rank), 1U) << rank;
  EXPECT_EQ(times(draw_svg(distribution<1>({7}, {block_cyclic(2)}, 3)), "<rect"), 1U + 4U);
  EXPECT_EQ(times(draw_svg(distribution<1>({0}, 3)), "<rect"), 1U);
}

TEST(drawing, as_a_picture_of_bounded_size) {
  cut_array<2> const dealt{block_cyclic(64), cyclic};
  auto const first = draw_svg(distribution<2>({100000, 100000}, dealt, process_grid{40, 25}, 1000));
  EXPECT_EQ(times(first, "<rect"), 1U + 4096U);
  EXPECT_NE(first.find("rows: the first 4096 of 100000; columns: the first 64 of 100000"), std::string::npos);
  auto const sampled = draw_svg(distribution<2>({100000, 100000}, process_grid{1000, 1000}, 1000000));
  EXPECT_EQ(times(sampled, "<rect"), 1U + 4096U);
  EXPECT_NE(sampled.find("rows: 64 samples of 1000 parts"), std::string::npos);
  auto const rows = draw_svg(distribution<2>({100000, 100000}, 1000));
  EXPECT_EQ(times(rows, "<rect"), 1U + 1000U);
  EXPECT_EQ(times(rows, "samples"), 0U);
}

} // namespace
} // namespace armada
