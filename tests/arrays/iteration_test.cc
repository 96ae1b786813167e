#include <armada/arrays/iteration.hpp>

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <forward_list>
#include <iterator>
#include <vector>

namespace armada {
namespace {

int me() { return world().rank(); }
int ranks() { return world().size(); }

static_assert(std::forward_iterator<owned_indices<2>::iterator>);

template <storage_order Order>
void visits_what_is_owned() {
  for (cut_array<2> const& cuts :
       {cut_array<2>{block, whole}, {block_cyclic(2), whole}, {block, cyclic}, {whole, block}}) {
    distributed_array<int, 2, Order> a(world(), {5, 7}, cuts);
    for_each_owned(
        a, [](index_array<2> const& index, int& element) { element = static_cast<int>(100 * index[0] + index[1]); });
    a.fence();
    for (int i = 0; i < 5; ++i)
      for (int j = 0; j < 7; ++j) ASSERT_EQ(a(i, j), 100 * i + j) << a.describe();
    auto const& constant = a;
    std::int64_t seen = 0;
    for_each_owned(constant, [&](index_array<2> const& index, int const& element) {
      EXPECT_EQ(a.owner(index[0], index[1]), me());
      EXPECT_EQ(element, 100 * index[0] + index[1]);
      ++seen;
    });
    EXPECT_EQ(seen, owned_indices(a).size());
    EXPECT_EQ(seen, std::ssize(a.local().elements()));
    owned_indices const all(a);
    for (auto at = all.begin(); at != all.end(); ++at) EXPECT_EQ(a.distribution().global(me(), at.local()), *at);
    a.fence();
  }
}

TEST(iteration, visits_what_is_owned_in_the_order_of_memory) {
  visits_what_is_owned<storage_order::row_major>();
  visits_what_is_owned<storage_order::column_major>();
}

TEST(iteration, an_empty_tile_has_nothing) {
  distributed_array<int, 3> a(world(), {0, 4, 4});
  EXPECT_EQ(owned_indices(a).begin(), owned_indices(a).end());
  for_each_owned(a, [](auto const&, int&) { ADD_FAILURE(); });
}

TEST(iteration, the_tiles_of_this_host) {
  distributed_array<int, 1> a(world(), {3 * ranks()});
  a.local() = me();
  a.fence();
  std::vector<int> seen;
  for_each_tile(a, [&](int rank, auto const& tile) {
    EXPECT_EQ(tile(2), rank);
    seen.push_back(rank);
  });
  std::vector<int> expected;
  for (int r = 0; r < ranks(); ++r)
    if (a.is_near(r)) expected.push_back(r);
  EXPECT_EQ(seen, expected);
  a.fence();
}

} // namespace
} // namespace armada
