#include <armada/rma/detail/access.hpp>

#include "tests/rma/operations.hpp"
#include "tests/rma/ranks.hpp"
#include "tests/support/lazy_mpi.hpp" // what is complete here is complete with every MPI

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace armada::detail {
namespace {

using namespace operations;

/// A window of T in which every rank has its part open to all.
template <class T>
struct open_window {
  explicit open_window(std::int64_t count) : state(world(), bytes_of<T>(count), {.name = "test"}) { state.lock_all(); }
  ~open_window() { state.unlock_all(); }

  [[nodiscard]] T* local() const { return reinterpret_cast<T*>(state.local()); }
  void fence() {
    state.flush_all();
    state.sync();
    barrier(world());
    state.sync();
  }

  window_state state;
};

/// The old value of element `index`, complete.
template <class T, class Op>
T fetch(window_state& window, T const& value, int rank, std::int64_t index, Op op) {
  T old{};
  fetch_element(window, value, old, rank, bytes_of<T>(index), op);
  complete_elements(window, rank);
  return old;
}
template <class T>
T swap(window_state& window, T const& expected, T const& desired, int rank, std::int64_t index) {
  T old{};
  compare_and_swap_element(window, expected, desired, old, rank, bytes_of<T>(index));
  complete_elements(window, rank);
  return old;
}

constexpr std::int64_t extent = 9;

/// Each rank puts into its neighbour's part at every place and length; nothing else of the part may change.
template <class T>
void put_and_get_everywhere() {
  open_window<T> window(extent);
  for (std::int64_t offset = 0; offset < extent; ++offset)
    for (std::int64_t count = 0; count <= extent - offset; ++count) {
      std::fill_n(window.local(), extent, sample<T>(1));
      window.fence();
      std::array<wrapped<T>, extent> given{};
      for (int i = 0; i < extent; ++i) given[static_cast<std::size_t>(i)].value = sample<T>(i + world().rank());
      put_elements(window.state, &given[0].value, next_rank(), bytes_of<T>(offset), count);
      window.fence();
      for (std::int64_t i = 0; i < extent; ++i)
        ASSERT_EQ(window.local()[i], i >= offset && i < offset + count
                                         ? sample<T>(static_cast<int>(i - offset) + previous_rank())
                                         : sample<T>(1))
            << typeid(T).name() << " at " << i << ", " << count << " from " << offset;
      std::array<wrapped<T>, extent> taken{};
      for (auto& each : taken) each.value = sample<T>(2);
      get_elements(window.state, &taken[0].value, next_rank(), bytes_of<T>(offset), count);
      window.state.flush_all();
      for (std::int64_t i = 0; i < extent; ++i)
        ASSERT_EQ(taken[static_cast<std::size_t>(i)].value,
                  i < count ? given[static_cast<std::size_t>(i)].value : sample<T>(2))
            << typeid(T).name() << " at " << i << ", " << count << " from " << offset;
      window.fence();
    }
}

TEST(access, put_and_get_at_every_place_and_length) {
  put_and_get_everywhere<bool>();
  put_and_get_everywhere<std::uint8_t>();
  put_and_get_everywhere<std::int16_t>();
  put_and_get_everywhere<float>();
  put_and_get_everywhere<std::int64_t>();
  put_and_get_everywhere<std::complex<double>>();
}

TEST(access, every_update_of_every_type_agrees_with_the_plain_one) {
  for_every_type([]<class T>(T) {
    open_window<T> window(extent);
    for_every_operation<T>([&]<class Op>(Op op) {
      auto const now = [](int i) { return sample<T>(i + 1); };
      for (int i = 0; i < extent; ++i) window.local()[i] = now(i);
      window.fence();
      std::array<wrapped<T>, 3> given{};
      for (int i = 0; i < 3; ++i) given[static_cast<std::size_t>(i)].value = sample<T>(2 * i);
      accumulate_elements(window.state, &given[0].value, next_rank(), bytes_of<T>(1), 3, op);
      window.state.flush_all();
      T const old = fetch(window.state, sample<T>(5), next_rank(), 7, op);
      EXPECT_EQ(old, now(7)) << name<T, Op>();
      window.fence();
      for (int i = 0; i < extent; ++i) {
        T wanted = now(i);
        if (i >= 1 && i < 4) wanted = static_cast<T>(op(wanted, sample<T>(2 * (i - 1))));
        if (i == 7) wanted = static_cast<T>(op(wanted, sample<T>(5)));
        EXPECT_EQ(window.local()[i], wanted) << name<T, Op>() << " at " << i;
      }
      window.fence();
    });
  });
}

TEST(access, fetch_at_every_displacement) {
  for_every_type([]<class T>(T) {
    open_window<T> window(extent);
    for (int i = 0; i < extent; ++i) window.local()[i] = sample<T>(i);
    window.fence();
    for (int i = 0; i < extent; ++i) {
      EXPECT_EQ(fetch(window.state, sample<T>(i + 1), next_rank(), i, replace{}), sample<T>(i))
          << typeid(T).name() << " at " << i;
      EXPECT_EQ(fetch(window.state, sample<T>(i), next_rank(), i, no_op{}), sample<T>(i + 1))
          << typeid(T).name() << " at " << i;
    }
    window.fence();
    for (int i = 0; i < extent; ++i) EXPECT_EQ(window.local()[i], sample<T>(i + 1)) << typeid(T).name() << " at " << i;
  });
}

TEST(access, compare_and_swap_at_every_displacement) {
  for_every_type([]<class T>(T) {
    if constexpr (std::integral<T> || std::same_as<T, std::byte>) {
      open_window<T> window(extent);
      for (int i = 0; i < extent; ++i) window.local()[i] = sample<T>(i);
      window.fence();
      for (int i = 0; i < extent; ++i) {
        T const now = sample<T>(i), other = sample<T>(i + 1);
        EXPECT_EQ(swap(window.state, other, now, next_rank(), i), now) << typeid(T).name();
        EXPECT_EQ(swap(window.state, now, other, next_rank(), i), now) << typeid(T).name();
        EXPECT_EQ(swap(window.state, now, now, next_rank(), i), other) << typeid(T).name();
      }
      window.fence();
      for (int i = 0; i < extent; ++i)
        EXPECT_EQ(window.local()[i], sample<T>(i + 1)) << typeid(T).name() << " at " << i;
    }
  });
}

/// Every rank updates the same elements, in bulk and one by one, near ranks and far ones: no update may be lost.
TEST(access, bulk_and_single_updates_of_all_ranks_are_atomic) {
  for_every_type([]<class T>(T) {
    if constexpr (accumulator<std::plus<>, T>) {
      constexpr int rounds = 40;
      open_window<T> window(3);
      window.fence();
      std::vector<T> const ones(3, T(1));
      for (int i = 0; i < rounds; ++i) {
        accumulate_elements(window.state, ones.data(), 0, 0, 3, std::plus<>{});
        for (std::int64_t k = 0; k < 3; ++k) static_cast<void>(fetch(window.state, T(1), 0, k, std::plus<>{}));
      }
      window.fence();
      T wanted{};
      for (int i = 0; i < 2 * rounds * world().size(); ++i) wanted = static_cast<T>(wanted + T(1));
      for (std::int64_t k = 0; k < 3; ++k) {
        EXPECT_EQ(fetch(window.state, T{}, 0, k, no_op{}), wanted) << typeid(T).name();
        T plain{};
        get_elements(window.state, &plain, 0, bytes_of<T>(k), 1);
        window.state.flush_all();
        EXPECT_EQ(plain, wanted) << typeid(T).name();
      }
      window.fence();
    }
  });
}

TEST(access, tickets_of_all_ranks_are_handed_out_once) {
  constexpr int rounds = 100;
  int const total = rounds * world().size();
  open_window<std::int32_t> window(total + 1); // the counter, and what was taken
  window.fence();
  for (int i = 0; i < rounds; ++i) {
    int const ticket = fetch(window.state, 1, 0, 0, std::plus<>{});
    int const one = 1;
    ASSERT_TRUE(ticket >= 0 && ticket < total) << ticket;
    accumulate_elements(window.state, &one, 0, bytes_of<int>(ticket + 1), 1, std::plus<>{});
    window.state.flush_all();
  }
  window.fence();
  if (world().rank() == 0) {
    EXPECT_EQ(window.local()[0], total);
    EXPECT_TRUE(std::all_of(window.local() + 1, window.local() + 1 + total, [](int times) { return times == 1; }));
  }
  window.fence();
}

TEST(access, near_element_is_the_memory_itself) {
  open_window<double> window(4);
  for (int r = 0; r < world().size(); ++r) {
    double* const place = near_element<double>(window.state, r, 24);
    ASSERT_EQ(place == nullptr, window.state.near(r) == nullptr);
    if (place != nullptr) {
      EXPECT_EQ(reinterpret_cast<std::byte*>(place), window.state.near(r) + 24);
    }
  }
  EXPECT_NE(near_element<double>(window.state, world().rank(), 0), nullptr);
}

} // namespace
} // namespace armada::detail
