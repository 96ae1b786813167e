#pragma once

/// How the elements of an expression are read along one rank's tile: row by row, in chunks that lie dense in memory, so
/// that one loop which the compiler vectorises does for every kind of operand.

#include <armada/arrays/index/extents.hpp>
#include <armada/core/storage_order.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <utility>

namespace armada::detail {

/// The loops over a tile, outermost first; the last one is walked as a row. Where the rows of all that is read follow
/// each other in memory they are one.
template <std::size_t N>
struct tile_loops {
  std::array<std::size_t, N> dimension{}; ///< whose strides a loop moves by
  index_array<N> extent{};
  std::size_t depth = 0;

  [[nodiscard]] std::size_t row() const { return dimension[depth - 1]; }
  [[nodiscard]] std::int64_t length() const { return extent[depth - 1]; }
};

/// The most elements of a chunk that is copied to be dense: 4 KiB of doubles, which stay in the first-level cache.
inline constexpr std::int64_t chunk_length = 512;

/// Elements at strides that may be zero, or negative.
template <class T, std::size_t N>
class strided_reader {
public:
  struct chunk {
    T const* first;
    [[nodiscard]] T const& operator()(std::int64_t i) const { return first[i]; }
  };

  /// `owner` keeps the elements, if nobody else does.
  strided_reader(T const* first, index_array<N> const& strides, std::shared_ptr<void const> owner = {})
      : first_(first), strides_(strides), owner_(std::move(owner)) {}

  /// Whether a step along `outer` is as long as `extent` steps along `inner`.
  [[nodiscard]] bool merges(std::size_t outer, std::size_t inner, std::int64_t extent) const {
    return strides_[outer] == strides_[inner] * extent;
  }
  [[nodiscard]] bool dense(std::size_t row) const { return strides_[row] == 1; }
  void seek(index_array<N> const& at) { row_ = first_ + dot(at, strides_); }
  /// `count` elements of the current row from number `from` on; valid until the next one.
  [[nodiscard]] chunk read(std::size_t row, std::int64_t from, std::int64_t count) {
    std::int64_t const step = strides_[row];
    if (step == 1) return {row_ + from};
    T const* const begin = row_ + from * step;
    if (!copied_) copied_ = std::make_unique<T[]>(static_cast<std::size_t>(chunk_length));
    if (step == 0)
      std::fill_n(copied_.get(), count, *begin);
    else
      for (std::int64_t i = 0; i < count; ++i) copied_[static_cast<std::size_t>(i)] = begin[i * step];
    return {copied_.get()};
  }

private:
  T const* first_;
  index_array<N> strides_;
  std::shared_ptr<void const> owner_;
  T const* row_ = nullptr;
  std::unique_ptr<T[]> copied_; ///< chunk_length elements, once they are needed
};

/// One value everywhere.
template <class T, std::size_t N>
class scalar_reader {
public:
  struct chunk {
    T value;
    [[nodiscard]] T const& operator()(std::int64_t) const { return value; }
  };

  explicit scalar_reader(T const& value) : value_(value) {}
  [[nodiscard]] bool merges(std::size_t, std::size_t, std::int64_t) const { return true; }
  [[nodiscard]] bool dense(std::size_t) const { return true; }
  void seek(index_array<N> const&) {}
  [[nodiscard]] chunk read(std::size_t, std::int64_t, std::int64_t) const { return {value_}; }

private:
  T value_;
};

/// f of the elements of others.
template <std::size_t N, class F, class... Readers>
class function_reader {
public:
  template <class... Chunks>
  struct chunk_of {
    F const* f;
    std::tuple<Chunks...> operands;
    [[nodiscard]] auto operator()(std::int64_t i) const {
      return std::apply([&](auto const&... each) { return (*f)(each(i)...); }, operands);
    }
  };

  explicit function_reader(F f, Readers... readers) : f_(std::move(f)), readers_(std::move(readers)...) {}

  [[nodiscard]] bool merges(std::size_t outer, std::size_t inner, std::int64_t extent) const {
    return std::apply([&](auto const&... each) { return (each.merges(outer, inner, extent) && ...); }, readers_);
  }
  [[nodiscard]] bool dense(std::size_t row) const {
    return std::apply([&](auto const&... each) { return (each.dense(row) && ...); }, readers_);
  }
  void seek(index_array<N> const& at) {
    std::apply([&](auto&... each) { (each.seek(at), ...); }, readers_);
  }
  [[nodiscard]] auto read(std::size_t row, std::int64_t from, std::int64_t count) {
    return std::apply(
        [&](auto&... each) {
          return chunk_of<decltype(each.read(row, from, count))...>{std::addressof(f_),
                                                                    {each.read(row, from, count)...}};
        },
        readers_);
  }

private:
  F f_;
  std::tuple<Readers...> readers_;
};

/// The loops over a tile of `shape`, whose elements lie in `order` and at `strides` where they are written. `keep_axes`
/// leaves each dimension a loop of its own.
template <std::size_t N, class Reader>
[[nodiscard]] tile_loops<N> loops_over(index_array<N> const& shape, storage_order order, index_array<N> const& strides,
                                       Reader const& reader, bool keep_axes = false) {
  tile_loops<N> loops;
  for (std::size_t k = 0; k < N; ++k) {
    std::size_t const d = order == storage_order::row_major ? k : N - 1 - k;
    if (shape[d] == 1 && k + 1 < N && !keep_axes) continue;
    if (std::size_t const outer = loops.depth - 1; loops.depth > 0 && !keep_axes &&
                                                   strides[loops.dimension[outer]] == strides[d] * shape[d] &&
                                                   reader.merges(loops.dimension[outer], d, shape[d])) {
      loops.dimension[outer] = d;
      loops.extent[outer] *= shape[d];
    } else {
      loops.dimension[loops.depth] = d;
      loops.extent[loops.depth++] = shape[d];
    }
  }
  return loops;
}

/// Calls `use(place of the chunk's first element, count, chunk)` along all rows; a place counts along the loops'
/// dimensions. Not at all for an empty tile.
template <std::size_t N, class Reader, class Use>
void for_each_chunk(tile_loops<N> const& loops, Reader& reader, Use use) {
  if (std::any_of(loops.extent.begin(), loops.extent.begin() + static_cast<std::ptrdiff_t>(loops.depth),
                  [](std::int64_t extent) { return extent == 0; }))
    return;
  std::size_t const row = loops.row();
  std::int64_t const most = reader.dense(row) ? loops.length() : chunk_length;
  index_array<N> at{};
  for (std::size_t turned = 1; turned > 0;) {
    reader.seek(at);
    for (std::int64_t from = 0; from < loops.length(); from += most) {
      std::int64_t const count = std::min(most, loops.length() - from);
      at[row] = from;
      use(std::as_const(at), count, reader.read(row, from, count));
    }
    at[row] = 0;
    for (turned = loops.depth - 1; turned > 0; --turned) {
      if (++at[loops.dimension[turned - 1]] < loops.extent[turned - 1]) break;
      at[loops.dimension[turned - 1]] = 0;
    }
  }
}

} // namespace armada::detail
