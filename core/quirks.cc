#include <armada/core/call.hpp>
#include <armada/core/quirks.hpp>

#include <algorithm>
#include <charconv>

namespace armada {
namespace {

constexpr std::string_view ucx = "ch4:ucx";

constexpr quirk rows[] = {
    {"1",
     "a window whose base is no multiple of 16 bytes is read and written up to 15 bytes too low",
     "parts begin on pages, what is exposed on multiples of 64",
     "rma/detail/window_state.cc",
     ucx,
     {4, 1, 0}},
    {"2", "one RMA call of 2 GiB or more crashes or moves nothing", "calls of at most 1 GiB",
     "rma/detail/window_state.cc", ucx},
    {"3", "Rget and Rput with a non-contiguous datatype complete before the data have moved",
     "never used: Get and Put, completed by a flush", "rma/detail/window_state.cc", ucx},
    {"4",
     "a persistent gather, scatter or allgather does not read its data anew at each start",
     "a plan that begins the nonblocking form at each start",
     "core/launch.hpp",
     {}},
    {"5",
     "Neighbor_alltoallv and Neighbor_alltoallw swap the blocks of two neighbours that are one rank",
     "a message of its own for each neighbour",
     "collectives/detail/neighbours.cc",
     {}},
    {"5b",
     "Cart_sub that keeps no dimension gives all ranks but the first no communicator",
     "each gets a grid of one place",
     "core/cartesian.cc",
     {}},
    {"8b", "Get with a longer origin than target moves the longer count", "equal counts on both sides", "rma/epoch.hpp",
     ucx},
    {"9", "Put beyond the end of a window overwrites what lies there", "checked against the target's real extent",
     "rma/epoch.hpp", ucx},
    {"10",
     "Accumulate with an operation that MPI forbids for the type crashes or hangs",
     "a static table of operations and types",
     "core/operation.hpp",
     {}},
    {"11",
     "shared windows live in /dev/shm; where that is too small, the first touch is a SIGBUS",
     "a memfd, populated so that a shortage is an error",
     "core/shared_segment.cc",
     {}},
    {"12", "MPI-IO aborts on datatypes from the large-count constructors", "int constructors", "core/datatype.cc", {}},
    {"13", "a window freed inside an epoch asserts", "epochs end before their window is freed",
     "rma/detail/window_state.cc", ucx},
    {"14",
     "MPI_ERRORS_ABORT as the error handler of a communicator asserts",
     "a handler of our own that aborts",
     "core/error_handler.cc",
     {}},
    {"14b",
     "the name of the process set one behind the last crashes instead of being an error",
     "only names below the count are asked for",
     "core/session.cc",
     {}},
    {"14c",
     "a session after the last one has ended crashes where nothing else keeps MPI up",
     "a session needs an environment, which does",
     "core/session.cc",
     {}},
    {"14d",
     "the text of an error code that was removed while it had one crashes",
     "a code keeps its text or goes without",
     "core/error_class.cc",
     {}},
    {"14e",
     "a code added to one of MPI's own error classes has the text of another error",
     "codes are added to classes that were added",
     "core/error_class.cc",
     {}},
    {"14f",
     "an MPI call in an error handler asserts when several threads may call MPI",
     "handlers run once MPI has returned",
     "core/error_handler.cc",
     {}},
    {"14g",
     "Alloc_mem of more memory than there is crashes, or gives less",
     "the kernel is asked first",
     "core/mpi_allocator.cc",
     {}},
    {"22", "with more ranks than cores, waits spin instead of yielding", "a stand-in for UCX's progress routine yields",
     "core/progress.cc", ucx},
    {"26",
     "a window does not inherit the error handler of its communicator",
     "set on each window",
     "rma/detail/window_state.cc",
     {}},
    {"27", "over TCP, Finalize of three or more ranks hangs",
     "endpoints are dropped without a handshake while finalising", "core/progress.cc", ucx},
    {"28",
     "an error in Wait or Test goes to the handler of MPI_COMM_WORLD, not to that of the request's communicator",
     "errors return on MPI_COMM_WORLD and MPI_COMM_SELF too",
     "core/environment.cc",
     {}},
    {"29",
     "a message to oneself that ends inside an element of the receive asserts",
     "what may come from oneself is received as bytes",
     "p2p/detail/buffer_receive.hpp",
     {}},
    {"30", "the status of a truncated receive holds the length of an older message", "that length is not shown",
     "p2p/detail/buffer_receive.cc", ucx},
    {"31",
     "Allgatherv and Iallgatherv on one rank take no notice of the displacement",
     "the displacement goes into the address",
     "collectives/detail/arguments.hpp",
     {}},
    {"32",
     "the status of a nonblocking receive from MPI_PROC_NULL says rank 0",
     "nothing is posted, and the status is made here",
     "p2p/endpoint.hpp",
     {}},
    {"33", "Psend_init and Precv_init with MPI_PROC_NULL crash", "nothing is prepared, and rounds do nothing",
     "p2p/partitioned.hpp", ucx},
    {"40",
     "a user operation made by MPI_Op_create asserts when it is given more elements than an int can count",
     "operations made by MPI_Op_create_c",
     "core/operation.cc",
     {}},
    {"41",
     "packing a struct of several basic types, or a pair of value and place, in the external form crashes",
     "packed number by number",
     "core/pack.cc",
     {}},
    {"42",
     "a complex long double in the external form is the machine's own, with its bytes turned round",
     "packed as two long doubles",
     "core/pack.hpp",
     {}},
    {"50",
     "Neighbor_alltoall with several edges between two ranks gives their blocks in reverse order",
     "a message of its own for each edge",
     "collectives/detail/neighbours.cc",
     {}},
    {"51",
     "Reduce over an intercommunicator refuses a null buffer at the root, where it is not read",
     "the address of a byte",
     "collectives/detail/side.hpp",
     {}},
    {"52",
     "a persistent Reduce_scatter_block over an intercommunicator is wrong at its second start, or hangs",
     "a plan that begins the nonblocking form at each start",
     "collectives/reduce_scatter.hpp",
     {}},
    {"53",
     "Alltoall in place of more than 8 KiB of items with gaps: an error, or wrong data when it is nonblocking",
     "structs go with their padding, as bytes",
     "collectives/detail/arguments.hpp",
     {}},
    {"54",
     "a large blocking Reduce in place over several hosts reads at address -1 when its root is not rank 0",
     "the root's elements are copied",
     "collectives/detail/near_shortcuts.hpp",
     {}},
    {"55",
     "Scatter and Gather of more than 8 KiB of items with gaps: an error, or wrong data when they are nonblocking",
     "they are received packed, and unpacked then",
     "collectives/detail/near_road.hpp",
     {}},
    {"56",
     "Sendrecv_replace of more than 8 KiB of items with gaps fails: it sends them packed",
     "a copy of the items is sent",
     "p2p/sendrecv.hpp",
     {}},
    {"57",
     "MPI_MIN and MPI_MAX take unsigned numbers as signed",
     "user operations in reductions, compare-and-swap in one-sided access",
     "core/operation.hpp",
     {}},
};

/// The rest of the line that begins with `key`, without the spaces around it.
std::string_view value_of(std::string_view text, std::string_view key) {
  auto const at = text.find(key);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  text = text.substr(0, text.find('\n'));
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

} // namespace

mpi_library detail::parse_library(std::string_view text) {
  mpi_library result;
  auto const version = value_of(text, "MPICH Version:");
  if (version.empty()) {
    result.name = text.substr(0, text.find_first_of(" \t\n"));
    return result;
  }
  result.name = "MPICH";
  result.device = value_of(text, "MPICH Device:");
  auto const* at = version.data();
  for (int& number : result.version) {
    at = std::from_chars(at, version.data() + version.size(), number).ptr;
    if (at != version.data() + version.size() && *at == '.') ++at;
  }
  return result;
}

mpi_library this_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  call<MPI_Get_library_version>(text, &length);
  return detail::parse_library({text, static_cast<std::size_t>(length)});
}

std::span<quirk const> quirks() noexcept { return rows; }

bool shows(quirk const& row, mpi_library const& library) {
  return library.name == "MPICH" && (row.device.empty() || row.device == library.device) &&
         (row.fixed == std::array<int, 3>{} || library.version < row.fixed);
}

} // namespace armada
