#include <armada/core/status.hpp>

#include <gtest/gtest.h>

namespace armada {
namespace {

TEST(status, counts_elements_of_any_length) {
  status const arrived{.source = 1, .tag = 2, .bytes = 24, .count = 3};
  EXPECT_EQ(arrived.count_of(8), 3);
  EXPECT_EQ(arrived.count_of(24), 1);
  EXPECT_EQ(arrived.count_of(1), 24);
  EXPECT_EQ(arrived.count_of(16), std::nullopt) << "it ends inside one";
  EXPECT_EQ(arrived.count_of(0), std::nullopt);
  EXPECT_EQ(status{}.count_of(8), 0);
  EXPECT_FALSE(arrived.cancelled);
}

} // namespace
} // namespace armada
