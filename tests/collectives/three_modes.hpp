#pragma once

/// What the tests of collectives have in common: one call in every mode, with other data each time.

#include "tests/support/values.hpp"

#include <armada/core/buffer.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/located.hpp>
#include <armada/core/mode.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace support {

template <class T>
struct numbered<armada::located<T>> {
  static armada::located<T> at(int n) { return {static_cast<T>(n), n}; }
};

/// The values of all ranks, one rank behind the other.
template <class T>
std::vector<T> all_values(std::size_t count) {
  std::vector<T> all;
  for (int rank = 0; rank < armada::world().size(); ++rank)
    for (T const& each : values_of<T>(rank, count)) all.push_back(each);
  return all;
}

/// Calls a collective in three modes, the plan three times: `fill(round)` sets the buffers before each, `call(mode)` is
/// the call, `check(round)` looks at the result.
template <class Fill, class Call, class Check>
void in_three_modes(Fill fill, Call call, Check check) {
  fill(0);
  call(armada::blocking);
  check(0);
  fill(1);
  call(armada::nonblocking).wait();
  check(1);
  fill(0); // a plan that reads at its preparation would have these
  auto plan = call(armada::persistent);
  for (int round = 2; round < 5; ++round) {
    fill(round);
    plan.start();
    if (round == 3)
      while (!plan.test()) {
      }
    plan.wait();
    check(round);
  }
}

/// Items with a gap in each, which MPICH's trees mistake in large blocks (quirk 55), and numbers of them for blocks of
/// one, of about 8 KiB, and of a megabyte.
struct gapped {
  char letter;
  double number;
  bool operator==(gapped const&) const = default;
};
inline constexpr std::size_t gapped_counts[] = {1, 900, 1000, 116'509};
inline std::vector<gapped> gapped_block(int round, int rank, std::size_t count) {
  std::vector<gapped> block(count);
  for (std::size_t i = 0; i < count; ++i)
    block[i] = {static_cast<char>('a' + rank), 1000.0 * round + static_cast<double>(i)};
  return block;
}
/// Those of all ranks.
inline std::vector<gapped> gapped_blocks(int round, std::size_t count) {
  std::vector<gapped> all;
  for (int rank = 0; rank < armada::world().size(); ++rank)
    for (auto const& each : gapped_block(round, rank, count)) all.push_back(each);
  return all;
}

/// What `rank` has in a round: other elements for every rank and round.
template <class T>
std::vector<T> in_round(int round, int rank, std::size_t count) {
  return values_of<T>(rank + 4 * round, count);
}
/// What `from` has for `to` in a round.
template <class T>
std::vector<T> between(int round, int from, int to, std::size_t count) {
  std::vector<T> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(numbered<T>::at(1 + 13 * round + 31 * from + 7 * to + static_cast<int>(i)));
  return values;
}

/// A guarded buffer that holds `values`.
template <class T>
void put(guarded<T>& buffer, std::vector<T> const& values, std::size_t place = 0) {
  std::ranges::copy(values, buffer.room().begin() + static_cast<std::ptrdiff_t>(place));
}
template <class T>
void clear(guarded<T>& buffer) {
  std::ranges::fill(buffer.room(), numbered<T>::at(99));
}

/// A reduction to every rank, from one buffer to another and in place, in every mode: `call(in, out, mode)` is the
/// call, and `expected(round, before)` what `out` holds then that held `before`.
template <class T, class Call, class Expected>
void reduce_in_three_modes(std::size_t count, Call call, Expected expected) {
  std::vector<T> mine(count);
  guarded<T> out(count);
  guarded<T> placed(count);
  auto const fill = [&](int round) {
    std::ranges::copy(in_round<T>(round, armada::world().rank(), count), mine.begin());
    clear(out);
    put(placed, mine);
  };
  in_three_modes(
      fill, [&](auto mode) { return call(mine, out.room(), mode); },
      [&](int round) { out.expect(expected(round, std::vector<T>(count, numbered<T>::at(99)))); });
  in_three_modes(
      fill, [&](auto mode) { return call(armada::in_place, placed.room(), mode); },
      [&](int round) { placed.expect(expected(round, mine)); });
}

/// The blocks of `ranks` ranks one behind the other; `block(rank)` gives each.
template <class T, class Block>
std::vector<T> joined(int ranks, Block block) {
  std::vector<T> all;
  for (int rank = 0; rank < ranks; ++rank) {
    std::vector<T> const one = block(rank);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

/// Cannot be encoded where it is told so.
struct refuses {
  bool here = false;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    if (here) throw std::runtime_error("not to be encoded");
    archive& here;
  }
};

inline int here() { return armada::world().rank(); }
inline int ranks() { return armada::world().size(); }
inline std::size_t many() { return static_cast<std::size_t>(ranks()); }

} // namespace support
