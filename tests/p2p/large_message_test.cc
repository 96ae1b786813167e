// Messages of more than 2^31 bytes and elements: no count is narrowed. One pair of ranks, one message at a time.

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr std::size_t length = (std::size_t{1} << 31) + 100;

std::byte value_at(std::size_t i) { return static_cast<std::byte>((i >> 20U) ^ (i * 7)); }

/// What this host could still give out, in bytes.
std::size_t available_memory() {
  std::ifstream meminfo("/proc/meminfo");
  for (std::string key; meminfo >> key;) {
    std::size_t kibibytes = 0;
    if (key == "MemAvailable:" && meminfo >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

/// Every 4099th element, and the last ones.
std::size_t first_wrong(std::vector<std::byte> const& values) {
  for (std::size_t i = 0; i < values.size(); i += i + 5000 < values.size() ? 4099 : 1)
    if (values[i] != value_at(i)) return i;
  return values.size();
}

class large_message : public testing::Test {
protected:
  void SetUp() override {
    int enough = available_memory() > 3 * length ? 1 : 0;
    MPI_Bcast(&enough, 1, MPI_INT, 0, world().raw());
    if (enough == 0) GTEST_SKIP() << "this needs 6 GiB of memory";
    if (world().rank() > 1) return;
    values_.resize(length);
    if (world().rank() == 1)
      for (std::size_t i = 0; i < length; ++i) values_[i] = value_at(i);
  }
  std::vector<std::byte> values_;
};

TEST_F(large_message, of_more_than_2_to_the_31_elements) {
  if (world().rank() == 1) send(world(), values_, {.dest = 0});
  if (world().rank() == 0) {
    auto const arrived = recv(world(), values_, {.source = 1});
    EXPECT_EQ(arrived.count, static_cast<std::int64_t>(length));
    EXPECT_EQ(arrived.bytes, static_cast<std::int64_t>(length));
    EXPECT_EQ(first_wrong(values_), length);
  }
}

TEST_F(large_message, as_an_object_into_its_final_place) {
  if (world().rank() == 1) send(world(), as_object(values_), {.dest = 0});
  if (world().rank() == 0) {
    auto const* const memory = values_.data();
    auto const arrived = recv(world(), as_object(values_), {.source = 1});
    EXPECT_GT(arrived.bytes, static_cast<std::int64_t>(length));
    EXPECT_EQ(values_.data(), memory);
    EXPECT_EQ(first_wrong(values_), length);
  }
}

} // namespace
} // namespace armada
