#include <armada/core/xtensor_types.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/boost_archives.hpp>
#include <armada/core/object.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <xtensor/xarray.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xtensor.hpp>

namespace armada {
namespace {

using support::throws;

template <class T, class Archive>
void expect_back_in(T const& value, Archive) {
  T read;
  decode(encode(as_object(value, Archive{})), as_object(read, Archive{}));
  EXPECT_EQ(read.shape(), value.shape());
  EXPECT_EQ(read, value);
}
template <class T>
void expect_back(T const& value) {
  expect_back_in(value, compact);
  expect_back_in(value, portable);
  expect_back_in(value, tracked);
}

TEST(xtensor_types, tensors_of_a_fixed_rank) {
  expect_back(xt::xtensor<double, 2>{{1, 2, 3}, {4, 5, 6}});
  expect_back(xt::xtensor<double, 1>());
  expect_back(xt::xtensor<int, 0>(7));
  expect_back(xt::xtensor<int, 3>(std::array<std::size_t, 3>{3, 0, 2}));
  expect_back(xt::xtensor<bool, 1>{true, false, true});
  expect_back(xt::xtensor<std::string, 1>{"a", "", "c"});
  expect_back(xt::xtensor<std::complex<double>, 1>{{1, 2}, {3, 4}});
  expect_back(xt::xtensor<double, 2, xt::layout_type::column_major>{{1, 2, 3}, {4, 5, 6}});
  expect_back(xt::xtensor<double, 2, xt::layout_type::dynamic>({2, 3}, xt::layout_type::column_major));
}

TEST(xtensor_types, arrays_of_any_rank) {
  for (std::size_t rank = 0; rank <= detail::highest_rank; ++rank) {
    std::vector<std::size_t> shape(rank, 1);
    if (rank > 2) shape[1] = 3, shape[2] = 2;
    xt::xarray<double> value(shape);
    for (std::size_t i = 0; i < value.size(); ++i) value.data()[i] = static_cast<double>(i);
    expect_back(value);
  }
}

TEST(xtensor_types, fixed_shapes) {
  expect_back(xt::xtensor_fixed<double, xt::xshape<2, 2>>{{1, 2}, {3, 4}});
  static_assert(detail::least_bytes<xt::xtensor_fixed<double, xt::xshape<2, 3>>>() == 48);
}

struct picture {
  std::string name;
  xt::xtensor<float, 2> pixels;
  xt::xarray<std::int64_t> histogram;
  bool operator==(picture const&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& pixels& histogram;
  }
};

} // namespace
} // namespace armada

template <>
inline constexpr bool armada::serializes_in_place<armada::picture> = true;

namespace armada {
namespace {

TEST(xtensor_types, members_of_objects) {
  picture value{"x", xt::xtensor<float, 2>({60, 50}, 2.5F), xt::xarray<std::int64_t>{{1, 2}, {3, 4}}};
  EXPECT_EQ(decode<picture>(encode(value)), value);
  auto const encoded = detail::encode(value, true, 1);
  ASSERT_EQ(encoded.blocks.size(), 1U);
  EXPECT_EQ(encoded.blocks[0].data(), reinterpret_cast<std::byte const*>(value.pixels.data())) << "from where it lies";
  picture existing{"", xt::xtensor<float, 2>({60, 50}), {}};
  auto const* const memory = existing.pixels.data();
  decode(encode(value), existing);
  EXPECT_EQ(existing, value);
  EXPECT_EQ(existing.pixels.data(), memory);
}

template <class Tensor, class... Parts>
Tensor read_from(Parts const&... parts) {
  detail::byte_buffer bytes;
  output_archive out(bytes);
  (out << ... << parts);
  Tensor value;
  input_archive in(bytes.bytes());
  in >> value;
  in.finish();
  return value;
}

TEST(xtensor_types, shapes_that_cannot_be_are_refused) {
  using matrix = xt::xtensor<double, 2>;
  using extents = std::array<std::uint64_t, 2>;
  EXPECT_EQ(read_from<matrix>(extents{1, 2}, 1.5, 2.5), (matrix{{1.5, 2.5}}));
  for (extents const& shape :
       {extents{2, 2}, extents{1, 3}, extents{1, UINT64_MAX}, extents{std::uint64_t{1} << 62U, 1}})
    EXPECT_TRUE(throws<format_error>([&] { return read_from<matrix>(shape, 1.5, 2.5); })) << shape[1];
  for (extents const& shape : {extents{std::uint64_t{1} << 32U, std::uint64_t{1} << 32U}, extents{0, UINT64_MAX},
                               extents{std::uint64_t{1} << 63U, 2}})
    EXPECT_TRUE(throws<format_error>([&] { return read_from<matrix>(shape, 1.5, 2.5); }, {"no tensor has the shape"}));
  EXPECT_TRUE(throws<format_error>([&] { return read_from<matrix>(extents{0, 5}, 1.5); }, {"left over"}));
}

TEST(xtensor_types, ranks_that_cannot_be_are_refused) {
  using array = xt::xarray<char>;
  EXPECT_EQ(read_from<array>(std::uint32_t{0}, 'x')(), 'x');
  for (std::uint32_t rank : {33U, 1U << 31U, UINT32_MAX})
    EXPECT_TRUE(throws<format_error>([&] { return read_from<array>(rank, std::array<char, 400>{}); }, {"32"}));
  xt::xarray<char> const deep(std::vector<std::size_t>(33, 1));
  EXPECT_TRUE(throws<argument_error>([&] { return encode(deep); }, {"32 dimensions"}));
}

TEST(xtensor_types, layouts_that_cannot_be_are_refused) {
  using tensor = xt::xtensor<char, 1, xt::layout_type::dynamic>;
  EXPECT_EQ(read_from<tensor>(std::uint64_t{1}, '\1', 'x')(0), 'x');
  EXPECT_TRUE(throws<format_error>([&] { return read_from<tensor>(std::uint64_t{1}, '\2', 'x'); }, {"flag"}));
}

} // namespace
} // namespace armada
