#pragma once

/// The object protocol. The first message, on the user's communicator and tag, holds the frame and as much of the
/// archive as fits; the rest and the large blocks follow on the private twin under the id in the frame, each in its
/// final place. A borrowed communicator has no twin and sends one message.

#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/object.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/detail/send_kind.hpp>
#include <armada/p2p/endpoint.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <vector>

namespace armada::detail {

[[nodiscard]] std::string_view name_of(send_kind kind) noexcept;

/// An object encoded for sending over `comm`.
template <class T>
[[nodiscard]] encoded encode_for(communicator const& comm, T const& value) {
  bool const apart = comm.state()->twin() != MPI_COMM_NULL;
  return encode(value, apart, comm.state()->next_object_id());
}

/// The messages of an object that is being sent, all of them begun at once. Its blocks stay where they are meanwhile.
class object_send {
public:
  object_send(communicator const& comm, encoded object, to const& destination, send_kind kind);
  void wait();
  [[nodiscard]] bool test();

private:
  encoded object_;
  std::vector<request> messages_; // goes first: each waits
};

/// An object's arrival: its first message is received into memory of its own, the rest when that is there.
class object_receive {
public:
  /// Posts the receive of the first message; on a borrowed communicator there is nothing to post.
  object_receive(communicator const& comm, from const& origin, std::uint64_t type, std::string_view name);
  /// The first message is received from `message`, which was probed.
  object_receive(std::shared_ptr<communicator_state> comm, from const& origin, MPI_Message message,
                 MPI_Status const& probed, std::uint64_t type, std::string_view name);

  /// Waits for the first message, or looks for it.
  void wait_first();
  [[nodiscard]] bool test_first();

  /// Takes the posted receive back; false when the first message is here.
  [[nodiscard]] bool cancel();
  /// The same without looking at what becomes of it.
  void abandon() noexcept;

  /// Takes all of the object off the network and drops it. The first message is here.
  void discard();

  /// Receives the rest, checks it and reads the object into `value`. The first message is here. What is left of a
  /// message that is refused is received and dropped, so that its sender ends.
  template <class T>
  status read_into(T& value) {
    if (sender_.source == proc_null) return sender_;
    read_head();
    try {
      receive_archive();
      input_archive archive(archive_bytes(), head_.block_bytes,
                            [this](std::span<std::byte> part) { receive_block(part); });
      archive >> value;
      archive.finish();
    } catch (std::bad_alloc const&) {
      drop_rest();
      throw_no_memory();
    } catch (...) {
      drop_rest();
      throw;
    }
    return sender_;
  }

private:
  void first_arrived(MPI_Status const& arrived);
  void take_first(MPI_Message message, MPI_Status const& probed);
  void explained(auto&& action);
  void read_head();
  void receive_archive();
  void receive_block(std::span<std::byte> block);
  void drop_rest();
  [[nodiscard]] MPI_Message next_part(MPI_Count& bytes) const;
  [[noreturn]] void throw_no_memory() const;
  [[nodiscard]] std::span<std::byte const> archive_bytes() const {
    return std::span<std::byte const>(message_).subspan(sizeof(frame));
  }

  std::shared_ptr<communicator_state> comm_;
  from origin_;
  std::uint64_t type_;
  std::string_view name_;
  std::vector<std::byte> message_; // the frame and the archive, as far as they are here
  request first_;
  bool here_ = false; // the first message is
  frame head_;
  std::uint64_t due_ = 0; // bytes of the archive and the blocks that are still to come
  status sender_;
};

} // namespace armada::detail
