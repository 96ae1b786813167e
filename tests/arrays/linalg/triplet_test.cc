#include <armada/arrays/linalg/triplet.hpp>

#include <armada/core/datatype.hpp>

#include <complex>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(wire<triplet<double>> && wire<triplet<std::complex<float>>>, "entries travel as buffers");
static_assert(triplet<int>{1, 2, 3} == triplet<int>{1, 2, 3});
static_assert(triplet<int>{1, 2, 3} != triplet<int>{2, 1, 3} && triplet<int>{1, 2, 3} != triplet<int>{1, 2, 4});

TEST(triplet, travels_without_its_padding) {
  MPI_Count size = 0;
  MPI_Aint lower = 0;
  MPI_Aint extent = 0;
  auto const type = datatype_of<triplet<float>>();
  MPI_Type_size_x(type, &size);
  MPI_Type_get_extent(type, &lower, &extent);
  EXPECT_EQ(size, 20);
  EXPECT_EQ(extent, sizeof(triplet<float>));
}

} // namespace
} // namespace armada
