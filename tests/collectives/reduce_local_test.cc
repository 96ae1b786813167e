#include <armada/collectives/reduce_local.hpp>

#include "tests/collectives/three_modes.hpp"

#include <functional>
#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class InOut, class Op>
concept combinable = requires(In in, InOut inout, Op op) {
  reduce_local(in, static_cast<InOut>(inout), op);
};
static_assert(combinable<int, int&, std::plus<>> && combinable<std::vector<double>, std::vector<double>&, maximum>);
static_assert(!combinable<int, long&, std::plus<>>);
static_assert(!combinable<int, int const&, std::plus<>>);
static_assert(!combinable<double, double&, std::bit_and<>>);
static_assert(!combinable<int, int&, std::minus<>>);

TEST(reduce_local, combines_element_by_element_the_first_operand_on_the_left) {
  for (std::size_t count = 0; count < 10; ++count) {
    auto const in = values_of<int>(1, count);
    auto const before = values_of<int>(2, count);
    guarded<int> inout(count);
    auto const expect = [&](auto op) {
      put(inout, before);
      reduce_local(in, inout.room(), op);
      std::vector<int> expected;
      for (std::size_t i = 0; i < count; ++i) expected.push_back(op(in[i], before[i]));
      inout.expect(expected);
    };
    expect(std::plus{});
    expect(minimum{});
    expect([](int a, int) { return a; });
    expect([weight = 3](int a, int b) { return weight * a + b; });
  }
}

TEST(reduce_local, values_with_their_place) {
  located<double> total{2.0, 1};
  reduce_local(located<double>{2.0, 0}, total, min_location{});
  EXPECT_EQ(total, (located<double>{2.0, 0}));
  reduce_local(located<double>{3.0, 5}, total, max_location{});
  EXPECT_EQ(total, (located<double>{3.0, 5}));
}

TEST(reduce_local, lengths_that_differ_are_named) {
  std::vector<int> const in(3);
  std::vector<int> inout(2, 5);
  auto const message = message_of<argument_error>([&] { reduce_local(in, inout, std::plus{}); });
  EXPECT_NE(message.find("in has 3 elements and inout 2"), std::string::npos) << message;
  EXPECT_EQ(inout, (std::vector{5, 5}));
}

TEST(reduce_local, many_operations_are_made_and_freed) {
  int const used = operation::in_use();
  int total = 0;
  for (int n = 0; n < 1000; ++n) reduce_local(n, total, [n](int a, int b) { return a + b + n; });
  EXPECT_EQ(total, 2 * 999 * 1000 / 2);
  EXPECT_EQ(operation::in_use(), used);
}

} // namespace
} // namespace armada
