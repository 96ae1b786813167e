#include <armada/p2p/attached_buffer.hpp>

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
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

using namespace support;
using table = std::map<std::string, std::vector<double>>;

TEST(attached_buffer, there_is_one_at_a_time) {
  {
    attached_buffer const first(1000);
    EXPECT_EQ(first.size(), 1000U);
    EXPECT_EQ(message_of<lifecycle_error>([] { attached_buffer const second(1000); }),
              "attached_buffer on rank " + std::to_string(world().rank()) + " of " + std::to_string(world().size()) +
                  ": there is one already");
  }
  attached_buffer const again(0);
  EXPECT_GT(again.size(), 0U);
}

TEST(attached_buffer, holds_as_many_messages_as_were_counted) {
  std::vector<double> const numbers(100, world().rank());
  table const object{{"a", std::vector<double>(3000, world().rank())}, {"b", {1}}};
  for (auto const& [first, chunk] : {std::pair{std::size_t{16384}, std::size_t{1} << 30}, {100, 300}}) {
    limits_guard const limits(first, chunk);
    attached_buffer memory(5 * (bsend_bytes(numbers) + bsend_bytes(object)));
    for (int round = 0; round < 2; ++round) {
      for (int tag = 0; tag < 5; ++tag) {
        bsend(world(), numbers, {.dest = right(), .tag = tag});
        bsend(world(), object, {.dest = right(), .tag = tag});
      }
      for (int tag = 4; tag >= 0; --tag) {
        EXPECT_EQ(recv<std::vector<double>>(world(), {.source = left(), .tag = tag}), std::vector<double>(100, left()));
        EXPECT_EQ(recv<table>(world(), {.source = left(), .tag = tag})["a"], std::vector<double>(3000, left()));
      }
      memory.flush();
    }
  }
}

TEST(attached_buffer, too_little_room_is_an_error) {
  std::vector<double> const numbers(1000);
  EXPECT_THROW(bsend(world(), numbers, {.dest = right()}), mpi_error) << "no buffer at all";
  attached_buffer const memory(500);
  EXPECT_EQ(
      [&] {
        try {
          bsend(world(), numbers, {.dest = right()});
        } catch (mpi_error const& e) {
          return e.error_class();
        }
        return MPI_SUCCESS;
      }(),
      MPI_ERR_BUFFER);
}

} // namespace
} // namespace armada
