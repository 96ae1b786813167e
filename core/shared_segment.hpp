#pragma once

/// One piece of memory that all ranks of a node map: what windows lie in.

#include <armada/core/communicator_state.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace armada::detail {

/// The memory of a node's ranks. A memfd: zeroed, without a name, and not limited by the size of /dev/shm (quirk 11);
/// where the node has one rank only, memory of its own, in large pages where the system lets it have them.
class shared_segment {
public:
  shared_segment() noexcept = default;
  /// Maps `bytes` that the node's first rank makes. Collective over the node; throws `out_of_memory` on a rank that
  /// cannot, which the caller makes known to the others before it lets go of the memory.
  shared_segment(node const& near, std::size_t bytes);
  shared_segment(shared_segment&& other) noexcept;
  shared_segment& operator=(shared_segment&& other) noexcept;
  ~shared_segment();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Gives this part its pages, from this rank's memory domain. Throws `out_of_memory` where a store would end in
  /// SIGBUS.
  void populate(std::size_t offset, std::size_t bytes);

  /// Gives the file back once every rank has mapped it: the memory stays, and windows do not use up file descriptors.
  void close_file() noexcept;

  /// Parts that belong to different ranks begin on pages of their own.
  [[nodiscard]] static std::size_t page() noexcept;
  [[nodiscard]] static std::size_t round_to_page(std::size_t bytes) noexcept {
    return (bytes + page() - 1) / page() * page();
  }

private:
  void map_alone(std::size_t bytes);

  int file_ = -1;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// What this process can still allocate: the machine's available memory or what its control group leaves, in bytes.
[[nodiscard]] std::uint64_t available_memory();

} // namespace armada::detail
