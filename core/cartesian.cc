#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/cartesian.hpp>
#include <armada/core/collective_call.hpp>

#include <algorithm>
#include <cstdint>

namespace armada {
namespace {

int count_of(std::vector<int> const& dims) { return static_cast<int>(dims.size()); }

/// The product of what is given; throws for a negative extent. It stops growing beyond any number of ranks.
std::int64_t given_product(std::string_view operation, std::vector<int> const& dims) {
  std::int64_t product = 1;
  for (int const extent : dims) {
    if (extent < 0)
      throw argument_error(
          detail::text(operation, ": dims are ", detail::tuple_text(dims), ", and may not be negative"));
    if (extent > 0 && product <= INT32_MAX) product *= extent;
  }
  return product;
}

/// The options with every extent chosen. Throws for what makes no grid on `ranks` ranks.
grid_options completed(std::string_view operation, int ranks, grid_options options) {
  auto const given = given_product(operation, options.dims);
  if (given > ranks)
    throw argument_error(
        detail::text(operation, ": a grid of ", detail::tuple_text(options.dims), " has more than ", ranks, " places"));
  if (options.periodic.empty()) options.periodic.resize(options.dims.size());
  if (options.periodic.size() != options.dims.size())
    throw argument_error(detail::text(operation, ": periodic has ", options.periodic.size(), " entries for ",
                                      options.dims.size(), " dimensions"));
  bool const open = std::find(options.dims.begin(), options.dims.end(), 0) != options.dims.end();
  if (open) options.dims = dims_create(static_cast<int>(ranks / given * given), std::move(options.dims));
  return options;
}

std::vector<int> flags(std::vector<bool> const& from) { return {from.begin(), from.end()}; }

/// The topology routines take pointers that may not be null, even for no dimension.
template <class T>
T* never_null(std::vector<T>& values) {
  values.reserve(1);
  return values.data();
}

std::string where(communicator const& comm, std::string_view operation) {
  return detail::text(operation, " of \"", comm.name(), "\" on rank ", comm.rank());
}

} // namespace

std::vector<int> dims_create(int nodes, std::vector<int> dims) {
  auto const given = given_product("dims_create", dims);
  bool const open = std::find(dims.begin(), dims.end(), 0) != dims.end();
  if (nodes < 1 || nodes % given != 0 || (!open && given != nodes))
    throw argument_error(detail::text("dims_create: ", nodes, " nodes do not fill ", detail::tuple_text(dims)));
  if (open) call<MPI_Dims_create>(nodes, count_of(dims), dims.data());
  return dims;
}

cartesian::cartesian(communicator const& comm, grid_options const& options) {
  if (comm.is_inter()) throw argument_error(where(comm, "cartesian") + ": it is an intercommunicator");
  detail::collective_scope const inside({.comm = comm, .operation = "cartesian"});
  grid_options grid;
  std::vector<int> periods;
  std::vector<std::int64_t> choices;
  auto room = agree(comm, [&] {
    grid = completed("cartesian", comm.size(), options);
    periods = flags(grid.periodic);
    choices.assign(grid.dims.begin(), grid.dims.end());
    choices.insert(choices.end(), periods.begin(), periods.end());
    choices.push_back(grid.reorder ? 1 : 0);
    grid.dims.reserve(1); // the routine takes no null
    periods.reserve(1);
    return room_for(comm.name(), "/grid");
  });
  detail::check_same_list(comm, "the options of a cartesian", choices);

  MPI_Comm raw = MPI_COMM_NULL;
  call<MPI_Cart_create>(comm.raw(), count_of(grid.dims), grid.dims.data(), periods.data(), grid.reorder ? 1 : 0, &raw);
  communicator::operator=(adopt(raw, std::move(room)));
  if (!*this) return;
  dims_ = std::move(grid.dims);
  periodic_ = std::move(grid.periodic);
}

cartesian::cartesian(communicator comm) : communicator(std::move(comm)) {
  if (topology() != topology_kind::cartesian) throw argument_error(where(*this, "cartesian") + ": it is no grid");
  read_topology();
}

void cartesian::read_topology() {
  int count = 0;
  call<MPI_Cartdim_get>(raw(), &count);
  std::vector<int> periods(static_cast<std::size_t>(count));
  std::vector<int> mine(periods.size());
  dims_.resize(periods.size());
  call<MPI_Cart_get>(raw(), count, never_null(dims_), never_null(periods), never_null(mine));
  periodic_.assign(periods.begin(), periods.end());
}

int cartesian::rank(std::vector<int> const& coords) const {
  if (coords.size() != dims_.size())
    throw argument_error(
        detail::text(where(*this, "rank"), ": ", coords.size(), " coordinates for ", dims_.size(), " dimensions"));
  auto inside = coords;
  for (std::size_t i = 0; i < coords.size(); ++i) {
    if (periodic_[i])
      inside[i] = (coords[i] % dims_[i] + dims_[i]) % dims_[i];
    else if (coords[i] < 0 || coords[i] >= dims_[i])
      throw index_error(detail::text(where(*this, "rank"), ": coordinate ", coords[i], " in dimension ", i,
                                     " is not between 0 and ", dims_[i] - 1));
  }
  int result = 0;
  call<MPI_Cart_rank>(raw(), never_null(inside), &result);
  return result;
}

std::vector<int> cartesian::coords(int rank) const {
  check_rank(*this, rank, "coords", "rank");
  std::vector<int> result(dims_.size());
  call<MPI_Cart_coords>(raw(), rank, count_of(dims_), never_null(result));
  return result;
}

cartesian::shifted cartesian::shift(int dim, int displacement) const {
  if (dim < 0 || dim >= count_of(dims_))
    throw argument_error(detail::text(where(*this, "shift"), ": dimension ", dim, " of ", dims_.size()));
  auto here = coords();
  auto const at = static_cast<std::size_t>(dim);
  std::int64_t const extent = dims_[at];
  auto partner = [&](std::int64_t place) {
    if (!periodic_[at] && (place < 0 || place >= extent)) return int{MPI_PROC_NULL};
    auto there = here;
    there[at] = static_cast<int>((place % extent + extent) % extent);
    return rank(there);
  };
  return {partner(std::int64_t{here[at]} - displacement), partner(std::int64_t{here[at]} + displacement)};
}

std::vector<int> cartesian::neighbours() const {
  std::vector<int> result;
  for (int dim = 0; dim < count_of(dims_); ++dim) {
    auto const [down, up] = shift(dim, 1);
    result.insert(result.end(), {down, up});
  }
  return result;
}

cartesian cartesian::sub(std::vector<bool> const& keep) const {
  detail::collective_scope const inside({.comm = *this, .operation = "sub"});
  std::vector<int> remain;
  std::vector<std::int64_t> choices;
  cartesian part;
  auto room = agree(*this, [&] {
    if (keep.size() != dims_.size())
      throw argument_error(detail::text("sub of \"", name(), "\": keep has ", keep.size(), " entries for ",
                                        dims_.size(), " dimensions"));
    remain = flags(keep);
    remain.reserve(1); // the routine takes no null
    choices.assign(remain.begin(), remain.end());
    for (std::size_t i = 0; i < keep.size(); ++i) {
      if (!keep[i]) continue;
      part.dims_.push_back(dims_[i]);
      part.periodic_.push_back(periodic_[i]);
    }
    return room_for(name(), "/sub");
  });
  detail::check_same_list(*this, "what sub keeps", choices);
  if (part.dims_.empty()) { // a grid of one place for each rank (quirk 5b)
    auto const mine = split(rank());
    return agree(*this, [&] {
      cartesian alone(mine, {.dims = {}});
      alone.set_name(detail::text(name(), "/sub"));
      return alone;
    });
  }
  MPI_Comm raw_part = MPI_COMM_NULL;
  call<MPI_Cart_sub>(raw(), remain.data(), &raw_part);
  static_cast<communicator&>(part) = adopt(raw_part, std::move(room));
  return part;
}

std::optional<int> cart_map(communicator const& comm, grid_options const& options) {
  auto grid = completed("cart_map", comm.size(), options);
  auto periods = flags(grid.periodic);
  int rank = MPI_UNDEFINED;
  call<MPI_Cart_map>(comm.raw(), count_of(grid.dims), never_null(grid.dims), never_null(periods), &rank);
  return rank == MPI_UNDEFINED ? std::nullopt : std::optional(rank);
}

} // namespace armada
