#pragma once

/// A gather whose root takes one rank's bytes after the other's.

#include <armada/collectives/detail/value_bytes.hpp>
#include <armada/core/communicator.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace armada::detail {

/// The messages of such a gather, on the private twin. Each waits for its turn: a long one leaves its sender only when
/// the root receives it.
class rank_by_rank_transfer {
public:
  /// Throws `unsupported` for a borrowed communicator.
  rank_by_rank_transfer(std::string_view operation, communicator const& comm);

  /// What all ranks say of their values, at the root; empty elsewhere. Collective.
  [[nodiscard]] std::vector<announcement> announce(announcement const& said, int root, bool here) const;
  void send(std::span<std::byte const> bytes, int root) const;
  /// Replaces `bytes` by the `count` bytes of `rank`.
  void receive(std::vector<std::byte>& bytes, std::int64_t count, int rank) const;

private:
  std::shared_ptr<communicator_state> comm_;
  int peers_;
};

} // namespace armada::detail
