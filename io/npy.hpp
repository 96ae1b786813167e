#pragma once

/// Distributed arrays in files that NumPy opens.

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/strided_copy.hpp>
#include <armada/io/detail/shared_file_writer.hpp>

#include <bit>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

namespace armada {

/// The element types that .npy files have here: bool, integers of 1 to 8 bytes, float, double, and complex of these.
template <class T>
concept npy_element =
    wire<T> && !std::is_enum_v<T> && (std::integral<T> || std::same_as<T, float> || std::same_as<T, double> ||
                                      std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>>);

namespace detail {

/// NumPy's name of T on this machine, such as `<f8`.
template <npy_element T>
[[nodiscard]] std::string npy_descr() {
  char const order = sizeof(T) == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  char const kind = std::same_as<T, bool>     ? 'b'
                    : is_complex<T>           ? 'c'
                    : std::floating_point<T>  ? 'f'
                    : std::signed_integral<T> ? 'i'
                                              : 'u';
  return text(order, kind, sizeof(T));
}

/// What precedes the elements in a file of version 1.0; its length is a
/// multiple of 64.
[[nodiscard]] std::string npy_header(std::string const& descr, std::span<std::int64_t const> shape);

} // namespace detail

/// Writes the array to a .npy file, row-major. Collective over its communicator; sees every access that any rank made
/// before it. Every rank writes its own tile, so the path must name the same file on all hosts.
/// A file of that name is replaced when the new one is complete and on the disk. All ranks throw `io_error` with path
/// and reason, or none; then what was there before is untouched, and nothing else is left.
template <npy_element T, std::size_t N, storage_order Order>
void save_npy(distributed_array<T, N, Order> const& a, std::string const& path) {
  a.fence();
  auto const header = detail::npy_header(detail::npy_descr<T>(), a.shape());
  auto const begin = static_cast<std::int64_t>(header.size());
  detail::shared_file_writer file(a.comm(), path,
                                  begin + checked_volume(a.shape(), sizeof(T)) * detail::bytes_of<T>(1));
  file.write([&](auto put) {
    if (a.comm().rank() == 0) put(0, std::as_bytes(std::span(header)));
    auto const in_file = row_major_strides(a.shape());
    auto const& distribution = a.distribution();
    auto const here = distribution.tile_strides(distribution.tile_shape(a.comm().rank()));
    auto const elements = a.padded().elements();
    for (box<N> const& owned : distribution.boxes_of(a.comm().rank())) {
      index_array<N> corner{}, steps{};
      for (std::size_t d = 0; d < N; ++d) {
        corner[d] = owned.dimensions[d].first;
        steps[d] = in_file[d] * owned.dimensions[d].step;
      }
      auto const first = dot(corner, in_file), from_first = distribution.locate(corner).offset;
      for_each_row(steps, here, owned.shape(), [&](auto to, auto from, auto count, auto step, auto from_step) {
        auto const together = step == 1 && from_step == 1 ? count : 1;
        for (std::int64_t done = 0; done < count; done += together)
          put(begin + detail::bytes_of<T>(first + to + done * step),
              std::as_bytes(elements.subspan(static_cast<std::size_t>(from_first + from + done * from_step),
                                             static_cast<std::size_t>(together))));
      });
    }
  });
  file.commit();
}

} // namespace armada
