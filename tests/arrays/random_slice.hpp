#pragma once

/// Random slices together with the indices that they mean, found by counting rather than by the library's arithmetic.

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/extents.hpp>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace armada::random_slices {

/// The same numbers on every rank.
class random_source {
public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}
  /// From first to last, both included.
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(last - first + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

private:
  std::mt19937_64 engine_;
};

/// One slice as a user writes it, and the indices that it selects.
struct chosen {
  bool integer = false;
  slice_bound first, last;
  std::int64_t step = 1;
  std::vector<std::int64_t> indices;

  [[nodiscard]] interval resolved(std::int64_t extent, std::size_t axis) const {
    return integer ? interval{resolve_index(*first, extent, axis), 1, 1} : resolve(first, last, step, extent, axis);
  }
  [[nodiscard]] std::string text() const {
    return integer ? std::to_string(*first) : detail::slice_text(first, last, step);
  }
};

/// `index` counted from either end.
inline std::int64_t either_end(random_source& random, std::int64_t index, std::int64_t extent) {
  return index < extent && random.chance(30) ? index - extent : index;
}

/// A range with `count` indices, if the extent has room for them; an empty one otherwise.
inline chosen range_of(random_source& random, std::int64_t extent, std::int64_t count) {
  chosen slice;
  auto const room = count > 1 ? (extent - 1) / (count - 1) : 3;
  slice.step = random.chance(50) || room <= 1 ? 1 : random.between(1, std::min<std::int64_t>(room, 5));
  bool const backwards = random.chance(35);
  if (count <= 0 || count > extent) {
    slice.first = slice.last = random.between(0, extent);
    if (random.chance(30) && *slice.last > 0) slice.last = *slice.last - 1;
    return slice;
  }
  auto const reach = (count - 1) * slice.step;
  auto const low = random.between(0, extent - 1 - reach);
  for (std::int64_t k = 0; k < count; ++k)
    slice.indices.push_back(backwards ? low + reach - k * slice.step : low + k * slice.step);
  auto const begin = slice.indices.front(), end = slice.indices.back();
  if (!(begin == (backwards ? extent - 1 : 0) && random.chance(50))) slice.first = either_end(random, begin, extent);
  if (backwards) {
    auto const last = random.between(std::max<std::int64_t>(end - slice.step, -1), end - 1);
    if (last >= 0) slice.last = either_end(random, last, extent); // -1 would be the end: it must be left open
    slice.step = -slice.step;
  } else {
    auto const last = random.between(end + 1, std::min(end + slice.step, extent));
    if (!(end + slice.step >= extent && random.chance(50))) slice.last = either_end(random, last, extent);
  }
  return slice;
}

inline chosen any_slice(random_source& random, std::int64_t extent) {
  if (extent > 0 && random.chance(20)) {
    chosen slice;
    slice.integer = true;
    slice.indices = {random.between(0, extent - 1)};
    slice.first = either_end(random, slice.indices.front(), extent);
    return slice;
  }
  auto const count =
      random.chance(30) ? extent : random.between(random.chance(10) ? 0 : std::min<std::int64_t>(1, extent), extent);
  return range_of(random, extent, count);
}

/// One slice for each dimension.
template <std::size_t N>
struct selection {
  std::array<chosen, N> slices;

  static selection any(random_source& random, index_array<N> const& shape) {
    selection result;
    for (std::size_t d = 0; d < N; ++d) result.slices[d] = any_slice(random, shape[d]);
    return result;
  }
  /// Others of the same shape.
  [[nodiscard]] selection alike(random_source& random, index_array<N> const& shape) const {
    selection result = *this;
    for (std::size_t d = 0; d < N; ++d)
      if (slices[d].integer)
        result.slices[d].first = result.slices[d].indices.front() = random.between(0, shape[d] - 1);
      else
        result.slices[d] = range_of(random, shape[d], static_cast<std::int64_t>(slices[d].indices.size()));
    return result;
  }
  /// Every `parts`-th index of the first range, from number `part` on.
  [[nodiscard]] selection shared_out(std::int64_t part, std::int64_t parts) const {
    selection result = *this;
    for (auto& slice : result.slices) {
      if (slice.integer) continue;
      std::vector<std::int64_t> mine;
      for (std::size_t k = 0; k < slice.indices.size(); ++k)
        if (static_cast<std::int64_t>(k) % parts == part) mine.push_back(slice.indices[k]);
      slice.indices = mine;
      slice.step *= parts;
      slice.first = mine.empty() ? 0 : mine.front();
      slice.last = mine.empty() ? 0 : slice.step > 0 ? mine.back() + 1 : mine.back() - 1;
      if (*slice.last < 0) slice.last.reset();
      if (mine.empty()) slice.step = 1;
      return result;
    }
    if (part != 0) result.slices[0] = {.integer = false, .first = 0, .last = 0, .step = 1, .indices = {}};
    return result;
  }

  [[nodiscard]] std::array<bool, N> kept() const {
    std::array<bool, N> result{};
    for (std::size_t d = 0; d < N; ++d) result[d] = !slices[d].integer;
    return result;
  }
  [[nodiscard]] box<N> resolved(index_array<N> const& shape) const {
    box<N> result;
    for (std::size_t d = 0; d < N; ++d) result.dimensions[d] = slices[d].resolved(shape[d], d);
    return result;
  }
  /// The places of the selected elements in a dense array, in row-major order of the selection.
  [[nodiscard]] std::vector<std::size_t> places(index_array<N> const& shape) const {
    std::vector<std::size_t> result{0};
    for (std::size_t d = 0; d < N; ++d) {
      std::vector<std::size_t> next;
      for (auto const place : result)
        for (auto const index : slices[d].indices)
          next.push_back(place * static_cast<std::size_t>(shape[d]) + static_cast<std::size_t>(index));
      result = std::move(next);
    }
    return result;
  }
  [[nodiscard]] std::string text() const {
    std::string result = "(";
    for (auto const& slice : slices) result += (result.size() > 1 ? ", " : "") + slice.text();
    return result + ")";
  }
};

} // namespace armada::random_slices
