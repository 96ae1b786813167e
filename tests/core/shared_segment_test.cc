#include <armada/core/shared_segment.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <sys/statvfs.h>

namespace armada::detail {
namespace {

node const& nearby() { return world().state()->nearby(); }

/// A segment that every rank of the node has mapped.
shared_segment mapped(std::size_t bytes) {
  shared_segment segment(nearby(), bytes);
  call<MPI_Barrier>(world().raw());
  return segment;
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
}

/// The line of /proc/self/maps that holds an address.
std::string mapping_of(void const* address) {
  auto const wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    auto const first = std::stoull(line, nullptr, 16), last = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
    if (wanted >= first && wanted < last) return line;
  }
  return "";
}

TEST(shared_segment, every_rank_of_the_node_sees_what_the_others_store) {
  auto const& near = nearby();
  auto const page = shared_segment::page();
  shared_segment const segment(near, page * static_cast<std::size_t>(near.size()));
  auto* const mine = segment.data() + page * static_cast<std::size_t>(near.rank);
  mine[0] = mine[page - 1] = static_cast<std::byte>(near.rank + 1);
  call<MPI_Barrier>(world().raw());
  for (int r = 0; r < near.size(); ++r) {
    auto const* const part = segment.data() + page * static_cast<std::size_t>(r);
    EXPECT_EQ(part[0], static_cast<std::byte>(r + 1));
    EXPECT_EQ(part[1], std::byte{0});
    EXPECT_EQ(part[page - 1], static_cast<std::byte>(r + 1));
  }
  call<MPI_Barrier>(world().raw());
}

TEST(shared_segment, is_zeroed_and_begins_on_a_page) {
  auto segment = mapped(10'000);
  EXPECT_EQ(segment.size(), 10'000U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(segment.data()) % shared_segment::page(), 0U);
  segment.populate(0, 10'000);
  EXPECT_TRUE(std::all_of(segment.data(), segment.data() + 10'000, [](std::byte b) { return b == std::byte{0}; }));
}

TEST(shared_segment, populate_gives_the_pages) {
  auto const page = shared_segment::page();
  auto segment = mapped(64 * page);
  auto const resident = [&] {
    std::ifstream smaps("/proc/self/smaps");
    auto const wanted = mapping_of(segment.data());
    long kilobytes = -1;
    for (std::string line; std::getline(smaps, line);)
      if (line == wanted)
        while (std::getline(smaps, line))
          if (line.starts_with("Rss:")) return std::stol(line.substr(4));
    return kilobytes;
  };
  EXPECT_EQ(resident(), 0);
  segment.populate(0, 0);
  segment.populate(16 * page, 8 * page);
  EXPECT_EQ(resident(), static_cast<long>(8 * page / 1024));
  segment.populate(0, 64 * page);
  EXPECT_EQ(resident(), static_cast<long>(64 * page / 1024));
}

/// A container's /dev/shm has 64 MB, and leaves files behind when a job is killed. A memfd knows neither.
TEST(shared_segment, is_no_file_in_dev_shm) {
  struct statvfs before {
  }, after{};
  ASSERT_EQ(statvfs("/dev/shm", &before), 0);
  auto segment = mapped(1 << 22);
  segment.populate(0, 1 << 22);
  ASSERT_EQ(statvfs("/dev/shm", &after), 0);
  auto const mapping = mapping_of(segment.data());
  EXPECT_EQ(mapping.find("/memfd:armada") != std::string::npos, nearby().size() > 1) << mapping;
  EXPECT_EQ(mapping.find("/dev/shm"), std::string::npos) << mapping;
  EXPECT_LT(before.f_bfree * before.f_frsize - after.f_bfree * after.f_frsize, 1U << 20);
}

TEST(shared_segment, keeps_its_memory_without_its_file) {
  auto const before = open_files();
  auto segment = mapped(4096);
  EXPECT_EQ(open_files(), before + (nearby().size() > 1 ? 1 : 0)); // a rank alone needs none
  segment.close_file();
  EXPECT_EQ(open_files(), before);
  segment.data()[4095] = std::byte{7};
  EXPECT_EQ(segment.data()[4095], std::byte{7});
  segment.close_file();
}

TEST(shared_segment, moves) {
  auto first = mapped(4096);
  auto* const data = first.data();
  shared_segment second(std::move(first));
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(first.data(), nullptr); // NOLINT(bugprone-use-after-move)
  first = std::move(second);
  EXPECT_EQ(first.data(), data);
  EXPECT_EQ(first.size(), 4096U);
  first = shared_segment();
  EXPECT_EQ(first.data(), nullptr);
  EXPECT_EQ(first.size(), 0U);
}

TEST(shared_segment, more_than_there_is_throws_on_every_rank_and_leaves_nothing) {
  auto const before = open_files();
  EXPECT_TRUE(support::throws<out_of_memory>([] { shared_segment const segment(nearby(), std::size_t{1} << 50); },
                                             {"1125899906842624 bytes", "bytes are available"}));
  EXPECT_EQ(open_files(), before);
}

TEST(shared_segment, what_must_not_grow_throws_on_every_rank_and_leaves_nothing) {
  auto const before = open_files();
  std::signal(SIGXFSZ, SIG_IGN);
  bool const alone = nearby().size() == 1; // memory then, and no file
  auto const what = alone ? RLIMIT_AS : RLIMIT_FSIZE;
  rlimit unlimited{};
  getrlimit(what, &unlimited);
  rlimit const small{4096, unlimited.rlim_max};
  setrlimit(what, &small);
  EXPECT_TRUE(support::throws<out_of_memory>([] { shared_segment const segment(nearby(), 1 << 20); },
                                             {"1048576 bytes", alone ? "Cannot allocate memory" : "File too large"}));
  setrlimit(what, &unlimited);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(open_files(), before);
}

TEST(available_memory, is_a_plausible_number) {
  EXPECT_GT(available_memory(), std::uint64_t{1} << 20);
  EXPECT_LT(available_memory(), std::uint64_t{1} << 50);
}

} // namespace
} // namespace armada::detail
