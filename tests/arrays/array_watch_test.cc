#include <armada/arrays/detail/array_watch.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace armada::detail {
namespace {

std::vector<byte_run> runs(std::int64_t offset, std::vector<std::int64_t> const& counts,
                           std::vector<std::int64_t> const& strides) {
  return runs_of({"get", access_kind::read, 0, 4, offset, counts, strides});
}
void expect_run(byte_run const& run, std::int64_t first, std::int64_t count, std::int64_t step, std::int64_t element) {
  EXPECT_EQ(run.first, first);
  EXPECT_EQ(run.count, count);
  if (count > 1) {
    EXPECT_EQ(run.step, step);
  }
  EXPECT_EQ(run.element, element);
}

TEST(array_watch, a_patch_is_one_run_of_rows) {
  auto const patch = runs(12, {3, 4}, {10, 1});
  ASSERT_EQ(patch.size(), 1U);
  expect_run(patch[0], 48, 3, 40, 16);
  auto const backwards = runs(12 + 23, {3, 4}, {-10, -1});
  ASSERT_EQ(backwards.size(), 1U);
  expect_run(backwards[0], 48, 3, 40, 16);
  auto const column_major = runs(12, {4, 3}, {1, 10});
  ASSERT_EQ(column_major.size(), 1U);
  expect_run(column_major[0], 48, 3, 40, 16);
}

TEST(array_watch, what_lies_together_is_one_run) {
  auto const all = runs(5, {2, 3, 4}, {12, 4, 1});
  ASSERT_EQ(all.size(), 1U);
  expect_run(all[0], 20, 1, 0, 96);
  auto const every_second = runs(0, {2, 3}, {6, 2});
  ASSERT_EQ(every_second.size(), 1U);
  expect_run(every_second[0], 0, 6, 8, 4);
}

TEST(array_watch, nothing_has_no_run) { EXPECT_TRUE(runs(0, {3, 0}, {1, 1}).empty()); }

TEST(array_watch, many_runs_are_cut_short) { EXPECT_LE(runs(0, {100, 100, 100}, {100000, 200, 2}).size(), 1024U); }

TEST(array_watch, runs_are_the_bytes_of_the_loops) {
  std::mt19937 random(7);
  auto const below = [&](int end) { return std::uniform_int_distribution(0, end - 1)(random); };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::int64_t> counts(3), strides(3);
    std::int64_t stride = 1;
    for (std::size_t d = 0; d < 3; ++d) {
      counts[d] = 1 + below(4);
      strides[d] = (below(2) == 0 ? -1 : 1) * stride * (1 + below(2));
      stride *= 2 * counts[d];
    }
    std::set<std::int64_t> expected, got;
    for (std::int64_t i = 0; i < counts[0]; ++i)
      for (std::int64_t j = 0; j < counts[1]; ++j)
        for (std::int64_t k = 0; k < counts[2]; ++k)
          for (std::int64_t byte = 0; byte < 4; ++byte)
            expected.insert(4 * (1000 + i * strides[0] + j * strides[1] + k * strides[2]) + byte);
    for (byte_run const& run : runs(1000, counts, strides))
      for (std::int64_t i = 0; i < run.count; ++i)
        for (std::int64_t byte = 0; byte < run.element; ++byte) got.insert(run.first + i * run.step + byte);
    EXPECT_EQ(got, expected) << "round " << round;
  }
}

} // namespace
} // namespace armada::detail
