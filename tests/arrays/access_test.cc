#include <armada/arrays/access.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xview.hpp>

#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;
using xt::range;
using xt::placeholders::_;

int me() { return world().rank(); }
int ranks() { return world().size(); }

using array2 = distributed_array<double, 2>;
using matrix = xt::xtensor<double, 2>;
using row = xt::xtensor<double, 1>;

/// a(i, j) = 100 i + j; every second row on another rank.
array2 numbered() {
  array2 a(world(), {8, 6}, {cyclic, block});
  for_each_owned(a, [](index_array<2> const& i, double& e) { e = static_cast<double>(100 * i[0] + i[1]); });
  a.fence();
  return a;
}

template <class Section, class Buffer, class Mode>
concept can_put = requires(Section const& s, Buffer&& b, Mode mode) {
  put(s, std::forward<Buffer>(b), mode);
};
template <class Section, class Buffer, class Mode>
concept can_get = requires(Section const& s, Buffer&& b, Mode mode) {
  get(s, std::forward<Buffer>(b), mode);
};
using writable_section = section<array2, 2>;
using constant_section = section<array2 const, 2>;
static_assert(can_put<writable_section, matrix&, deferred_t> && can_put<writable_section, matrix, nonblocking_t>);
static_assert(!can_put<writable_section, matrix, deferred_t>, "who would keep it?");
static_assert(!can_put<constant_section, matrix&, blocking_t> && can_get<constant_section, matrix&, deferred_t>);
static_assert(!can_get<writable_section, std::vector<double>, nonblocking_t> &&
              !can_get<writable_section, std::vector<float>&, blocking_t>);
static_assert(!can_get<writable_section, matrix const&, blocking_t>);

TEST(access, nonblocking_reads_are_there_after_the_wait) {
  auto const a = numbered();
  auto rows = get(a(range(1, 8, 2), all()), nonblocking);
  auto column = get(a(all(), -1), nonblocking);
  std::vector<double> buffer(12, -1);
  auto into = get(a(range(6, 8), all()), buffer, nonblocking);
  into.wait();
  EXPECT_EQ(buffer.front(), 600.0);
  EXPECT_EQ(buffer.back(), 705.0);
  EXPECT_EQ(column.wait(), (row{5, 105, 205, 305, 405, 505, 605, 705}));
  EXPECT_EQ(xt::eval(xt::view(rows.wait(), all(), 3)), (row{103, 303, 503, 703}));
}

TEST(access, nonblocking_writes_own_what_is_given_to_them) {
  auto a = numbered();
  row const kept{1, 2, 3, 4, 5, 6};
  if (me() == 0) {
    auto first = put(a(0, all()), kept, nonblocking);
    auto second = put(a(1, all()), row{7, 8, 9, 10, 11, 12}, nonblocking);
    auto third = put(a(2, all()), 2.0 * kept, nonblocking);
    auto fourth = put(a(range(3, 5), 0), std::vector{-1.0, -2.0}, nonblocking);
    auto fifth = accumulate(a(5, all()), row{1, 1, 1, 1, 1, 1}, std::plus<>{}, nonblocking);
    fourth.wait();
    second.wait();
    first.wait();
    third.wait();
    fifth.wait();
  }
  a.fence();
  EXPECT_EQ(get(a(0, all())), kept);
  EXPECT_EQ(get(a(1, all())), (row{7, 8, 9, 10, 11, 12}));
  EXPECT_EQ(get(a(2, all())), (row{2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(get(a(range(3, 5), 0)), (row{-1, -2}));
  EXPECT_EQ(get(a(5, all())), (row{501, 502, 503, 504, 505, 506}));
  a.fence();
}

TEST(access, deferred_access_is_complete_after_the_flush) {
  auto a = numbered();
  matrix values = xt::zeros<double>({2, 6});
  matrix const source = 1000.0 + matrix(xt::ones<double>({2, 6}));
  get(a(range(0, 2), all()), values, deferred);
  if (me() == ranks() - 1) put(a(range(6, 8), all()), source, deferred);
  accumulate(a(range(4, 6), all()), source, std::plus<>{}, deferred);
  a.flush();
  EXPECT_EQ(values(1, 4), 104.0);
  a.fence();
  EXPECT_EQ(a(7, 5), 1001.0);
  EXPECT_EQ(a(4, 0), 400.0 + 1001.0 * ranks());
  a.fence();
}

TEST(access, a_deferred_fence_completes_as_well) {
  auto a = numbered();
  std::vector<double> const ones(6, 1);
  put(a(me(), all()), ones, deferred);
  a.fence();
  for (int r = 0; r < ranks(); ++r) EXPECT_EQ(a(r, 5), 1.0);
  a.fence();
}

TEST(access, views_are_read_into_and_written_from_where_they_lie) {
  auto a = numbered();
  matrix big = -xt::ones<double>({10, 10});
  get(a(range(0, 3), range(1, 3)), xt::view(big, range(1, 4), range(2, 6, 2)));
  for (std::size_t i = 0; i < 10; ++i)
    for (std::size_t j = 0; j < 10; ++j) {
      bool const inside = i >= 1 && i < 4 && (j == 2 || j == 4);
      EXPECT_EQ(big(i, j), inside ? 100.0 * static_cast<double>(i - 1) + static_cast<double>(j / 2) : -1.0);
    }
  xt::xtensor<double, 2, xt::layout_type::column_major> columns = xt::zeros<double>({8, 6});
  get(a(all(), all()), columns);
  EXPECT_EQ(columns(7, 2), 702.0);
  a.fence();
  if (me() == 0) put(a(range(_, _, -1), 0), xt::view(columns, all(), 5));
  a.fence();
  EXPECT_EQ(a(0, 0), 705.0);
  a.fence();
}

TEST(access, wrong_shapes_are_refused_and_nothing_moves) {
  auto a = numbered();
  matrix wrong = -xt::ones<double>({3, 2});
  std::vector<double> shorter(5, -1);
  EXPECT_TRUE(throws<argument_error>([&] { get(a(range(0, 2), range(0, 3)), wrong); },
                                     {"get of shape (3, 2)", "section of shape (2, 3)"}));
  EXPECT_TRUE(
      throws<argument_error>([&] { get(a(0, all()), shorter, deferred); }, {"get with a buffer of 5 elements"}));
  EXPECT_TRUE(
      throws<argument_error>([&] { put(a(0, all()), shorter, nonblocking).wait(); }, {"put with a buffer of 5"}));
  EXPECT_TRUE(throws<argument_error>([&] { put(a(0, all()), wrong); }, {"put of shape (3, 2)"}));
  EXPECT_TRUE(throws<argument_error>([&] { accumulate(a(all(), all()), wrong, std::plus<>{}); }, {"accumulate of"}));
  EXPECT_EQ(shorter, std::vector<double>(5, -1));
  EXPECT_EQ(wrong(2, 1), -1.0);
  a.fence();
  EXPECT_EQ(a(0, 1), 1.0);
  a.fence();
}

/// A pending may be waited for when the array has gone.
TEST(access, a_pending_outlives_its_array) {
  auto later = [] {
    auto const a = numbered();
    auto begun = get(a(range(2, 4), all()), nonblocking);
    a.fence();
    return begun;
  }();
  EXPECT_EQ(later.wait()(1, 5), 305.0);
}

} // namespace
} // namespace armada
