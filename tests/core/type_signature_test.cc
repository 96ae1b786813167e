#include <armada/core/type_signature.hpp>

#include <armada/core/datatype.hpp>
#include <armada/core/derived_datatype.hpp>

#include <array>
#include <complex>
#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

TEST(type_signature, is_the_same_however_the_type_was_made) {
  auto const six = signature_of(MPI_DOUBLE, 6);
  auto const number = datatype::of<double>();
  EXPECT_EQ(signature_of(datatype_of<std::array<double, 3>>(), 2), six);
  EXPECT_EQ(signature_of(datatype::contiguous(6, number).raw()), six);
  EXPECT_EQ(signature_of(datatype::vector(3, 2, 5, number).raw()), six);
  EXPECT_EQ(signature_of(datatype::vector(3, 1, 5, number).raw(), 2), six);
  EXPECT_NE(signature_of(MPI_DOUBLE, 5), six);
  EXPECT_NE(signature_of(MPI_FLOAT, 6), six);
  EXPECT_EQ(signature_of(MPI_DOUBLE, 0), signature_of(MPI_INT, 0));
}

TEST(type_signature, members_in_their_order) {
  using mixed = std::pair<char, double>;
  EXPECT_EQ(signature_of(datatype_of<mixed>()), joined(signature_of(MPI_CHAR), signature_of(MPI_DOUBLE)));
  EXPECT_NE(signature_of(datatype_of<mixed>()), signature_of(datatype_of<std::pair<double, char>>()));
  EXPECT_EQ(signature_of(MPI_DOUBLE_INT), joined(signature_of(MPI_DOUBLE), signature_of(MPI_INT)));
  EXPECT_NE(signature_of(datatype_of<std::complex<double>>()), signature_of(MPI_DOUBLE, 2));
}

TEST(type_signature, integers_by_width_and_sign) {
  EXPECT_EQ(signature_of(MPI_LONG), signature_of(MPI_INT64_T));
  EXPECT_EQ(signature_of(MPI_INT), signature_of(MPI_INT32_T));
  EXPECT_NE(signature_of(MPI_INT), signature_of(MPI_UNSIGNED));
  EXPECT_NE(signature_of(MPI_INT), signature_of(MPI_FLOAT));
  EXPECT_NE(signature_of(MPI_BYTE), signature_of(MPI_CHAR));
  EXPECT_FALSE(signature_of(MPI_PACKED, 3).known);
}

TEST(type_signature, many_items_at_once) {
  type_signature one_by_one;
  auto const pair = joined(signature_of(MPI_INT), signature_of(MPI_DOUBLE));
  for (int i = 0; i < 1000; ++i) one_by_one = joined(one_by_one, pair);
  EXPECT_EQ(repeated(pair, 1000), one_by_one);
  EXPECT_EQ(one_by_one.length, 2000U);
  EXPECT_NE(repeated(pair, std::uint64_t{1} << 40), repeated(pair, (std::uint64_t{1} << 40) + 1));
}

} // namespace
} // namespace armada::detail
