#include <armada/collectives/allreduce.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/core/completion.hpp>
#include <armada/core/environment.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

template <class In, class Out, class Op>
concept nonblocking_allreduce = requires(communicator const& c, In in, Out out, Op op) {
  allreduce(c, static_cast<In>(in), static_cast<Out>(out), op, nonblocking);
};
static_assert(nonblocking_allreduce<int&, int&, std::plus<>> &&
              nonblocking_allreduce<in_place_t const&, std::vector<int>&, maximum>);
static_assert(!nonblocking_allreduce<int, int&, std::plus<>>, "a temporary is gone before it is read");
static_assert(!nonblocking_allreduce<int&, int const&, std::plus<>>);

template <class T, class Op>
concept allreduce_of = requires(communicator const& c, T const& value, Op op) {
  allreduce(c, value, op);
};
struct with_state {
  int factor;
  int operator()(int a, int b) const { return factor * (a + b); }
};
static_assert(allreduce_of<int, std::plus<>> && allreduce_of<std::vector<double>, maximum>);
static_assert(allreduce_of<int, with_state> && allreduce_of<int, int (*)(int, int)>);
static_assert(!allreduce_of<int, std::minus<>>, "the result would depend on where the brackets are");
static_assert(!allreduce_of<std::map<int, int>, std::plus<>>, "there is no map + map");
static_assert(!allreduce_of<std::complex<double>, minimum>, "complex numbers have no order");

/// What a plain loop makes of the values of all ranks, in rank order.
template <class T, class Op>
std::vector<T> serial(std::size_t count, Op op, auto const& value_of) {
  std::vector<T> result;
  for (std::size_t i = 0; i < count; ++i) {
    T total = value_of(0, static_cast<int>(i));
    for (int rank = 1; rank < world().size(); ++rank)
      total = static_cast<T>(op(total, value_of(rank, static_cast<int>(i))));
    result.push_back(total);
  }
  return result;
}

template <class T, class Op>
void expect_serial(Op op, auto const& value_of) {
  for (std::size_t count = 0; count < 10; count += 3) {
    std::vector<T> mine;
    for (std::size_t i = 0; i < count; ++i) mine.push_back(value_of(world().rank(), static_cast<int>(i)));
    auto const expected = serial<T>(count, op, value_of);
    guarded<T> now(count);
    guarded<T> later(count);
    guarded<T> placed(count);
    std::ranges::copy(mine, placed.room().begin());
    allreduce(world(), mine, now.room(), op);
    now.expect(expected);
    auto first = allreduce(world(), mine, later.room(), op, nonblocking);
    auto second = allreduce(world(), in_place, placed.room(), op, nonblocking);
    if (world().rank() % 2 == 0)
      wait_all(second, first);
    else
      wait_all(first, second);
    later.expect(expected);
    placed.expect(expected);
    EXPECT_EQ(allreduce(world(), mine, op), expected);
    EXPECT_EQ(allreduce(world(), mine, op, nonblocking).wait(), expected);
  }
  EXPECT_EQ(allreduce(world(), value_of(world().rank(), 0), op), serial<T>(1, op, value_of).front());
  EXPECT_EQ(allreduce(world(), value_of(world().rank(), 0), op, nonblocking).wait(),
            serial<T>(1, op, value_of).front());
}

/// The values of all ranks, five each, that types are tried with.
template <class T>
std::vector<std::vector<T>> table_of(auto const& value_of) {
  std::vector<std::vector<T>> table(many());
  for (int rank = 0; rank < ranks(); ++rank)
    for (int i = 0; i < 5; ++i) table[static_cast<std::size_t>(rank)].push_back(value_of(rank, i));
  return table;
}

/// One form only: that every type finds its operation of MPI does not depend on the mode.
template <class T>
void expect_totals(std::vector<std::vector<T>> const& table, auto... each) {
  auto const expect_total = [&](auto op) {
    auto expected = table.front();
    for (std::size_t rank = 1; rank < table.size(); ++rank)
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<T>(op(expected[i], table[rank][i]));
    guarded<T> total(expected.size());
    allreduce(world(), table[static_cast<std::size_t>(here())], total.room(), op);
    total.expect(expected);
  };
  (expect_total(each), ...);
}

template <class... T>
void for_each_type(auto const& visit) {
  (visit(T{}), ...);
}

TEST(allreduce, every_form) {
  expect_serial<int>(std::plus<int>{}, [](int rank, int i) { return 1 + (rank + i) % 3; });
  expect_serial<double>(maximum{}, [](int rank, int i) { return (rank + i) % 3 + 0.5; });
  expect_serial<std::complex<double>>(std::multiplies<>{},
                                      [](int rank, int i) { return numbered<std::complex<double>>::at(rank + i); });
}

TEST(allreduce, numbers) {
  for_each_type<std::int8_t, std::uint8_t, short, unsigned short, int, unsigned, long, unsigned long long, float,
                double, long double>([](auto sample) {
    using T = decltype(sample);
    auto const table = table_of<T>([](int rank, int i) { return static_cast<T>(1 + (rank + i) % 3); });
    expect_totals(table, std::plus<>{}, std::multiplies<>{}, minimum{}, maximum{});
    auto const ends = table_of<T>( // also of unsigned numbers that are negative as signed ones (quirk 57)
        [](int rank, int i) { return (rank + i) % 2 == 0 ? std::numeric_limits<T>::max() : static_cast<T>(3); });
    expect_totals(ends, minimum{}, maximum{});
  });
}

TEST(allreduce, bits_and_truths) {
  for_each_type<std::int8_t, unsigned short, int, std::uint64_t>([](auto sample) {
    using T = decltype(sample);
    auto const bits = table_of<T>([](int rank, int i) { return static_cast<T>((37 * rank + 5 * i + 3) & 0x7f); });
    expect_totals(bits, std::bit_and<>{}, std::bit_or<>{}, std::bit_xor<>{});
    auto const truths = table_of<T>([](int rank, int i) { return static_cast<T>((rank + i) % 2); });
    expect_totals(truths, std::logical_and<>{}, std::logical_or<>{});
  });
  expect_totals(table_of<std::byte>([](int rank, int i) { return static_cast<std::byte>(37 * rank + i); }),
                std::bit_xor<>{});
  for (bool mine : {false, true}) {
    bool const here = mine == (world().rank() == 0);
    EXPECT_EQ(allreduce(world(), here, std::logical_or<>{}), mine || world().size() > 1);
    EXPECT_EQ(allreduce(world(), here, std::logical_and<>{}), mine && world().size() == 1);
  }
}

TEST(allreduce, complex_numbers) {
  for_each_type<std::complex<float>, std::complex<double>, std::complex<long double>>([](auto sample) {
    using T = decltype(sample);
    auto const table = table_of<T>([](int rank, int i) { return numbered<T>::at(rank + i); });
    expect_totals(table, std::plus<>{}, std::multiplies<>{});
  });
}

TEST(allreduce, operations_that_mpi_has_no_name_for) {
  auto const letters = [](int rank, int i) { return static_cast<char>('a' + rank + i); };
  expect_totals(table_of<char>(letters), maximum{}); // MPI has no maximum of char
  auto const places = [](int rank, int i) { return std::pair<double, int>((7 * rank + i) % 4, rank); };
  expect_serial<std::pair<double, int>>([](auto const& a, auto const& b) { return std::min(a, b); }, places);
  expect_totals(table_of<std::pair<char, double>>([](int rank, int i) { return std::pair('x', 1.0 * rank * i); }),
                [](auto const& a, auto const& b) { return a.second < b.second ? b : a; });
}

TEST(allreduce, operations_that_do_not_commute_go_in_rank_order) {
  using matrix = std::array<std::int64_t, 4>;
  struct product { // of 2 x 2 matrices, on pairs of rows
    std::pair<matrix, int> operator()(std::pair<matrix, int> const& a, std::pair<matrix, int> const& b) const {
      auto const& [x, from_x] = a;
      auto const& [y, from_y] = b;
      return {
          {x[0] * y[0] + x[1] * y[2], x[0] * y[1] + x[1] * y[3], x[2] * y[0] + x[3] * y[2], x[2] * y[1] + x[3] * y[3]},
          from_x + from_y};
    }
  };
  expect_serial<std::pair<matrix, int>>(product{}, [](int rank, int i) {
    return std::pair(matrix{rank + 1, i, 1, 2 - rank}, rank);
  });
  auto const first = [](auto const& a, auto const&) { return a; };
  auto const last = [](auto const&, auto const& b) { return b; };
  EXPECT_EQ(allreduce(world(), world().rank(), first), 0);
  EXPECT_EQ(allreduce(world(), world().rank(), last), world().size() - 1);
}

int larger_of_two(int a, int b) { return a < b ? b : a; }

TEST(allreduce, operations_with_state) {
  int const used = operation::in_use();
  auto const numbers = [](int rank, int i) { return 1 + (3 * rank + i) % 5; };
  for (int modulus : {7, 11}) expect_serial<int>([modulus](int a, int b) { return a * b % modulus; }, numbers);
  expect_totals(table_of<int>(numbers), commutative([modulus = 5](int a, int b) { return (a + b) % modulus; }),
                larger_of_two);
  EXPECT_EQ(operation::in_use(), used) << "none is left behind";
}

TEST(allreduce, a_pending_keeps_its_operation) {
  std::vector<pending<>> later;
  std::vector<int> const mine(3, 2);
  std::vector<std::vector<int>> totals(8, std::vector<int>(3));
  for (std::size_t n = 0; n < totals.size(); ++n)
    later.push_back(allreduce(
        world(), mine, totals[n], [n](int a, int b) { return (a * b) % static_cast<int>(n + 3); }, nonblocking));
  wait_all(later);
  for (std::size_t n = 0; n < totals.size(); ++n) {
    int expected = 2;
    for (int rank = 1; rank < world().size(); ++rank) expected = expected * 2 % static_cast<int>(n + 3);
    EXPECT_EQ(totals[n], std::vector<int>(3, expected));
  }
}

TEST(allreduce, objects_combined_with_state) {
  std::string const between = "-";
  auto const join = [between](std::string const& a, std::string const& b) { return a + between + b; };
  std::vector<std::string> const mine{std::to_string(world().rank())};
  using words = std::vector<std::string>;
  auto const each = [join](words const& a, words const& b) { return words{join(a.front(), b.front())}; };
  std::string expected = "0";
  for (int rank = 1; rank < world().size(); ++rank) expected += "-" + std::to_string(rank);
  EXPECT_EQ(allreduce(world(), mine, each), words{expected});
  EXPECT_EQ(allreduce(world(), mine, each, nonblocking).wait(), words{expected});
}

TEST(allreduce, values_with_their_place) {
  located<double> const mine{static_cast<double>((world().rank() + 1) % world().size()), world().rank()};
  EXPECT_EQ(allreduce(world(), mine, min_location{}), (located{0.0, world().size() - 1}));
  auto const largest = world().size() == 1 ? 0 : world().size() - 2;
  EXPECT_EQ(allreduce(world(), mine, max_location{}), (located{world().size() - 1.0, largest}));
  std::vector<located<double>> const many{mine, {1.0, world().rank()}};
  EXPECT_EQ(allreduce(world(), many, min_location{}).back(), (located{1.0, 0})) << "of equal values the smaller place";
}

TEST(allreduce, objects_are_combined_as_a_whole_in_rank_order) {
  using table = std::map<int, std::string>;
  auto const merge = [](table a, table const& b) {
    for (auto const& [key, text] : b) a[key] += text;
    return a;
  };
  table const mine{{world().rank(), "mine"}, {-1, std::to_string(world().rank())}};
  table expected;
  for (int rank = 0; rank < world().size(); ++rank) {
    expected[rank] = "mine";
    expected[-1] += std::to_string(rank);
  }
  EXPECT_EQ(allreduce(world(), mine, merge), expected);
  EXPECT_EQ(allreduce(world(), table(mine), merge, nonblocking).wait(), expected);
}

TEST(allreduce, arrays_and_strings_element_by_element) {
  std::array<int, 3> const mine{world().rank(), 1, -world().rank()};
  int const last = world().size() - 1;
  EXPECT_EQ(allreduce(world(), mine, maximum{}), (std::array{last, 1, 0}));
  double numbers[2] = {1, 2};
  double totals[2] = {0, 0};
  allreduce(world(), numbers, totals, std::plus{});
  EXPECT_EQ(totals[1], 2 * world().size());
}

TEST(allreduce, in_place_blocking) {
  std::vector<int> values{world().rank(), 1};
  allreduce(world(), in_place, values, std::plus{});
  EXPECT_EQ(values, (std::vector{world().size() * (world().size() - 1) / 2, world().size()}));
}

TEST(allreduce, lengths_that_differ_are_named) {
  std::vector<int> const in(3);
  std::vector<int> out(2, 5);
  EXPECT_EQ(message_of<argument_error>([&] { allreduce(world(), in, out, std::plus{}); }),
            "allreduce on \"world\", rank " + std::to_string(world().rank()) + ": in has 3 elements and needs 2");
  EXPECT_EQ(out, (std::vector{5, 5}));
}

TEST(allreduce, many_operations) {
  // Each instantiation is a user operation of its own, kept until the end.
  auto const use = []<int... N>(std::integer_sequence<int, N...>) {
    return std::vector{allreduce(world(), 1.0, [](double a, double b) { return a + b + N; })...};
  };
  auto const totals = use(std::make_integer_sequence<int, 16>());
  for (int n = 0; n < 16; ++n)
    EXPECT_EQ(totals[static_cast<std::size_t>(n)], world().size() + n * (world().size() - 1));
}

TEST(allreduce, three_modes) {
  auto const expect_sums = [](std::size_t count, auto add) {
    reduce_in_three_modes<int>(
        count, [&](auto& in, auto out, auto mode) { return allreduce(world(), in, out, add, mode); },
        [&](int round, std::vector<int> const&) {
          std::vector<int> total(count);
          for (int rank = 0; rank < ranks(); ++rank)
            for (std::size_t i = 0; i < count; ++i) total[i] += in_round<int>(round, rank, count)[i];
          return total;
        });
  };
  for (std::size_t count = 0; count < 10; ++count) {
    expect_sums(count, std::plus{});
    expect_sums(count, [base = 0](int a, int b) { return a + b + base; });
  }
}

TEST(allreduce, a_plan_keeps_its_operation) {
  int const used = operation::in_use();
  {
    int mine = 0;
    int total = 0;
    auto plan = allreduce(
        world(), mine, total, [modulus = 5](int a, int b) { return (a + b) % modulus; }, persistent);
    EXPECT_EQ(operation::in_use(), used + 1);
    for (int round = 0; round < 3; ++round) {
      mine = round + here();
      int expected = round;
      for (int rank = 1; rank < ranks(); ++rank) expected = (expected + round + rank) % 5;
      plan.start();
      plan.wait();
      EXPECT_EQ(total, expected);
    }
  }
  EXPECT_EQ(operation::in_use(), used);
}

} // namespace
} // namespace armada
