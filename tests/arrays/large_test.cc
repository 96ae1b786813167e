/// An array of more than 2^32 elements, in tiles of more than 2^31; where the machine has the memory.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/element_list.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

namespace armada {
namespace {

using xt::range;
using bytes = xt::xtensor<std::int8_t, 1>;

TEST(large, offsets_beyond_31_bits) {
  constexpr std::int64_t extent = (std::int64_t{1} << 32) + (std::int64_t{1} << 20), middle = extent / 2;
  if (std::int64_t{sysconf(_SC_AVPHYS_PAGES)} * sysconf(_SC_PAGESIZE) < 2 * extent)
    GTEST_SKIP() << "it takes twice " << extent << " bytes of free memory";
  distributed_array<std::int8_t, 1> a(world(), {extent});
  ASSERT_EQ(a.size(), extent);
  if (world().rank() == 0) {
    EXPECT_EQ(a.owner(middle), 1);
    EXPECT_EQ(a.distribution().locate({extent - 1}).offset, middle - 1);
    a(range(middle - 3, middle + 3)) = bytes{1, 2, 3, 4, 5, 6}; // over both tiles
    a(extent - 1) = 7;
    a(range(extent - 1, 0, -(std::int64_t{1} << 30))) += std::int8_t{1}; // from the end, far apart
    scatter_add(a, std::vector<std::int64_t>{extent - 2, -2, 0}, 1);
  }
  a.fence();
  EXPECT_EQ(get(a(range(middle - 4, middle + 4))), (bytes{0, 1, 2, 3, 4, 5, 6, 0}));
  EXPECT_EQ(get(a(range(-3, extent))), (bytes{0, 2, 8}));
  EXPECT_EQ(a(extent - 1 - (std::int64_t{3} << 30)), 1);
  EXPECT_EQ(gather(a, std::vector<std::int64_t>{extent - 1, middle, 0}), (bytes{8, 4, 1}));
  a.fence();
}

} // namespace
} // namespace armada
