/// Large blocks of objects go from where they lie to where they are to be, in no other memory and in chunks.

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/core/xtensor_types.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <xtensor/xtensor.hpp>

namespace {

struct piece {
  void const* memory;
  MPI_Count bytes;
};
std::vector<piece> sent; // of byte messages, since it was cleared
std::vector<piece> received;

} // namespace

extern "C" {

int MPI_Isend_c(void const* memory, MPI_Count count, MPI_Datatype type, int dest, int tag, MPI_Comm comm,
                MPI_Request* request) {
  if (type == MPI_BYTE) sent.push_back({memory, count});
  return PMPI_Isend_c(memory, count, type, dest, tag, comm, request);
}
int MPI_Recv_c(void* memory, MPI_Count count, MPI_Datatype type, int source, int tag, MPI_Comm comm,
               MPI_Status* status) {
  if (type == MPI_BYTE) received.push_back({memory, count});
  return PMPI_Recv_c(memory, count, type, source, tag, comm, status);
}
int MPI_Mrecv_c(void* memory, MPI_Count count, MPI_Datatype type, MPI_Message* message, MPI_Status* status) {
  if (type == MPI_BYTE) received.push_back({memory, count});
  return PMPI_Mrecv_c(memory, count, type, message, status);
}
}

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, std::vector<double>>;

/// The messages among `pieces` that lie in `elements`, as offset and length in bytes.
template <class T>
std::vector<std::pair<std::ptrdiff_t, MPI_Count>> within(std::vector<piece> const& pieces, T const* elements,
                                                         std::size_t count) {
  std::vector<std::pair<std::ptrdiff_t, MPI_Count>> result;
  auto const* const first = reinterpret_cast<char const*>(elements);
  for (auto const& each : pieces) {
    auto const offset = static_cast<char const*>(each.memory) - first;
    if (offset >= 0 && offset < static_cast<std::ptrdiff_t>(count * sizeof(T))) result.emplace_back(offset, each.bytes);
  }
  return result;
}

MPI_Count longest(std::vector<piece> const& pieces) {
  MPI_Count result = 0;
  for (auto const& each : pieces) result = std::max(result, each.bytes);
  return result;
}

TEST(object_blocks, go_from_and_into_their_places) {
  for (std::size_t length : {600U, 10'000U, 500'000U}) { // doubles; the last is more than a receiver gives on credit
    table const mine{
        {"a", std::vector<double>(length, world().rank())}, {"b", {1, 2}}, {"c", std::vector<double>(length, 3)}};
    table arrived{{"a", std::vector<double>(length)}, {"b", {}}, {"c", std::vector<double>(length)}};
    auto const* const place = arrived["a"].data();
    sent.clear();
    received.clear();
    auto const outgoing = send(world(), mine, {.dest = right()}, nonblocking);
    static_cast<void>(recv(world(), arrived, {.source = left()}));
    EXPECT_EQ(arrived.at("a"), std::vector<double>(length, left()));
    EXPECT_EQ(arrived.at("c"), std::vector<double>(length, 3));
    EXPECT_EQ(arrived["a"].data(), place);
    std::vector<std::pair<std::ptrdiff_t, MPI_Count>> const whole{{0, static_cast<MPI_Count>(length * sizeof(double))}};
    for (auto const* name : {"a", "c"}) {
      EXPECT_EQ(within(sent, mine.at(name).data(), length), whole) << name;
      EXPECT_EQ(within(received, arrived.at(name).data(), length), whole) << name;
    }
  }
}

TEST(object_blocks, of_new_objects_too) {
  using picture = std::vector<xt::xtensor<float, 2>>;
  picture const mine(2, xt::xtensor<float, 2>({300, 40}, static_cast<float>(world().rank())));
  auto incoming = recv<picture>(world(), {.source = left()}, nonblocking);
  sent.clear();
  received.clear();
  send(world(), mine, {.dest = right()});
  auto const arrived = incoming.wait();
  ASSERT_EQ(arrived.size(), 2U);
  EXPECT_EQ(arrived[1], (xt::xtensor<float, 2>({300, 40}, static_cast<float>(left()))));
  for (auto const& each : mine) EXPECT_EQ(within(sent, each.data(), each.size()).size(), 1U);
  for (auto const& each : arrived) EXPECT_EQ(within(received, each.data(), each.size()).size(), 1U);
}

TEST(object_blocks, in_chunks_that_join_without_a_gap) {
  limits_guard const limits(100, 4000);
  table const mine{{"a", std::vector<double>(2000, world().rank())}};
  sent.clear();
  received.clear();
  auto const outgoing = send(world(), mine, {.dest = right()}, nonblocking);
  auto const arrived = recv<table>(world(), {.source = left()});
  EXPECT_EQ(arrived.at("a"), std::vector<double>(2000, left()));
  std::vector<std::pair<std::ptrdiff_t, MPI_Count>> const chunks{{0, 4000}, {4000, 4000}, {8000, 4000}, {12000, 4000}};
  EXPECT_EQ(within(sent, mine.at("a").data(), 2000), chunks);
  EXPECT_EQ(within(received, arrived.at("a").data(), 2000), chunks);
  EXPECT_LE(longest(sent), 4000);
}

struct hidden { // its serialize may hand out anything
  std::vector<double> numbers;
  bool operator==(hidden const&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& numbers;
  }
};

TEST(object_blocks, of_a_class_that_may_use_temporaries_are_copied) {
  hidden const mine{std::vector<double>(10'000, world().rank())};
  sent.clear();
  auto const outgoing = send(world(), mine, {.dest = right()}, nonblocking);
  EXPECT_TRUE(within(sent, mine.numbers.data(), mine.numbers.size()).empty());
  EXPECT_EQ(recv<hidden>(world(), {.source = left()}), (hidden{std::vector<double>(10'000, left())}));
}

TEST(object_blocks, of_up_to_a_hundred_megabytes) {
  std::size_t const length = (world().size() > 2 ? 10'000'000 : 100'000'000) / sizeof(double); // for its memory
  table mine{{"large", std::vector<double>(length)}, {"small", {1}}};
  for (std::size_t i = 0; i < length; i += 1000) mine["large"][i] = static_cast<double>(i) + world().rank();
  auto const outgoing = send(world(), mine, {.dest = right()}, nonblocking);
  table arrived;
  auto const status = recv(world(), arrived, {.source = left()});
  EXPECT_GE(status.bytes, static_cast<std::int64_t>(length * sizeof(double)));
  ASSERT_EQ(arrived["large"].size(), length);
  for (std::size_t i = 0; i < length; i += 1000) ASSERT_EQ(arrived["large"][i], static_cast<double>(i) + left());
}

TEST(object_blocks, archives_of_megabytes) {
  std::vector<std::string> const mine(100'000, text_of(world().rank(), 50));
  auto const outgoing = send(world(), mine, {.dest = right()}, nonblocking);
  EXPECT_EQ(recv<std::vector<std::string>>(world(), {.source = left()}), std::vector(100'000, text_of(left(), 50)));
}

} // namespace
} // namespace armada
