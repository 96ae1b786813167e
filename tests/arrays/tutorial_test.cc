/// The snippets of docs/arrays.md, in their order; tests/snippets_test.sh compares the two.

#include <armada/arrays/concatenate.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/drawing.hpp>
#include <armada/arrays/element_list.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/arrays/mask.hpp>
#include <armada/arrays/printing.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/reshape.hpp>
#include <armada/arrays/traffic.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xio.hpp>
#include <xtensor/xview.hpp>

#include <cstdint>
#include <functional>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

namespace armada {
namespace {

using xt::all;
using xt::range;
using xt::placeholders::_;

TEST(tutorial, creation) {
  distributed_array<double, 2> a(world(), {1000, 800});                        // whole rows, in balanced blocks
  distributed_array<float, 3> b(world(), {64, 64, 64}, {block, block, whole}); // on a grid that suits
  distributed_array<int, 1> c(world(), {1'000'000}, {cyclic});                 // dealt out one by one
  distributed_array<double, 2, storage_order::column_major> d(world(), {512, 512},
                                                              {block_cyclic(64), block_cyclic(64)});
  auto const half = world().split(world().rank() % 2);
  distributed_array<int, 2> e(half, {8, 8}, process_grid{half.size(), 1}); // on some of the ranks
  EXPECT_EQ(e.comm().size(), half.size());
  EXPECT_EQ(a.local()(0, 0), 0.0);
}

TEST(tutorial, locality) {
  distributed_array<double, 2> a(world(), {1000, 800});
  int const owner = a.owner(999, 0);                 // whose is it?
  bool const memory = a.is_near(owner);              // can I load and store there?
  auto const mine = a.local_range();                 // a box: first, count and step of each dimension
  auto const parts = a.locate(range(10, 20), all()); // who owns what of a slice
  EXPECT_EQ(owner, world().size() - 1);
  EXPECT_EQ(memory, a.is_near(owner));
  EXPECT_EQ(mine.dimensions[1].count, 800);
  EXPECT_EQ(parts.front().rank, 0);
}

TEST(tutorial, local) {
  distributed_array<double, 2> a(world(), {1000, 800});
  auto tile = a.local(); // an xtensor view of what I own: no copy
  tile = 1.0;
  for_each_owned(a, [](index_array<2> const& index, double& element) {
    element += static_cast<double>(index[0]); // indices of the whole array
  });
  a.fence(); // what was stored is there for everybody
  double const last = a(-1, 0);
  EXPECT_EQ(last, 1000.0);
}

TEST(tutorial, elements) {
  distributed_array<std::int64_t, 1> a(world(), {100});
  std::int64_t const value = a(42); // a load if it is near, a get if it is far
  if (world().rank() == 0) a(42) = value + 1;
  a(7) += 1;                               // atomic
  auto const ticket = a.fetch_add({8}, 1); // each rank gets another one
  auto const was = a.exchange({9}, 5);
  auto const seen = a.compare_and_swap({10}, 0, 3);
  a.fence();
  EXPECT_EQ(a(42), 1);
  EXPECT_EQ(a(7), world().size());
  EXPECT_LT(ticket, world().size());
  EXPECT_TRUE(was == 0 || was == 5);
  EXPECT_TRUE(seen == 0 || seen == 3);
}

TEST(tutorial, slices) {
  distributed_array<double, 3> a(world(), {10, 20, 30});
  a.fill(1.0);
  xt::xtensor<double, 2> t = a(3, range(0, 20, 2), all()); // an integer drops its dimension
  auto u = get(a(range(_, _, -1), 4, range(-5, _)));       // backwards; from the fifth last on
  auto v = get(a(xt::ellipsis(), 0));                      // of all that are missing, everything
  auto w = get(a(xt::newaxis(), 2));                       // (1, 20, 30)
  auto x = get(a(xt::keep(1, 5, 5), 0, 0));                // any indices, also repeated
  std::vector<bool> mask(20);
  mask[3] = mask[4] = true;
  auto y = get(a(0, mask, 0));
  auto z = get(a(range(2, 8), 5, all())(range(1, 3), 0)); // a slice of a slice
  EXPECT_EQ(t.size(), 300U);
  EXPECT_EQ(u.size() + v.size() + w.size(), 50U + 200U + 600U);
  EXPECT_EQ(x.size() + y.size() + z.size(), 3U + 2U + 2U);
  a.fence();
}

TEST(tutorial, writing) {
  distributed_array<double, 2> a(world(), {10, 20});
  xt::xtensor<double, 1> const column = xt::arange<double>(10);
  if (world().rank() == 0) {
    a(all(), 3) = column;                                    // a put
    a(range(0, 5), 4) = 2.0 * xt::view(column, range(5, _)); // of any expression of the same shape
    a(0, all()) = -1.0;
    a(all(), 5) = a(all(), 3); // elements; overlapping slices are read first
  }
  a.fence();
  a(range(5, 10), 6) += 1.0; // atomic, whoever else does so
  accumulate(a(range(5, 10), 7), xt::view(column, range(0, 5)), maximum{});
  xt::xtensor<double, 1> const sum = a(all(), 3) + 2.0 * a(all(), 4); // slices are read, then added
  a.fence();
  EXPECT_EQ(a(9, 3), 9.0);
  EXPECT_EQ(a(4, 4), 18.0);
  EXPECT_EQ(a(9, 5), 9.0);
  EXPECT_EQ(a(5, 6), world().size());
  EXPECT_EQ(a(9, 7), 4.0);
  EXPECT_EQ(sum(9), 9.0);
  a.fence();
}

TEST(tutorial, modes) {
  distributed_array<double, 2> a(world(), {10, 20});
  std::vector<double> buffer(20);
  get(a(3, all()), buffer); // into memory of mine: nothing is allocated
  xt::xtensor<double, 2> big = xt::zeros<double>({100, 100});
  get(a(range(0, 4), range(0, 5)), xt::view(big, range(10, 14), range(20, 25)));
  auto later = get(a(range(0, 5), all()), nonblocking); // a pending
  auto tensor = later.wait();
  get(a(4, all()), buffer, deferred); // when the flush has returned
  accumulate(a(5, all()), buffer, std::plus<>{}, deferred);
  a.flush();
  EXPECT_EQ(tensor.size(), 100U);
  a.fence();
}

TEST(tutorial, element_lists) {
  distributed_array<double, 1> a(world(), {1000});
  std::vector<int> const indices{5, 999, 5, -1};
  xt::xtensor<double, 1> const values = gather(a, indices); // one message to each owner, not one for each element
  if (world().rank() == 0) scatter(a, indices, std::vector<double>{1, 2, 3, 4}); // of repeated ones the last stays
  a.fence();
  scatter_add(a, indices, 1.0); // of repeated ones all are added, atomically
  a.fence();
  EXPECT_EQ(values.size(), 4U);
  EXPECT_EQ(a(5), 3.0 + 2 * world().size());
  EXPECT_EQ(a(-1), 4.0 + 2 * world().size());
  distributed_array<double, 2> b(world(), {4, 4});
  std::vector<std::array<int, 2>> const diagonal{{0, 0}, {1, 1}, {2, 2}, {3, 3}};
  scatter_add(b, diagonal, 1.0);
  b.fence();
  xt::xtensor<bool, 2> const chosen = xt::xtensor<double, 2>(b(all(), all())) > 0.0;
  xt::xtensor<double, 1> const ones = b(chosen); // in the order of the array
  EXPECT_EQ(ones, (xt::xtensor<double, 1>(std::array<std::size_t, 1>{4}, world().size())));
  a.fence();
  b.fence();
}

TEST(tutorial, traffic) {
  distributed_array<double, 2> a(world(), {100, 50}, {block, block});
  a.count_traffic(); // from here on, what this rank does
  auto const row = get(a(99));
  a(0, 0) += row(0);
  auto const report = traffic(a);                               // collective: of all ranks
  if (world().rank() == 0) std::cout << report;                 // operations and bytes by kind, and from rank to rank
  if (world().rank() == 0) std::cout << draw(a.distribution()); // who owns what
  EXPECT_EQ(row.size(), 50U);
  a.fence();
}

TEST(tutorial, whole_arrays) {
  xt::xtensor<double, 2> const table{{1, 2}, {3, 4}};
  auto a = zeros<double>(world(), {100, 50}); // also ones, full
  auto b =
      from_function<double>(world(), {100, 50}, [](auto i, auto j) { return i == j ? 1.0 : 0.0; }, {cyclic, whole});
  auto c = arange(world(), 0, 100, 5);                             // also linspace, eye
  auto d = from_local(world(), xt::xtensor<double, 2>(b.local())); // blocks of the ranks, one behind the other
  auto e = from_serial(world(), table, 0);                         // what rank 0 has
  copy(b, a);                                                      // between any two distributions; a = b does the same
  auto f = redistribute(a, {block, block});
  auto g = transpose(f); // or with axes, as {2, 0, 1}; transpose(f, g) writes into an array that exists
  auto h = concatenate({&a, &b}, 1);
  auto flat = reshape(std::move(h), {-1}); // the memory is handed on where no element leaves its rank
  std::optional<xt::xtensor<double, 2>> all_of_it = to_serial(g, 0);
  if (world().rank() == 0) std::cout << g << '\n'; // in NumPy's arrangement; the middle of large ones is left out
  EXPECT_EQ(all_of_it.has_value(), world().rank() == 0);
  EXPECT_EQ(flat.shape()[0], 10000);
  EXPECT_EQ(c.size(), 20);
  EXPECT_EQ(d.shape(), a.shape());
  EXPECT_EQ(e(1, 0), 3.0);
  g.fence();
  e.fence();
}

} // namespace
} // namespace armada
