#include <armada/core/archive_form.hpp>

#include "zoo.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

struct point {
  double x, y;
};
struct flagged {
  bool on;
  unsigned char colour[3];
};

// A bool is its byte, but not any byte is a bool: alone it may be read, in a block of others it may not.
static_assert(plain<int> && plain<bool> && plain<std::byte> && plain<std::complex<float>> && plain<point>);
static_assert(plain<std::pair<int, float>> && plain<std::tuple<int, int>> && plain<std::array<point, 2>>);
static_assert(!plain<std::pair<char, double>> && !plain<std::string> && !plain<flagged> && !plain<int[2]>);
static_assert(plain_element<int> && plain_element<point> && plain_element<int[2]>);
static_assert(!plain_element<bool> && !plain_element<flagged> && !plain_element<std::array<bool, 4>>);
static_assert(!plain_element<std::pair<bool, char>> && !plain_element<zoo::particle>);

static_assert(least_bytes<double>() == 8 && least_bytes<point>() == 16);
static_assert(least_bytes<std::vector<int>>() == 1, "nothing is known of it without its form");

static_assert(is_pointer_like<int*> && is_pointer_like<int point::*> && is_pointer_like<std::shared_ptr<int>>);
static_assert(is_pointer_like<std::weak_ptr<int>> && !is_pointer_like<std::unique_ptr<int>> && !is_pointer_like<int>);
static_assert(!archivable<std::string_view> && !archivable<std::span<int> const&> && archivable<std::string>);

TEST(archive_form, every_archive_takes_a_byte_at_least) {
  EXPECT_GE(least_bytes<char>(), 1U);
  EXPECT_GE(least_bytes<zoo::one>(), 1U);
}

} // namespace
} // namespace armada::detail
