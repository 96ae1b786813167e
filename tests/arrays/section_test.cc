#include <armada/arrays/section.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xview.hpp>

#include <concepts>
#include <numeric>
#include <string>
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

template <class Section, class Value>
concept can_assign = requires(Section const& s, Value const& v) {
  s = v;
};
template <class Section, class Value>
concept can_add = requires(Section const& s, Value const& v) {
  s += v;
};
using writable_section = section<array2, 2>;
using constant_section = section<array2 const, 2>;
static_assert(can_assign<writable_section, matrix> && can_assign<writable_section, double>);
static_assert(can_assign<writable_section, writable_section> && can_assign<writable_section, constant_section>);
static_assert(can_assign<writable_section, section<distributed_array<float, 2>, 2>>);
static_assert(!can_assign<writable_section, section<array2, 1>>, "numbers of dimensions differ");
static_assert(!can_assign<constant_section, matrix> && !can_assign<constant_section, double>);
static_assert(!can_assign<constant_section, constant_section> && !can_assign<constant_section, writable_section>);
static_assert(can_add<writable_section, double> && can_add<writable_section, matrix>);
static_assert(!can_add<constant_section, matrix> && !can_add<constant_section, double>);
static_assert(!can_add<section<distributed_array<bool, 2>, 2>, bool>);
static_assert(std::same_as<decltype(std::declval<array2&>()(all(), 1)), section<array2, 1>>);
static_assert(std::same_as<decltype(std::declval<array2 const&>()(all(), all())), constant_section>);

/// a(i, j) = 100 i + j.
array2 numbered(std::int64_t rows = 7, std::int64_t columns = 6) {
  array2 a(world(), {rows, columns});
  auto tile = a.local();
  auto const first = a.local_range().dimensions[0].first;
  for (std::size_t i = 0; i < tile.shape()[0]; ++i)
    for (std::size_t j = 0; j < tile.shape()[1]; ++j)
      tile(i, j) = 100.0 * (static_cast<double>(first) + static_cast<double>(i)) + static_cast<double>(j);
  a.fence();
  return a;
}
matrix expected_numbers(std::size_t rows = 7, std::size_t columns = 6) {
  matrix e(std::array{rows, columns});
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) e(i, j) = 100.0 * static_cast<double>(i) + static_cast<double>(j);
  return e;
}

/// The array is what the tensor is, seen by every rank; fences before and after.
template <class T, std::size_t N>
void expect_equal(distributed_array<T, N>& a, xt::xtensor<T, N> const& expected, std::string const& what = "") {
  a.fence();
  xt::xtensor<T, N> found;
  if constexpr (N == 1)
    found = get(a(all()));
  else if constexpr (N == 2)
    found = get(a(all(), all()));
  else
    found = get(a(all(), all(), all()));
  EXPECT_EQ(found, expected) << what;
  a.fence();
}

TEST(section, reads_what_numpy_would_read) {
  auto const a = numbered();
  auto const e = expected_numbers();
  matrix const whole = a(all(), all());
  EXPECT_EQ(whole, e);
  EXPECT_EQ(get(a(range(1, 5), range(2, 4))), xt::eval(xt::view(e, range(1, 5), range(2, 4))));
  EXPECT_EQ(get(a(range(6, 0, -2), range(_, _, -1))), xt::eval(xt::view(e, range(6, 0, -2), range(_, _, -1))));
  EXPECT_EQ(get(a(range(_, _, 3), -1)), xt::eval(xt::view(e, range(_, _, 3), 5)));
  EXPECT_EQ(get(a(3, all())), xt::eval(xt::view(e, 3, all())));
  EXPECT_EQ(get(a(-7, range(1, 1))).size(), 0U);
  row const column = a(all(), 2);
  EXPECT_EQ(column, xt::eval(xt::view(e, all(), 2)));
}

TEST(section, knows_its_shape) {
  auto a = numbered();
  EXPECT_EQ((a(range(1, 5), 3).shape()), (std::array<std::size_t, 1>{4}));
  EXPECT_EQ((a(range(_, _, 2), range(4, 1, -1)).shape()), (std::array<std::size_t, 2>{4, 3}));
  EXPECT_EQ((a(range(1, 5), 3).size()), 4);
  EXPECT_EQ((a(range(1, 1), all()).size()), 0);
  distributed_array<int, 3> cube(world(), {2, 3, 4});
  EXPECT_EQ((cube(1, all(), 2).shape()), (std::array<std::size_t, 1>{3}));
  EXPECT_EQ((cube(all(), 1, range(0, 4, 3)).shape()), (std::array<std::size_t, 2>{2, 2}));
}

TEST(section, reads_into_buffers_without_allocation) {
  auto const a = numbered();
  std::vector<double> buffer(8, -1.0);
  get(a(range(1, 3), range(0, 3)), std::span(buffer).subspan(1, 6));
  EXPECT_EQ(buffer, (std::vector<double>{-1, 100, 101, 102, 200, 201, 202, -1}));
  row tensor(std::array<std::size_t, 1>{7});
  get(a(all(), 1), tensor);
  EXPECT_EQ(tensor(6), 601.0);
  EXPECT_TRUE(throws<argument_error>([&] { get(a(all(), 1), buffer); },
                                     {"get with a buffer of 8 elements", "section of shape (7)", "(7, 6)", "on rank"}));
  EXPECT_EQ(buffer.front(), -1.0);
  EXPECT_EQ(buffer[1], 100.0);
}

TEST(section, puts_expressions_views_and_buffers) {
  auto a = numbered();
  auto e = expected_numbers();
  matrix const t = -expected_numbers();
  if (me() == ranks() - 1) {
    a(range(1, 4), range(2, 5)) = xt::view(t, range(0, 3), range(1, 4));
    a(0, all()) = xt::view(t, 2, all());                     // contiguous, and not at the beginning
    a(range(4, 6), all()) = xt::view(t, range(3, 5), all()); // also in two dimensions
    a(all(), 0) = 2.0 * xt::view(t, all(), 1);
    a(6, range(_, _, -2)) = xt::xtensor<int, 1>{1, 2, 3};
    put(a(range(5, 2, -2), 5), std::vector{7.0, 8.0});
  }
  xt::view(e, range(1, 4), range(2, 5)) = xt::view(t, range(0, 3), range(1, 4));
  xt::view(e, 0, all()) = xt::view(t, 2, all());
  xt::view(e, range(4, 6), all()) = xt::view(t, range(3, 5), all());
  xt::view(e, all(), 0) = 2.0 * xt::view(t, all(), 1);
  e(6, 5) = 1, e(6, 3) = 2, e(6, 1) = 3;
  e(5, 5) = 7, e(3, 5) = 8;
  expect_equal(a, e);
}

TEST(section, takes_tensors_of_every_layout) {
  auto a = numbered(4, 3);
  auto e = expected_numbers(4, 3);
  if (me() == 0) {
    xt::xtensor<double, 2, xt::layout_type::column_major> const columns = -expected_numbers(4, 3);
    a(range(0, 2), all()) = xt::view(columns, range(0, 2), all());
    a(range(2, 4), range(0, 2)) = xt::transpose(matrix{{1, 2}, {3, 4}});
    std::vector<double> memory{9, 8, 7, 6};
    a(range(2, 4), 2) = xt::adapt(memory, std::array<std::size_t, 1>{4})(0) * xt::ones<double>({2});
    xt::xarray<double> const dynamic = row{5, 6, 7};
    a(3, all()) = dynamic;
  }
  xt::view(e, range(0, 2), all()) = -xt::view(expected_numbers(4, 3), range(0, 2), all());
  e(2, 0) = 1, e(2, 1) = 3, e(2, 2) = 9;
  e(3, 0) = 5, e(3, 1) = 6, e(3, 2) = 7;
  expect_equal(a, e);
}

TEST(section, fills) {
  auto a = numbered();
  auto e = expected_numbers();
  if (me() == 0) {
    a(range(1, 6, 2), range(4, _, -2)) = -1.0;
    a(6, all()) = 5.0;
    a(range(2, 2), all()) = 99.0;
    a(all(), 5) = a(1, 2); // an element is a value
  }
  xt::view(e, range(1, 6, 2), range(4, _, -2)) = -1.0;
  xt::view(e, 6, all()) = 5.0;
  xt::view(e, all(), 5) = -1.0;
  expect_equal(a, e);
}

TEST(section, accumulates_from_every_rank_at_once) {
  auto a = numbered();
  auto e = expected_numbers();
  a(range(1, 6), range(0, 5, 2)) += xt::ones<double>({5, 3});
  a(all(), 3) += 2.0;
  a(2, all()) -= row{0, 1, 2, 3, 4, 5};
  a(range(_, _, -1), 5) -= 1.0;
  a(range(0, 2), all()).accumulate(matrix{{-1, 50, -1, -1, 500, -1}, {-1, 150, -1, -1, 50, -1}}, maximum{});
  double const n = ranks();
  xt::view(e, range(1, 6), range(0, 5, 2)) += n;
  xt::view(e, all(), 3) += 2.0 * n;
  xt::view(e, 2, all()) -= n * row{0, 1, 2, 3, 4, 5};
  xt::view(e, all(), 5) -= n;
  e(0, 1) = 50, e(0, 4) = 500, e(1, 1) = 150; // nothing was added to these
  expect_equal(a, e);
}

TEST(section, of_whole_numbers_and_complex_ones_accumulates_exactly) {
  distributed_array<std::uint8_t, 1> bytes(world(), {100});
  bytes(all()) -= std::uint8_t{1};
  bytes(range(0, 100, 3)) -= xt::xtensor<std::uint8_t, 1>::from_shape({34}) * std::uint8_t{0} + std::uint8_t{1};
  bytes.fence();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(bytes(i), static_cast<std::uint8_t>(-(i % 3 == 0 ? 2 : 1) * ranks())) << i;
  distributed_array<std::complex<float>, 2> waves(world(), {5, 5});
  for (int round = 0; round < 10; ++round) waves(range(4, _, -1), all()) += std::complex<float>(1, -2);
  waves.fence();
  auto const sum = std::complex<float>(static_cast<float>(10 * ranks()), static_cast<float>(-20 * ranks()));
  EXPECT_EQ(get(waves(2, all())), (xt::xtensor<std::complex<float>, 1>{sum, sum, sum, sum, sum}));
  waves.fence();
}

TEST(section, is_assigned_to_a_section_element_by_element) {
  auto a = numbered();
  array2 b(world(), {6, 7});
  if (me() == 0) {
    b(all(), range(0, 6)) = a(range(0, 6), all());
    b(0, all()) = a(all(), 3);
    auto const source = a(1, range(0, 2));
    auto const target = b(5, range(5, 7));
    target = source; // elements, and not the section: it looks at b as before
    target += 1.0;
  }
  matrix e = xt::zeros<double>({6, 7});
  xt::view(e, all(), range(0, 6)) = xt::view(expected_numbers(), range(0, 6), all());
  xt::view(e, 0, all()) = xt::view(expected_numbers(), all(), 3);
  e(5, 5) = 101.0, e(5, 6) = 102.0;
  expect_equal(b, e);
  expect_equal(a, expected_numbers());
  distributed_array<float, 2> c(world(), {7, 6});
  if (me() == ranks() - 1) c(all(), all()) = a(all(), all()); // another type is converted
  c.fence();
  EXPECT_EQ(c(6, 5), 605.0F);
  c.fence();
}

TEST(section, overlapping_assignment_reads_all_first) {
  auto a = numbered();
  auto e = expected_numbers();
  if (me() == 0) {
    a(range(1, 7), all()) = a(range(0, 6), all());
    a(all(), range(0, 5)) = a(all(), range(1, 6));
    a(all(), all()) = a(range(_, _, -1), range(_, _, -1));
  }
  xt::view(e, range(1, 7), all()) = xt::eval(xt::view(e, range(0, 6), all()));
  xt::view(e, all(), range(0, 5)) = xt::eval(xt::view(e, all(), range(1, 6)));
  e = xt::eval(xt::flip(xt::flip(e, 0), 1));
  expect_equal(a, e);
}

/// A tile is the array's own memory: source and target may overlap there as well.
TEST(section, may_be_read_into_and_written_from_tiles_of_its_own_array) {
  distributed_array<double, 1> a(self(), {10});
  auto const reset = [&] { std::iota(a.local().elements().begin(), a.local().elements().end(), 0.0); };
  auto const expect = [&](row const& e) { EXPECT_EQ(get(a(all())), e); };
  reset();
  a(range(1, 10)) = xt::view(a.local(), range(0, 9));
  expect({0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
  reset();
  a(range(_, _, -1)) = a.local();
  expect({9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  reset();
  get(a(range(0, 9)), a.local().elements().subspan(1));
  expect({0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
  reset();
  put(a(range(1, 10)), a.local().elements().first(9));
  expect({0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
  reset();
  a(range(1, 10)) += xt::view(a.local(), range(0, 9));
  expect({0, 1, 3, 5, 7, 9, 11, 13, 15, 17});
}

TEST(section, wrong_shapes_throw_and_nothing_is_written) {
  auto a = numbered();
  auto const refuse = [&](auto const& values, std::string_view shape) {
    EXPECT_TRUE(throws<argument_error>([&] { a(range(0, 2), range(0, 3)) = values; },
                                       {"assignment of shape " + std::string(shape), "to a section of shape (2, 3)",
                                        "distributed_array of (7, 6) elements of 8 bytes", "on rank"}));
    EXPECT_TRUE(throws<argument_error>([&] { a(range(0, 2), range(0, 3)) += values; }, {"accumulate of shape"}));
  };
  refuse(matrix{{1, 2, 3}}, "(1, 3)");
  refuse(matrix{{1, 2}, {3, 4}, {5, 6}}, "(3, 2)");
  refuse(row{1, 2, 3, 4, 5, 6}, "(6)");
  refuse(xt::xtensor<double, 3>(std::array<std::size_t, 3>{1, 2, 3}), "(1, 2, 3)");
  EXPECT_TRUE(throws<argument_error>([&] { put(a(range(0, 2), range(0, 3)), std::vector(5, 1.0)); },
                                     {"put with a buffer of 5 elements", "(2, 3)"}));
  EXPECT_TRUE(throws<argument_error>([&] { a(all(), all()) = a(range(0, 6), all()); }, {"(6, 6)", "(7, 6)"}));
  expect_equal(a, expected_numbers());
}

TEST(section, beyond_the_shape_throws_and_nothing_is_written) {
  auto a = numbered();
  EXPECT_TRUE(throws<index_error>([&] { a(range(0, 8), all()) = 1.0; }, {"range(0, 8, 1)", "extent 7", "axis 0"}));
  EXPECT_TRUE(throws<index_error>([&] { a(all(), 6) = 1.0; }, {"index 6", "extent 6", "axis 1"}));
  EXPECT_TRUE(throws<index_error>([&] { a(all(), range(-7, 2)) += 1.0; }, {"range(-7, 2, 1)", "axis 1"}));
  EXPECT_TRUE(throws<index_error>([&] { return get(a(range(7, _), -7)); }, {"index -7", "axis 1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return get(a(range(0, 3, 0), 1)); }, {"step 0"}));
  expect_equal(a, expected_numbers());
}

/// The same elements on every rank of an array that is dealt out, and of a local copy.
TEST(section, of_lists_masks_new_axes_and_ellipsis) {
  array2 a(world(), {7, 6}, {block_cyclic(2), block});
  for_each_owned(a, [](index_array<2> const& i, double& e) { e = static_cast<double>(100 * i[0] + i[1]); });
  a.fence();
  auto const e = expected_numbers();
  EXPECT_EQ(get(a(xt::keep(5, 0, -1), all())), xt::eval(xt::view(e, xt::keep(5, 0, 6), all())));
  EXPECT_EQ(get(a(xt::drop(1, 2), range(1, 3))), xt::eval(xt::view(e, xt::drop(1, 2), range(1, 3))));
  EXPECT_EQ(get(a(std::vector<int>{2, 2, 0}, 3)), (row{203, 203, 3}));
  EXPECT_EQ(get(a(1, xt::xtensor<bool, 1>{true, false, false, true, false, true})), (row{100, 103, 105}));
  EXPECT_EQ(get(a(3)), (row{300, 301, 302, 303, 304, 305}));
  EXPECT_EQ(get(a(xt::ellipsis(), -1)), (row{5, 105, 205, 305, 405, 505, 605}));
  EXPECT_EQ(get(a(xt::newaxis(), 2, xt::ellipsis(), xt::newaxis())).shape(), (std::array<std::size_t, 3>{1, 6, 1}));
  EXPECT_EQ(get(a(xt::newaxis(), 2, range(4, 6)))(0, 1), 205.0);
  EXPECT_TRUE(throws<index_error>([&] { return get(a(xt::keep(1, 7), all())); }, {"index 7", "extent 7", "axis 0"}));
  a.fence();
}

TEST(section, writes_lists_the_last_of_an_index_wins) {
  auto a = numbered();
  auto e = expected_numbers();
  if (me() == ranks() - 1) {
    a(xt::keep(4, 1), std::vector<int>{0, 5}) = matrix{{1, 2}, {3, 4}};
    a(std::vector<int>{6, 0, 6}, 3) = row{7, 8, 9};
    a(std::vector<bool>{false, false, true, false, false, true, false}, all()) = -1.0;
    a(xt::keep(3), all()) = matrix(std::array<std::size_t, 2>{1, 6}, 5.0);
  }
  a.fence();
  a(std::vector<int>{1, 1}, 2) += row{10, 20}; // each time that it comes
  e(4, 0) = 1, e(4, 5) = 2, e(1, 0) = 3, e(1, 5) = 4;
  e(6, 3) = 9, e(0, 3) = 8;
  xt::view(e, 2, all()) = -1.0;
  xt::view(e, 5, all()) = -1.0;
  xt::view(e, 3, all()) = 5.0;
  e(1, 2) += 30.0 * ranks();
  expect_equal(a, e);
}

TEST(section, is_sliced_again) {
  auto a = numbered();
  auto e = expected_numbers();
  auto const inner = a(range(1, 7), range(_, _, 2)); // rows 1 to 6, columns 0 2 4
  EXPECT_EQ(get(inner(range(_, _, -2), 1)), (row{602, 402, 202}));
  EXPECT_EQ(get(inner(xt::keep(0, 5))(1)), (row{600, 602, 604}));
  EXPECT_EQ(get(a(3, all())(range(1, 4))(range(1, 3))), (row{302, 303}));
  double const one = inner(-1, 2);
  EXPECT_EQ(one, 604.0);
  EXPECT_TRUE(throws<index_error>([&] { return get(inner(6, all())); }, {"index 6", "extent 6", "axis 0"}));
  EXPECT_TRUE(throws<index_error>([&] { inner(0, 3) = 1.0; }, {"index 3", "extent 3", "axis 1"}));
  a.fence();
  if (me() == 0) {
    inner(0, 0) = -5.0;
    inner(range(1, 3), 2) = row{-6, -7};
    inner(5)(all()) += 1.0;
  }
  e(1, 0) = -5, e(2, 4) = -6, e(3, 4) = -7;
  e(6, 0) += 1, e(6, 2) += 1, e(6, 4) += 1;
  expect_equal(a, e);
}

TEST(section, of_many_dimensions) {
  distributed_array<int, 5> a(world(), {3, 2, 4, 2, 3}, {block, whole, cyclic, whole, block});
  for_each_owned(a, [](index_array<5> const& i, int& e) {
    e = static_cast<int>((((i[0] * 10 + i[1]) * 10 + i[2]) * 10 + i[3]) * 10 + i[4]);
  });
  a.fence();
  auto const t = get(a(2, xt::ellipsis(), range(_, _, -1), 1, all()));
  ASSERT_EQ(t.shape(), (std::array<std::size_t, 3>{2, 4, 3}));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int k = 0; k < 3; ++k) EXPECT_EQ(t(i, j, k), 20010 + 1000 * i + 100 * (3 - j) + k);
  a.fence();
}

TEST(section, of_nothing_moves_nothing) {
  array2 empty(world(), {0, 5});
  EXPECT_EQ(get(empty(all(), all())).size(), 0U);
  EXPECT_EQ(get(empty(all(), 3)).size(), 0U);
  empty(all(), all()) = 3.0;
  empty(all(), all()) += 3.0;
  empty(range(0, 0), range(1, 3)) = matrix(std::array<std::size_t, 2>{0, 2});
  EXPECT_TRUE(throws<index_error>([&] { return get(empty(0, all())); }, {"index 0", "extent 0"}));
  auto a = numbered();
  a(range(3, 3), all()) = matrix(std::array<std::size_t, 2>{0, 6});
  a(range(5, 2), 1) += row(std::array<std::size_t, 1>{0});
  expect_equal(a, expected_numbers());
}

} // namespace
} // namespace armada
