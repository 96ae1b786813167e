#include <armada/core/agree.hpp>
#include <armada/core/error.hpp>
#include <armada/core/job.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/detail/region_directory.hpp>

#include <algorithm>
#include <atomic>

namespace armada::detail {
namespace {

std::int64_t address_of(void const* memory) {
  return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(memory));
}

/// Entries are read by other ranks while their owner changes them.
std::int64_t load(std::int64_t const& value) {
  return std::atomic_ref(const_cast<std::int64_t&>(value)).load(std::memory_order_acquire);
}
void store(std::int64_t& place, std::int64_t value) { std::atomic_ref(place).store(value, std::memory_order_release); }

} // namespace

region_directory::region_directory(communicator const& comm, window_options const& options)
    : state_(comm, sizeof(table), agree(comm, [&] {
               return window_options{.name = options.name + "'s list of regions",
                                     .connect_up_to = options.connect_up_to};
             })) {
  agree(comm, [&] { state_.lock_all(); }); // one passive epoch for its whole life
}

void region_directory::add(void const* memory, std::int64_t bytes, std::function<void()> const& attach) {
  auto const address = address_of(memory);
  auto const refuse = [&](auto const&... why) {
    throw argument_error(
        text("attach of ", bytes, " bytes at ", memory, " to a dynamic window: ", why..., ", on ", job::whoami()));
  };
  if (memory == nullptr || bytes <= 0) refuse("there is nothing to attach");
  auto& list = mine();
  std::size_t free = static_cast<std::size_t>(list.used);
  for (std::size_t i = 0; i < static_cast<std::size_t>(list.used); ++i) {
    auto const& each = list.regions[i];
    if (each.bytes == 0)
      free = std::min(free, i);
    else if (address < each.address + each.bytes && each.address < address + bytes)
      refuse("it overlaps the region of ", each.bytes, " bytes at ", reinterpret_cast<void const*>(each.address));
  }
  if (free == most_regions) refuse(most_regions, " regions are attached already");
  attach();
  store(list.regions[free].address, address);
  store(list.regions[free].bytes, bytes);
  store(list.used, std::max(list.used, static_cast<std::int64_t>(free) + 1));
}

void region_directory::remove(void const* memory) {
  auto& list = mine();
  auto const found = std::ranges::find_if(
      list.regions, [&](region const& each) { return each.bytes > 0 && each.address == address_of(memory); });
  if (found == list.regions.end())
    throw argument_error(
        text("detach of ", memory, " from a dynamic window: no attached region begins there, on ", job::whoami()));
  store(found->bytes, 0);
}

bool region_directory::has(table const& regions, std::int64_t address, std::int64_t bytes) noexcept {
  auto const used = static_cast<std::size_t>(load(regions.used));
  for (std::size_t i = 0; i < used; ++i) {
    auto const length = load(regions.regions[i].bytes);
    auto const first = load(regions.regions[i].address);
    if (length > 0 && address >= first && bytes <= length && address - first <= length - bytes) return true;
  }
  return bytes == 0;
}

bool region_directory::holds(int rank, std::int64_t address, std::int64_t bytes) {
  if (auto const* const near = near_element<table>(state_, rank, 0)) return has(*near, address, bytes);
  if (auto const known = known_.find(rank); known != known_.end() && has(known->second, address, bytes)) return true;
  table& asked = known_[rank];
  state_.far_get(&asked, rank, 0, sizeof(table));
  state_.flush(rank);
  return has(asked, address, bytes);
}

} // namespace armada::detail
