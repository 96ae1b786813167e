#include <armada/core/datatype.hpp>

#include "tests/support/values.hpp"
#include "zoo.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
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
static_assert(wire<std::tuple<char, double>> && wire<std::tuple<std::tuple<int>>> && !wire<std::tuple<>>);
template <class... T>
consteval bool all_are_wire(zoo::types<T...>) {
  return (wire<T> && ...);
}
static_assert(all_are_wire(zoo::all{}));

using detail::is_dense;
static_assert(is_dense<int> && is_dense<std::array<std::pair<int, float>, 3>> && is_dense<std::tuple<int, float>>);
static_assert(is_dense<zoo::one> && is_dense<zoo::flags> && is_dense<located<int>> && is_dense<zoo::either>);
static_assert(!is_dense<std::pair<char, int>> && !is_dense<std::tuple<int, char>> && !is_dense<zoo::particle>);
static_assert(!is_dense<zoo::nested> && !is_dense<located<double>> && !is_dense<zoo::derived>);
static_assert(!is_dense<std::array<std::pair<char, int>, 2>> && !is_dense<std::string>);
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

/// Which bytes of one T are members, by writing each member.
template <class T>
std::vector<bool> bytes_that_travel() {
  zoo::elements<T> sample(1, std::byte{});
  zoo::for_each_leaf(*sample.data(),
                     [](auto& leaf) { std::ranges::fill(std::as_writable_bytes(std::span(&leaf, 1)), std::byte{1}); });
  std::vector<bool> travels;
  for (auto const each : sample.bytes().first(sizeof(T))) travels.push_back(each == std::byte{1});
  return travels;
}

TEST(datatype, every_struct_goes_round_the_ring) {
  int const next = (world().rank() + 1) % world().size();
  int const last = (world().rank() + world().size() - 1) % world().size();
  zoo::for_each(zoo::all{}, [&]<class T>() {
    auto const travels = bytes_that_travel<T>();
    for (std::size_t const count : {1U, 2U, 5U}) {
      zoo::elements<T> out(count, std::byte{0xa5});
      zoo::elements<T> in(count, std::byte{0x5a});
      zoo::elements<T> expected(count, std::byte{0x5a});
      out.number(world().rank());
      expected.number(last);
      auto const n = static_cast<int>(count);
      MPI_Sendrecv(out.data(), n, datatype_of<T>(), next, 3, in.data(), n, datatype_of<T>(), last, 3, world().raw(),
                   MPI_STATUS_IGNORE);
      for (std::size_t at = 0; at < in.bytes().size(); ++at)
        ASSERT_EQ(in.bytes()[at], expected.bytes()[at])
            << "byte " << at << " of " << count << " elements of " << sizeof(T) << " bytes, "
            << (travels[at % sizeof(T)] ? "a member" : "padding");
    }
    expect_layout<T>(static_cast<int>(std::count(travels.begin(), travels.end(), true)));
  });
}

TEST(datatype, members_one_by_one) {
  zoo::particle const sent{1.5, world().rank(), {1, 2, 3}, "abcd"};
  zoo::particle got{};
  int const next = (world().rank() + 1) % world().size();
  int const last = (world().rank() + world().size() - 1) % world().size();
  MPI_Sendrecv(&sent, 1, datatype_of<zoo::particle>(), next, 0, &got, 1, datatype_of<zoo::particle>(), last, 0,
               world().raw(), MPI_STATUS_IGNORE);
  EXPECT_EQ(got.x, 1.5);
  EXPECT_EQ(got.id, last);
  EXPECT_EQ(got.v, sent.v);
  EXPECT_STREQ(got.tag, "abcd");
}

TEST(datatype, members_that_are_not_registered_stay) {
  zoo::derived const sent{{7}, "xy", 1.0};
  zoo::derived got{{0}, "", 2.5};
  MPI_Sendrecv(&sent, 1, datatype_of<zoo::derived>(), 0, 0, &got, 1, datatype_of<zoo::derived>(), 0, 0, self().raw(),
               MPI_STATUS_IGNORE);
  EXPECT_EQ(got.only, 7);
  EXPECT_STREQ(got.letters, "xy");
  EXPECT_EQ(got.unsent, 2.5);
}

TEST(datatype, a_tuple_a_pair_and_a_struct_of_the_same_members_match) {
  struct plain {
    char c;
    double d;
  };
  std::tuple<char, double> const sent('x', 2.5);
  std::pair<char, double> pair;
  plain both{};
  for (auto const& [address, type] :
       {std::pair<void*, MPI_Datatype>(&pair, datatype_of<std::pair<char, double>>()), {&both, datatype_of<plain>()}})
    MPI_Sendrecv(&sent, 1, datatype_of<std::tuple<char, double>>(), 0, 0, address, 1, type, 0, 0, self().raw(),
                 MPI_STATUS_IGNORE);
  EXPECT_EQ(pair, (std::pair('x', 2.5)));
  EXPECT_EQ(both.c, 'x');
  EXPECT_EQ(both.d, 2.5);
}

TEST(datatype, a_value_with_its_place_is_the_pair_that_mpi_has) {
  EXPECT_EQ(datatype_of<located<double>>(), MPI_DOUBLE_INT);
  EXPECT_EQ(datatype_of<located<float>>(), MPI_FLOAT_INT);
  EXPECT_EQ(datatype_of<located<long double>>(), MPI_LONG_DOUBLE_INT);
  EXPECT_EQ(datatype_of<located<short>>(), MPI_SHORT_INT);
  EXPECT_EQ(datatype_of<located<int>>(), MPI_2INT);
  EXPECT_EQ(datatype_of<located<long long>>(), MPI_LONG_INT) << "of 64 bits as well";
}

TEST(datatype, a_constant_element_is_what_it_is_without_const) {
  EXPECT_EQ(datatype_of<double const>(), MPI_DOUBLE);
  EXPECT_EQ(datatype_of<zoo::particle const>(), datatype_of<zoo::particle>());
  expect_layout<std::pair<double const, bool const>>(9);
}

/// Writes and reads `count` values in a file, in the place that `type` leaves for them.
template <class T>
void expect_in_a_file(std::vector<T> const& values) {
  auto const path = testing::TempDir() + "armada_datatype_" + std::to_string(world().rank());
  MPI_File file = MPI_FILE_NULL;
  ASSERT_EQ(MPI_File_open(MPI_COMM_SELF, path.c_str(), MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_DELETE_ON_CLOSE,
                          MPI_INFO_NULL, &file),
            MPI_SUCCESS);
  auto const count = static_cast<int>(values.size());
  EXPECT_EQ(MPI_File_set_view(file, 0, datatype_of<T>(), datatype_of<T>(), "native", MPI_INFO_NULL), MPI_SUCCESS);
  EXPECT_EQ(MPI_File_write_at(file, 0, values.data(), count, datatype_of<T>(), MPI_STATUS_IGNORE), MPI_SUCCESS);
  std::vector<T> read(values.size());
  EXPECT_EQ(MPI_File_read_at(file, 0, read.data(), count, datatype_of<T>(), MPI_STATUS_IGNORE), MPI_SUCCESS);
  EXPECT_EQ(read, values);
  MPI_File_close(&file);
}

TEST(datatype, made_ones_go_through_mpi_io) { // it aborts on those of the large-count constructors (quirk 12)
  expect_in_a_file(support::values_of<std::pair<char, double>>(1, 9));
  expect_in_a_file(support::values_of<std::array<short, 3>>(2, 9));
  expect_in_a_file(support::values_of<std::array<std::pair<char, int>, 2>>(1, 9));
}

TEST(datatype, each_is_made_once) {
  auto const first = datatype_of<std::pair<short, double>>();
  EXPECT_EQ((datatype_of<std::pair<short, double>>()), first);
  std::thread([&] { EXPECT_EQ((datatype_of<std::pair<short, double>>()), first); }).join();
}

} // namespace
} // namespace armada
