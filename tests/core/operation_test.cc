#include <armada/core/operation.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using detail::predefined_operation;

/// The table of MPI-4.0, section 6.9.2.
template <class Op, class T>
inline constexpr bool known = predefined_operation<Op, T>() != MPI_OP_NULL;
static_assert(predefined_operation<std::plus<>, int>() == MPI_SUM &&
              predefined_operation<std::plus<int>, int>() == MPI_SUM);
static_assert(predefined_operation<std::multiplies<>, double>() == MPI_PROD);
static_assert(predefined_operation<minimum, float>() == MPI_MIN && predefined_operation<maximum, long>() == MPI_MAX);
static_assert(detail::reduction_operation<maximum, long>() == MPI_MAX);
static_assert(detail::reduction_operation<maximum, unsigned long>() == MPI_OP_NULL); // quirk 57
static_assert(predefined_operation<std::logical_and<>, bool>() == MPI_LAND);
static_assert(predefined_operation<std::logical_or<>, int>() == MPI_LOR);
static_assert(predefined_operation<std::bit_and<>, unsigned>() == MPI_BAND);
static_assert(predefined_operation<std::bit_or<>, std::byte>() == MPI_BOR);
static_assert(predefined_operation<std::bit_xor<>, char16_t>() == MPI_BXOR);
static_assert(!known<minimum, std::complex<double>> && !known<maximum, char> && !known<std::plus<>, bool>);
static_assert(!known<std::bit_and<>, double> && !known<std::logical_and<>, double> && !known<std::plus<>, std::byte>);
static_assert(!known<std::plus<double>, int>, "the conversion would be lost");
static_assert(known<std::plus<>, std::complex<double>> && known<std::multiplies<>, long double>);
static_assert(!known<std::plus<>, std::pair<int, int>>);

struct with_state {
  int state;
  int operator()(int a, int b) const { return a + b + state; }
};
struct without_sense {
  std::string operator()(int, int) const { return {}; }
};
static_assert(reducer<std::plus<>, int> && reducer<decltype([](int a, int) { return a; }), int>);
static_assert(reducer<with_state, int> && !stateless<with_state> && stateless<std::plus<>>);
static_assert(!reducer<without_sense, int> && !reducer<minimum, std::complex<float>>);
static_assert(reducer<std::plus<>, std::string> && reducer<int (*)(int, int), int> && !stateless<int (*)(int, int)>);
struct changes_its_state {
  int calls = 0;
  int operator()(int a, int b) {
    ++calls;
    return a + b;
  }
};
struct moves_only {
  std::unique_ptr<int> state;
  int operator()(int a, int b) const { return a + b + *state; }
};
static_assert(reducer<changes_its_state, int> && reducer<moves_only, int>);
static_assert(!reducer<int, int> && !reducer<decltype([](int a) { return a; }), int>);

// What depends on where the brackets are has no meaning for many ranks.
static_assert(!reducer<std::minus<>, int> && !reducer<std::minus<double>, double> && !reducer<std::divides<>, double>);
static_assert(!reducer<std::modulus<>, int> && !reducer<std::less<>, int> && !reducer<std::greater<bool>, bool>);
static_assert(!reducer<commuting<std::minus<>>, int> && !associative<std::minus<>> && associative<std::plus<>>);

// A result that would lose its meaning as an element is refused.
static_assert(!reducer<std::plus<>, bool>, "two truths would make 2, and then true");
static_assert(!reducer<decltype([](int a, int b) { return 0.5 * (a + b); }), int>);
static_assert(!reducer<decltype([](bool a, bool b) { return a * b; }), bool>);
static_assert(reducer<std::bit_and<>, bool> && reducer<std::bit_xor<bool>, bool> && reducer<std::logical_or<>, bool>);
static_assert(reducer<std::logical_and<>, int> && reducer<decltype([](auto a, auto b) { return a + b; }), short>);
static_assert(reducer<decltype([](float a, float b) -> double { return a + b; }), float>);
static_assert(reducer<std::not_equal_to<>, bool>);

static_assert(predefined_operation<min_location, located<double>>() == MPI_MINLOC);
static_assert(predefined_operation<max_location, located<int>>() == MPI_MAXLOC);
static_assert(!known<min_location, located<char>> && !known<max_location, located<double, std::int64_t>>);
static_assert(!known<min_location, double> && !reducer<min_location, double>);
static_assert(reducer<min_location, located<char>> && reducer<max_location, located<double, std::int64_t>>);
static_assert(!reducer<min_location, located<std::complex<double>>>, "complex numbers have no order");
static_assert(std::is_empty_v<commuting<std::plus<>>> && stateless<decltype(commutative(std::plus<>{}))>);

static_assert(!std::is_copy_constructible_v<operation> && std::is_nothrow_move_constructible_v<operation>);
static_assert(!accumulator<min_location, located<double>>, "one-sided access knows numbers alone");

static_assert(accumulator<std::plus<>, double> && accumulator<replace, bool> && accumulator<no_op, std::byte>);
static_assert(!accumulator<minimum, std::complex<float>>, "MPICH crashes or hangs (quirk 10)");
static_assert(!accumulator<replace, std::pair<int, int>> && !accumulator<std::plus<>, std::pair<int, int>>);
static_assert(!accumulator<decltype([](int a, int) { return a; }), int>, "one-sided access has MPI's operations alone");

TEST(operation, function_objects) {
  EXPECT_EQ(minimum{}(3, 2), 2);
  EXPECT_EQ(maximum{}(3, 2), 3);
  EXPECT_EQ(minimum{}(std::string("b"), std::string("a")), "a");
  EXPECT_EQ(replace{}(1, 2), 2);
  EXPECT_EQ(no_op{}(1, 2), 1);
}

TEST(operation, handles_in_one_sided_access) {
  EXPECT_EQ((accumulate_operation_of<int>(replace{})), MPI_REPLACE);
  EXPECT_EQ((accumulate_operation_of<int>(no_op{})), MPI_NO_OP);
  EXPECT_EQ((accumulate_operation_of<int>(std::plus{})), MPI_SUM);
}

TEST(operation, callables_that_mpi_does_not_know_become_user_operations) {
  auto const last = [](int, int b) { return b; };
  MPI_Op const operation = operation_of<int>(last);
  ASSERT_NE(operation, MPI_OP_NULL);
  EXPECT_EQ(operation_of<int>(last), operation) << "made once";
  int commutes = -1;
  MPI_Op_commutative(operation, &commutes);
  EXPECT_EQ(commutes, 0);
  std::vector<int> const in{1, 2, 3};
  std::vector<int> inout{4, 5, 6};
  MPI_Reduce_local(in.data(), inout.data(), 3, MPI_INT, operation_of<int>([](int a, int b) { return 10 * a + b; }));
  EXPECT_EQ(inout, (std::vector{14, 25, 36})) << "in first, element by element";
}

TEST(operation, user_operations_on_pairs) {
  using place = std::pair<char, double>;
  place const in[2] = {{'a', 1}, {'b', 5}};
  place inout[2] = {{'x', 2}, {'y', 3}};
  auto const larger = [](place const& a, place const& b) { return a.second > b.second ? a : b; };
  MPI_Reduce_local(in, inout, 2, datatype_of<place>(), operation_of<place>(larger));
  EXPECT_EQ(inout[0], (place{'x', 2}));
  EXPECT_EQ(inout[1], (place{'b', 5}));
}

TEST(operation, location_of_the_smallest_and_largest) {
  located<int> const a{3, 5};
  located<int> const b{3, 2};
  located<int> const c{4, 1};
  EXPECT_EQ(min_location{}(a, b), b) << "of equal values the smaller place";
  EXPECT_EQ(min_location{}(b, a), b);
  EXPECT_EQ(min_location{}(a, c), a);
  EXPECT_EQ(min_location{}(c, a), a);
  EXPECT_EQ(max_location{}(a, b), b);
  EXPECT_EQ(max_location{}(a, c), c);
  EXPECT_EQ(max_location{}(c, a), c);
}

/// Every rank's `mine` combined by MPI itself.
template <class T>
T over_ranks(T mine, MPI_Op op) {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, datatype_of<T>(), op, world().raw());
  return mine;
}

TEST(operation, location_by_mpi_and_by_ourselves_agree) {
  int const me = world().rank();
  int const ranks = world().size();
  // Two ranks share each value, where there are enough.
  auto const check = [&]<class Place>(Place mine) {
    using value = decltype(mine.value);
    using index = decltype(mine.index);
    auto const at = [](int rank) { return Place{static_cast<value>(rank / 2), static_cast<index>(100 - rank)}; };
    Place smallest = at(0);
    Place largest = at(0);
    for (int rank = 1; rank < ranks; ++rank) {
      smallest = min_location{}(smallest, at(rank));
      largest = max_location{}(largest, at(rank));
    }
    EXPECT_EQ(over_ranks(at(me), operation_of<Place>(min_location{})), smallest);
    EXPECT_EQ(over_ranks(at(me), operation_of<Place>(max_location{})), largest);
    EXPECT_EQ(smallest.index, static_cast<index>(ranks > 1 ? 99 : 100));
  };
  check(located<float>{});
  check(located<double>{});
  check(located<long double>{});
  check(located<short>{});
  check(located<int>{});
  check(located<long>{});
  check(located<char>{});
  check(located<unsigned>{});
  check(located<double, std::int64_t>{});
  check(located<float, short>{});
}

TEST(operation, lambdas_with_state) {
  std::vector<int> const weights{2, 3};
  int const before = operation::in_use();
  {
    operation const op = make_operation<int>([weights](int a, int b) { return weights[0] * a + weights[1] * b; });
    EXPECT_EQ(operation::in_use(), before + 1);
    EXPECT_FALSE(is_commutative(op));
    std::vector<int> const in{1, 2, 3};
    std::vector<int> inout{4, 5, 6};
    MPI_Reduce_local(in.data(), inout.data(), 3, MPI_INT, op.raw());
    EXPECT_EQ(inout, (std::vector{14, 19, 24}));
  }
  EXPECT_EQ(operation::in_use(), before) << "the slot is free again";
}

int sum_of_two(int a, int b) { return a + b; }

TEST(operation, function_pointers_and_callables_that_only_move) {
  int const total = world().size() * (world().size() - 1) / 2;
  EXPECT_EQ(over_ranks(world().rank(), make_operation<int>(sum_of_two).raw()), total);
  moves_only adds{std::make_unique<int>(10)};
  EXPECT_EQ(over_ranks(world().rank(), make_operation<int>(std::move(adds)).raw()), total + 10 * (world().size() - 1));
  changes_its_state counts;
  EXPECT_EQ(over_ranks(world().rank(), make_operation<int>(counts).raw()), total);
}

TEST(operation, rank_order_with_state) {
  std::int64_t const base = 10 + 0 * world().size(); // a state, not a constant
  // Numbers written one behind the other: associative, not commutative.
  using digits = std::pair<std::int64_t, std::int64_t>; // the number, and base to the power of its length
  auto const append = [base](digits const& a, digits const& b) {
    EXPECT_EQ(b.second % base, 0);
    return digits(a.first * b.second + b.first, a.second * b.second);
  };
  std::int64_t expected = 0;
  for (int rank = 0; rank < world().size(); ++rank) expected = expected * base + rank + 1;
  EXPECT_EQ(over_ranks(digits(world().rank() + 1, base), make_operation<digits>(append).raw()).first, expected);
}

TEST(operation, commutative_when_its_author_says_so) {
  auto const plain = [](int a, int b) { return a + b; };
  auto const with_capture = [n = 1](int a, int b) { return a + b + n - 1; };
  EXPECT_FALSE(is_commutative(make_operation<int>(plain)));
  EXPECT_TRUE(is_commutative(make_operation<int>(commutative(plain))));
  EXPECT_FALSE(is_commutative(make_operation<int>(with_capture)));
  EXPECT_TRUE(is_commutative(make_operation<int>(commutative(with_capture))));
  EXPECT_TRUE(is_commutative(make_operation<int>(std::plus{}))) << "MPI_SUM";
  EXPECT_EQ(over_ranks(1, operation_of<int>(commutative(plain))), world().size());
  EXPECT_EQ(over_ranks(1, make_operation<int>(commutative(with_capture)).raw()), world().size());
}

TEST(operation, each_of_many_runs_its_own_callable) {
  int const free = operation::limit - operation::in_use();
  std::vector<operation> all;
  for (int n = 0; n < free; ++n) all.push_back(make_operation<int>([n](int a, int b) { return a + b + n; }));
  EXPECT_EQ(operation::in_use(), operation::limit);
  for (int n = 0; n < free; ++n) {
    int const in = 1;
    int inout = 2;
    MPI_Reduce_local(&in, &inout, 1, MPI_INT, all[static_cast<std::size_t>(n)].raw());
    EXPECT_EQ(inout, 3 + n);
  }
  EXPECT_TRUE(support::throws<unsupported>([] { return make_operation<int>([n = 1](int a, int) { return a * n; }); },
                                           {"make_operation", "all 64", "rank"}));
  EXPECT_NO_THROW(static_cast<void>(make_operation<int>([](int a, int) { return a; })))
      << "without state there is room";
  all.erase(all.begin() + free / 2);
  EXPECT_NO_THROW(all.push_back(make_operation<int>([n = 1](int a, int) { return a * n; })));
}

TEST(operation, many_created_and_freed) {
  for (int n = 0; n < 1000; ++n) {
    auto const op = make_operation<int>([n](int a, int b) { return a + b + n; });
    int const in = 1;
    int inout = 2;
    MPI_Reduce_local(&in, &inout, 1, MPI_INT, op.raw());
    ASSERT_EQ(inout, 3 + n);
  }
}

TEST(operation, more_elements_than_an_int_counts) {
  // The elements are not touched: what matters is the count that arrives.
  MPI_Count const many = (MPI_Count{1} << 31) + 8;
  MPI_Count seen = 0;
  class counter final : public detail::combiner_base {
  public:
    explicit counter(MPI_Count& seen) : seen_(seen) {}
    void run(void const*, void*, MPI_Count count) noexcept override { seen_ += count; }

  private:
    MPI_Count& seen_;
  };
  auto const op = operation::own(std::make_unique<counter>(seen), false);
  char in = 0;
  char inout = 0;
  MPI_Reduce_local_c(&in, &inout, many, MPI_CHAR, op.raw());
  EXPECT_EQ(seen, many);
}

TEST(operation, moved_and_borrowed) {
  operation none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(support::throws<lifecycle_error>([&] { return none.raw(); }, {"operation"}));
  EXPECT_TRUE(support::throws<argument_error>([] { return operation::borrow(MPI_OP_NULL); }, {"MPI_OP_NULL"}));
  operation sum = operation::borrow(MPI_SUM);
  EXPECT_EQ(sum.raw(), MPI_SUM);
  none = std::move(sum);
  EXPECT_EQ(none.raw(), MPI_SUM);
  EXPECT_FALSE(sum); // NOLINT(bugprone-use-after-move): it is empty, as documented
  operation own = make_operation<int>([n = 1](int a, int b) { return a + b * n; });
  int const used = operation::in_use();
  own = operation::borrow(MPI_PROD);
  EXPECT_EQ(operation::in_use(), used - 1);
}

} // namespace
} // namespace armada
