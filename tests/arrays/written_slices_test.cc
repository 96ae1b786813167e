/// Random programs whose slices are written as users write them, on arrays of two types, beside serial copies.

#include "tests/arrays/random_slice.hpp"
#include "tests/arrays/random_values.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace armada::random_programs {
namespace {

using kind = any_slice::kind;
using xt::range;
using xt::placeholders::_;

indices const extents{5, 6, 4};

/// An array with a serial copy.
template <class T>
struct doubled {
  explicit doubled(cut_array<3> const& cuts) : array(world(), {5, 6, 4}, cuts), serial(120) {}

  distributed_array<T, 3> array;
  std::vector<T> serial;
};

auto range_of(any_slice const& slice) { return range(*slice.first, *slice.last, slice.step); }

class slice_writer {
public:
  explicit slice_writer(std::uint64_t seed) : random(seed) {}

  /// Calls `use(selection, write)`, where `write(array)` is the section of an array that the selection means.
  void with_slices(auto use) {
    switch (random.between(0, 9)) {
    case 0: {
      auto const i = integer(0), j = bounded(1), k = bounded(2);
      return use(of(i, j, k), [&](auto& a) { return a(at(i), range_of(j), range_of(k)); });
    }
    case 1: {
      auto const i = bounded(0);
      return use(of(i, any(1), any(2)), [&](auto& a) { return a(range_of(i)); });
    }
    case 2: {
      auto const i = integer(0);
      return use(of(i, any(1), any(2)), [&](auto& a) { return a(at(i)); });
    }
    case 3: {
      auto const k = integer(2);
      return use(of(any(0), any(1), k), [&](auto& a) { return a(xt::ellipsis(), at(k)); });
    }
    case 4: {
      auto const i = bounded(0), j = integer(1);
      auto chosen = of(i, j, any(2));
      chosen.order = {-1, 0, 1, 2};
      return use(chosen, [&](auto& a) { return a(xt::newaxis(), range_of(i), at(j)); });
    }
    case 5: {
      auto const i = bounded(0), k = one(kind::list, 2);
      return use(of(i, any(1), k), [&](auto& a) { return a(range_of(i), xt::ellipsis(), k.written); });
    }
    case 6: {
      auto const i = integer(0), j = one(kind::keep, 1);
      return use(of(i, j, any(2)), [&](auto& a) { return a(at(i), xt::keep(j.written)); });
    }
    case 7: {
      auto const j = one(kind::drop, 1), k = bounded(2);
      return use(of(any(0), j, k), [&](auto& a) { return a(xt::ellipsis(), xt::drop(j.written), range_of(k)); });
    }
    case 8: {
      auto const i = one(kind::mask, 0), j = integer(1);
      std::vector<bool> const mask(i.written.begin(), i.written.end());
      return use(of(i, j, any(2)), [&](auto& a) { return a(mask, at(j), xt::all()); });
    }
    default: {
      any_slice i, j;
      i.how = j.how = kind::range;
      i.last = random.between(1, extents[0]);
      for (std::int64_t index = 0; index < *i.last; ++index) i.selected.push_back(index);
      j.first = random.between(0, extents[1] - 1);
      for (std::int64_t index = *j.first; index >= 0; index -= 2) j.selected.push_back(index);
      return use(of(i, j, any(2)), [&](auto& a) { return a(range(_, *i.last), range(*j.first, _, -2)); });
    }
    }
  }

  random_source random;

private:
  any_slice integer(std::size_t d) { return integer_slice_of(random, extents[d]); }
  any_slice one(kind wanted, std::size_t d) {
    for (;;)
      if (auto slice = slice_of(random, extents[d], {.lists = true, .repetitions = false}); slice.how == wanted)
        return slice;
  }
  any_slice bounded(std::size_t d) {
    for (;;)
      if (auto slice = one(kind::range, d); slice.first && slice.last) return slice;
  }
  static any_slice any(std::size_t d) {
    any_slice slice;
    for (std::int64_t index = 0; index < extents[d]; ++index) slice.selected.push_back(index);
    return slice;
  }
  static any_selection of(any_slice const& i, any_slice const& j, any_slice const& k) {
    return {.outer = {}, .slices = {i, j, k}, .order = {0, 1, 2}};
  }
  static std::int64_t at(any_slice const& slice) { return *slice.first; }
};

/// What one rank does, and what it means; false if it found anything wrong.
[[nodiscard]] bool take_step(slice_writer& writer, doubled<std::int64_t>& a, doubled<float>& b) {
  bool right = true;
  writer.with_slices([&](any_selection const& chosen, auto write) {
    auto const places = chosen.places(extents);
    auto const what = writer.random.between(0, 3);
    auto const seed = writer.random.seed();
    bool const mine = writer.random.between(0, world().size() - 1) == world().rank();
    auto const into = write(a.array);
    auto values = std::remove_cvref_t<decltype(into)>::tensor::from_shape(into.shape());
    right = values.size() == places.size();
    for (std::size_t k = 0; right && k < places.size(); ++k) {
      auto& element = a.serial[places[k]];
      if (what == 0) element = values.data()[k] = number_of(seed, k);
      if (what == 1) b.serial[places[k]] = static_cast<float>(element);
      if (what == 2) element = static_cast<std::int64_t>(b.serial[places[k]]);
    }
    if (!mine || !right) return;
    switch (what) {
    case 0: into = values; break;
    case 1: write(b.array) = into; break;
    case 2: into = write(b.array); break;
    default:
      get(into, values);
      for (std::size_t k = 0; k < places.size(); ++k) right = right && values.data()[k] == a.serial[places[k]];
    }
  });
  return right;
}

TEST(written_slices, agree_with_a_serial_copy) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    slice_writer writer(seed);
    std::vector<cut> const ways{block, cyclic, block_cyclic(2)};
    auto const cuts = [&] { return cut_array<3>{writer.random.one_of(ways), writer.random.one_of(ways), whole}; };
    doubled<std::int64_t> a(cuts());
    doubled<float> b(cuts());
    for (int step = 0; step < 20; ++step) {
      ASSERT_TRUE(take_step(writer, a, b)) << "seed " << seed << ", step " << step;
      a.array.fence();
      b.array.fence();
    }
    auto const all_of_a = get(a.array(xt::ellipsis()));
    auto const all_of_b = get(b.array(xt::ellipsis()));
    ASSERT_TRUE(std::equal(a.serial.begin(), a.serial.end(), all_of_a.data())) << "seed " << seed;
    ASSERT_TRUE(std::equal(b.serial.begin(), b.serial.end(), all_of_b.data())) << "seed " << seed;
    a.array.fence();
    b.array.fence();
  }
}

} // namespace
} // namespace armada::random_programs
