#include <armada/core/cores.hpp>

#include <sched.h>

#include <gtest/gtest.h>

namespace armada {
namespace {

TEST(cores, lines_of_cpu_max) {
  EXPECT_EQ(detail::parse_cpu_max("max 100000"), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max("150000 100000"), 1.5);
  EXPECT_EQ(detail::parse_cpu_max("200000 100000\n"), 2.0);
  EXPECT_EQ(detail::parse_cpu_max("50000 100000"), 0.5);
  EXPECT_EQ(detail::parse_cpu_max("-1 100000"), std::nullopt) << "version 1: no limit";
  EXPECT_EQ(detail::parse_cpu_max("0 100000"), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max("100000 0"), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max("100000"), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max("100000 max"), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max(""), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max("nonsense here"), std::nullopt);
  EXPECT_EQ(detail::parse_cpu_max("1e999 1"), std::nullopt);
}

TEST(cores, affinity_is_what_the_kernel_says) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(allowed_cores().count(), static_cast<std::size_t>(CPU_COUNT(&before)));

  std::size_t first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  auto const only = allowed_cores();
  sched_setaffinity(0, sizeof(before), &before);
  EXPECT_EQ(only.count(), 1U);
  EXPECT_TRUE(only[first]);
}

TEST(cores, a_quota_is_a_positive_number) {
  if (auto const quota = core_quota()) {
    EXPECT_GT(*quota, 0);
  }
}

} // namespace
} // namespace armada
