#include <armada/arrays/chunks.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/creation.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace armada {
namespace {

using support::throws;
using xt::all;

TEST(chunks, are_numbered_row_by_row) {
  chunks<2> const parts({5, 7}, {2, 3});
  ASSERT_EQ(parts.size(), 9);
  EXPECT_EQ(parts[0], (box<2>{{{{0, 2, 1}, {0, 3, 1}}}}));
  EXPECT_EQ(parts[2], (box<2>{{{{0, 2, 1}, {6, 1, 1}}}}));
  EXPECT_EQ(parts[8], (box<2>{{{{4, 1, 1}, {6, 1, 1}}}}));
  EXPECT_EQ(chunks<2>({0, 7}, {2, 3}).size(), 0);
  EXPECT_EQ(chunks<1>({3}, {100}).size(), 1);
  EXPECT_TRUE(throws<argument_error>([] { chunks<2>({5, 7}, {0, 3}); }, {"(0, 3)", "(5, 7)"}));
  EXPECT_TRUE(throws<argument_error>([] { chunks<1>({-5}, {3}); }, {"-5"}));
}

TEST(section_of, a_box_is_what_slices_select) {
  auto a =
      from_function<int>(world(), {6, 8}, [](std::int64_t i, std::int64_t j) { return 10 * i + j; }, {cyclic, block});
  box<2> const some{{{{1, 3, 2}, {7, 4, -1}}}};
  EXPECT_EQ(get(section_of(a, some)), get(a(xt::range(1, 6, 2), xt::range(7, 3, -1))));
  a.fence();
  if (world().rank() == 0) section_of(a, {{{{5, 1, 1}, {0, 2, 1}}}}) = -1;
  a.fence();
  EXPECT_EQ(a(5, 1), -1);
  EXPECT_TRUE(throws<index_error>([&] { return section_of(a, {{{{0, 7, 1}, {0, 2, 1}}}}); }, {"extent 6", "axis 0"}));
  a.fence();
}

TEST(for_each_chunk, comes_to_every_element_once) {
  distributed_array<std::int64_t, 2> a(world(), {37, 23});
  for_each_chunk(a, {8, 5}, [&](box<2> const& range) { section_of(a, range) += 1; });
  EXPECT_EQ(get(a(all(), all())), get(ones<std::int64_t>(world(), {37, 23})(all(), all())));
  EXPECT_TRUE(throws<argument_error>([&] { for_each_chunk(a, {8, 0}, [](box<2> const&) {}); }, {"(8, 0)"}));
}

} // namespace
} // namespace armada
