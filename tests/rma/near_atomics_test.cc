#include <armada/rma/detail/near_atomics.hpp>

#include "tests/rma/operations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace armada::detail {
namespace {

using namespace operations;

/// Memory of a node as a window has it: page-aligned, with its locks.
template <class T>
struct node_memory {
  explicit node_memory(std::int64_t count, T const& value = T{}) : size(static_cast<std::size_t>(count)) {
    auto const bytes = (size * sizeof(T) + 8191) / 4096 * 4096;
    base = static_cast<std::byte*>(std::aligned_alloc(4096, bytes));
    std::memset(base, 0, bytes);
    std::fill_n(elements(), size, value);
  }
  ~node_memory() { std::free(base); }
  node_memory(node_memory const&) = delete;
  node_memory& operator=(node_memory const&) = delete;

  [[nodiscard]] T* elements() const { return reinterpret_cast<T*>(base + 64); }
  [[nodiscard]] T& operator[](std::int64_t i) const { return elements()[i]; }
  [[nodiscard]] near_place<T> at(std::int64_t i) { return {elements() + i, base, &locks}; }

  std::size_t size;
  std::byte* base;
  stripes locks;
};

template <class Work>
void in_threads(int count, Work work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
}

TEST(near_atomics, every_operation_on_every_type_agrees_with_the_plain_one) {
  for_every_pair([]<class T, class Op>(T, Op op) {
    node_memory<T> memory(8, sample<T>(3));
    for (std::int64_t i = 0; i < 8; ++i) {
      T const value = sample<T>(static_cast<int>(i));
      T const old = near_fetch(memory.at(i), value, op);
      EXPECT_EQ(old, sample<T>(3)) << name<T, Op>();
      EXPECT_EQ(memory[i], static_cast<T>(op(sample<T>(3), value))) << name<T, Op>();
    }
  });
}

TEST(near_atomics, bulk_agrees_with_the_plain_loop_at_every_place_length_and_step) {
  for_some_pairs([]<class T, class Op>(T, Op op) {
    auto const per_stripe = static_cast<std::int64_t>(stripes::bytes_per_stripe / sizeof(T));
    std::int64_t const size = 2 * per_stripe + 20;
    for (std::int64_t const first : {std::int64_t{0}, std::int64_t{1}, per_stripe - 65, per_stripe - 3})
      for (std::int64_t const count : {std::int64_t{0}, std::int64_t{1}, std::int64_t{5}, per_stripe, per_stripe + 7})
        for (std::int64_t const step : {1, 2})
          for (std::int64_t const value_step : {1, -1, 0}) {
            if (first < 0 || first + (count - 1) * step >= size) continue;
            node_memory<T> memory(size);
            for (std::int64_t i = 0; i < size; ++i) memory[i] = sample<T>(static_cast<int>(i % 7));
            std::vector<wrapped<T>> values(static_cast<std::size_t>(count) + 1);
            for (std::size_t i = 0; i < values.size(); ++i) values[i].value = sample<T>(static_cast<int>(i % 5));
            T const* const begin = &values[value_step < 0 && count > 0 ? values.size() - 2 : 0].value;
            near_accumulate(memory.at(first), step, begin, value_step, count, op);
            for (std::int64_t i = 0; i < size; ++i) {
              T wanted = sample<T>(static_cast<int>(i % 7));
              auto const k = (i - first) / step;
              if (i >= first && (i - first) % step == 0 && k < count)
                wanted = static_cast<T>(op(wanted, begin[k * value_step]));
              ASSERT_EQ(memory[i], wanted) << name<T, Op>() << " at " << i << ", first " << first << ", count " << count
                                           << ", step " << step << ", value step " << value_step;
            }
          }
  });
}

TEST(near_atomics, compare_and_swap_returns_the_old_value_and_swaps_only_what_it_expects) {
  for_every_type([]<class T>(T) {
    node_memory<T> memory(3, sample<T>(1));
    EXPECT_EQ(near_compare_and_swap(memory.at(1), sample<T>(1), sample<T>(2)), sample<T>(1));
    EXPECT_EQ(memory[1], sample<T>(2));
    EXPECT_EQ(near_compare_and_swap(memory.at(1), sample<T>(1), sample<T>(0)), sample<T>(2));
    EXPECT_EQ(memory[1], sample<T>(2));
    EXPECT_EQ(memory[0], sample<T>(1));
    EXPECT_EQ(memory[2], sample<T>(1));
  });
}

/// Whole numbers use the processor, the others the locks: whichever, no update may be lost.
TEST(near_atomics, sums_of_several_threads_are_exact) {
  for_every_type([]<class T>(T) {
    if constexpr (accumulator<std::plus<>, T>) {
      constexpr int threads = 4, rounds = 400;
      node_memory<T> memory(3);
      in_threads(threads, [&](int number) {
        std::vector<T> const ones(3, T(1));
        for (int i = 0; i < rounds; ++i)
          if ((i + number) % 2 == 0)
            near_accumulate(memory.at(0), 1, ones.data(), 1, 3, std::plus<>{});
          else
            for (std::int64_t k = 0; k < 3; ++k) near_fetch(memory.at(k), T(1), std::plus<>{});
      });
      T wanted{};
      for (int i = 0; i < threads * rounds; ++i) wanted = static_cast<T>(wanted + T(1));
      for (std::int64_t k = 0; k < 3; ++k) EXPECT_EQ(memory[k], wanted) << name<T, std::plus<>>();
    }
  });
}

TEST(near_atomics, bulk_sums_over_many_stripes_are_exact) {
  constexpr std::int64_t count = 3000; // six stripes
  constexpr int threads = 4, rounds = 40;
  node_memory<double> memory(count);
  std::vector<double> const ones(count, 1.0);
  in_threads(threads, [&](int number) {
    std::int64_t const first = number * 37;
    for (int i = 0; i < rounds; ++i) near_accumulate(memory.at(first), 1, ones.data(), 1, count - first, std::plus<>{});
  });
  for (std::int64_t i = 0; i < count; ++i)
    ASSERT_EQ(memory[i], rounds * std::min<std::int64_t>(threads, i / 37 + 1)) << i;
}

TEST(near_atomics, tickets_are_handed_out_once) {
  constexpr int threads = 4, rounds = 2000;
  node_memory<std::int64_t> counter(1);
  std::vector<int> taken(threads * rounds, 0);
  in_threads(threads, [&](int) {
    for (int i = 0; i < rounds; ++i) ++taken[static_cast<std::size_t>(near_fetch(counter.at(0), 1L, std::plus<>{}))];
  });
  EXPECT_EQ(taken, std::vector<int>(threads * rounds, 1));
}

TEST(near_atomics, compare_and_swap_builds_a_sum_without_loss) {
  constexpr int threads = 4, rounds = 500;
  node_memory<std::uint16_t> counter(2);
  in_threads(threads, [&](int) {
    for (int i = 0; i < rounds; ++i)
      for (auto old = near_fetch(counter.at(1), std::uint16_t{0}, no_op{});;) {
        auto const seen = near_compare_and_swap(counter.at(1), old, static_cast<std::uint16_t>(old + 1));
        if (seen == old) break;
        old = seen;
      }
  });
  EXPECT_EQ(counter[1], threads * rounds);
  EXPECT_EQ(counter[0], 0);
}

TEST(stripes, one_lock_for_a_page_and_another_for_the_next) {
  stripes locks;
  EXPECT_EQ(&locks.of(0), &locks.of(4095));
  EXPECT_NE(&locks.of(4095), &locks.of(4096));
}

} // namespace
} // namespace armada::detail
