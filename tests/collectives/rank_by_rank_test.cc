/// A gather of large values that does not hold the bytes of all ranks at once.

#include <armada/collectives/gather.hpp>

#include "tests/collectives/three_modes.hpp"

#include <atomic>
#include <cstdlib>
#include <map>
#include <new>
#include <string>
#include <vector>

#include <malloc.h>

namespace {

std::atomic<std::size_t> in_use{0};
std::atomic<std::size_t> most{0};

void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  std::size_t const now = in_use += malloc_usable_size(memory);
  for (std::size_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
  }
  return memory;
}

/// A function of its own for the compiler, which would pair `free` with `new`.
[[gnu::noinline]] void given_back(void* memory) noexcept {
  in_use -= malloc_usable_size(memory);
  std::free(memory);
}

} // namespace

void* operator new(std::size_t bytes) { return counted(std::malloc(bytes)); }
void operator delete(void* memory) noexcept { given_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { given_back(memory); }

namespace armada {
namespace {

using namespace support;
using table = std::map<int, std::vector<double>>;

table table_of(int rank, std::size_t length) {
  table result;
  for (int i = 0; i < 8; ++i) result[i].assign(length, rank + 10 * i);
  return result;
}

template <class T>
void expect_gathered(auto const& value_of) {
  for (int root = 0; root < ranks(); ++root) {
    T const mine = value_of(here());
    auto const all = gather(world(), mine, root, rank_by_rank);
    ASSERT_EQ(all.has_value(), here() == root);
    for (int rank = 0; all && rank < ranks(); ++rank) EXPECT_EQ((*all)[static_cast<std::size_t>(rank)], value_of(rank));
  }
}

TEST(rank_by_rank, gathers_the_same) {
  expect_gathered<table>([](int rank) { return table_of(rank, static_cast<std::size_t>(rank) * 1000); });
  expect_gathered<std::string>([](int rank) { return text_of(rank, static_cast<std::size_t>(rank) * 50'000); });
  expect_gathered<std::vector<int>>([](int rank) { return std::vector<int>(static_cast<std::size_t>(rank), 7); });
}

TEST(rank_by_rank, holds_the_bytes_of_one_rank_at_a_time) {
  constexpr std::size_t length = 1 << 17; // 8 MiB each
  constexpr std::size_t one = 8 * length * sizeof(double);
  table const mine = table_of(here(), length);
  std::size_t const before = in_use;
  most = before;
  auto const all = gather(world(), mine, ranks() - 1, rank_by_rank);
  std::size_t const taken = most - before;
  std::size_t const values = all ? many() * one : 0;
  EXPECT_LT(taken, values + 2 * one + one / 2);
  if (all) {
    EXPECT_EQ(all->front(), table_of(0, length));
    EXPECT_EQ(all->back(), mine);
  }
}

TEST(rank_by_rank, values_of_other_types_are_refused_at_the_root) {
  if (ranks() == 1) GTEST_SKIP() << "needs two ranks";
  if (here() == 1) {
    EXPECT_EQ(gather(world(), std::vector<int>(30'000, 1), 0, rank_by_rank), std::nullopt);
  } else {
    auto const others = [] { return gather(world(), std::vector<float>{1, 2}, 0, rank_by_rank); };
    if (here() == 0) {
      auto const message = message_of<type_error>([&] { static_cast<void>(others()); });
      EXPECT_NE(message.find("the value of rank 1 is of another type"), std::string::npos) << message;
    } else {
      EXPECT_EQ(others(), std::nullopt);
    }
  }
  expect_gathered<std::string>([](int rank) { return text_of(rank, 10); }); // the communicator still serves
}

TEST(rank_by_rank, a_borrowed_communicator_has_no_twin_for_it) {
  auto const borrowed = communicator::borrow(MPI_COMM_WORLD);
  auto const message =
      message_of<unsupported>([&] { static_cast<void>(gather(borrowed, std::string(), 0, rank_by_rank)); });
  EXPECT_NE(message.find("it needs a private twin"), std::string::npos) << message;
}

} // namespace
} // namespace armada
