#include <armada/core/call.hpp>
#include <armada/rma/detail/window_memory.hpp>

#include <algorithm>
#include <new>

namespace armada::detail {
namespace {

constexpr std::int64_t beyond = std::int64_t{1} << 56; ///< no machine has this

std::size_t words_for(std::size_t ranks) { return (ranks + 63) / 64; }

} // namespace

void window_memory::prepare(node const& near) {
  auto const ranks = static_cast<std::size_t>(near.size());
  parts_.resize(ranks);
  lengths_.resize(ranks);
  places_.resize(ranks + 1);
}

void window_memory::allocate(node const& near, std::int64_t bytes, std::int64_t unit, arrangement how,
                             std::string_view what) {
  auto const ranks = static_cast<std::size_t>(near.size());
  if (ranks > 1)
    call<MPI_Allgather>(&bytes, 1, MPI_INT64_T, lengths_.data(), 1, MPI_INT64_T, near.raw);
  else
    lengths_[0] = bytes;

  // Every rank of the node sees the same lengths, and throws or goes on like the others.
  for (std::size_t r = 0; r < ranks; ++r) {
    if (lengths_[r] < 0)
      throw argument_error(
          text(what, ": the length of rank ", near.members[r], ", ", lengths_[r], " bytes, is negative"));
    if (lengths_[r] > beyond)
      throw out_of_memory(text(what, ": rank ", near.members[r], " needs ", lengths_[r], " bytes, and ",
                               available_memory(), " are available on this host"));
  }

  auto const table = sizeof(control_block) + ranks * sizeof(part) + ranks * words_for(ranks) * sizeof(std::uint64_t);
  auto const front = shared_segment::round_to_page(table);
  places_[0] = front;
  for (std::size_t r = 0; r < ranks; ++r) {
    auto const length = static_cast<std::size_t>(lengths_[r]);
    places_[r + 1] = places_[r];
    switch (how) {
    case arrangement::apart: places_[r + 1] += shared_segment::round_to_page(header_bytes + length); break;
    case arrangement::joined: places_[r + 1] += length; break;
    case arrangement::elsewhere: break;
    }
  }

  segment_ = shared_segment(near, shared_segment::round_to_page(places_[ranks]));
  auto const mine = static_cast<std::size_t>(near.rank);
  segment_.populate(0, front);
  if (mine == 0) new (segment_.data()) control_block();
  auto const first = places_[mine] / shared_segment::page() * shared_segment::page();
  segment_.populate(first, shared_segment::round_to_page(places_[mine + 1]) - first);

  auto const header = how == arrangement::apart ? header_bytes : 0;
  auto* const data = how == arrangement::elsewhere ? nullptr : segment_.data() + places_[mine] + header;
  auto const base = reinterpret_cast<std::uintptr_t>(data);
  part_extent const extent{bytes, unit, static_cast<std::int64_t>(how == arrangement::apart ? header : base % 64)};
  auto* const entry = new (&of(near.rank)) part;
  entry->extent = extent;
  entry->offset = places_[mine] + header;
  if (how == arrangement::apart) new (segment_.data() + places_[mine]) part_extent(extent);
  for (std::size_t r = 0; r < ranks; ++r)
    parts_[r] = how == arrangement::elsewhere ? nullptr : segment_.data() + places_[r] + header;
  lengths_ = {};
  places_ = {};
}

void window_memory::release() noexcept {
  segment_ = shared_segment();
  std::ranges::fill(parts_, nullptr);
}

/// A row of bits for each origin: which targets are exposed to it. Zero when the memory is made.
std::atomic<std::uint64_t>& window_memory::exposures(int target, int origin) const noexcept {
  auto const ranks = parts_.size();
  auto* const rows =
      reinterpret_cast<std::atomic<std::uint64_t>*>(segment_.data() + sizeof(control_block) + ranks * sizeof(part));
  return rows[static_cast<std::size_t>(origin) * words_for(ranks) + static_cast<std::size_t>(target) / 64];
}

void window_memory::expose(int target, int origin) noexcept {
  exposures(target, origin).fetch_or(std::uint64_t{1} << (target % 64), std::memory_order_release);
}

bool window_memory::take_exposure(int target, int origin) noexcept {
  auto const bit = std::uint64_t{1} << (target % 64);
  auto& row = exposures(target, origin);
  if ((row.load(std::memory_order_acquire) & bit) == 0) return false;
  row.fetch_and(~bit, std::memory_order_acquire);
  return true;
}

} // namespace armada::detail
