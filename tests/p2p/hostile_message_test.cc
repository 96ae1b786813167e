/// Objects that were damaged or forged on their way: an error each, in bounded time.

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/rich.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/detail/object_transfer.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <array>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, std::vector<int>>;

table const object{{"a", {1, 2, 3}}, {"key", {4}}, {"", {}}};

using message = std::vector<std::byte>;

/// Receives what the left sent, in both forms in turn, and expects an error of ours.
void expect_refused(message const& sent, std::string const& what) {
  static bool later = false;
  later = !later;
  auto const outgoing = send(world(), sent, {.dest = right()}, nonblocking);
  table room{{"old", {1}}};
  try {
    if (later)
      static_cast<void>(recv(world(), room, {.source = left()}, nonblocking).wait());
    else
      static_cast<void>(recv(world(), room, {.source = left()}));
    ADD_FAILURE() << what << " was not noticed";
  } catch (format_error const&) {
  } catch (type_error const&) {
  }
}

TEST(hostile_message, an_undamaged_one_is_read) {
  auto const outgoing = send(world(), encode(object), {.dest = right()}, nonblocking);
  EXPECT_EQ(recv<table>(world(), {.source = left()}), object);
}

TEST(hostile_message, every_damaged_byte_is_found) {
  auto const good = encode(object);
  for (std::size_t at = 0; at < good.size(); ++at)
    for (auto flip : {std::byte{1}, std::byte{0x80}, std::byte{0xff}}) {
      auto bad = good;
      bad[at] ^= flip;
      expect_refused(bad, "byte " + std::to_string(at));
    }
}

TEST(hostile_message, every_truncation_is_found) {
  auto const good = encode(object);
  for (std::size_t length = 0; length < good.size(); ++length)
    expect_refused({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)},
                   "length " + std::to_string(length));
  auto longer = good;
  longer.push_back(std::byte{});
  expect_refused(longer, "a byte too many");
}

/// The frame of a message, changed by `change` and sealed again.
message forged(message from, auto const& change) {
  detail::frame head;
  std::memcpy(&head, from.data(), sizeof(head));
  change(head, from);
  auto const archive_bytes = head.archive_bytes;
  detail::seal(head, std::span<std::byte const>(from).subspan(sizeof(head)));
  if (archive_bytes != head.archive_bytes) { // a forged length, under a checksum that fits
    detail::frame sealed = head;
    sealed.archive_bytes = archive_bytes;
    head = sealed;
  }
  std::memcpy(from.data(), &head, sizeof(head));
  return from;
}

TEST(hostile_message, forged_lengths_and_numbers_are_found) {
  auto const good = encode(object);
  expect_refused(forged(good, [](auto& head, auto&) { head.archive_bytes = UINT64_MAX; }), "a huge archive");
  expect_refused(forged(good, [](auto& head, auto&) { head.archive_bytes += 1; }), "a longer archive");
  expect_refused(forged(good, [](auto& head, auto&) { head.block_bytes = UINT64_MAX; }), "huge blocks");
  expect_refused(forged(good, [](auto& head, auto&) { head.version = 2; }), "another version");
  expect_refused(forged(good, [](auto& head, auto&) { head.type ^= 1; }), "another type");
  for (std::uint64_t elements : {std::uint64_t{4}, std::uint64_t{1000}, std::uint64_t{1} << 40, UINT64_MAX})
    expect_refused(forged(good,
                          [&](auto&, message& bytes) { // the first number in the archive: how many entries
                            std::memcpy(bytes.data() + sizeof(detail::frame), &elements, sizeof(elements));
                          }),
                   std::to_string(elements) + " entries");
}

TEST(hostile_message, damage_behind_the_first_message_is_found) {
  limits_guard const limits(80, 16);
  auto const good = encode(object);
  auto head = detail::frame();
  std::memcpy(&head, good.data(), sizeof(head));
  for (std::size_t at = 80; at < good.size(); ++at) {
    auto bad = good;
    bad[at] ^= std::byte{4};
    std::vector<pending<>> outgoing;
    std::span<std::byte const> left_over(bad);
    outgoing.push_back(send(world(), left_over.first(80), {.dest = right()}, nonblocking));
    std::vector<MPI_Request> rest;
    for (left_over = left_over.subspan(80); !left_over.empty();) {
      auto const part = left_over.first(std::min<std::size_t>(16, left_over.size()));
      MPI_Isend(part.data(), static_cast<int>(part.size()), MPI_BYTE, right(), head.id, world().state()->twin(),
                &rest.emplace_back());
      left_over = left_over.subspan(part.size());
    }
    EXPECT_THROW(static_cast<void>(recv<table>(world(), {.source = left()})), format_error) << at;
    MPI_Waitall(static_cast<int>(rest.size()), rest.data(), MPI_STATUSES_IGNORE);
  }
}

TEST(hostile_message, parts_of_a_wrong_length_are_found) {
  limits_guard const limits(80, 16);
  auto const good = encode(object);
  ASSERT_GT(good.size(), 80U + 16);
  auto const first = send(world(), std::span(good).first(80), {.dest = right()}, nonblocking);
  auto const rest = good.size() - 80; // in one part, longer than a chunk
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Isend(good.data() + 80, static_cast<int>(rest), MPI_BYTE, right(), 0, world().state()->twin(), &request);
  EXPECT_EQ(message_of<format_error>([&] { static_cast<void>(recv<table>(world(), {.source = left()})); }),
            "object message on rank " + std::to_string(world().rank()) + " of " + std::to_string(world().size()) +
                ": a part of " + std::to_string(rest) + " bytes where 16 were due");
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  auto const outgoing = send(world(), object, {.dest = right()}, nonblocking); // nothing is left over
  EXPECT_EQ(recv<table>(world(), {.source = left()}), object);
}

TEST(hostile_message, rich_objects_under_a_fitting_checksum_are_refused_or_whole) {
  auto const good = encode(some_rich());
  for (auto at = sizeof(detail::frame); at + 8 < good.size(); at += 5)
    for (std::uint64_t number : {std::uint64_t{5}, std::uint64_t{1} << 40U, UINT64_MAX}) {
      auto const bad = forged(good, [&](auto&, message& bytes) { std::memcpy(bytes.data() + at, &number, 8); });
      auto const outgoing = send(world(), bad, {.dest = right()}, nonblocking);
      rich room;
      try {
        static_cast<void>(recv(world(), room, {.source = left()}));
      } catch (format_error const&) {
        continue;
      }
      EXPECT_EQ(archived(decode<rich>(encode(room))).size(), archived(room).size()) << at;
    }
  auto const outgoing = send(world(), object, {.dest = right()}, nonblocking); // nothing is left over
  EXPECT_EQ(recv<table>(world(), {.source = left()}), object);
}

TEST(hostile_message, blocks_that_never_were_are_refused_before_there_is_memory_for_them) {
  // A frame promises a block, the archive agrees, and what comes first is shorter.
  message bytes(sizeof(detail::frame));
  auto put = [&](auto const& value) {
    auto const* const first = reinterpret_cast<std::byte const*>(&value);
    bytes.insert(bytes.end(), first, first + sizeof(value));
  };
  std::uint64_t const promised = 5'000'000;
  put(std::uint64_t{1});
  put(std::uint64_t{1});
  put('k');
  put(promised / 4);
  put(detail::placement::apart);
  detail::frame head;
  head.id = 9;
  head.type = detail::object_hash<table>;
  head.block_bytes = promised;
  detail::seal(head, std::span<std::byte const>(bytes).subspan(sizeof(head)));
  std::memcpy(bytes.data(), &head, sizeof(head));
  message const part(4'999'999);
  message const last(1);
  auto const first = send(world(), bytes, {.dest = right()}, nonblocking);
  std::array<MPI_Request, 2> rest{};
  MPI_Comm const twin = world().state()->twin();
  MPI_Isend(part.data(), static_cast<int>(part.size()), MPI_BYTE, right(), head.id, twin, &rest[0]);
  MPI_Isend(last.data(), static_cast<int>(last.size()), MPI_BYTE, right(), head.id, twin, &rest[1]);
  table room;
  EXPECT_NE(message_of<format_error>([&] {
              static_cast<void>(recv(world(), room, {.source = left()}));
            }).find("a part of 4999999 bytes where 5000000 were due"),
            std::string::npos);
  EXPECT_EQ(room["k"].capacity(), 0U);
  MPI_Waitall(2, rest.data(), MPI_STATUSES_IGNORE);
  auto const outgoing = send(world(), object, {.dest = right()}, nonblocking); // nothing is left over
  EXPECT_EQ(recv<table>(world(), {.source = left()}), object);
}

TEST(hostile_message, random_bytes_behind_a_frame_are_refused) {
  std::uint64_t random = 88172645463325252U + static_cast<std::uint64_t>(world().rank());
  for (int round = 0; round < 300; ++round) {
    auto bytes = encode(object);
    for (std::size_t at = sizeof(detail::frame); at < bytes.size(); ++at) {
      random ^= random << 13U;
      random ^= random >> 7U;
      random ^= random << 17U;
      bytes[at] = static_cast<std::byte>(round % 3 == 0 ? random % 3 : random);
    }
    expect_refused(forged(bytes, [](auto&, auto&) {}), "round " + std::to_string(round));
  }
}

} // namespace
} // namespace armada
