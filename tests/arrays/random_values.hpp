#pragma once

/// What random programs write: small numbers, so that sums are exact; and memory to keep them in.

#include "tests/arrays/random_source.hpp"

#include <armada/core/operation.hpp>

#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace armada::random_programs {

/// A wire type with padding, which is written and read only.
struct padded {
  std::int16_t a;
  std::int32_t b;
  std::int8_t c;
  friend bool operator==(padded const&, padded const&) = default;
};

template <class T>
[[nodiscard]] T value_of(std::uint64_t seed, std::size_t k) {
  auto const number = static_cast<std::int8_t>(number_of(seed, k));
  if constexpr (std::same_as<T, padded>)
    return {number, number * 1000, static_cast<std::int8_t>(-number)};
  else if constexpr (detail::is_complex<T>)
    return {static_cast<typename T::value_type>(number), static_cast<typename T::value_type>(number_of(seed + 1, k))};
  else
    return static_cast<T>(number);
}

/// Memory with gaps, backwards in every other dimension, between guards.
template <class T>
class gappy_memory {
public:
  gappy_memory(std::span<std::size_t const> shape, bool column_major)
      : shape_(shape.begin(), shape.end()), strides_(shape.size()) {
    std::ptrdiff_t reach = 1;
    for (std::size_t i = 0; i < shape_.size(); ++i) {
      std::size_t const m = column_major ? i : shape_.size() - 1 - i;
      auto const extent = static_cast<std::ptrdiff_t>(shape_[m]);
      std::ptrdiff_t const gap = !column_major && m % 2 == 0 ? 2 : 1;
      bool const back = !column_major && m % 2 == 1;
      strides_[m] = back ? -reach * gap : reach * gap;
      if (back && extent > 0) offset_ += static_cast<std::size_t>((extent - 1) * reach * gap);
      reach *= std::max<std::ptrdiff_t>(extent, 1) * gap;
    }
    all_ = xt::xtensor<T, 1>::from_shape({static_cast<std::size_t>(reach) + 2});
    all_.fill(value_of<T>(5, 5));
  }
  [[nodiscard]] auto view() {
    return xt::strided_view(all_, xt::dynamic_shape<std::size_t>(shape_), xt::dynamic_shape<std::ptrdiff_t>(strides_),
                            offset_);
  }
  /// Element number k in row-major order.
  [[nodiscard]] T& operator[](std::size_t k) {
    auto at = static_cast<std::ptrdiff_t>(offset_);
    for (std::size_t m = shape_.size(); m-- > 0; k /= shape_[m])
      at += static_cast<std::ptrdiff_t>(k % shape_[m]) * strides_[m];
    return all_.storage()[static_cast<std::size_t>(at)];
  }
  /// Whether nothing between the elements was written, which are forgotten here.
  [[nodiscard]] bool intact(std::size_t elements) {
    for (std::size_t k = 0; k < elements; ++k) (*this)[k] = value_of<T>(5, 5);
    return std::all_of(all_.begin(), all_.end(), [](T const& each) { return each == value_of<T>(5, 5); });
  }

private:
  xt::dynamic_shape<std::size_t> shape_;
  xt::dynamic_shape<std::ptrdiff_t> strides_;
  std::size_t offset_ = 1;
  xt::xtensor<T, 1> all_;
};

} // namespace armada::random_programs
