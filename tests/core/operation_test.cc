#include <armada/core/operation.hpp>

#include <armada/core/environment.hpp>

#include <string>
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
static_assert(!reducer<with_state, int> && !reducer<without_sense, int> && !reducer<minimum, std::complex<float>>);
static_assert(reducer<std::plus<>, std::string>);

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

} // namespace
} // namespace armada
