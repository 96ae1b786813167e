#pragma once

/// What every rank has attached to a dynamic window, so that access can be checked before it happens.

#include <armada/core/communicator.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace armada::detail {

class region_directory {
public:
  /// Collective over `comm`: all ranks throw, or none. Of `options` it uses the name and `connect_up_to`.
  region_directory(communicator const& comm, window_options const& options);

  /// Enters bytes of this rank; `attach` runs before others can know. Throws `argument_error` for an empty region, one
  /// that overlaps another, or one too many.
  void add(void const* memory, std::int64_t bytes, std::function<void()> const& attach);
  /// Takes the region that begins there off the list.
  void remove(void const* memory);

  /// Whether `rank`'s regions hold these bytes, by its addresses: one alone, as MPI demands. Asks a far rank whenever
  /// what is known of it does not hold them.
  [[nodiscard]] bool holds(int rank, std::int64_t address, std::int64_t bytes);

  /// As many as one rank can attach at a time.
  static constexpr std::size_t most_regions = 1000;

private:
  struct region {
    std::int64_t address = 0;
    std::int64_t bytes = 0; ///< 0: not in use
  };
  struct table {
    std::int64_t used = 0; ///< entries that may be in use
    std::array<region, most_regions> regions;
  };

  [[nodiscard]] table& mine() noexcept { return *reinterpret_cast<table*>(state_.local()); }
  [[nodiscard]] static bool has(table const& regions, std::int64_t address, std::int64_t bytes) noexcept;

  window_state state_;
  std::map<int, table> known_; ///< of far ranks
};

} // namespace armada::detail
