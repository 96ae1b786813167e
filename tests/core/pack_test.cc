#include <armada/core/pack.hpp>

#include "tests/support/throws.hpp"
#include "tests/support/values.hpp"
#include "zoo.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;
using bytes = std::vector<std::byte>;

template <class T>
concept can_be_unpacked = requires(communicator const& c, bytes const& b, T target) {
  unpack(c, b, static_cast<T>(target));
};
static_assert(can_be_unpacked<int&> && can_be_unpacked<std::vector<double>&> && can_be_unpacked<std::span<int>>);
static_assert(!can_be_unpacked<int const&> && !can_be_unpacked<std::vector<std::string>&>);

bytes bytes_of(std::initializer_list<int> values) {
  bytes result;
  for (int const each : values) result.push_back(static_cast<std::byte>(each));
  return result;
}

TEST(pack, every_struct_comes_back_and_its_padding_stays) {
  zoo::for_each(zoo::all{}, [&]<class T>() {
    for (std::size_t const count : {0U, 1U, 3U}) {
      zoo::elements<T> out(count, std::byte{0xa5});
      zoo::elements<T> in(count, std::byte{0x5a});
      zoo::elements<T> expected(count, std::byte{0x5a});
      out.number(world().rank());
      expected.number(world().rank());
      auto const packed = pack(world(), std::span(out.data(), count));
      EXPECT_EQ(static_cast<std::int64_t>(packed.size()), static_cast<std::int64_t>(count) * datatype::of<T>().size())
          << "without padding";
      EXPECT_TRUE(unpack(world(), packed, std::span(in.data(), count)).empty());
      EXPECT_TRUE(std::ranges::equal(in.bytes(), expected.bytes())) << sizeof(T);
    }
  });
}

TEST(pack, parts_one_behind_the_other_to_another_rank) {
  int const next = (world().rank() + 1) % world().size();
  int const last = (world().rank() + world().size() - 1) % world().size();
  std::string const letters = support::text_of(world().rank(), 5);
  std::vector<zoo::particle> const particles(2, {0.5, world().rank(), {1, 2, 3}, "abcd"});
  int const numbers[] = {1, 2, 3};
  auto const room_for_all = pack_size(world(), letters) + pack_size(world(), particles) + pack_size(world(), numbers);
  bytes message(static_cast<std::size_t>(room_for_all));
  auto rest = pack(world(), letters, message);
  rest = pack(world(), particles, rest);
  rest = pack(world(), numbers, rest);
  EXPECT_TRUE(rest.empty());

  bytes got(message.size());
  MPI_Sendrecv(message.data(), static_cast<int>(message.size()), MPI_PACKED, next, 0, got.data(),
               static_cast<int>(got.size()), MPI_PACKED, last, 0, world().raw(), MPI_STATUS_IGNORE);
  std::string letters_there(5, ' ');
  std::vector<zoo::particle> particles_there(2);
  int numbers_there[3] = {};
  std::span<std::byte const> left = unpack(world(), got, letters_there);
  left = unpack(world(), left, particles_there);
  left = unpack(world(), left, numbers_there);
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(letters_there, support::text_of(last, 5));
  EXPECT_EQ(particles_there[1].id, last);
  EXPECT_STREQ(particles_there[1].tag, "abcd");
  EXPECT_EQ(numbers_there[2], 3);
}

TEST(pack, nothing_is_no_bytes) {
  std::vector<double> none;
  EXPECT_TRUE(pack(world(), none).empty());
  EXPECT_TRUE(pack_external(none).empty());
  bytes const three(3);
  EXPECT_EQ(unpack(world(), three, none).size(), 3U);
  EXPECT_EQ(unpack_external(three, none).size(), 3U);
  EXPECT_EQ(pack_size(world(), none), 0);
  EXPECT_TRUE(pack(world(), nullptr, 0, datatype::of<int>()).empty());
}

TEST(pack, derived_datatypes) {
  int const values[] = {0, 1, 2, 3, 4, 5, 6, 7};
  auto const even = datatype::vector(2, 1, 2, datatype::of<int>()).resized(0, 16);
  EXPECT_EQ(pack_size(world(), 2, even), 16);
  auto const packed = pack(world(), values, 2, even);
  int got[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
  EXPECT_TRUE(unpack(world(), packed, got, 2, even).empty());
  EXPECT_EQ(std::vector(got, got + 8), (std::vector{0, -1, 2, -1, 4, -1, 6, -1}));
  std::vector<int> dense(4);
  static_cast<void>(unpack(world(), packed, dense));
  EXPECT_EQ(dense, (std::vector{0, 2, 4, 6}));
  bytes room(20);
  EXPECT_EQ(pack(world(), values, 2, even, room).size(), 4U);
  auto const external = pack_external(values, 2, even);
  EXPECT_EQ(pack_external_size(2, even), 16);
  EXPECT_EQ(external, bytes_of({0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 6}));
  std::fill_n(got, 8, -1);
  EXPECT_TRUE(unpack_external(external, got, 2, even).empty());
  EXPECT_EQ(std::vector(got, got + 8), (std::vector{0, -1, 2, -1, 4, -1, 6, -1}));
  EXPECT_EQ(pack_external(values, 2, even, room).size(), 4U);
  EXPECT_TRUE(std::ranges::equal(external, std::span(room).first(16)));
}

TEST(pack, external_form_byte_for_byte) {
  EXPECT_EQ(pack_external(0x01020304), bytes_of({1, 2, 3, 4}));
  EXPECT_EQ(pack_external(std::int16_t{-2}), bytes_of({0xff, 0xfe}));
  EXPECT_EQ(pack_external(std::uint64_t{0x0102030405060708}), bytes_of({1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(pack_external(1.0), bytes_of({0x3f, 0xf0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(pack_external(-2.5F), bytes_of({0xc0, 0x20, 0, 0}));
  EXPECT_EQ(pack_external(std::complex<float>(1, -2.5F)), bytes_of({0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0}));
  EXPECT_EQ(pack_external(true), bytes_of({1}));
  EXPECT_EQ(pack_external("ab"), bytes_of({'a', 'b', 0}));
  EXPECT_EQ(pack_external(std::vector<short>{1, 2, 3}), bytes_of({0, 1, 0, 2, 0, 3}));
  EXPECT_EQ(pack_external(support::colour::blue), bytes_of({0, 2}));
  EXPECT_EQ(pack_external(std::vector<int>{}), bytes{});
  EXPECT_EQ(pack_external_size(std::vector<double>(3)), 24);
  zoo::particle const p{1.0, 7, {1, -2.5F, 0}, "abcd"};
  EXPECT_EQ(pack_external(p), bytes_of({0x3f, 0xf0, 0,    0, 0, 0, 0, 0, 0, 0,   0,   7,   0x3f, 0x80, 0,
                                        0,    0xc0, 0x20, 0, 0, 0, 0, 0, 0, 'a', 'b', 'c', 'd',  0}));
  EXPECT_EQ(pack_external(std::pair<char, double>('x', 1.0)), bytes_of({'x', 0x3f, 0xf0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(pack_external(std::tuple<short, char, int>(1, 'x', 2)), bytes_of({0, 1, 'x', 0, 0, 0, 2}));
}

TEST(pack, external_form_where_mpi_needs_help) {
  EXPECT_EQ(pack_external(located{1.0, 2}), bytes_of({0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}));
  EXPECT_EQ(pack_external(std::pair(located<int>{1, 2}, 'x')), bytes_of({0, 0, 0, 1, 0, 0, 0, 2, 'x'}));
  auto quadruple = [](int first, int second) {
    auto number = bytes_of({0x3f, first, second});
    number.resize(16);
    return number;
  };
  EXPECT_EQ(pack_external(1.0L), quadruple(0xff, 0));
  auto both = quadruple(0xff, 0);
  for (auto const each : quadruple(0xfe, 0)) both.push_back(each);
  EXPECT_EQ(pack_external(std::complex<long double>(1.0L, 0.5L)), both);
  EXPECT_EQ(pack_external(std::array<std::complex<long double>, 1>{std::complex<long double>(1.0L, 0.5L)}), both);
  std::complex<long double> back;
  EXPECT_TRUE(unpack_external(both, back).empty());
  EXPECT_EQ(back, std::complex<long double>(1.0L, 0.5L));
  located<double> const place{1.0, 2};
  for (auto const& type : {datatype::of<located<double>>(), datatype::contiguous(1, datatype::of<located<double>>())}) {
    EXPECT_TRUE(
        throws<unsupported>([&] { return pack_external(&place, 1, type); }, {"pack_external", "MPI_DOUBLE_INT"}));
    EXPECT_TRUE(throws<unsupported>([&] { return pack_external_size(1, type); }, {"MPI_DOUBLE_INT"}));
  }
  auto const mixed = datatype::structure({{0, datatype::of<double>()}, {8, datatype::of<int>()}});
  EXPECT_TRUE(throws<unsupported>([&] { return pack_external(&place, 1, mixed); },
                                  {"mixes MPI_DOUBLE and MPI_INT", "C++ struct"}));
  located<double> target{};
  EXPECT_TRUE(throws<unsupported>([&] { return unpack_external(both, &target, 1, mixed); }, {"mixes"}));
}

TEST(pack, external_form_and_back) {
  zoo::for_each(zoo::all{}, [&]<class T>() {
    zoo::elements<T> out(3, std::byte{0xa5});
    zoo::elements<T> in(3, std::byte{0x5a});
    zoo::elements<T> expected(3, std::byte{0x5a});
    out.number(world().rank());
    expected.number(world().rank());
    auto const packed = pack_external(std::span(out.data(), 3));
    EXPECT_TRUE(unpack_external(packed, std::span(in.data(), 3)).empty());
    for (auto* const each : {&in, &expected}) // the bytes of a long double beyond its 80 bits do not travel
      for (T& element : std::span(each->data(), 3))
        zoo::for_each_leaf(element, []<class Leaf>(Leaf& leaf) {
          if constexpr (std::same_as<Leaf, long double>)
            std::ranges::fill(std::as_writable_bytes(std::span(&leaf, 1)).subspan(10), std::byte{});
        });
    EXPECT_TRUE(std::ranges::equal(in.bytes(), expected.bytes())) << sizeof(T);
  });
}

TEST(pack, too_little_room_is_refused_untouched) {
  std::vector<int> const values{1, 2, 3};
  bytes room(11, std::byte{9});
  auto const here = "rank " + std::to_string(world().rank());
  EXPECT_TRUE(
      throws<argument_error>([&] { return pack(world(), values, room); }, {"pack", here, "11 bytes", "12 are needed"}));
  EXPECT_TRUE(throws<argument_error>([&] { return pack_external(values, room); }, {"pack_external", "11 bytes", "12"}));
  EXPECT_EQ(room, bytes(11, std::byte{9}));
  std::vector<int> target(3, 5);
  EXPECT_TRUE(throws<argument_error>([&] { return unpack(world(), room, target); }, {"unpack", "11 bytes", "12"}));
  EXPECT_TRUE(
      throws<argument_error>([&] { return unpack_external(room, target); }, {"unpack_external", "11 bytes", "12"}));
  EXPECT_EQ(target, std::vector(3, 5));
  auto const type = datatype::of<int>();
  EXPECT_TRUE(throws<argument_error>([&] { return pack(world(), values.data(), -1, type); }, {"count is -1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return unpack(world(), room, target.data(), -1, type); }, {"count is -1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return pack_external_size(-1, type); }, {"count is -1"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return pack(world(), values.data(), 1, datatype()); }));
}

} // namespace
} // namespace armada
