#include <armada/p2p/object_limits.hpp>

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::limits_guard;
using support::text_of;

using table = std::map<std::string, std::vector<double>>;

TEST(object_limits, the_defaults_are_what_the_documentation_says) {
  EXPECT_EQ(current_object_limits().first_message, 16U * 1024);
  EXPECT_EQ(current_object_limits().chunk, std::size_t{1} << 30);
}

/// An object whose archive has about `small` bytes, and blocks of `large` doubles that travel apart.
table object_of(int rank, std::size_t small, std::size_t large) {
  return {{text_of(rank, small), {1, 2}},
          {"block", std::vector<double>(large, rank)},
          {"x", std::vector<double>(large, 1)}};
}

void expect_ring(std::size_t small, std::size_t large) {
  int const right = (world().rank() + 1) % world().size();
  int const left = (world().rank() + world().size() - 1) % world().size();
  auto incoming = recv<table>(world(), {.source = left}, nonblocking);
  send(world(), object_of(world().rank(), small, large), {.dest = right});
  EXPECT_EQ(incoming.wait(), object_of(left, small, large));
  auto const outgoing = send(world(), object_of(world().rank(), small, large), {.dest = right}, nonblocking);
  table arrived;
  auto const status = recv(world(), arrived, {.source = left});
  EXPECT_EQ(arrived, object_of(left, small, large));
  EXPECT_GE(status.bytes, static_cast<std::int64_t>(small + 2 * large * sizeof(double)));
}

TEST(object_limits, any_first_message_and_chunk_will_do) {
  for (std::size_t first : {0U, 64U, 65U, 127U, 128U, 1000U, 16'384U})
    for (std::size_t chunk : {0U, 1U, 7U, 100U}) {
      limits_guard const limits(first, chunk);
      for (std::size_t small : {0U, 1U, 50U, 300U}) expect_ring(small, 0);
    }
  for (std::size_t first : {64U, 1000U, 16'384U})
    for (std::size_t chunk : {50U, 999U, 4096U, 1U << 20}) {
      limits_guard const limits(first, chunk);
      for (std::size_t large : {511U, 512U, 513U, 3000U}) expect_ring(2000, large);
    }
}

TEST(object_limits, an_archive_that_ends_with_the_first_message) {
  auto const bytes = encode(object_of(0, 100, 0)).size();
  for (std::size_t first : {bytes - 1, bytes, bytes + 1}) {
    limits_guard const limits(first, 10);
    expect_ring(100, 0);
  }
}

TEST(object_limits, a_message_is_never_longer_than_they_say) {
  limits_guard const limits(100, 40);
  auto const object = object_of(world().rank(), 200, 600);
  auto const outgoing = send(world(), object, {.dest = world().rank(), .tag = 5}, nonblocking);
  MPI_Status status{};
  int bytes = 0;
  MPI_Probe(world().rank(), 5, world().raw(), &status);
  MPI_Get_count(&status, MPI_BYTE, &bytes);
  EXPECT_EQ(bytes, 100);
  MPI_Probe(world().rank(), MPI_ANY_TAG, world().state()->twin(), &status);
  MPI_Get_count(&status, MPI_BYTE, &bytes);
  EXPECT_EQ(bytes, 40);
  EXPECT_EQ(recv<table>(world(), {.source = world().rank(), .tag = 5}), object);
}

} // namespace
} // namespace armada
