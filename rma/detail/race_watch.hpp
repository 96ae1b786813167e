#pragma once

/// The race checker of one window (ARMADA_CHECK=rma): what the ranks of a node do to that node's parts.

#include <armada/core/communicator_state.hpp>
#include <armada/core/shared_segment.hpp>
#include <armada/rma/detail/race_log.hpp>
#include <armada/rma/target.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace armada::detail {

class race_watch {
public:
  /// Local; of use once it is open.
  explicit race_watch(node const& near) : near_(near) {}
  /// Makes the memory. Collective over the node.
  void open();
  race_watch(race_watch const&) = delete;
  race_watch& operator=(race_watch const&) = delete;
  ~race_watch() {
    if (segment_.data() != nullptr) ordering::forget(mine());
  }
  /// Once every rank of the node has one.
  void close_file() noexcept { segment_.close_file(); }

  /// Two accesses that nothing orders, with the ranks that the communicator knows.
  struct race {
    access_record mine, other;
  };
  /// Enters an access by this rank to bytes of the part of the node's rank `at`; gives the race that it makes with one
  /// that is known.
  [[nodiscard]] std::optional<race> enter(int at, access_kind kind, std::string_view operation, code_place const& place,
                                          byte_run const& bytes, std::uint64_t phase);
  /// The same for `count` elements of `element` bytes from `offset` on, or those of the target's layout. Throws
  /// `race_error` with both accesses.
  void note(int at, access_kind kind, std::string_view operation, target const& where, std::int64_t offset,
            std::int64_t count, std::int64_t element, std::uint64_t phase, std::string const& window);

private:
  [[nodiscard]] ordering::timeline* timelines() const noexcept {
    return reinterpret_cast<ordering::timeline*>(segment_.data());
  }
  [[nodiscard]] ordering::timeline& mine() const noexcept { return timelines()[near_.rank]; }
  [[nodiscard]] race_log& log_of(int at) const noexcept;

  node near_;
  shared_segment segment_; ///< a timeline for each rank of the node, then a log for each part
};

} // namespace armada::detail
