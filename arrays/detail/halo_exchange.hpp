#pragma once

/// What a halo does, in bytes: blocks are packed, handed to their readers, and unpacked.

#include <armada/core/communicator.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace armada::detail {

/// Seven dimensions and the bytes of an element.
using byte_strides = stride_array<8>;

/// Cells of a tile.
struct halo_block {
  std::int64_t offset; ///< of the first one, in bytes
  byte_strides strides;
};
/// Ghost cells, or what becomes ghost cells of another rank.
struct halo_message {
  int peer;
  int tag;
  byte_strides shape;
  halo_block cells;
  byte_strides packed; ///< strides in a message
  std::int64_t bytes;
  std::int64_t place;  ///< in the outbox of the rank that sends it
  std::int64_t outbox; ///< how long that is
};
/// Ghost cells = cells of the same rank.
struct halo_copy {
  byte_strides shape;
  halo_block to, from;
};
/// Ghost cells = a value.
struct halo_fill {
  byte_strides shape;
  halo_block to;
  std::vector<std::byte> value;
};

struct halo_steps {
  std::vector<halo_message> in, out;
  std::vector<halo_copy> copies;
  std::vector<halo_fill> fills;
  std::int64_t outbox = 0; ///< bytes of all that go out
};

/// What goes to ranks of this host is packed into an outbox in shared memory, from which its reader unpacks it; what
/// goes to others is sent from there as messages. There are two outboxes, used in turn: a rank may begin an exchange
/// when its readers have done with the last but one, so that neighbours are not in lockstep. The ranks of a host tell
/// each other how far they are by two numbers on cache lines of their own.
class halo_exchange {
public:
  /// For the tile of this rank. Collective over `comm`; all ranks throw or none.
  halo_exchange(communicator const& comm, std::shared_ptr<window_state> array, halo_steps steps);
  halo_exchange(halo_exchange&&) noexcept = default;
  halo_exchange& operator=(halo_exchange&&) noexcept = default;

  void start();
  void finish();
  [[nodiscard]] bool under_way() const noexcept { return under_way_; }
  [[nodiscard]] window_state const& array() const noexcept { return *array_; }

private:
  using number = std::uint64_t;
  struct near_incoming {
    halo_message const* message;
    number const* given;
    std::array<std::byte const*, 2> packed; ///< in the outbox of even and of odd exchanges
  };
  static constexpr std::int64_t header = 128; ///< bytes before the outboxes: two cache lines

  /// This rank's tile. Throws `lifecycle_error` when the array has ended.
  [[nodiscard]] std::byte* tile() const;
  /// The header and outboxes of a rank of this host; null for others.
  [[nodiscard]] std::byte* near_part(int rank) const;

  std::shared_ptr<window_state> array_;
  std::unique_ptr<halo_steps const> steps_;
  std::shared_ptr<window_state> outboxes_; ///< null on a single rank
  std::optional<communicator> far_;        ///< where messages go
  std::vector<near_incoming> near_in_;
  std::vector<halo_message const*> far_in_, far_out_;
  std::vector<number const*> readers_; ///< what ranks of this host have done that read this one's outbox
  std::vector<std::byte> inbox_;
  std::vector<pending<>> sends_;
  std::vector<pending<status>> receives_;
  number count_ = 0; ///< of exchanges begun
  bool under_way_ = false;
};

} // namespace armada::detail
