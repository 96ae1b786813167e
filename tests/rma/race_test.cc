// Programs with and without races, under ARMADA_CHECK=rma. A race is found by the rank whose access comes second.

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/counter.hpp>
#include <armada/rma/mutex.hpp>
#include <armada/rma/notification.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

namespace armada {
namespace {

/// Accesses to parts of one's own host are seen, so races are found where ranks share the host of rank 0, the target.
bool seen() {
  int const sharing = world().split_shared().size();
  return allreduce(world(), me() == 0 ? sharing : 0, std::plus<>{}) > 1;
}

/// What the ranks that `action` accuses of a race say.
template <class Action>
std::string accusation(Action&& action) {
  try {
    action();
  } catch (race_error const& e) {
    return e.what();
  }
  return {};
}

/// Every rank runs `program(epoch)` in one epoch for all; whether any is accused is the same question on all.
template <class Program>
bool races(Program program) {
  auto win = window<int>::allocate(world(), 100, {.name = "raced"});
  std::string said;
  {
    auto epoch = win.lock_all();
    said = accusation([&] { program(epoch); });
    barrier(world());
  }
  if (!said.empty()) {
    EXPECT_NE(said.find("race on window \"raced\""), std::string::npos) << said;
    EXPECT_NE(said.find("race_test.cc:"), std::string::npos) << said;
    EXPECT_NE(said.find("by rank " + std::to_string(me())), std::string::npos) << said;
  }
  return allreduce(world(), said.empty() ? 0 : 1, std::plus<>{}) > 0;
}

/// A program that races is accused. Where the window spans hosts, MPI's locks may order what was not meant to be: there
/// either answer is right.
template <class Program>
void expect_found(Program program) {
  bool const found = races(program);
  if (world().split_shared().size() == ranks()) {
    EXPECT_EQ(found, ranks() > 1);
  }
}

std::vector<int> buffer(10, 1);

TEST(race, two_writes) {
  expect_found([](auto& epoch) { epoch.put(buffer, {.rank = 0}); });
  expect_found([](auto& epoch) { epoch.put(buffer, {.rank = 0, .offset = 4 * me()}); }); // some in common
  expect_found([](auto& epoch) { epoch.put(buffer, {.rank = 0, .layout = strided(10, 2 + me() % 2)}); });
}

TEST(race, a_write_and_a_read_or_update) {
  expect_found([](auto& epoch) {
    if (me() == 0)
      epoch.put(buffer, {.rank = 0});
    else
      epoch.get(buffer, {.rank = 0});
  });
  expect_found([](auto& epoch) {
    if (me() == 0)
      epoch.put(buffer, {.rank = 0});
    else
      epoch.accumulate(buffer, {.rank = 0, .offset = 5}, std::plus<>{});
  });
  expect_found([](auto& epoch) {
    std::vector<int> read(4);
    if (me() == 0)
      epoch.fetch_and_op(1, {.rank = 0, .offset = 3}, std::plus<>{});
    else
      epoch.get(read, {.rank = 0});
  });
}

TEST(race, in_a_fence_epoch) {
  auto win = window<int>::allocate(world(), 10);
  auto epoch = win.fence();
  auto const said = accusation([&] { epoch.put(buffer, {.rank = 0}); });
  epoch.close();
  EXPECT_EQ(allreduce(world(), said.empty() ? 0 : 1, std::plus<>{}) > 0, seen());
}

TEST(race, in_epochs_of_shared_locks) {
  auto win = window<int>::allocate(world(), 10);
  std::string said;
  {
    auto epoch = win.lock(0, shared);
    said = accusation([&] { epoch.put(buffer, {.rank = 0}); });
  }
  bool const found = allreduce(world(), said.empty() ? 0 : 1, std::plus<>{}) > 0;
  if (world().split_shared().size() == ranks()) {
    EXPECT_EQ(found, ranks() > 1);
  }
}

TEST(race, the_logs_of_windows_keep_no_files_open) {
  auto const files = [] {
    using std::filesystem::directory_iterator;
    return std::distance(directory_iterator("/proc/self/fd"), directory_iterator{});
  };
  auto const before = files();
  auto const one = window<int>::allocate(world(), 1), other = window<int>::allocate(world(), 1);
  EXPECT_EQ(files(), before);
}

TEST(race, not_between_accesses_that_do_not_conflict) {
  EXPECT_FALSE(races([](auto& epoch) { epoch.get(buffer, {.rank = 0}); }));
  EXPECT_FALSE(races([](auto& epoch) { epoch.put(buffer, {.rank = 0, .offset = 10 * me()}); }));
  EXPECT_FALSE(races([](auto& epoch) { epoch.put(buffer, {.rank = 0, .offset = me(), .layout = strided(10, 4)}); }));
  EXPECT_FALSE(races([](auto& epoch) {
    epoch.accumulate(buffer, {.rank = 0}, std::plus<>{});
    epoch.fetch_and_op(1, {.rank = 0}, maximum{});
  }));
  EXPECT_FALSE(races([](auto& epoch) {
    for (int i = 0; i < 3; ++i) epoch.put(buffer, {.rank = me()});
    epoch.get(buffer, {.rank = me()});
  }));
}

TEST(race, not_when_collectives_come_between) {
  EXPECT_FALSE(races([](auto& epoch) {
    for (int writer = 0; writer < ranks(); ++writer) {
      if (me() == writer) epoch.put(buffer, {.rank = 0});
      epoch.flush();
      barrier(world());
      std::vector<int> read(10);
      epoch.get(read, {.rank = 0});
      static_cast<void>(allreduce(world(), 1, std::plus<>{}));
    }
  }));
  auto win = window<int>::allocate(world(), 10);
  auto epoch = win.fence();
  for (int writer = 0; writer < ranks(); ++writer) {
    if (me() == writer) epoch.put(buffer, {.rank = 0});
    epoch.fence();
  }
}

TEST(race, not_when_a_message_comes_between) {
  EXPECT_FALSE(races([](auto& epoch) {
    int token = 0;
    if (me() > 0) call<MPI_Recv>(static_cast<void*>(&token), 1, MPI_INT, me() - 1, 0, world().raw(), MPI_STATUS_IGNORE);
    epoch.put(buffer, {.rank = 0});
    epoch.flush();
    if (me() + 1 < ranks()) call<MPI_Send>(static_cast<void const*>(&token), 1, MPI_INT, me() + 1, 0, world().raw());
  }));
}

TEST(race, not_under_locks) {
  auto win = window<int>::allocate(world(), 10);
  for (int i = 0; i < 20; ++i) {
    win.lock(0, exclusive).put(buffer, {.rank = 0});
    win.lock(0, shared).get(buffer, {.rank = 0});
    std::vector<int> read(10);
    win.lock_all().get(read, {.rank = 0});
  }
  barrier(world());
}

TEST(race, not_with_the_tools) {
  {
    mutex guard(world());
    auto win = window<int>::allocate(world(), 1);
    auto epoch = win.lock_all();
    for (int i = 0; i < 20; ++i) {
      std::scoped_lock const lock(guard);
      int value = 0;
      epoch.get(value, {.rank = 0});
      ++value;
      epoch.put(value, {.rank = 0});
      epoch.flush();
    }
    barrier(world());
    int value = 0;
    epoch.get(value, {.rank = 0});
    EXPECT_EQ(value, 20 * ranks());
    barrier(world());
  }
  {
    counter tickets(world());
    auto win = window<int>::allocate(world(), 100);
    auto epoch = win.lock_all();
    for (auto ticket = tickets.next(); ticket < 100; ticket = tickets.next())
      epoch.put(me(), {.rank = 0, .offset = ticket});
    barrier(world());
  }
  notification<std::int64_t> arrived(world(), 1);
  auto win = window<int>::allocate(world(), 10);
  {
    auto epoch = win.lock_all();
    auto const right = (me() + 1) % ranks();
    epoch.put(buffer, {.rank = right});
    arrived.notify_after(epoch, right, 0, std::int64_t{1});
    arrived.wait(0);
    std::vector<int> read(10);
    epoch.get(read, {.rank = me()});
    EXPECT_EQ(read, buffer);
    barrier(world());
  }
}

TEST(race, not_between_start_and_complete) {
  auto win = window<int>::allocate(world(), 10);
  for (int round = 0; round < 3; ++round)
    for (int origin = 0; origin < ranks(); ++origin) {
      exposure_epoch exposed = me() == 0 ? win.post({origin}) : win.post({});
      if (me() == origin) win.start({0}).put(buffer, {.rank = 0});
      exposed.wait();
    }
  barrier(world());
}

} // namespace
} // namespace armada
