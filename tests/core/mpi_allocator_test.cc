#include <armada/core/mpi_allocator.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;

static_assert(std::allocator_traits<mpi_allocator<int>>::is_always_equal::value);
static_assert(std::is_same_v<std::allocator_traits<mpi_allocator<int>>::rebind_alloc<char>, mpi_allocator<char>>);
static_assert(mpi_allocator<int>() == mpi_allocator<char>());

TEST(mpi_allocator, containers_grow_and_move) {
  std::vector<double, mpi_allocator<double>> values;
  for (int i = 0; i < 10'000; ++i) values.push_back(i); // NOLINT(performance-*): it is to grow
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(values[static_cast<std::size_t>(i)], i);
  auto const* const data = values.data();
  auto const moved = std::move(values);
  EXPECT_EQ(moved.data(), data) << "not copied";
  std::list<std::string, mpi_allocator<std::string>> const names{"a", std::string(100, 'b')};
  EXPECT_EQ(names.back().size(), 100U);
}

TEST(mpi_allocator, memory_is_aligned_for_any_type) {
  mpi_allocator<std::max_align_t> allocator;
  for (std::size_t count : {1U, 3U, 1000U}) {
    auto* const memory = allocator.allocate(count);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U);
    allocator.deallocate(memory, count);
  }
}

TEST(mpi_allocator, too_much_is_named) {
  mpi_allocator<char> bytes;
  EXPECT_TRUE(throws<out_of_memory>([&] { return bytes.allocate(std::size_t{1} << 62); },
                                    {"MPI has no 4611686018427387904 bytes", "mpi_allocator on rank "}));
  EXPECT_TRUE(throws<out_of_memory>([&] { return bytes.allocate(~std::size_t{0}); }));
  mpi_allocator<double> doubles;
  EXPECT_THROW(static_cast<void>(doubles.allocate(~std::size_t{0} / 4)), std::bad_array_new_length);
}

} // namespace
} // namespace armada
