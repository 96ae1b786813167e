#pragma once

/// The memory in which `bsend` leaves its messages.

#include <armada/core/described_buffer.hpp>
#include <armada/core/object.hpp>

#include <cstddef>
#include <vector>

namespace armada {

/// Memory for buffered sends, given to MPI while this object lives. One per process; made, flushed and ended by one
/// thread at a time. Its end waits until all messages in it have been taken, inside of MPI, where no nonblocking
/// receive of an object moves on: wait for those first. Local. MPI-4.0, section 3.6.
class attached_buffer {
public:
  /// `bytes`: the sum of `bsend_bytes` of the messages that are under way at one time.
  /// Throws `lifecycle_error` when there is one already.
  explicit attached_buffer(std::size_t bytes);
  attached_buffer(attached_buffer const&) = delete;
  attached_buffer& operator=(attached_buffer const&) = delete;
  ~attached_buffer();

  [[nodiscard]] std::size_t size() const noexcept { return memory_.size(); }
  /// Waits until all messages in it have been taken.
  void flush();

private:
  void attach();
  void detach();

  std::vector<std::byte> memory_;
};

namespace detail {

/// What MPI adds to each buffered message, and the packed size of `count` items.
[[nodiscard]] std::size_t buffered_bytes(MPI_Count count, MPI_Datatype type);
/// The same for an object of these bytes, cut into messages.
[[nodiscard]] std::size_t buffered_object_bytes(std::size_t bytes);

} // namespace detail

/// The room that `bsend(comm, value, …)` takes in the attached buffer. Local.
template <class T>
[[nodiscard]] std::size_t bsend_bytes(T const& value) {
  if constexpr (message_source<T>) {
    auto const memory = describe(value);
    return detail::buffered_bytes(memory.count(), memory.type());
  } else {
    return detail::buffered_object_bytes(encode(value).size());
  }
}

} // namespace armada
