#pragma once

/// Memory of the caller's that the elements of a section are moved from or to, without a copy where that is possible.

#include <armada/arrays/index/extents.hpp>
#include <armada/arrays/index/index_list.hpp>
#include <armada/core/buffer.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace armada::detail {

/// Elements with a stride for each dimension of a section.
template <class T, std::size_t M>
struct section_buffer {
  T* data;
  index_array<M> strides;
};

/// Expressions whose elements lie in memory, each dimension with a stride: tensors, views of tensors.
template <class E, class T>
concept strided_expression = requires(E& values) {
  { *values.data() } -> std::convertible_to<T const&>;
  requires std::same_as<std::remove_cvref_t<decltype(*values.data())>, T>;
  { values.data_offset() } -> std::convertible_to<std::size_t>;
  values.strides();
  values.shape();
};

template <std::size_t M, class E>
[[nodiscard]] auto buffer_of(E& values) {
  using T = std::remove_reference_t<decltype(*values.data())>;
  section_buffer<T, M> result{values.data() + static_cast<std::ptrdiff_t>(values.data_offset()), {}};
  std::copy_n(values.strides().begin(), M, result.strides.begin());
  return result;
}

/// What an expression holds, where it lies or as a copy: see `readable`.
template <class T, std::size_t M>
class readable_values {
public:
  explicit readable_values(section_buffer<T const, M> const& there) : buffer_(there) {}
  explicit readable_values(xt::xtensor<T, M> copy)
      : copy_(std::move(copy)), buffer_(buffer_of<M>(std::as_const(*copy_))) {}
  operator section_buffer<T const, M> const&() const noexcept { return buffer_; } // NOLINT(*-explicit-*)
  [[nodiscard]] bool is_copy() const noexcept { return copy_.has_value(); }

private:
  std::optional<xt::xtensor<T, M>> copy_;
  section_buffer<T const, M> buffer_;
};

/// The elements of an expression of a section's shape, for as long as this lives: without a copy where they lie in
/// memory other than the array's own, which may change while they are read.
template <class Section, class E>
[[nodiscard]] auto readable(Section const& section, E const& values) {
  using T = typename Section::value_type;
  constexpr std::size_t M = Section::dimensions;
  if constexpr (strided_expression<E const, T>) {
    auto const there = buffer_of<M>(values);
    if (!section.array().window().holds(there.data)) return readable_values<T, M>(there);
  }
  return readable_values<T, M>(xt::xtensor<T, M>(xt::cast<T>(values)));
}

[[nodiscard]] constexpr std::int64_t first_of(interval const& all) { return all.first; }
[[nodiscard]] inline std::int64_t first_of(index_list const& list) { return list.intervals().front().range.first; }

} // namespace armada::detail
