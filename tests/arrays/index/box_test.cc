#include <armada/arrays/index/box.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr slice_bound open = std::nullopt;

static_assert(resolve(open, open, 1, 10, 0) == interval{0, 10, 1});
static_assert(resolve(open, open, -1, 10, 0) == interval{9, 10, -1});
static_assert(resolve(-3, open, 1, 10, 0) == interval{7, 3, 1});
static_assert(resolve(8, 1, -3, 10, 0) == interval{8, 3, -3});
static_assert(resolve(10, open, 1, 10, 0).count == 0);
static_assert(resolve(open, open, -1, 0, 0).count == 0);
static_assert(resolve_index(-10, 10, 0) == 0 && resolve_index(9, 10, 0) == 9);
static_assert(interval{8, 3, -3}[2] == 2);
static_assert(box<2>{interval{0, 3, 1}, interval{8, 4, -2}}.shape() == index_array<2>{3, 4});
static_assert(box<2>{interval{0, 3, 1}, interval{8, 4, -2}}.volume() == 12);
static_assert(box<0>{}.volume() == 1 && !box<0>{}.empty());
static_assert(box<2>{interval{0, 3, 1}, interval{8, 0, -2}}.empty());
static_assert(whole_box(index_array<2>{3, 4}) == box<2>{interval{0, 3, 1}, interval{0, 4, 1}});

template <class Error>
std::string error_text(auto const& call) {
  try {
    static_cast<void>(call());
  } catch (Error const& e) {
    return e.what();
  }
  return "accepted";
}

/// What the slice selects by its definition, walked one index at a time; nothing if it reaches beyond the extent.
std::optional<std::vector<std::int64_t>> selected(slice_bound first, slice_bound last, std::int64_t step,
                                                  std::int64_t extent) {
  for (slice_bound const bound : {first, last})
    if (bound && (*bound < -extent || *bound > extent)) return std::nullopt;
  auto const from_front = [&](std::int64_t bound) { return bound < 0 ? bound + extent : bound; };
  std::int64_t const begin = first ? from_front(*first) : step > 0 ? 0 : extent - 1;
  std::int64_t const end = last ? from_front(*last) : step > 0 ? extent : -1;
  std::vector<std::int64_t> indices;
  for (std::int64_t i = begin; step > 0 ? i < end : i > end; i += step) {
    if (i >= extent) return std::nullopt;
    indices.push_back(i);
  }
  return indices;
}

void expect_definition(slice_bound first, slice_bound last, std::int64_t step, std::int64_t extent) {
  auto const expected = selected(first, last, step, extent);
  auto const where = detail::slice_text(first, last, step) + " of " + std::to_string(extent);
  if (!expected) {
    EXPECT_THROW(static_cast<void>(resolve(first, last, step, extent, 0)), index_error) << where;
    return;
  }
  interval const result = resolve(first, last, step, extent, 0);
  ASSERT_EQ(result.count, static_cast<std::int64_t>(expected->size())) << where;
  EXPECT_EQ(result.step, step);
  EXPECT_TRUE(result.within(extent)) << where;
  for (std::int64_t k = 0; k < result.count; ++k)
    EXPECT_EQ(result[k], (*expected)[static_cast<std::size_t>(k)]) << where << " at " << k;
}

TEST(box, resolve_selects_what_the_definition_says) {
  for (std::int64_t extent = 0; extent < 8; ++extent)
    for (std::int64_t step : {-9, -8, -7, -4, -3, -2, -1, 1, 2, 3, 4, 7, 8, 9})
      for (std::int64_t first = -extent - 2; first <= extent + 2; ++first) {
        expect_definition(first, open, step, extent);
        expect_definition(open, first, step, extent);
        for (std::int64_t last = -extent - 2; last <= extent + 2; ++last) expect_definition(first, last, step, extent);
      }
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (std::int64_t step = -19; step < 20; ++step)
      if (step != 0) expect_definition(open, open, step, extent);
}

TEST(box, extreme_bounds_and_steps_do_not_overflow) {
  EXPECT_EQ(resolve(open, open, lowest, 10, 0), (interval{9, 1, lowest}));
  EXPECT_EQ(resolve(open, open, largest, 10, 0), (interval{0, 1, largest}));
  EXPECT_EQ(resolve(open, open, -1, largest, 0), (interval{largest - 1, largest, -1}));
  EXPECT_EQ(resolve(-largest, open, 1, largest, 0), (interval{0, largest, 1}));
  for (std::int64_t const bound : {lowest, largest}) {
    EXPECT_THROW(static_cast<void>(resolve(bound, open, 1, 10, 0)), index_error);
    EXPECT_THROW(static_cast<void>(resolve(open, bound, -1, 10, 0)), index_error);
    EXPECT_THROW(static_cast<void>(resolve_index(bound, 10, 0)), index_error);
  }
}

TEST(box, messages_name_slice_extent_and_axis) {
  EXPECT_EQ(error_text<index_error>([] { return resolve(2, 12, 1, 10, 1); }),
            "range(2, 12, 1) is beyond extent 10 of axis 1");
  EXPECT_EQ(error_text<index_error>([] { return resolve(-11, open, 3, 10, 0); }),
            "range(-11, _, 3) is beyond extent 10 of axis 0");
  EXPECT_EQ(error_text<index_error>([] { return resolve(10, open, -1, 10, 2); }),
            "range(10, _, -1) is beyond extent 10 of axis 2");
  EXPECT_EQ(error_text<argument_error>([] { return resolve(open, 3, 0, 10, 2); }),
            "range(_, 3, 0) on axis 2 has step 0");
  EXPECT_EQ(error_text<index_error>([] { return resolve_index(10, 10, 1); }), "index 10 is beyond extent 10 of axis 1");
  EXPECT_EQ(error_text<index_error>([] { return resolve_index(-11, 10, 0); }),
            "index -11 is beyond extent 10 of axis 0");
}

TEST(box, resolve_index_counts_negative_indices_from_the_end) {
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (std::int64_t i = -20; i < 20; ++i)
      if (i < -extent || i >= extent)
        EXPECT_THROW(static_cast<void>(resolve_index(i, extent, 0)), index_error);
      else
        EXPECT_EQ(resolve_index(i, extent, 0), (i + extent) % extent);
}

TEST(box, within_agrees_with_every_index) {
  for (std::int64_t extent = 0; extent < 8; ++extent)
    for (std::int64_t first = -2; first < 10; ++first)
      for (std::int64_t count = 0; count < 6; ++count)
        for (std::int64_t step = -4; step < 5; ++step) {
          interval const i{first, count, step};
          bool all = count < 2 || step != 0;
          for (std::int64_t k = 0; k < count; ++k) all = all && i[k] >= 0 && i[k] < extent;
          EXPECT_EQ(i.within(extent), all) << first << ' ' << count << ' ' << step << " in " << extent;
        }
  EXPECT_FALSE((interval{0, -1, 1}.within(10)));
  EXPECT_FALSE((interval{5, 3, largest}.within(10)));
  EXPECT_FALSE((interval{5, largest, 2}.within(10)));
  EXPECT_FALSE((interval{largest, 2, 1}.within(largest)));
  EXPECT_TRUE((interval{5, 1, lowest}.within(10)));
}

} // namespace
} // namespace armada
