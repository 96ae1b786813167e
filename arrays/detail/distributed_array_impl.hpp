#pragma once

#include <armada/arrays/detail/fetch_owned.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/core/strided_copy.hpp>

#include <algorithm>

namespace armada {
namespace detail {

/// The distribution that every rank of `comm` means. Collective: throws on all ranks where they differ.
template <std::size_t N>
[[nodiscard]] distribution<N> agreed_distribution(communicator const& comm, index_array<N> const& shape,
                                                  cut_array<N> const& cuts, process_grid<N> const* grid,
                                                  storage_order order, ghost_cells<N> const& ghosts) {
  index_array<N> const places = grid == nullptr ? index_array<N>{} : grid->extents;
  std::array<std::int64_t, 3 * N> said{};
  for (std::size_t d = 0; d < N; ++d) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (std::int64_t const boundary : cuts[d].boundaries())
      hash = (hash ^ static_cast<std::uint64_t>(boundary)) * 0x100000001b3U;
    said[3 * d] = static_cast<std::int64_t>(cuts[d].what());
    said[3 * d + 1] = cuts[d].length();
    said[3 * d + 2] = static_cast<std::int64_t>(hash >> 2);
  }
  std::array<named_values, 5> const all{{{"shape of a distributed array", shape},
                                         {"process grid of a distributed array", places},
                                         {"cuts of a distributed array (kind, length, digest of boundaries)", said},
                                         {"ghost cells below a distributed array's tiles", ghosts.lower},
                                         {"ghost cells above a distributed array's tiles", ghosts.upper}}};
  check_same_everywhere(comm, all);
  return agree(comm, [&] {
    auto const places_of = [&] { return grid == nullptr ? balanced_grid(shape, cuts, comm.size()) : *grid; };
    return distribution<N>(shape, cuts, places_of(), comm.size(), order, ghosts);
  });
}

} // namespace detail

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
distributed_array<T, N, Order>::distributed_array(communicator const& comm, index_array<N> const& shape,
                                                  cut_array<N> const& cuts, process_grid<N> const* grid,
                                                  ghost_cells<N> const& ghosts)
    : comm_(communicator::share(comm)), memory_{detail::agreed_distribution(comm, shape, cuts, grid, Order, ghosts),
                                                {},
                                                {}} {
  static_cast<void>(checked_volume(ghosts.around(shape), static_cast<std::int64_t>(sizeof(T))));
  auto options = agree(comm, [] { return window_options{.name = "distributed_array"}; });
  memory_.window = detail::array_window(detail::make_together<detail::window_state>(
      comm, comm, detail::bytes_of<T>(checked_volume(distribution().padded_shape(comm.rank()))), std::move(options)));
  if (detail::array_watch::wanted(window())) agree(comm, [&] { start_watching(); });
  if (!window().all_near()) agree(comm, [&] { window().lock_all(); }); // one passive epoch for its whole life
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
distributed_array<T, N, Order>::distributed_array(communicator&& comm, detail::array_memory<N> memory)
    : comm_(std::move(comm)), memory_(std::move(memory)) {
  if (std::exchange(memory_.watch, nullptr) != nullptr) start_watching(); // under new names
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
distributed_array<T, N, Order>
&distributed_array<T, N, Order>::operator=(distributed_array const& other) {
  detail::copy_elements("assignment", other, *this);
  return *this;
}
template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
template <storage_order Other>
  requires(Other != Order)
distributed_array<T, N, Order>
&distributed_array<T, N, Order>::operator=(distributed_array<T, N, Other> const& other) {
  detail::copy_elements("assignment", other, *this);
  return *this;
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
void distributed_array<T, N, Order>::start_watching() {
  if (memory_.watch != nullptr) return;
  auto const& window = memory_.open_window();
  memory_.watch = std::make_shared<detail::array_watch>(
      window, describe(), [spread = distribution()](int owner, std::int64_t offset) {
        return detail::tuple_text(spread.global(owner, spread.local_index(owner, offset)));
      });
  memory_.window.hide_parts();
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
std::string distributed_array<T, N, Order>::describe()
const {
  return detail::text("distributed_array of ", detail::tuple_text(shape()), " elements of ", sizeof(T), " bytes, ",
                      distribution().describe(), " of \"", comm_.name(), "\"");
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
T* distributed_array<T, N, Order>::near_data(int rank) const {
  auto const& there = window();
  check_rank(comm_, rank, "tile", "rank");
  auto* const data = reinterpret_cast<T*>(there.near(rank));
  if (data == nullptr)
    throw argument_error(
        detail::text("tile of ", describe(), ": rank ", rank, " has no memory on this host, on rank ", comm_.rank()));
  return data;
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
void distributed_array<T, N, Order>::fill_owned(T const& value) {
  auto const tile = distribution().tile_shape(comm_.rank()), strides = distribution().tile_strides(tile);
  T* const first = local_data() + distribution().tile_begin(tile);
  for_each_row(strides, strides, tile, [&](auto at, auto, auto count, auto step, auto) {
    if (step == 1)
      std::fill_n(first + at, count, value);
    else
      for (std::int64_t i = 0; i < count; ++i) first[at + i * step] = value;
  });
}

template <wire T, std::size_t N, storage_order Order>
  requires(N >= 1 && N <= 7)
index_array<N> distributed_array<T, N, Order>::dense_shape(int rank)
const {
  if (!distribution().ghosts().none()) [[unlikely]]
    throw argument_error(detail::text("local() or tile() of ", describe(),
                                      ": ghost cells lie between its rows; padded() shows all, owned() the elements"));
  return distribution().tile_shape(rank);
}

} // namespace armada
