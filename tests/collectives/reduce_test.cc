#include <armada/collectives/reduce.hpp>

#include "tests/collectives/three_modes.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class Out, class Op, class Mode>
concept reduce_in = requires(communicator const& c, In in, Out out, Op op, Mode mode) {
  reduce(c, static_cast<In>(in), static_cast<Out>(out), op, 0, mode);
};
static_assert(reduce_in<int, int&, std::plus<>, blocking_t> && reduce_in<int&, nothing_t, std::plus<>, persistent_t>);
static_assert(reduce_in<in_place_t, int&, maximum, nonblocking_t>);
static_assert(!reduce_in<int, int&, std::plus<>, persistent_t>, "a temporary is gone before it is read");
static_assert(!reduce_in<int&, int&, std::minus<>, blocking_t>, "the result would depend on where the brackets are");
static_assert(!reduce_in<std::complex<float>&, nothing_t, minimum, blocking_t>, "complex numbers have no order");
static_assert(!reduce_in<int&, int const&, std::plus<>, blocking_t>);

/// Pairs of operation and element that MPI forbids, or that mean nothing: none compiles.
template <class Op, class... T>
inline constexpr bool refused = (!reduce_in<T&, T&, Op, blocking_t> && ...);
static_assert(refused<minimum, std::complex<float>, std::complex<double>>);
static_assert(refused<std::bit_and<>, float, double, long double, std::complex<double>>);
static_assert(refused<std::bit_xor<>, float, double> && refused<std::bit_or<>, float, std::pair<int, int>>);
static_assert(refused<std::plus<>, bool, std::byte, std::pair<int, int>> &&
              refused<std::multiplies<>, bool, std::byte>);
static_assert(refused<max_location, int, double, std::complex<double>> && refused<min_location, std::byte, bool>);
static_assert(refused<std::divides<>, double> && refused<std::modulus<>, int> && refused<std::less<>, bool, int>);

/// What a plain loop makes of `value_of(rank, i)`, ranks in order.
template <class T, class Op>
std::vector<T> serial(std::size_t count, Op op, auto const& value_of) {
  std::vector<T> result;
  for (std::size_t i = 0; i < count; ++i) {
    T total = value_of(0, static_cast<int>(i));
    for (int rank = 1; rank < ranks(); ++rank) total = static_cast<T>(op(total, value_of(rank, static_cast<int>(i))));
    result.push_back(total);
  }
  return result;
}

template <class T, class Op>
void expect_serial(Op op, auto const& value_of) {
  for (int root = 0; root < ranks(); ++root)
    for (std::size_t count = 0; count < 10; count += 3) {
      bool const is_root = here() == root;
      auto const at = [&](int round) {
        return [&, round](int rank, int i) { return static_cast<T>(value_of(rank + round, i)); };
      };
      auto const expected = [&](int round) { return is_root ? serial<T>(count, op, at(round)) : std::vector<T>(); };
      std::vector<T> mine(count);
      guarded<T> out(is_root ? count : 0);
      guarded<T> placed(is_root ? count : 0);
      auto const fill = [&](int round) {
        for (std::size_t i = 0; i < count; ++i) mine[i] = at(round)(here(), static_cast<int>(i));
        clear(out);
        if (is_root) put(placed, mine);
      };
      in_three_modes(
          fill, [&](auto mode) { return reduce(world(), mine, out.room(), op, root, mode); },
          [&](int round) { out.expect(expected(round)); });
      in_three_modes(
          fill,
          [&](auto mode) {
            if (is_root) return reduce(world(), in_place, placed.room(), op, root, mode);
            return reduce(world(), mine, nothing, op, root, mode);
          },
          [&](int round) { placed.expect(expected(round)); });
      fill(0);
      auto const values = is_root ? std::optional(expected(0)) : std::nullopt;
      EXPECT_EQ(reduce(world(), mine, op, root), values);
      EXPECT_EQ(reduce(world(), std::vector<T>(mine), op, root, nonblocking).wait(), values);
    }
}

TEST(reduce, operations_on_types) {
  auto const small = [](int rank, int i) { return 1 + (rank + i) % 3; };
  expect_serial<int>(std::plus<>{}, small);
  expect_serial<double>(std::multiplies<>{}, small);
  expect_serial<short>(minimum{}, small);
  expect_serial<std::uint64_t>(maximum{}, small);
  expect_serial<std::int8_t>(std::bit_xor<>{}, small);
  expect_serial<std::complex<double>>(std::plus<>{}, [](int rank, int i) { return std::complex<double>(rank, i); });
}

TEST(reduce, operations_with_state_and_those_that_do_not_commute) {
  int const used = operation::in_use();
  expect_serial<int>([modulus = 7](int a, int b) { return a * b % modulus; },
                     [](int rank, int i) { return 2 + rank + i; });
  using span = std::pair<int, int>; // first and last
  expect_serial<span>([](span const& a, span const& b) { return span(a.first, b.second); },
                      [](int rank, int i) { return span(rank, rank + i); });
  using place = located<double>;
  expect_serial<place>(min_location{}, [](int rank, int i) {
    return place{static_cast<double>((rank + i) % 3), rank};
  });
  expect_serial<place>(max_location{}, [](int rank, int i) {
    return place{static_cast<double>((rank + i) % 3), rank};
  });
  EXPECT_EQ(operation::in_use(), used) << "none is left behind";
}

TEST(reduce, values_and_objects) {
  for (int root = 0; root < ranks(); ++root) {
    auto const at_root = [&](auto value) { return here() == root ? std::optional(value) : std::nullopt; };
    EXPECT_EQ(reduce(world(), here() + 1, std::plus<>{}, root), at_root(ranks() * (ranks() + 1) / 2));
    EXPECT_EQ(reduce(world(), true, std::logical_and<>{}, root), at_root(true));
    using table = std::map<int, std::string>;
    auto const merge = [](table a, table const& b) {
      for (auto const& [key, text] : b) a[key] += text;
      return a;
    };
    table expected;
    for (int rank = 0; rank < ranks(); ++rank) {
      expected[rank] = "mine";
      expected[-1] += std::to_string(rank);
    }
    table const mine{{here(), "mine"}, {-1, std::to_string(here())}};
    EXPECT_EQ(reduce(world(), mine, merge, root), at_root(expected));
    auto later = reduce(world(), table(mine), merge, root, nonblocking);
    auto last = reduce(world(), mine, merge, root, nonblocking);
    if (here() % 2 == 0) {
      EXPECT_EQ(last.wait(), at_root(expected));
    }
    EXPECT_EQ(later.wait(), at_root(expected));
  }
}

TEST(reduce, wrong_arguments_are_named) {
  auto const start = "reduce on \"world\", rank " + std::to_string(here()) + ": ";
  std::vector<int> const in(3);
  std::vector<int> out(2, 5);
  EXPECT_EQ(message_of<argument_error>([&] { reduce(world(), in, out, std::plus{}, here()); }),
            start + "in has 3 elements and needs 2");
  EXPECT_EQ(out, (std::vector{5, 5}));
  EXPECT_EQ(message_of<argument_error>([&] { reduce(world(), in, nothing, std::plus{}, here()); }),
            start + "out is `nothing`, and this rank needs it");
  EXPECT_NE(message_of<argument_error>([&] { reduce(world(), in, out, std::plus{}, ranks()); }).find("is not a rank"),
            std::string::npos);
  if (ranks() > 1) {
    EXPECT_EQ(message_of<argument_error>([&] { reduce(world(), in_place, out, std::plus{}, (here() + 1) % ranks()); }),
              start + "in_place is for the root alone");
  }
}

} // namespace
} // namespace armada
