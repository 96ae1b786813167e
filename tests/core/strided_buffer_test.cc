#include <armada/core/strided_buffer.hpp>

#include "tests/support/values.hpp"

#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/object.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <xtensor/xarray.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

namespace armada {
namespace {

using support::message_of;
using matrix = xt::xtensor<double, 2>;
using columns = xt::xtensor<double, 2, xt::layout_type::column_major>;
using part = decltype(xt::view(std::declval<matrix&>(), xt::range(0, 3), xt::range(0, 3)));
using constant_part = decltype(xt::view(std::declval<matrix const&>(), xt::range(0, 3), xt::range(0, 3)));

static_assert(source<matrix> && source<xt::xarray<int>>, "contiguous: no datatype is needed");
static_assert(message_target<part> && described_target<part> && !source<part>);
static_assert(message_source<constant_part> && !message_target<constant_part>);
static_assert(message_target<columns> && !source<columns>);
static_assert(!object<part> && !object<columns>, "a view is a buffer, never an object");
static_assert(!message_source<xt::xtensor<std::string, 2>>);
static_assert(!message_source<std::map<int, int>> && !message_source<int*>);
static_assert(outlives_call<part>, "the tensor lives on when the view goes");
static_assert(!outlives_call<matrix>);

/// What MPI reads through the description of a view, as numbers.
template <class View>
std::vector<typename std::remove_cvref_t<View>::value_type> read(View&& view) {
  using T = typename std::remove_cvref_t<View>::value_type;
  auto const memory = describe(view);
  std::vector<T> values(view.size());
  int position = 0;
  auto const room = static_cast<int>(values.size() * sizeof(T));
  call<MPI_Pack>(static_cast<void const*>(memory.address()), static_cast<int>(memory.count()), memory.type(),
                 static_cast<void*>(values.data()), room, &position, MPI_COMM_SELF);
  EXPECT_EQ(position, room);
  return values;
}

/// The elements of a view in the order of their indices.
template <class View>
auto in_order(View const& view) {
  return std::vector<typename View::value_type>(view.template cbegin<xt::layout_type::row_major>(),
                                                view.template cend<xt::layout_type::row_major>());
}

template <class View>
void expect_described(View&& view) {
  EXPECT_EQ(read(view), in_order(view));
}

TEST(strided_buffer, views_of_every_shape_and_step) {
  matrix a = matrix::from_shape({7, 9});
  for (std::size_t i = 0; i < a.size(); ++i) a.flat(i) = static_cast<double>(i);
  for (int first : {0, 2})
    for (int last : {3, 6, 7})
      for (int step : {1, 2, 3}) {
        expect_described(xt::view(a, xt::range(first, last, step), xt::all()));
        expect_described(xt::view(a, xt::all(), xt::range(first, last, step)));
        expect_described(xt::view(a, xt::range(first, last, step), xt::range(first, last)));
        expect_described(xt::view(a, xt::range(first, last), 4));
        expect_described(xt::view(a, 3, xt::range(first, last, step)));
      }
  expect_described(xt::view(a, xt::range(6, 1, -2), xt::range(8, 3, -1)));
  expect_described(xt::view(a, xt::range(2, 3), xt::range(4, 5)));
  expect_described(xt::strided_view(a, {xt::range(1, 6, 2), xt::range(0, 9, 4)}));
  expect_described(xt::transpose(a));
  matrix const& constant = a;
  expect_described(xt::view(constant, xt::range(1, 5), 2));
}

TEST(strided_buffer, more_dimensions_and_other_elements) {
  xt::xtensor<std::complex<float>, 4> a = xt::xtensor<std::complex<float>, 4>::from_shape({3, 4, 2, 5});
  for (std::size_t i = 0; i < a.size(); ++i) a.flat(i) = {static_cast<float>(i), -1};
  expect_described(xt::view(a, xt::range(0, 3, 2), xt::all(), 1, xt::range(1, 4)));
  expect_described(xt::view(a, xt::all(), xt::range(1, 3), xt::all(), xt::all()));
  xt::xarray<short> b = xt::xarray<short>::from_shape({4, 4, 4});
  for (std::size_t i = 0; i < b.size(); ++i) b.flat(i) = static_cast<short>(i);
  expect_described(xt::view(b, xt::all(), 2, xt::range(0, 4, 3)));
}

TEST(strided_buffer, column_major_tensors_travel_in_the_order_of_their_indices) {
  columns a = columns::from_shape({3, 4});
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 4; ++j) a(i, j) = static_cast<double>(10 * i + j);
  EXPECT_EQ(read(a), (std::vector<double>{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23}));
}

TEST(strided_buffer, dense_inner_dimensions_need_one_loop) {
  matrix a = matrix::from_shape({8, 8});
  auto rows = xt::view(a, xt::range(0, 8, 2), xt::all());
  auto const memory = describe(rows);
  int integers = 0, addresses = 0, types = 0, combiner = 0;
  MPI_Type_get_envelope(memory.type(), &integers, &addresses, &types, &combiner);
  EXPECT_EQ(combiner, MPI_COMBINER_HVECTOR);
  MPI_Count bytes = 0;
  MPI_Type_size_x(memory.type(), &bytes);
  EXPECT_EQ(bytes, 4 * 8 * 8);
}

TEST(strided_buffer, empty_views_hold_nothing) {
  matrix a = matrix::from_shape({4, 4});
  auto nothing = xt::view(a, xt::range(2, 2), xt::all());
  EXPECT_EQ(describe(nothing).count(), 0);
}

TEST(strided_buffer, repeated_elements_can_be_read_and_not_written) {
  matrix a = matrix::from_shape({1, 3});
  std::iota(a.begin(), a.end(), 1.0);
  auto repeated = xt::broadcast(a, {4, 3});
  if constexpr (message_source<decltype(repeated)>) expect_described(repeated);
  struct repeating { // two rows that are one
    using value_type = double;
    std::array<std::size_t, 2> extents{2, 3};
    std::array<std::ptrdiff_t, 2> steps{0, 1};
    double* first;
    [[nodiscard]] auto const& shape() const { return extents; }
    [[nodiscard]] auto const& strides() const { return steps; }
    [[nodiscard]] double* data() const { return first; }
    [[nodiscard]] std::size_t data_offset() const { return 0; }
  };
  repeating view{.first = a.data()};
  static_assert(message_target<repeating>);
  EXPECT_NE(message_of<argument_error>([&] { static_cast<void>(describe(view)); }).find("cannot be written"),
            std::string::npos);
  EXPECT_EQ(describe(std::as_const(view)).count(), 1);
}

} // namespace
} // namespace armada
