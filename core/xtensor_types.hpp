#pragma once

/// How xtensor's containers are archived as members of objects: shape, then elements in the order of their memory, in
/// one block. Include it beside xtensor's headers where objects have such members. (With Boost's archives, `archive &
/// t` finds xtensor's own operator and does not compile: write `archive & boost::serialization::make_nvp("t", t)`.)

#include <armada/core/archive.hpp>
#include <armada/core/standard_values.hpp>

#include <boost/serialization/array_wrapper.hpp>

#include <xtensor/xtensor_forward.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace armada::detail {

/// xtensor's own strides overflow long before.
inline constexpr std::uint32_t highest_rank = 32;

/// The number of elements of a tensor of this shape, of which at most `most` can be there. Throws `format_error`.
[[nodiscard]] std::size_t checked_tensor_size(std::span<std::uint64_t const> shape, std::uint64_t most);

template <class T, class Archive>
void write_numbers(Archive& to, T const* elements, std::size_t count) {
  if constexpr (std::same_as<Archive, output_archive>)
    to.write_elements(elements, count);
  else
    to << boost::serialization::make_array(elements, count);
}
template <class T, class Archive, class Room>
void read_numbers(Archive& from, std::size_t count, Room room) {
  if constexpr (std::same_as<Archive, input_archive>)
    from.template read_elements<T>(count, room);
  else
    from >> boost::serialization::make_array(room(), count);
}

template <class Tensor>
struct tensor_form : form_for_all_archives {
  using element = typename Tensor::value_type;
  static constexpr bool any_layout = Tensor::static_layout == xt::layout_type::dynamic;

  template <class Archive>
  static void write(Archive& to, Tensor const& tensor) {
    if (tensor.layout() == xt::layout_type::dynamic) throw_not_writable("a tensor in it has strides of its own");
    for (std::uint64_t const extent : tensor.shape()) to << extent;
    if constexpr (any_layout) {
      unsigned char const by_columns = tensor.layout() == xt::layout_type::column_major ? 1 : 0;
      to << by_columns;
    }
    write_numbers(to, tensor.data(), tensor.size());
  }

  /// Reads into a tensor of `rank` dimensions.
  template <class Archive>
  static void read_shaped(Archive& from, Tensor& tensor, std::size_t rank) {
    std::array<std::uint64_t, highest_rank> extents{};
    auto const shape = std::span(extents).first(rank);
    for (auto& extent : shape) from >> extent;
    bool by_columns = false;
    if constexpr (any_layout) by_columns = read_flag(from);
    std::uint64_t most = std::numeric_limits<std::int64_t>::max() / sizeof(element);
    if constexpr (std::same_as<Archive, input_archive>) most = from.template most_elements<element>();
    auto const count = checked_tensor_size(shape, most);
    read_numbers<element>(from, count, [&] {
      auto wanted = tensor.shape();
      if constexpr (requires { wanted.resize(rank); }) wanted.resize(rank);
      std::transform(shape.begin(), shape.end(), wanted.begin(), [](auto n) { return static_cast<std::size_t>(n); });
      if constexpr (any_layout)
        tensor.resize(wanted, by_columns ? xt::layout_type::column_major : xt::layout_type::row_major);
      else
        tensor.resize(wanted);
      return tensor.data();
    });
  }
};

template <class Storage, std::size_t N, xt::layout_type L, class Tag>
struct archive_form<xt::xtensor_container<Storage, N, L, Tag>>
    : tensor_form<xt::xtensor_container<Storage, N, L, Tag>> {
  static_assert(N <= highest_rank);
  static constexpr std::size_t least_bytes = N == 0 ? 1 : N * sizeof(std::uint64_t);
  template <class Archive>
  static void read(Archive& from, xt::xtensor_container<Storage, N, L, Tag>& tensor) {
    tensor_form<xt::xtensor_container<Storage, N, L, Tag>>::read_shaped(from, tensor, N);
  }
};

template <class Storage, xt::layout_type L, class Shape, class Tag>
struct archive_form<xt::xarray_container<Storage, L, Shape, Tag>>
    : tensor_form<xt::xarray_container<Storage, L, Shape, Tag>> {
  using tensor = xt::xarray_container<Storage, L, Shape, Tag>;
  using form = tensor_form<tensor>;
  static constexpr std::size_t least_bytes = sizeof(std::uint32_t);
  template <class Archive>
  static void write(Archive& to, tensor const& value) {
    if (value.dimension() > highest_rank) throw_not_writable("a tensor in it has more than 32 dimensions");
    auto const rank = static_cast<std::uint32_t>(value.dimension());
    to << rank;
    form::write(to, value);
  }
  template <class Archive>
  static void read(Archive& from, tensor& value) {
    std::uint32_t rank = 0;
    from >> rank;
    if (rank > highest_rank) throw_bad_archive("a tensor has more than 32 dimensions");
    form::read_shaped(from, value, rank);
  }
};

template <class T, std::size_t... N, xt::layout_type L, bool Sharable, class Tag>
struct archive_form<xt::xfixed_container<T, xt::fixed_shape<N...>, L, Sharable, Tag>> : form_for_all_archives {
  using tensor = xt::xfixed_container<T, xt::fixed_shape<N...>, L, Sharable, Tag>;
  static constexpr std::size_t size = (N * ... * 1);
  static constexpr std::size_t least_bytes = std::max<std::size_t>(size * detail::least_bytes<T>(), 1);
  static_assert(size > 0, "there is nothing to send of it");
  template <class Archive>
  static void write(Archive& to, tensor const& value) {
    write_numbers(to, value.data(), size);
  }
  template <class Archive>
  static void read(Archive& from, tensor& value) {
    read_numbers<T>(from, size, [&] { return value.data(); });
  }
};

} // namespace armada::detail
