#pragma once

/// Stores that pass the caches, for results too large to be found there again. A plain store has every line of memory
/// read first; without that, `a = 2.0 * b + c` moves three lines where it moved four.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace armada::detail {

/// The most bytes of a result that are stored into the caches: those of the largest one that a core reaches, as the
/// system says; 32 MiB where it says nothing. May be set, for tests.
[[nodiscard]] std::int64_t& most_cached() noexcept;

/// Whether elements of T are stored past the caches, some in each of a processor's 16 bytes.
template <class T>
inline constexpr bool streams =
#if defined(__x86_64__)
    std::is_trivially_copyable_v<T>&& std::is_default_constructible_v<T> &&
    (sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16);
#else
    false;
#endif

/// Whether `count` elements that a rank writes are streamed. At its end what was streamed comes before all that this
/// rank stores later.
template <class T>
class stream_scope {
public:
  explicit stream_scope(std::int64_t count) : on_(streams<T> && count > most_cached() / std::int64_t{sizeof(T)}) {}
  stream_scope(stream_scope const&) = delete;
  stream_scope& operator=(stream_scope const&) = delete;
  ~stream_scope() {
#if defined(__x86_64__)
    if (on_) _mm_sfence();
#endif
  }
  [[nodiscard]] explicit operator bool() const noexcept { return on_; }

private:
  bool on_;
};

/// to[i] = values(i) for i in [0, count), past the caches where T permits it; within a `stream_scope`.
template <class T, class Values>
void stream(T* to, std::int64_t count, Values const& values) {
  std::int64_t i = 0;
  auto const plainly = [&](std::int64_t end) {
    for (; i < end; ++i) to[i] = static_cast<T>(values(i));
  };
#if defined(__x86_64__)
  if constexpr (streams<T>) {
    constexpr std::size_t line = 64;
    constexpr auto elements = static_cast<std::int64_t>(line / sizeof(T)),
                   element = static_cast<std::int64_t>(sizeof(T));
    auto const beyond = reinterpret_cast<std::uintptr_t>(to) % line;
    plainly(std::min(count, beyond == 0 ? 0 : static_cast<std::int64_t>(line - beyond) / element));
    if (reinterpret_cast<std::uintptr_t>(to + i) % line == 0) {
      for (; i + elements <= count; i += elements) {
        alignas(line) std::array<T, line / sizeof(T)> block;
        for (std::int64_t k = 0; k < elements; ++k) block[static_cast<std::size_t>(k)] = static_cast<T>(values(i + k));
        auto const* const from = reinterpret_cast<__m128i const*>(block.data());
        auto* const into = reinterpret_cast<__m128i*>(to + i);
        for (std::ptrdiff_t k = 0; k < 4; ++k) _mm_stream_si128(into + k, _mm_load_si128(from + k));
      }
    }
  }
#endif
  plainly(count);
}

} // namespace armada::detail
