#include "padded_oracle.hpp"

#include <armada/core/environment.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace {

int me() { return world().rank(); }

boundaries fixed_ends(std::size_t d) {
  return {boundary::fixed(fixed_value(d, false)), boundary::fixed(fixed_value(d, true))};
}

static_assert(!std::is_copy_constructible_v<halo<2>> && std::is_nothrow_move_constructible_v<halo<2>>);

TEST(halo, every_width_and_boundary_in_two_dimensions) {
  for (cut_array<2> const& cuts : {cut_array<2>{block, whole}, {whole, block}, {block, block}})
    for (int width = 0; width <= 3; ++width)
      for (bool const corners : {false, true})
        for (auto const& ends : {std::array<boundaries, 2>{boundary::periodic, boundary::periodic},
                                 {boundary::open, boundary::periodic},
                                 {boundary::mirrored, fixed_ends(1)},
                                 {boundaries(boundary::reflected, boundary::mirrored), boundary::reflected},
                                 {boundaries(boundary::periodic, boundary::open), boundary::mirrored}})
          expect_halo<int, 2>({9, 8}, cuts, ghost_cells{3, 3},
                              {.width = {width, width}, .boundary = ends, .corners = corners});
}

TEST(halo, sides_of_different_widths) {
  for (bool const corners : {false, true}) {
    expect_halo<int, 2>({12, 9}, {block, block}, ghost_cells<2>({2, 1}, {1, 3}),
                        {.width = {{2, 0}, {1, 3}}, .periodic = {true, true}, .corners = corners});
    expect_halo<int, 2>({12, 9}, {block, block}, ghost_cells<2>({2, 1}, {1, 3}),
                        {.width = {{0, 1}, {1, 2}}, .periodic = {false, true}, .corners = corners});
  }
}

TEST(halo, extents_smaller_than_the_width_are_refused) {
  for (std::int64_t rows = 0; rows <= 6; ++rows)
    for (int width = 0; width <= 3; ++width)
      for (auto const end : {boundary::periodic, boundary::open, boundary::reflected})
        expect_halo<int, 2>({rows, 4}, {block, whole}, ghost_cells{3, 1},
                            {.width = {width, 1}, .boundary = {end, boundary::periodic}, .corners = true});
}

TEST(halo, irregular_parts) {
  std::vector<std::int64_t> boundaries_of_rows{0};
  for (int rank = 0; rank < world().size(); ++rank) boundaries_of_rows.push_back(boundaries_of_rows.back() + 2 + rank);
  expect_halo<int, 2>({boundaries_of_rows.back(), 3}, {irregular(boundaries_of_rows), whole}, ghost_cells{2, 2},
                      {.width = {2, 2}, .periodic = {true, true}, .corners = true});
}

/// Neighbours may be one exchange apart, and never see each other's next one.
TEST(halo, thousands_of_exchanges) {
  halo_options<2> const options{.width = {1, 1}, .periodic = {true, true}, .corners = true};
  distributed_array<int, 2> a(world(), {8, 8}, {block, block}, ghost_cells{1, 1});
  halo<2> edges(a, options);
  for (int round = 0; round < 1000; ++round) {
    renew(a, round);
    edges.start();
    for_each_owned(a, [](auto const&, int& element) { element = -2; }); // what others need has been read
    edges.finish();
    for_each_owned(a, [&](auto const& index, int& element) { element = element_value(index, round); });
    expect_cells(a, options, round);
    if (HasFailure()) break;
  }
}

TEST(halo, several_at_once) {
  halo_options<2> const rows{.width = {1, 0}, .periodic = {true, false}};
  halo_options<2> const all{.width = {2, 2}, .periodic = {true, true}, .corners = true};
  distributed_array<int, 2> a(world(), {8, 8}, {block, block}, ghost_cells{2, 2});
  distributed_array<int, 2> b(world(), {8, 8}, {block, block}, ghost_cells{2, 2});
  halo<2> of_a(a, all), of_b(b, rows);
  for (int round = 0; round < 5; ++round) {
    renew(a, round);
    renew(b, round + 1);
    if (me() % 2 == 0) { // no order among them
      of_a.start();
      of_b.start();
    } else {
      of_b.start();
      of_a.start();
    }
    of_b.finish();
    of_a.finish();
    expect_cells(a, all, round);
    expect_cells(b, rows, round + 1);
  }
  std::swap(of_a, of_b);
  EXPECT_TRUE(of_a.is_of(b));
  renew(b, 9);
  of_a.exchange();
  expect_cells(b, rows, 9);
}

TEST(halo, inner_and_boundary_are_all_cells_once) {
  for (cut_array<2> const& cuts : {cut_array<2>{block, whole}, {block, block}, {whole, block}})
    for (int width = 0; width <= 2; ++width) {
      distributed_array<int, 2> a(world(), {8, 9}, cuts, ghost_cells{2, 2});
      halo<2> edges(a, {.width = {width, width}, .periodic = {true, false}});
      auto parts = edges.boundary();
      parts.push_back(edges.inner());
      auto const mine = a.local_range();
      xt::xtensor<int, 2> seen = xt::zeros<int>({mine.dimensions[0].count, mine.dimensions[1].count});
      for (auto const& part : parts) {
        auto const [rows, columns] = part.dimensions;
        for (auto i = rows.first; i < rows.first + rows.count; ++i)
          for (auto j = columns.first; j < columns.first + columns.count; ++j) ++seen(i, j);
      }
      for (int const times : seen) ASSERT_EQ(times, 1);
      if (world().size() == 1) {
        EXPECT_TRUE(edges.boundary().empty());
      }
    }
}

TEST(halo, on_some_of_the_ranks) {
  auto const half = world().split(me() % 2);
  distributed_array<int, 1> a(half, {6}, ghost_cells{1});
  halo_options<1> const options{.width = {1}, .periodic = {true}};
  halo<1> edges(a, options);
  renew(a, me() % 2);
  edges.exchange();
  expect_cells(a, options, me() % 2);
}

std::string refusal(auto&& make) {
  try {
    make();
  } catch (error const& e) {
    return e.what();
  }
  return "accepted";
}

TEST(halo, wrong_arguments_are_named) {
  auto const expect = [](char const* text, auto&& make) {
    auto const said = refusal(make);
    EXPECT_NE(said.find(text), std::string::npos) << said;
  };
  distributed_array<double, 2> a(world(), {16, 16}, {block, whole}, ghost_cells{1, 1});
  expect("width 2 below and 2 above in dimension 1, where there are 1 and 1 ghost cells", [&] {
    halo<2>(a, {.width = {1, 2}});
  });
  expect("width -1 below", [&] { halo<2>(a, {.width = {-1, 0}}); });
  expect("has another boundary as well", [&] {
    halo<2>(a, {.width = {1, 1}, .periodic = {true, false}, .boundary = {boundary::mirrored, boundary::open}});
  });
  expect("not of the type of the elements", [&] {
    halo<2>(a, {.width = {1, 1}, .boundary = {boundary::fixed(true), boundary::open}});
  });
  distributed_array<double, 2> dense(world(), {16, 16});
  expect("where there are 0 and 0 ghost cells", [&] { halo<2>(dense, {.width = {1, 1}}); });
  distributed_array<int, 1> few(world(), {3 * world().size()}, ghost_cells{4});
  expect("extent 3 of rank 0 along dimension 0 is too small for width 4", [&] { halo<1>(few, {.width = {4}}); });
  expect("for width 3, reflected", [&] { halo<1>(few, {.width = {3}, .boundary = {boundary::reflected}}); });
  if (world().size() > 1) {
    distributed_array<double, 1> dealt(world(), {16}, {cyclic}, ghost_cells{1});
    expect("dimension 0 is dealt out", [&] { halo<1>(dealt, {.width = {1}}); });
    expect("width of a halo", [&] { halo<2>(a, {.width = {me() % 2, 1}}); });
    expect("boundaries of a halo", [&] { halo<2>(a, {.width = {1, 1}, .periodic = {me() == 0, false}}); });
  }
}

TEST(halo, start_and_finish_come_in_turns) {
  distributed_array<int, 1> a(world(), {16}, ghost_cells{1});
  halo<1> edges(a, {.width = {1}});
  EXPECT_THROW(edges.finish(), lifecycle_error);
  edges.start();
  EXPECT_THROW(edges.start(), lifecycle_error);
  edges.finish();
  edges.exchange();
}

} // namespace
} // namespace armada
