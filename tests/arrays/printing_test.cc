#include <armada/arrays/printing.hpp>

#include <armada/arrays/creation.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <iomanip>
#include <sstream>
#include <string>

namespace armada {
namespace {

std::string printed(auto const& a) {
  std::ostringstream out;
  out << a;
  return out.str();
}

TEST(printing, small_arrays_are_shown_whole) {
  auto const a =
      from_function<double>(world(), {2, 3}, [](auto i, auto j) { return 10.0 * double(i) + 0.5 * double(j); });
  EXPECT_EQ(printed(a), "[[   0  0.5    1]\n [  10 10.5   11]]");
  EXPECT_EQ(printed(arange(world(), 4)), "[0 1 2 3]");
  EXPECT_EQ(printed(zeros<std::int8_t>(world(), {2})), "[0 0]");
  EXPECT_EQ(printed(zeros<int>(world(), {0})), "[]");
  EXPECT_EQ(printed(ones<int>(world(), {2, 1, 2})), "[[[1 1]]\n\n [[1 1]]]");
  std::ostringstream out;
  out << std::fixed << std::setprecision(2) << full(world(), {2}, 1.0 / 3);
  EXPECT_EQ(out.str(), "[0.33 0.33]");
  a.fence();
}

TEST(printing, the_middle_of_large_ones_is_left_out) {
  EXPECT_EQ(printed(arange(world(), 1001)), "[   0    1    2 ...  998  999 1000]");
  auto const a =
      from_function<int>(world(), {1000, 2}, [](auto i, auto j) { return int(10 * i + j); }, {cyclic, whole});
  EXPECT_EQ(printed(a), "[[   0    1]\n [  10   11]\n [  20   21]\n ...\n [9970 9971]\n [9980 9981]\n [9990 9991]]");
  a.fence();
}

} // namespace
} // namespace armada
