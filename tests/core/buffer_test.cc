#include <armada/core/buffer.hpp>

#include <armada/core/environment.hpp>

#include <deque>
#include <list>
#include <map>
#include <string>
#include <string_view>

#include <xtensor/xtensor.hpp>

#include <gtest/gtest.h>

namespace armada {

/// A container of its own, in the way that the documentation shows.
struct measured {
  double values[4] = {1, 2, 3, 4};
  std::size_t used = 2;
};
template <>
struct buffer_traits<measured> {
  using element = double;
  static std::span<double> view(measured& m) noexcept { return {m.values, m.used}; }
  static std::span<double const> view(measured const& m) noexcept { return {m.values, m.used}; }
};

namespace {

static_assert(source<int> && source<std::vector<double>> && source<std::string> && source<std::string_view>);
static_assert(source<int[3]> && source<char const (&)[4]> && source<std::array<int, 3>> &&
              source<std::span<int const>>);
static_assert(source<xt::xtensor<double, 2>> && source<measured> && source<std::pair<int, double>>);
static_assert(!source<std::list<int>> && !source<std::deque<int>> && !source<std::vector<bool>>);
static_assert(!source<std::map<int, int>> && !source<std::vector<std::string>> && !source<int*>);

static_assert(writable<int&> && writable<std::vector<int>&> && writable<std::span<int>> && writable<measured&>);
static_assert(!writable<int const&> && !writable<std::vector<int> const&> && !writable<std::string_view>);
static_assert(!writable<std::span<int const>>);

static_assert(resizable<std::vector<int>> && resizable<std::string>);
static_assert(!resizable<std::array<int, 3>> && !resizable<std::span<int>> && !resizable<int>);
static_assert(!resizable<std::vector<int> const>);
static_assert(fixed_length<std::span<int>> && fixed_length<double> && !fixed_length<std::vector<int>>);

static_assert(std::same_as<element_t<std::array<double, 3>>, double>, "an array is a range of its elements");
static_assert(std::same_as<element_t<std::array<std::array<int, 2>, 3>>, std::array<int, 2>>);
static_assert(std::same_as<element_t<std::pair<int, double> const&>, std::pair<int, double>>);
static_assert(std::same_as<element_t<std::string const&>, char>);
static_assert(scalar<int> && scalar<std::pair<int, int>> && !scalar<std::array<int, 2>> && !scalar<std::string>);

static_assert(outlives_call<std::vector<int>&> && outlives_call<std::span<int>> && outlives_call<in_place_t>);
static_assert(outlives_call<ragged_buffer<int>> && outlives_call<int const&>);
static_assert(!outlives_call<std::vector<int>> && !outlives_call<int>);

template <class T>
concept can_be_cut = requires(T range, std::vector<int> counts) {
  ragged(static_cast<T>(range), counts);
};
static_assert(can_be_cut<std::vector<int>&> && can_be_cut<std::span<int>> && can_be_cut<std::vector<int> const&>);
static_assert(!can_be_cut<std::vector<int>>, "a temporary would be gone");

TEST(buffer, views_are_the_memory_itself) {
  int scalar = 5;
  EXPECT_EQ(view(scalar).data(), &scalar);
  EXPECT_EQ(view(scalar).size(), 1U);
  int array[3] = {1, 2, 3};
  EXPECT_EQ(view(array).data(), array);
  EXPECT_EQ(view(array).size(), 3U);
  std::vector<double> vector(7);
  EXPECT_EQ(view(vector).data(), vector.data());
  EXPECT_EQ(view(vector).size(), 7U);
  std::array<short, 4> fixed{};
  EXPECT_EQ(view(fixed).data(), fixed.data());
  EXPECT_EQ(view(fixed).size(), 4U);
  xt::xtensor<double, 2> tensor({2, 3});
  EXPECT_EQ(view(tensor).data(), tensor.data());
  EXPECT_EQ(view(tensor).size(), 6U);
  EXPECT_EQ(view(std::string_view("abc")).size(), 3U);
  EXPECT_EQ(view("abc").size(), 4U) << "the NUL is an element";
  measured own;
  EXPECT_EQ(view(own).data(), own.values);
  EXPECT_EQ(view(own).size(), 2U);
}

TEST(buffer, const_values_have_const_elements) {
  std::vector<int> const vector(2);
  static_assert(std::same_as<decltype(view(vector)), std::span<int const>>);
  int const scalar = 1;
  static_assert(std::same_as<decltype(view(scalar)), std::span<int const>>);
  EXPECT_EQ(view(vector).size() + view(scalar).size(), 3U);
}

TEST(buffer, ragged_blocks_lie_one_behind_the_other) {
  std::vector<int> numbers(10);
  auto const cut = ragged(numbers, std::vector<short>{3, 0, 4});
  EXPECT_EQ(cut.elements.data(), numbers.data());
  EXPECT_EQ(cut.elements.size(), 10U);
  EXPECT_EQ(cut.counts, (std::vector<MPI_Count>{3, 0, 4}));
  EXPECT_EQ(cut.displacements, (std::vector<MPI_Aint>{0, 3, 3}));
}

TEST(buffer, ragged_blocks_with_places) {
  std::vector<int> const numbers(10);
  auto const cut = ragged(numbers, std::list<int>{1, 2}, std::vector<std::int64_t>{5, 0});
  static_assert(std::same_as<decltype(cut), ragged_buffer<int const> const>);
  EXPECT_EQ(cut.counts, (std::vector<MPI_Count>{1, 2}));
  EXPECT_EQ(cut.displacements, (std::vector<MPI_Aint>{5, 0}));
}

} // namespace
} // namespace armada
