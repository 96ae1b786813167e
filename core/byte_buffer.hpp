#pragma once

/// Memory that grows and is never filled before it is written: what messages are built and received in.

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

namespace armada::detail {

class byte_buffer {
public:
  byte_buffer() noexcept = default;
  byte_buffer(byte_buffer&& other) noexcept { swap(other); }
  byte_buffer& operator=(byte_buffer&& other) noexcept {
    byte_buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~byte_buffer() { std::free(begin_); }

  [[nodiscard]] std::byte* data() noexcept { return begin_; }
  [[nodiscard]] std::byte const* data() const noexcept { return begin_; }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(next_ - begin_); }
  [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return {begin_, size()}; }

  /// Makes room for `more` bytes behind the others and says where; their values are indeterminate.
  /// Throws `std::bad_alloc`.
  std::byte* extend(std::size_t more) {
    if (more > static_cast<std::size_t>(end_ - next_)) [[unlikely]]
      grow(more);
    return std::exchange(next_, next_ + more);
  }
  void append(void const* data, std::size_t count) {
    auto* const room = extend(count);
    if (count > 0) std::memcpy(room, data, count);
  }
  /// Cuts the buffer, or lengthens it by bytes of indeterminate values.
  void resize(std::size_t count) {
    if (count > size())
      extend(count - size());
    else
      next_ = begin_ + count;
  }

private:
  void grow(std::size_t more);
  void swap(byte_buffer& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(next_, other.next_);
    std::swap(end_, other.end_);
  }

  std::byte* begin_ = nullptr;
  std::byte* next_ = nullptr; // behind what is used
  std::byte* end_ = nullptr;  // behind what is there
};

} // namespace armada::detail
