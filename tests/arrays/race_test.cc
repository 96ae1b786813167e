// Programs on arrays with and without races, under ARMADA_CHECK=rma. A race is found by the rank whose access comes
// second.

#include <armada/arrays/access.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xbuilder.hpp>

#include <string>
#include <vector>

namespace armada {
namespace {

using xt::all;
using xt::range;
using array2 = distributed_array<int, 2>;

int me() { return world().rank(); }
int ranks() { return world().size(); }

xt::xtensor<int, 2> patch(std::size_t rows, std::size_t columns) { return xt::ones<int>({rows, columns}); }

/// What this rank is accused of in `program(a)`, with `a` of 8 x 6 elements; and whether any rank is.
struct verdict {
  std::string here;
  bool any;
};
template <class Program>
verdict run(array2& a, Program program) {
  verdict result{};
  a.fence();
  try {
    program(a);
  } catch (race_error const& e) {
    result.here = e.what();
  }
  a.fence();
  result.any = allreduce(world(), result.here.empty() ? 0 : 1, std::plus<>{}) > 0;
  return result;
}
template <class Program>
verdict run(Program program) {
  array2 a(world(), {8, 6});
  return run(a, program);
}

/// A program in which all ranks conflict in row 0, which rank 0 has. Accesses to tiles of one's own host are seen:
/// where there is only one host, somebody is accused.
template <class Program>
void expect_found(Program program) {
  auto const found = run(program);
  if (world().split_shared().size() == ranks()) {
    EXPECT_EQ(found.any, ranks() > 1);
  }
  if (found.here.empty()) return;
  for (std::string const& part :
       {std::string("race on distributed_array of (8, 6) elements of 4 bytes"), std::string("tile of rank "),
        "by rank " + std::to_string(me()) + " of element", std::string("nothing between")})
    EXPECT_NE(found.here.find(part), std::string::npos) << found.here;
}
template <class Program>
void expect_none(Program program) {
  auto const found = run(program);
  EXPECT_EQ(found.here, "");
}

TEST(race, two_writes) {
  expect_found([](array2& a) { a(0, 2) = me(); });
  expect_found([](array2& a) { a(0, all()) = me(); });
  expect_found([](array2& a) { a(range(0, 2), range(me(), me() + 3)) = patch(2, 3); }); // column 3 in common, at most
  expect_found([](array2& a) { put(a(range(0, 8, 2), all()), std::vector<int>(24)); });
}

TEST(race, a_write_and_a_read_or_update) {
  expect_found([](array2& a) {
    if (me() == 0)
      a(0, range(1, 4)) = 7;
    else
      static_cast<void>(static_cast<int>(a(0, 3)));
  });
  expect_found([](array2& a) {
    if (me() == 0)
      a(all(), 5) = 7;
    else
      a(0, all()) += 1;
  });
  expect_found([](array2& a) {
    if (me() == 0)
      static_cast<void>(a.fetch_add({0, 0}, 1));
    else
      static_cast<void>(get(a(range(0, 4), range(0, 2))));
  });
}

TEST(race, both_accesses_are_named) {
  auto const found = run([](array2& a) {
    if (me() == 0)
      a(range(0, 2), range(1, 3)) = 7;
    else if (me() == 1)
      static_cast<void>(static_cast<int>(a(1, 2)));
  });
  if (found.here.empty()) return;
  std::string const write = ranks() > 4 ? "" : "put by rank 0 of elements from (0, 1) to (1, 2)";
  std::string const read = "get by rank 1 of element (1, 2)";
  EXPECT_NE(found.here.find(write), std::string::npos) << found.here;
  EXPECT_NE(found.here.find(read), std::string::npos) << found.here;
}

TEST(race, a_refused_access_moves_nothing) {
  array2 a(world(), {8, 6});
  auto const found = run(a, [](array2& b) { b(0, 0) = me() + 1; });
  int const first = a(0, 0);
  if (world().split_shared().size() == ranks()) {
    EXPECT_GE(first, 1);
    EXPECT_EQ(allreduce(world(), !found.here.empty() && first == me() + 1 ? 1 : 0, std::plus<>{}), 0);
  }
}

TEST(race, not_between_accesses_that_do_not_conflict) {
  expect_none([](array2& a) { static_cast<void>(get(a(all(), all()))); });
  expect_none([](array2& a) { a(all(), me()) = 1; });
  expect_none([](array2& a) { a(range(me(), 8, ranks()), all()) = 1; });
  expect_none([](array2& a) { a(range(7 - me(), nullptr, -ranks()), range(5, nullptr, -1)) = 1; });
  expect_none([](array2& a) {
    a(all(), all()) += 1;
    a(0, 0) += 1;
    static_cast<void>(a.fetch_and_op({0, 0}, 3, maximum{}));
    static_cast<void>(a.compare_and_swap({0, 0}, 3, 4));
  });
  expect_none([](array2& a) {
    if (me() > 0) return;
    a(all(), all()) = 1;
    a(all(), all()) = a(range(7, nullptr, -1), all());
  });
}

TEST(race, not_with_fences_between) {
  expect_none([](array2& a) {
    for (int writer = 0; writer < ranks(); ++writer) {
      if (me() == writer) a(range(0, 4), all()) = writer;
      a.fence();
      static_cast<void>(get(a(all(), range(0, 2))));
      a.fence();
    }
    a.fill(3);
    a(0, 0) += 1;
    a.fence();
    EXPECT_EQ(a(0, 0), 3 + ranks());
  });
}

TEST(race, not_with_collectives_between) {
  expect_none([](array2& a) {
    for (int writer = 0; writer < ranks(); ++writer) {
      std::vector<int> const values(6, writer);
      if (me() == writer) put(a(0, all()), values, deferred);
      a.flush();
      EXPECT_EQ(allreduce(world(), 1, std::plus<>{}), ranks());
    }
  });
}

TEST(race, not_with_tickets) {
  distributed_array<std::int64_t, 1> tickets(world(), {1});
  distributed_array<std::int64_t, 1> places(world(), {40});
  for (auto ticket = tickets.fetch_add({0}, 1); ticket < 40; ticket = tickets.fetch_add({0}, 1))
    places(ticket) = me() + 1;
  places.fence();
  for (std::int64_t i = 0; i < 40; ++i) EXPECT_GT(std::int64_t{places(i)}, 0);
}

/// An array that is moved keeps its log, and arrays do not meddle with one another.
TEST(race, of_each_array) {
  array2 a(world(), {8, 6}), b(world(), {8, 6});
  a.fence();
  if (me() == 0)
    a(0, 0) = 1;
  else
    static_cast<void>(static_cast<int>(b(0, 0)));
  a.fence();
  array2 moved = std::move(a);
  EXPECT_EQ(moved(0, 0), 1);
  auto const found = run(moved, [](array2& c) { c(0, 0) = 2; });
  if (world().split_shared().size() == ranks()) {
    EXPECT_EQ(found.any, ranks() > 1);
  }
}

} // namespace
} // namespace armada
