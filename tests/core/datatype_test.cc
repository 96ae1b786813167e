#include <armada/core/datatype.hpp>

#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::colour;

static_assert(wire<int> && wire<bool> && wire<char> && wire<std::byte> && wire<colour> && wire<long double>);
static_assert(wire<std::complex<float>> && wire<std::pair<int, std::pair<char, double>>> && wire<std::array<int, 3>>);
static_assert(wire<int const> && wire<std::array<std::pair<char, int>, 2>>);
static_assert(!wire<std::string> && !wire<std::vector<int>> && !wire<int*> && !wire<std::map<int, int>>);
static_assert(!wire<std::pair<int, std::string>> && !wire<std::array<std::string, 2>> && !wire<std::array<int, 0>>);
static_assert(!wire<int&> && !wire<int[3]> && !wire<void>);

template <class T>
void expect_layout(int bytes_sent) {
  int size = 0;
  MPI_Aint lower = -1;
  MPI_Aint extent = 0;
  MPI_Type_size(datatype_of<T>(), &size);
  MPI_Type_get_extent(datatype_of<T>(), &lower, &extent);
  EXPECT_EQ(size, bytes_sent);
  EXPECT_EQ(lower, 0);
  EXPECT_EQ(extent, static_cast<MPI_Aint>(sizeof(T))) << "the next element begins where the array's does";
}

TEST(datatype, sizes_and_extents) {
  support::for_each_wire_type([](auto sample) {
    using T = decltype(sample);
    if constexpr (detail::predefined<T>) expect_layout<T>(sizeof(T));
  });
  expect_layout<std::pair<char, double>>(9);
  expect_layout<std::pair<double, char>>(9);
  expect_layout<std::pair<int, int>>(8);
  expect_layout<std::array<short, 3>>(6);
  expect_layout<std::pair<char, std::pair<char, std::array<double, 2>>>>(18);
  expect_layout<std::array<std::pair<char, int>, 3>>(15);
  expect_layout<std::array<std::array<float, 2>, 3>>(24);
}

TEST(datatype, integers_by_size_and_sign) {
  EXPECT_EQ(datatype_of<int>(), MPI_INT32_T);
  EXPECT_EQ(datatype_of<unsigned long>(), MPI_UINT64_T);
  EXPECT_EQ(datatype_of<long long>(), datatype_of<long>()) << "both have 64 bits";
  EXPECT_EQ(datatype_of<colour>(), MPI_INT16_T);
  EXPECT_EQ(datatype_of<bool>(), MPI_C_BOOL);
  EXPECT_EQ(datatype_of<char>(), MPI_CHAR);
  EXPECT_EQ(datatype_of<signed char>(), MPI_INT8_T);
}

TEST(datatype, padding_is_never_written) {
  using padded = std::pair<char, double>;
  padded const sent[2] = {{'a', 1.5}, {'b', 2.5}};
  alignas(padded) unsigned char memory[2 * sizeof(padded)];
  std::fill(std::begin(memory), std::end(memory), static_cast<unsigned char>(0x5a));
  MPI_Sendrecv(sent, 2, datatype_of<padded>(), 0, 0, memory, 2, datatype_of<padded>(), 0, 0, self().raw(),
               MPI_STATUS_IGNORE);
  auto const* const received = reinterpret_cast<padded const*>(memory);
  EXPECT_EQ(received[0], sent[0]);
  EXPECT_EQ(received[1], sent[1]);
  for (std::size_t element : {0U, 1U})
    for (std::size_t at = 1; at < 8; ++at) EXPECT_EQ(memory[element * sizeof(padded) + at], 0x5a);
}

TEST(datatype, each_is_made_once) {
  auto const first = datatype_of<std::pair<short, double>>();
  EXPECT_EQ((datatype_of<std::pair<short, double>>()), first);
  std::thread([&] { EXPECT_EQ((datatype_of<std::pair<short, double>>()), first); }).join();
}

} // namespace
} // namespace armada
