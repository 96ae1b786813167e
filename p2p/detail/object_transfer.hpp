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
template <class Value>
[[nodiscard]] encoded encode_for(communicator const& comm, Value const& value) {
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

/// Blocks of more bytes are given memory only when the first of their messages is seen to be there.
inline constexpr std::uint64_t credited_block = 1 << 20;

/// An object's arrival: its first message is received into memory of its own, the rest when that is there.
class object_receive final : block_source {
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
  template <archive_policy Archive, class T>
  status read_into(T& value) {
    if (sender_.source == proc_null) return sender_;
    read_head();
    try {
      receive_archive();
      Archive::read(value, message_.bytes().subspan(sizeof(frame)), static_cast<block_source*>(this),
                    head_.block_bytes);
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
  void expect(std::uint64_t bytes) override;
  void fetch(std::span<std::byte> block) override;
  void receive_part(std::span<std::byte> part);
  void drop_rest();
  [[nodiscard]] MPI_Message next_part(MPI_Count& bytes);
  [[noreturn]] void throw_no_memory() const;

  std::shared_ptr<communicator_state> comm_;
  from origin_;
  std::uint64_t type_;
  std::string_view name_;
  byte_buffer message_; // the frame and the archive, as far as they are here
  request first_;
  bool here_ = false; // the first message is
  frame head_;
  std::uint64_t due_ = 0;                  // bytes of the archive and the blocks that are still to come
  MPI_Message matched_ = MPI_MESSAGE_NULL; // the next part, of so many bytes, when it was looked at
  MPI_Count matched_bytes_ = 0;
  status sender_;
};

} // namespace armada::detail
