#include <armada/core/described_buffer.hpp>

#include "tests/support/values.hpp"

#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/job.hpp>
#include <armada/core/object.hpp>

#include <array>
#include <cstring>
#include <list>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace user {

/// A container that keeps its elements in reverse, a gap behind each.
struct spaced {
  std::array<int, 8> memory{};
};

/// A container whose elements lie one behind the other, but which is no range.
struct packet {
  std::array<double, 3> values{};
};

} // namespace user

template <>
struct armada::buffer_traits<user::spaced> {
  template <class Spaced>
  static auto describe(Spaced& value) {
    using byte = std::conditional_t<std::is_const_v<Spaced>, void const, void>;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    call<MPI_Type_vector>(4, 1, -2, MPI_INT, &type);
    call<MPI_Type_commit>(&type);
    return described_buffer<byte>(value.memory.data() + 6, 1, type, sizeof(int), true, true);
  }
};

template <>
struct armada::buffer_traits<user::packet> {
  using element = double;
  static std::span<double> view(user::packet& value) { return value.values; }
  static std::span<double const> view(user::packet const& value) { return value.values; }
};

namespace armada {
namespace {

using support::message_of;

static_assert(message_source<user::spaced> && message_target<user::spaced> && !source<user::spaced>);
static_assert(message_source<user::spaced const> && !message_target<user::spaced const>);
static_assert(source<user::packet> && writable<user::packet> && !writable<user::packet const>);
static_assert(!object<user::spaced> && !object<user::packet>);
static_assert(!message_source<std::list<int>> && !message_source<std::vector<std::string>>);
static_assert(message_target<typed_buffer<void>> && !message_target<typed_buffer<void const>>);
static_assert(outlives_call<typed_buffer<void>>);

TEST(described_buffer, of_contiguous_elements) {
  std::vector<double> values(5);
  auto const memory = describe(values);
  EXPECT_EQ(memory.address(), values.data());
  EXPECT_EQ(memory.count(), 5);
  EXPECT_EQ(memory.type(), MPI_DOUBLE);
  static_assert(std::same_as<decltype(describe(std::as_const(values))), described_buffer<void const>>);
  int const scalar = 3;
  EXPECT_EQ(describe(scalar).count(), 1);
}

TEST(described_buffer, of_a_users_own_container) {
  user::spaced value;
  for (int i = 0; i < 8; ++i) value.memory[static_cast<std::size_t>(i)] = i;
  auto const packed = detail::packed_copy(value, MPI_COMM_SELF);
  ASSERT_EQ(packed.bytes.size(), 4 * sizeof(int));
  std::array<int, 4> numbers{};
  std::memcpy(numbers.data(), packed.bytes.data(), sizeof(numbers));
  EXPECT_EQ(numbers, (std::array{6, 4, 2, 0}));
}

TEST(described_buffer, frees_a_datatype_that_it_owns) {
  // A datatype that is left over is reported when the program ends.
  user::spaced value;
  for (int i = 0; i < 100; ++i) {
    auto first = describe(value);
    auto const second = std::move(first);
    EXPECT_NE(second.type(), MPI_DATATYPE_NULL);
  }
}

TEST(typed, holds_what_it_was_given) {
  std::array<int, 4> values{};
  auto const all = typed(values.data(), 2, MPI_2INT);
  auto const memory = describe(all);
  EXPECT_EQ(memory.address(), values.data());
  EXPECT_EQ(memory.count(), 2);
  EXPECT_EQ(memory.type(), MPI_2INT);
  EXPECT_EQ(memory.unit_bytes(), 8);
  static_assert(std::same_as<decltype(typed(std::declval<int const*>(), 1, MPI_INT)), typed_buffer<void const>>);
  EXPECT_EQ(describe(typed(absolute, 1, MPI_INT)).address(), MPI_BOTTOM);
  EXPECT_EQ(describe(typed(static_cast<int*>(nullptr), 0, MPI_INT)).count(), 0);
}

TEST(typed, refuses_what_cannot_be) {
  int value = 0;
  auto const who = "typed on " + job::whoami() + ": ";
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(typed(&value, -1, MPI_INT)); }), who + "count is -1");
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(typed(&value, 1, MPI_DATATYPE_NULL)); }),
            who + "the datatype is MPI_DATATYPE_NULL");
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(typed(static_cast<int*>(nullptr), 2, MPI_INT)); }),
            who + "a null pointer with 2 items; pass armada::absolute for a datatype of absolute addresses");
}

} // namespace
} // namespace armada
