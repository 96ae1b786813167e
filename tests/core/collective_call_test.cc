/// Run with ARMADA_CHECK=collectives: ranks compare what they call.

#include <armada/core/collective_call.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/call.hpp>
#include <armada/core/datatype.hpp>
#include <armada/core/environment.hpp>

#include <array>
#include <string_view>

#include <gtest/gtest.h>

namespace armada {
namespace {

using detail::collective_call;
using detail::collective_scope;
using support::throws;

/// Opens a scope for a call, in which everybody meets.
void enter(collective_call const& what) {
  collective_scope const inside(what);
  call<MPI_Barrier>(what.comm.raw());
}

bool is_odd_one() { return world().rank() == world().size() - 1 && world().size() > 1; }

/// Every rank throws what names both calls, or nobody throws where there is nobody to differ from.
void expect_mismatch(collective_call const& most, collective_call const& odd, std::string_view said_by_most,
                     std::string_view said_by_odd) {
  auto const& mine = is_odd_one() ? odd : most;
  if (world().size() == 1) {
    EXPECT_NO_THROW(enter(mine));
    return;
  }
  EXPECT_TRUE(throws<collective_mismatch>([&] { return enter(mine), 0; }, {said_by_most, said_by_odd}));
}

TEST(collective_call, the_same_everywhere_passes) {
  EXPECT_NO_THROW(enter({.comm = world(), .operation = "walk"}));
  EXPECT_NO_THROW(enter({.comm = world(), .operation = "walk", .form = "slowly", .root = 0, .reduction = MPI_SUM}));
}

TEST(collective_call, what_differs_is_named_on_every_rank) {
  expect_mismatch({.comm = world(), .operation = "walk"}, {.comm = world(), .operation = "run"}, "walk #", "run #");
  expect_mismatch({.comm = world(), .operation = "walk", .form = "slowly"},
                  {.comm = world(), .operation = "walk", .form = "fast"}, "(slowly)", "(fast)");
  expect_mismatch({.comm = world(), .operation = "walk", .root = 0}, {.comm = world(), .operation = "walk", .root = 1},
                  "(root 0)", "(root 1)");
  expect_mismatch({.comm = world(), .operation = "walk", .reduction = MPI_SUM},
                  {.comm = world(), .operation = "walk", .reduction = MPI_PROD}, "(sum)", "(prod)");
  expect_mismatch({.comm = world(), .operation = "walk", .count = 2, .type = MPI_INT},
                  {.comm = world(), .operation = "walk", .count = 3, .type = MPI_INT}, "2 x int", "3 x int");
}

TEST(collective_call, data_count_by_their_basic_elements) {
  auto const pairs = datatype_of<std::array<int, 2>>();
  collective_call const singly{.comm = world(), .operation = "walk", .count = 4, .type = MPI_INT};
  EXPECT_NO_THROW(
      enter(is_odd_one() ? collective_call{.comm = world(), .operation = "walk", .count = 2, .type = pairs} : singly));
  collective_call const unsaid{.comm = world(), .operation = "walk"}; // a rank that does not know what moves
  EXPECT_NO_THROW(enter(is_odd_one() ? unsaid : singly));
  std::array<MPI_Count, 2> const blocks{1, 3};
  std::array<MPI_Count, 2> const others{3, 1};
  expect_mismatch({.comm = world(), .operation = "walk", .type = MPI_INT, .counts = blocks},
                  {.comm = world(), .operation = "walk", .type = MPI_INT, .counts = others}, "1 3 x int", "3 1 x int");
}

TEST(collective_call, what_is_inside_of_one_is_not_compared) {
  collective_scope const outer({.comm = world(), .operation = "walk"});
  EXPECT_NO_THROW(enter({.comm = world(), .operation = is_odd_one() ? "left" : "right"}));
}

TEST(collective_call, a_refusal_is_heard_by_the_others) {
  collective_call const what{.comm = world(), .operation = "walk", .root = 0};
  auto const refusing = [&] {
    detail::check_alone(what, [] {
      if (is_odd_one()) throw argument_error("walk: there is no way");
    });
    enter(what);
    return 0;
  };
  if (world().size() == 1)
    EXPECT_NO_THROW(refusing());
  else
    EXPECT_TRUE(throws<collective_mismatch>(refusing, {"there is no way"}));
}

} // namespace
} // namespace armada
