#pragma once

/// What one rank has moved to and from the tiles of an array, counted.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace armada {

/// `update` is accumulate, fetch_and_op, compare_and_swap and the like.
enum class traffic_kind : std::int32_t { get, put, update };
/// `near`: by loads and stores; `far`: through MPI.
enum class traffic_road : std::int32_t { near, far };

/// What rank `origin` did with the tile of rank `owner` in one way. An operation is what moves between two ranks at
/// once: an assignment to a section is one for each owner, and for each block of a block-cyclic dimension.
struct traffic_count {
  std::int32_t origin = 0, owner = 0;
  traffic_kind kind = traffic_kind::get;
  traffic_road road = traffic_road::near;
  std::int64_t operations = 0, bytes = 0;

  friend bool operator==(traffic_count const&, traffic_count const&) = default;
};

namespace detail {

/// As many as there are owners that this rank has reached.
class traffic_counters {
public:
  void add(int owner, traffic_kind kind, traffic_road road, std::int64_t bytes) {
    std::scoped_lock const lock(mutex_);
    auto& one = ways_[owner][static_cast<std::size_t>(kind)][static_cast<std::size_t>(road)];
    ++one.operations;
    one.bytes += bytes;
  }
  [[nodiscard]] std::vector<traffic_count> counts(int origin) const {
    std::scoped_lock const lock(mutex_);
    std::vector<traffic_count> all;
    for (auto const& [owner, kinds] : ways_)
      for (std::size_t k = 0; k < kinds.size(); ++k)
        for (std::size_t r = 0; r < kinds[k].size(); ++r)
          if (auto const& one = kinds[k][r]; one.operations > 0)
            all.push_back(
                {origin, owner, static_cast<traffic_kind>(k), static_cast<traffic_road>(r), one.operations, one.bytes});
    return all;
  }

private:
  struct count {
    std::int64_t operations = 0, bytes = 0;
  };

  mutable std::mutex mutex_; ///< threads of one rank
  std::map<int, std::array<std::array<count, 2>, 3>> ways_;
};

} // namespace detail
} // namespace armada
