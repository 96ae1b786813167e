#include <armada/rma/window.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/checks.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/detail/race_log.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace armada {
namespace {

using support::throws;

static_assert(!std::copyable<window<int>> && std::movable<window<int>>);

template <class T>
T value_of(int rank, std::int64_t i) {
  T value{};
  auto* const bytes = reinterpret_cast<unsigned char*>(&value);
  for (std::size_t b = 0; b < sizeof(T); ++b)
    bytes[b] = static_cast<unsigned char>(17 * rank + 5 * i + 3 * static_cast<int>(b) + 1);
  return value;
}

/// Every rank fills its neighbour's part and reads all parts; T has `sizeof(T)` bytes, ranks have different lengths.
template <class T>
void fill_and_read(auto const& length) {
  auto win = window<T>::allocate(world(), length(me()));
  EXPECT_EQ(win.ranks(), ranks());
  for (int r = 0; r < ranks(); ++r) ASSERT_EQ(win.size(r), length(r));
  ASSERT_EQ(std::ssize(win.local()), length(me()));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(win.local().data()) % 64, 0U);
  EXPECT_TRUE(std::ranges::all_of(std::as_bytes(win.local()), [](std::byte b) { return b == std::byte{0}; }));
  barrier(world());
  {
    int const next = next_rank();
    std::vector<T> given;
    for (std::int64_t i = 0; i < length(next); ++i) given.push_back(value_of<T>(next, i));
    auto epoch = win.lock(next);
    epoch.put(given, {.rank = next});
  }
  barrier(world());
  {
    auto epoch = win.lock_all();
    for (int r = 0; r < ranks(); ++r) {
      std::vector<T> taken(static_cast<std::size_t>(length(r)) + 2, value_of<T>(99, 99)); // guards on both sides
      epoch.get(std::span(taken).subspan(1), {.rank = r, .count = length(r)});
      EXPECT_EQ(taken.front(), value_of<T>(99, 99));
      EXPECT_EQ(taken.back(), value_of<T>(99, 99));
      for (std::int64_t i = 0; i < length(r); ++i)
        ASSERT_EQ(taken[static_cast<std::size_t>(i) + 1], value_of<T>(r, i)) << sizeof(T) << " bytes, rank " << r;
    }
  }
  for (std::int64_t i = 0; i < length(me()); ++i)
    ASSERT_EQ(win.local()[static_cast<std::size_t>(i)], value_of<T>(me(), i));
  barrier(world());
}

TEST(window, any_length_on_any_rank_and_elements_of_any_size) {
  std::array const lengths{+[](int) -> std::int64_t { return 0; },
                           +[](int) -> std::int64_t { return 1; },
                           +[](int r) -> std::int64_t { return r; },
                           +[](int r) -> std::int64_t { return 3 - r % 3; },
                           +[](int r) -> std::int64_t { return r % 2 == 0 ? 0 : 5; },
                           +[](int r) -> std::int64_t { return r == 0 ? 7 : 0; },
                           +[](int r) -> std::int64_t { return 1000 + 37 * r; }};
  for (auto const length : lengths) {
    fill_and_read<std::uint8_t>(length); // 1, 3, 5 and 7 bytes are lengths of rank 0 among them
    fill_and_read<std::int16_t>(length);
    fill_and_read<std::int32_t>(length);
    fill_and_read<std::int64_t>(length);
    fill_and_read<std::array<std::uint64_t, 2>>(length);
    fill_and_read<std::array<std::uint8_t, 3>>(length);
    fill_and_read<std::array<std::uint8_t, 7>>(length);
  }
}

/// The neighbour's canary dies when the base that MPI has is not the part's (quirk 1).
TEST(window, nobody_writes_beyond_the_part_that_is_meant) {
  for (std::int64_t const length : {1, 3, 5, 7, 8, 9, 20, 24, 100}) {
    auto win = window<std::uint8_t>::allocate(world(), length);
    std::ranges::fill(win.local(), std::uint8_t{0xee});
    barrier(world());
    if (me() == 0) {
      auto epoch = win.lock_all();
      for (int r = 0; r < ranks(); ++r)
        for (std::int64_t i = 0; i < length; i += 2) epoch.put(static_cast<std::uint8_t>(i), {.rank = r, .offset = i});
    }
    barrier(world());
    for (std::int64_t i = 0; i < length; ++i)
      ASSERT_EQ(win.local()[static_cast<std::size_t>(i)], i % 2 == 0 ? i : 0xee) << length << " bytes, at " << i;
    barrier(world());
  }
}

TEST(window, a_count_that_cannot_be_is_an_error_of_every_rank) {
  bool const odd_one = me() == ranks() - 1;
  auto const whose = ranks() > 1 ? "rank " : "";
  EXPECT_TRUE(
      throws<argument_error>([&] { return window<double>::allocate(world(), odd_one ? -1 : 4, {.name = "mine"}); },
                             {whose, "window \"mine\"", "-8 bytes, is negative"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] { return window<double>::allocate(world(), odd_one ? std::numeric_limits<std::int64_t>::min() : 4); }));
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(throws<out_of_memory>([&] { return window<double>::allocate(world(), odd_one ? most : 4); }, {whose}));
  EXPECT_TRUE(throws<out_of_memory>([&] { return window<double>::allocate(world(), odd_one ? most / 8 : 4); }));
  std::size_t const nothing = 0; // and one less
  EXPECT_TRUE(throws<out_of_memory>([&] { return window<double>::allocate(world(), odd_one ? nothing - 1 : 4); }));
}

TEST(window, more_memory_than_there_is_throws_on_every_rank_at_once) {
  auto const begin = std::chrono::steady_clock::now();
  auto const what = [&] {
    try {
      static_cast<void>(
          window<double>::allocate(world(), me() == 0 ? std::int64_t{1} << 45 : 1, {.name = "too large"}));
      return std::string("nothing was thrown");
    } catch (out_of_memory const& e) {
      return std::string(e.what());
    }
  }();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_NE(what.find("bytes are available"), std::string::npos) << what;
  EXPECT_NE(what.find("use fewer or smaller arrays, or more hosts"), std::string::npos) << what;
  for (auto const& other : allgather(world(), what)) EXPECT_EQ(other, what);
}

TEST(window, shared_is_the_memory_itself) {
  auto win = window<int>::allocate(world(), me() + 2);
  win.local()[0] = 100 + me();
  win.local().back() = -me();
  win.sync();
  barrier(world());
  win.sync();
  for (int r = 0; r < ranks(); ++r) {
    if (!win.is_near(r)) {
      EXPECT_TRUE(throws<argument_error>([&] { return win.shared(r); }, {"has no memory on this host"}));
      continue;
    }
    auto const theirs = win.shared(r);
    ASSERT_EQ(theirs.size(), static_cast<std::size_t>(r + 2));
    EXPECT_EQ(theirs.front(), 100 + r);
    EXPECT_EQ(theirs.back(), -r);
  }
  EXPECT_TRUE(win.is_near(me()));
  EXPECT_EQ(win.shared(me()).data(), win.local().data());
  for (int const wrong : {-1, ranks(), 1'000'000}) {
    EXPECT_FALSE(win.is_near(wrong));
    EXPECT_TRUE(throws<argument_error>([&] { return win.shared(wrong); }));
    EXPECT_TRUE(throws<argument_error>([&] { return win.size(wrong); }, {"is not a rank"}));
    EXPECT_TRUE(throws<argument_error>([&] { return win.lock(wrong); }, {"is not a rank"}));
  }
  barrier(world());
}

template <class T>
bool all_near(window<T> const& win) {
  for (int r = 0; r < ranks(); ++r)
    if (!win.is_near(r)) return false;
  return true;
}

/// Ranks of one host need nothing of each other to get and put, nor to lock and update where all are on one host: rank
/// 0 stays outside of MPI until its neighbours have done all that.
TEST(window, a_rank_that_computes_does_not_hold_up_its_neighbours) {
  auto win = window<int>::allocate(world(), 100);
  auto finished = window<int>::allocate(world(), 1);
  std::ranges::fill(win.local(), 7);
  barrier(world());
  int near = 0;
  for (int r = 0; r < ranks(); ++r) near += win.is_near(r);
  if (me() == 0) {
    std::atomic_ref<int> const others(finished.local()[0]);
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (others < near - 1 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(others, near - 1) << "they wait for this rank";
  } else if (win.is_near(0)) {
    std::vector<int> taken(50);
    if (all_near(win)) {
      auto epoch = win.lock(0);
      epoch.get(taken, {.rank = 0});
      epoch.put(taken, {.rank = 0, .offset = 50});
      epoch.accumulate(std::vector(3, 1), {.rank = 0, .offset = 97}, std::plus<>{});
    } else { // locks are MPI's
      std::ranges::copy(win.shared(0).first(50), taken.begin());
    }
    EXPECT_EQ(taken, std::vector(50, 7));
    ++std::atomic_ref<int>(finished.shared(0)[0]);
  }
  barrier(world());
}

TEST(window, locks_say_what_is_wrong) {
  auto win = window<int>::allocate(world(), 1, {.name = "guarded"});
  auto epoch = win.lock(me(), shared);
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.lock(me(), shared); }, {"window \"guarded\"", "already"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.lock_all(); }, {"window \"guarded\""}));
  epoch.close();
  auto all = win.lock_all();
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.lock(me()); }, {"all parts already"}));
  all.close();
  barrier(world());
}

TEST(window, a_closed_window_says_so) {
  for (auto win : {0, 1}) {
    window<int> closed;
    if (win == 1) {
      closed = window<int>::allocate(world(), 4);
      closed.close();
    }
    EXPECT_TRUE(throws<lifecycle_error>([&] { return closed.local(); }, {"closed, or never was one"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return closed.shared(0); }));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return closed.size(0); }));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return closed.ranks(); }));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return closed.lock(0); }));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return closed.lock_all(); }));
    EXPECT_TRUE(throws<lifecycle_error>([&] { closed.sync(); }));
    closed.close();
  }
}

/// Freeing is collective where there are far ranks: an exception that passes all of them is no reason to end the job.
TEST(window, is_closed_by_an_exception_on_every_rank) {
  for (int thrower = 0; thrower < ranks(); ++thrower) {
    try {
      auto const win = window<int>::allocate(world(), 3);
      auto const epoch = win.lock(me());
      if (me() == thrower) throw std::runtime_error("one rank's own");
      throw std::runtime_error("another one's");
    } catch (std::runtime_error const&) {
    }
    barrier(world());
    auto const next = window<int>::allocate(world(), 3);
    EXPECT_EQ(next.local()[0], 0);
  }
}

TEST(window, moves) {
  auto first = window<int>::allocate(world(), 4);
  int const* const data = first.local().data();
  auto second = std::move(first);
  EXPECT_EQ(second.local().data(), data);
  EXPECT_TRUE(throws<lifecycle_error>([&] { return first.local(); })); // NOLINT(bugprone-use-after-move)
  second = window<int>::allocate(world(), 8);
  EXPECT_EQ(second.local().size(), 8U);
}

TEST(window, outlives_its_communicator) {
  for (bool const closes : {false, true}) {
    window<int> win;
    {
      auto comm = world().dup();
      win = window<int>::allocate(comm, 3);
      if (closes) comm.close();
    }
    auto const noise = world().dup(); // takes the places that were freed
    win.local()[2] = me();
    win.sync();
    barrier(world());
    {
      auto epoch = win.lock(next_rank(), shared);
      int value = -1;
      epoch.get(value, {.rank = next_rank(), .offset = 2});
      EXPECT_EQ(value, next_rank());
      EXPECT_TRUE(win.is_near(me()));
    }
    barrier(world());
  }
}

TEST(window, on_a_part_of_the_ranks) {
  auto const half = world().split(me() % 2, -me()); // in reverse order
  auto win = window<int>::allocate(half, 1);
  win.local()[0] = me();
  win.sync();
  barrier(half);
  auto epoch = win.lock_all();
  for (int r = 0; r < half.size(); ++r) {
    int value = -1;
    epoch.get(value, {.rank = r});
    EXPECT_EQ(value % 2, me() % 2);
    EXPECT_EQ(value, me() + 2 * (half.rank() - r));
  }
  epoch.close();
  barrier(half);
  auto const alone = window<int>::allocate(self(), 5);
  EXPECT_EQ(alone.ranks(), 1);
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
}

TEST(window, several_at_once_do_not_meet_nor_use_up_file_descriptors) {
  auto const files = open_files();
  std::vector<window<int>> all;
  for (int i = 0; i < 20; ++i) all.push_back(window<int>::allocate(world(), i + 1));
  EXPECT_EQ(open_files(), files);
  for (int i = 0; i < 20; ++i) std::ranges::fill(all[static_cast<std::size_t>(i)].local(), 100 * i + me());
  barrier(world());
  for (int i = 0; i < 20; ++i) {
    auto epoch = all[static_cast<std::size_t>(i)].lock(next_rank(), shared);
    std::vector<int> taken(static_cast<std::size_t>(i) + 1);
    epoch.get(taken, {.rank = next_rank()});
    EXPECT_EQ(taken, std::vector<int>(static_cast<std::size_t>(i) + 1, 100 * i + next_rank()));
  }
  barrier(world());
}

/// In kilobytes: the sum of a field over the mappings of this process that are window memory: files of that name, or
/// where a rank is alone on its host, what asks for large pages.
long window_memory(std::string const& field) {
  std::ifstream smaps("/proc/self/smaps");
  long total = 0, of_this = 0;
  bool file = false;
  for (std::string line; std::getline(smaps, line);)
    if (line.find('-') < line.find(' ') && line.find(':') > line.find(' '))
      file = line.find("/memfd:armada") != std::string::npos;
    else if (line.starts_with(field))
      of_this = std::stol(line.substr(field.size()));
    else if (line.starts_with("VmFlags:") && (file || line.find(" hg") != std::string::npos)) // which comes last
      total += of_this;
  return total;
}

TEST(window, a_thousand_come_and_go) {
  auto const files = open_files();
  auto const memory = window_memory("Size:");
  bool const near = all_near(window<int>::allocate(world(), 0));
  for (int i = 0; i < (near ? 1000 : 1000 / ranks()); ++i) {
    auto win = window<int>::allocate(world(), i % 7);
    if (!win.local().empty()) win.local()[0] = i;
  }
  barrier(world());
  EXPECT_EQ(open_files(), files);
  EXPECT_EQ(window_memory("Size:"), memory);
}

/// A window costs its data and at most 64 KiB for each rank; where the race checker is on, its log as well.
TEST(window, costs_its_data_and_little_more) {
  long const log = checks::rma() ? static_cast<long>(sizeof(detail::race_log)) / 1024 + 8 : 0;
  for (std::int64_t const bytes : {0, 1, 4096, 100'000, 1 << 20, 5 << 20}) {
    auto const before = window_memory("Size:");
    auto const win = window<std::uint8_t>::allocate(world(), bytes);
    int const near = world().state()->nearby().size();
    EXPECT_LE(window_memory("Size:") - before, near * (bytes / 1024 + 64 + log)) << bytes;
    barrier(world());
    if (near > 1 || window_memory("Size:") > 0) { // Linux may be built without large pages
      EXPECT_GE(window_memory("Rss:"), bytes / 1024) << "the pages are there before they are used";
    }
    barrier(world());
  }
}

} // namespace
} // namespace armada
