#pragma once

/// The object protocol. The first message, on the user's communicator and tag, holds the frame and as much of the
/// archive as fits; the rest and the large blocks follow on the private twin under the id in the frame, each in its
/// final place. A borrowed communicator has no twin and sends one message.

#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/object.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/endpoint.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace armada::detail {

/// An object encoded for sending over `comm`.
template <class T>
[[nodiscard]] encoded encode_for(communicator const& comm, T const& value) {
  bool const apart = comm.state()->twin() != MPI_COMM_NULL;
  return encode(value, apart, comm.state()->next_object_id());
}

/// Sends an encoded object; returns when its memory may be used again.
void send_encoded(communicator const& comm, encoded const& object, to const& destination);

/// The messages of an object that is being sent. Nothing of `object` may move while it lives.
class object_send {
public:
  object_send(communicator const& comm, encoded object, to const& destination);
  /// The first message's request, to be waited for by the pending.
  [[nodiscard]] MPI_Request first() const noexcept { return first_; }
  void wait_rest();
  [[nodiscard]] bool test_rest();
  object_send(object_send const&) = delete;
  object_send& operator=(object_send const&) = delete;
  ~object_send();

private:
  encoded object_;
  MPI_Request first_ = MPI_REQUEST_NULL;
  std::vector<MPI_Request> rest_;
};

/// An object's arrival: its first message is received into memory of its own, the rest when that is there.
class object_receive {
public:
  /// Nothing is posted yet.
  object_receive(communicator const& comm, from const& origin, std::uint64_t type, std::string_view name);

  /// Receives the first message now.
  void receive_first();
  /// Posts the first message's receive; the request is to be waited for by a pending. Null on a borrowed communicator.
  [[nodiscard]] MPI_Request post_first();
  /// The posted first message has arrived.
  void first_arrived(MPI_Status const& arrived);
  /// Says what it means that the first message is too long.
  [[noreturn]] void rethrow(mpi_error const& e) const;
  /// Whether the first message is here, on a communicator where none could be posted.
  [[nodiscard]] bool probe_first();

  /// Receives the rest, checks it and reads the object into `value`.
  template <class T>
  status read_into(T& value) {
    auto const archive_bytes = receive_archive();
    if (sender_.source == proc_null) return sender_;
    input_archive archive(archive_bytes, head_.block_bytes,
                          [this](std::span<std::byte> block) { receive_block(block); });
    archive >> value;
    archive.finish();
    return sender_;
  }

private:
  std::span<std::byte const> receive_archive();
  void receive_block(std::span<std::byte> block);
  void matched_receive(MPI_Message message, MPI_Status const& probed);

  std::shared_ptr<communicator_state> comm_;
  from origin_;
  std::uint64_t type_;
  std::string_view name_;
  std::vector<std::byte> message_;
  frame head_;
  status sender_;
  bool here_ = false;
};

} // namespace armada::detail
