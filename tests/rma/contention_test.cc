#include <armada/rma/counter.hpp>

#include "tests/rma/cells.hpp"
#include "tests/rma/ranks.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <span>
#include <type_traits>
#include <vector>

/// Every atomic operation is atomic with respect to every other: all ranks at once update the same elements.
namespace armada {
namespace {

using support::cells;

/// Where all is near, updates are so quick that only many of them meet.
int near_or_far(int near, int far) { return cells::all_near() ? near : far; }

int home() { return ranks() - 1; }

/// All ranks' values, sorted.
std::vector<std::int64_t> all_of(std::vector<std::int64_t> const& mine) {
  std::vector<std::int64_t> all;
  for (auto const& each : allgather(world(), mine)) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  return all;
}

/// Elements of one rank, and the forms of an update.
template <class T>
class elements {
public:
  explicit elements(std::int64_t count)
      : window_(window<T>::allocate(world(), me() == home() ? count : 0)), epoch_(window_.lock_all()) {}

  enum class form { accumulate, get_accumulate, fetch_and_op };
  /// Updates consecutive elements; `old` receives what they were, unless the form is `accumulate`.
  template <class Op>
  void update(form how, std::span<T const> values, std::span<T> old, std::int64_t first, Op op) {
    auto const count = static_cast<std::int64_t>(values.size());
    if (how == form::accumulate)
      epoch_.accumulate(values, {.rank = home(), .offset = first, .count = count}, op);
    else if (how == form::get_accumulate)
      epoch_.get_accumulate(values, old, {.rank = home(), .offset = first, .count = count}, op);
    else
      for (std::size_t i = 0; i < values.size(); ++i)
        old[i] = fetch(values[i], first + static_cast<std::int64_t>(i), op);
  }
  template <class Op>
  T fetch(T value, std::int64_t at, Op op) {
    return epoch_.fetch_and_op(value, {.rank = home(), .offset = at}, op);
  }
  template <class Op>
  T get_accumulate(T value, std::int64_t at, Op op) {
    T old{};
    update(form::get_accumulate, {&value, 1}, {&old, 1}, at, op);
    return old;
  }
  T read(std::int64_t at) { return fetch(T{}, at, no_op{}); }
  /// element = desired(element), by compare_and_swap; returns what it was.
  template <class Desired>
  T swap(std::int64_t at, Desired desired) {
    for (T seen = read(at);;) {
      T const old = epoch_.compare_and_swap(seen, desired(seen), {.rank = home(), .offset = at});
      if (old == seen) return seen;
      seen = old;
    }
  }

private:
  window<T> window_;
  epoch<T> epoch_;
};

/// What a rank does to its own bits; the last four leave an element as it is.
enum class update { add, set, flip, clear, swap, larger, smaller, product, read };
using enum update;

/// Elements in which every rank owns some bits. Whatever the others do, a rank finds its own as it left them.
template <class T>
class owned_bits {
public:
  owned_bits() : shared_(count), random_(static_cast<unsigned>(me())) {}

  void change(update what) {
    switch (what) {
    case add: return apply(std::plus<>{}, [](auto mine, auto bits) -> effect { return {bits, bits - mine}; });
    case larger: return apply(maximum{}, [](auto mine, auto) -> effect { return {mine, 0}; });
    case smaller: return apply(minimum{}, [](auto mine, auto) -> effect { return {mine, 0, everybody}; });
    case product: return apply(std::multiplies<>{}, [](auto mine, auto) -> effect { return {mine, 0, 1}; });
    case read: return apply(no_op{}, [](auto mine, auto bits) -> effect { return {mine, bits}; });
    default: break;
    }
    if constexpr (std::integral<T>) switch (what) {
      case set: return apply(std::bit_or<>{}, [](auto mine, auto bits) -> effect { return {mine | bits, bits}; });
      case flip: return apply(std::bit_xor<>{}, [](auto mine, auto bits) -> effect { return {mine ^ bits, bits}; });
      case clear:
        return apply(std::bit_and<>{}, [](auto mine, auto bits) -> effect { return {mine & bits, bits - own, -1}; });
      default: return swap_one();
      }
  }

  /// Collective. Whether nothing was lost on any rank.
  [[nodiscard]] bool intact() {
    std::vector<std::int64_t> wanted;
    for (auto const bits : mine_) wanted.push_back(bits << shift_);
    std::int64_t at = 0;
    for (auto const all : allreduce(world(), wanted, std::plus<>{}))
      if (static_cast<std::int64_t>(shared_.read(at++)) != all) ++lost_;
    return allreduce(world(), lost_, std::plus<>{}) == 0;
  }

private:
  static constexpr std::int64_t count = 3;
  static constexpr int most_ranks = 4, width = std::numeric_limits<T>::digits / most_ranks;
  static constexpr std::int64_t own = (std::int64_t{1} << width) - 1;
  static constexpr std::int64_t everybody = (std::int64_t{1} << most_ranks * width) - 1;

  /// Of an update with some bits: what they become, and the operand: `bits` in this rank's place, and `rest`.
  struct effect {
    std::int64_t mine, bits, rest = 0;
  };
  using effect_of = effect (*)(std::int64_t mine, std::int64_t bits);

  [[nodiscard]] std::int64_t below(std::int64_t end) { return static_cast<std::int64_t>(random_()) % end; }
  [[nodiscard]] T in_place(std::int64_t bits) const { return static_cast<T>(bits * (std::int64_t{1} << shift_)); }
  void compare(T found, std::int64_t mine) {
    if ((static_cast<std::int64_t>(found) >> shift_ & own) != mine) ++lost_;
  }

  template <class Op>
  void apply(Op op, effect_of what) {
    auto const first = below(count), length = 1 + below(count - first);
    auto const how = static_cast<typename elements<T>::form>(below(3));
    auto const n = static_cast<std::size_t>(length);
    std::array<T, count> values{}, old{};
    auto const before = mine_;
    auto const mine = std::span(mine_).subspan(static_cast<std::size_t>(first), n);
    for (std::size_t i = 0; i < n; ++i) {
      auto const [becomes, bits, rest] = what(mine[i], below(own + 1));
      mine[i] = becomes;
      values[i] = static_cast<T>(in_place(bits) + static_cast<T>(rest));
    }
    shared_.update(how, std::span(values).first(n), std::span(old).first(n), first, op);
    if (how == elements<T>::form::accumulate) return;
    for (std::size_t i = 0; i < n; ++i) compare(old[i], before[static_cast<std::size_t>(first) + i]);
  }

  void swap_one() {
    auto const at = below(count), bits = below(own + 1);
    auto& mine = mine_[static_cast<std::size_t>(at)];
    shared_.swap(at, [&](T seen) {
      compare(seen, mine);
      return static_cast<T>(seen + in_place(bits - mine));
    });
    mine = bits;
  }

  elements<T> shared_;
  std::mt19937 random_;
  int shift_ = width * me();
  std::array<std::int64_t, count> mine_{};
  int lost_ = 0;
};

/// One update on even ranks and another on odd ones, for every pair, and then all of them mixed.
template <class T>
void no_update_is_lost(std::vector<update> const& updates) {
  owned_bits<T> bits;
  auto const rounds = near_or_far(1500, 12);
  for (auto const a : updates)
    for (auto const b : updates) {
      if (b < a) continue;
      for (int i = 0; i < rounds; ++i) bits.change(me() % 2 == 0 ? a : b);
      ASSERT_TRUE(bits.intact()) << "updates " << static_cast<int>(a) << " and " << static_cast<int>(b);
    }
  std::mt19937 random(static_cast<unsigned>(100 + me()));
  for (int i = 0; i < 20 * rounds; ++i) bits.change(updates[random() % updates.size()]);
  ASSERT_TRUE(bits.intact()) << "all updates";
}

TEST(contention, no_update_of_64_bits_is_lost) {
  no_update_is_lost<std::int64_t>({add, set, flip, clear, swap, larger, smaller, product, read});
}

TEST(contention, no_update_of_32_bits_is_lost) {
  no_update_is_lost<std::int32_t>({add, set, flip, clear, swap, larger, smaller, product, read});
}

TEST(contention, no_update_of_real_numbers_is_lost) {
  no_update_is_lost<double>({add, larger, smaller, product, read});
}

/// Increments in three ways, beside updates that change nothing: every value is fetched once.
TEST(contention, sums_that_are_fetched_are_distinct) {
  elements<std::int64_t> shared(1);
  auto const rounds = near_or_far(5000, 60);
  std::vector<std::int64_t> fetched;
  for (int i = 0; i < rounds; ++i) {
    fetched.push_back(shared.fetch(1, 0, std::plus<>{}));
    fetched.push_back(shared.get_accumulate(1, 0, std::plus<>{}));
    static_cast<void>(shared.fetch(0, 0, std::bit_or<>{}));
    fetched.push_back(shared.swap(0, [](auto seen) { return seen + 1; }));
    static_cast<void>(shared.get_accumulate(0, 0, maximum{}));
  }
  EXPECT_TRUE(std::ranges::is_sorted(fetched));
  auto const all = all_of(fetched);
  std::vector<std::int64_t> wanted(static_cast<std::size_t>(3 * rounds * ranks()));
  std::iota(wanted.begin(), wanted.end(), 0);
  EXPECT_TRUE(all == wanted);
  EXPECT_EQ(shared.read(0), 3 * rounds * ranks());
  barrier(world());
}

/// Whoever takes a value out puts in another: each one is taken once, or is left.
TEST(contention, values_that_are_exchanged_are_taken_once) {
  elements<std::int64_t> shared(1);
  auto const rounds = near_or_far(5000, 60);
  std::vector<std::int64_t> put, taken;
  auto const next = [&] { return put.emplace_back(1 + me() + ranks() * std::ssize(put)); };
  for (int i = 0; i < rounds; ++i) {
    taken.push_back(shared.fetch(next(), 0, replace{}));
    static_cast<void>(shared.fetch(0, 0, std::bit_xor<>{}));
    taken.push_back(shared.swap(0, [value = next()](auto) { return value; }));
    static_cast<void>(shared.get_accumulate(0, 0, std::plus<>{}));
    taken.push_back(shared.get_accumulate(next(), 0, replace{}));
  }
  barrier(world());
  if (me() == 0) {
    put.push_back(0); // what was there at first
    taken.push_back(shared.read(0));
  }
  EXPECT_TRUE(all_of(taken) == all_of(put));
}

/// A bound that all ranks raise, and one that all lower, in three ways: nobody sees it behind what he made of it.
TEST(contention, bounds_never_go_back) {
  elements<std::int32_t> shared(2);
  std::mt19937 random(static_cast<unsigned>(me()));
  auto const rounds = near_or_far(5000, 60);
  int bound = 0, behind = 0;
  auto const seen = [&](int high, int low) { behind += (high < bound) + (-low < bound); };
  for (int i = 0; i < rounds; ++i) {
    int const step = bound + 1 + static_cast<int>(random() % 8);
    switch (random() % 3) {
    case 0: seen(shared.fetch(step, 0, maximum{}), shared.fetch(-step, 1, minimum{})); break;
    case 1: seen(shared.get_accumulate(step, 0, maximum{}), shared.get_accumulate(-step, 1, minimum{})); break;
    default:
      seen(shared.swap(0, [&](int now) { return std::max(now, step); }),
           shared.swap(1, [&](int now) { return std::min(now, -step); }));
    }
    bound = step;
  }
  EXPECT_EQ(behind, 0);
  int const highest = allreduce(world(), bound, maximum{});
  EXPECT_EQ(shared.read(0), highest);
  EXPECT_EQ(shared.read(1), -highest);
  barrier(world());
}

/// A million increments on four ranks by fetch_and_op, and as many by counter.
TEST(contention, increments_add_up) {
  elements<std::int32_t> shared(1);
  counter tickets(world(), {.home = home()});
  auto const rounds = near_or_far(250'000, 200);
  std::int64_t fetched = 0, taken = 0;
  for (int i = 0; i < rounds; ++i) fetched += shared.fetch(1, 0, std::plus<>{});
  for (int i = 0; i < rounds; ++i) taken += tickets.next();
  auto const all = std::int64_t{rounds} * ranks(), sum = all * (all - 1) / 2; // of the numbers below `all`
  EXPECT_EQ(allreduce(world(), fetched, std::plus<>{}), sum);
  EXPECT_EQ(allreduce(world(), taken, std::plus<>{}), sum);
  EXPECT_EQ(shared.read(0), all);
  EXPECT_EQ(tickets.value(), all);
  barrier(world());
}

/// In the order of the ranks, beside lock_all: MPI's own lock_all takes the parts in no order, so on near windows only.
TEST(contention, a_rank_that_holds_a_part_gets_another_while_lock_all_waits) {
  auto win = window<int>::allocate(world(), 1);
  if (!cells::all_near()) return;
  constexpr int rounds = 400;
  int const last = ranks() - 1;
  int torn = 0;
  for (int i = 0; i < rounds; ++i) {
    if ((i + me()) % 3 == 0) {
      int values[2] = {};
      auto all = win.lock_all();
      all.get(values[0], {.rank = last});
      all.get(values[1], {.rank = last});
      torn += values[0] != values[1];
    } else {
      std::vector<epoch<int>> held;
      for (int r = 0; r <= last; ++r) held.push_back(win.lock(r, r < last && (i + r) % 2 == 0 ? shared : exclusive));
      int value = 0;
      held.back().get(value, {.rank = last});
      held.back().put(value + 1, {.rank = last});
    }
  }
  barrier(world());
  EXPECT_EQ(torn, 0);
  int exclusives = 0, total = 0;
  for (int i = 0; i < rounds; ++i) exclusives += (i + me()) % 3 != 0;
  auto all = win.lock_all();
  all.get(total, {.rank = last});
  all.close();
  EXPECT_EQ(total, allreduce(world(), exclusives, std::plus<>{}));
}

} // namespace
} // namespace armada
