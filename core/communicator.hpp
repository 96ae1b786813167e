#pragma once

/// A group of ranks that talk among themselves. Communication itself is free functions with the communicator first.

#include <armada/core/comparison.hpp>
#include <armada/core/error.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/mpi.hpp>
#include <armada/core/pending.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace armada {

class group;
class info;

namespace detail {
class communicator_state;
}

/// What kind of nearness `split_type` asks for. MPI-4.0, section 7.4.2.
enum class locality : int {
  undefined = MPI_UNDEFINED,               ///< this rank gets no communicator
  shared = MPI_COMM_TYPE_SHARED,           ///< the ranks that can share memory
  hw_guided = MPI_COMM_TYPE_HW_GUIDED,     ///< those on one resource that the hint "mpi_hw_resource_type" names
  hw_unguided = MPI_COMM_TYPE_HW_UNGUIDED, ///< those on one resource of the next smaller kind, if MPI knows one
};

/// What a communicator's ranks are arranged as. MPI-4.0, section 8.5.5.
enum class topology_kind : int {
  none = MPI_UNDEFINED,
  cartesian = MPI_CART,
  graph = MPI_GRAPH,
  dist_graph = MPI_DIST_GRAPH,
};

/// Owns an MPI communicator, or borrows one. Move-only; what is built on it (windows, pendings) keeps it open.
/// A communicator that Armada made returns errors (they become exceptions) and has a private twin, on which the
/// library's own traffic never meets the user's.
class communicator {
public:
  /// No communicator: what `split` gives to ranks that passed `undefined`. Converts to false.
  communicator() noexcept = default;
  communicator(communicator&& other) noexcept { swap(other); }
  communicator& operator=(communicator&& other) noexcept {
    communicator(std::move(other)).swap(*this);
    return *this;
  }
  ~communicator() = default;

  /// Uses `raw` without owning it: it is not freed, its error handler is not changed and it has no twin.
  /// Local. Throws `argument_error` for MPI_COMM_NULL.
  [[nodiscard]] static communicator borrow(MPI_Comm raw);

  /// Another holder of the same communicator, which stays open while one of them lives: for what is built on it. Local.
  [[nodiscard]] static communicator share(communicator const& comm) { return communicator(comm.state()); }

  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int size() const noexcept { return size_; }
  /// How many ranks a message may address: `size()`, or the remote size of an intercommunicator.
  [[nodiscard]] int peers() const noexcept { return peers_; }
  [[nodiscard]] bool is_inter() const;
  [[nodiscard]] topology_kind topology() const;

  /// What messages call it, MPI's tools too. Local. `set_name` throws `argument_error` for more than 127 bytes.
  [[nodiscard]] std::string const& name() const;
  void set_name(std::string_view name) const;

  /// The hints in use. Local. MPI-4.0, section 7.4.4.
  [[nodiscard]] info get_info() const;
  /// Gives hints, which MPI may ignore. Collective; the same on every rank.
  void set_info(info const& hints) const;

  /// Ranks that pass the same `color` (>= 0) become one communicator, ordered by `key` and then by rank here;
  /// those that pass `undefined` get none. Collective. Throws `argument_error` on every rank when one passes another
  /// negative colour. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator split(int color, int key = 0) const;
  static constexpr int undefined = MPI_UNDEFINED;

  /// The ranks that share memory with this one. Collective. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator split_shared() const;

  /// The ranks that are near this one in the sense of `kind`, ordered by `key` and then by rank here; empty where MPI
  /// has no such resource. Collective. Throws `argument_error` on every rank when the kinds differ, `undefined` aside,
  /// or when `hw_guided` comes without its hint. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator split_type(locality kind, int key = 0) const;
  [[nodiscard]] communicator split_type(locality kind, int key, info const& hints) const;

  /// The same ranks with a separate message space; topology and attributes go along, the error handler does not.
  /// With `nonblocking`, a pending: collective as well, in the same order on every rank, and `unsupported` for a
  /// borrowed communicator. What the copy callback of an attribute throws, or a lack of memory, every rank throws;
  /// nonblocking, at its wait, and on an intercommunicator not the other ranks of the same side, whom MPI does not
  /// tell. Collective. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator dup() const;
  [[nodiscard]] communicator dup(info const& hints) const;
  [[nodiscard]] pending<communicator> dup(nonblocking_t) const;
  [[nodiscard]] pending<communicator> dup(info const& hints, nonblocking_t) const;

  /// The ranks of `members`, which all ranks pass alike, or ranks in several disjoint groups each their own; a rank
  /// that is not in the group it passes gets none. Collective over this communicator. Throws `argument_error` on every
  /// rank when a group has processes from elsewhere. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator create(group const& members) const;

  /// The same, collective over the ranks of `members` alone, which pass the same group and tag; `tag` tells apart what
  /// several threads create at a time. Throws `argument_error` for a wrong tag, on a rank that is not among them, and
  /// for a group that is not within this communicator, on the rank that passes it: group and tag are what the members
  /// find each other by, so that one that has others is not heard, and they wait. Any other failure on one of them is
  /// thrown on all.
  [[nodiscard]] communicator create_group(group const& members, int tag = 0) const;

  /// A communicator of the processes of `members`, without one that holds them all: of a session's process set, say.
  /// Collective over `members`. `tag`, of at most 255 bytes, tells apart what is created at a time; it and the group
  /// are the same on every member. Throws `argument_error` on a rank that is not in the group, or has a longer tag,
  /// which the others do not hear of; any other failure on all. MPI-4.0, section 7.4.2.
  [[nodiscard]] static communicator create_from_group(group const& members, std::string_view tag);

  /// Frees the communicator now, rather than when the last that uses it goes. Collective.
  void close();
  /// The same, once every communication on it has ended. Collective. MPI-4.0, section 11.10.4.
  void disconnect();
  /// Prints `rank r of n: what` and ends the job with the exit code `code`, or 1 for 0. MPI-4.0, section 9.6.
  [[noreturn]] void abort(std::string_view what, int code = 1) const noexcept;

  /// MPI's own handle, valid while this object lives. Throws `lifecycle_error` for no communicator.
  [[nodiscard]] MPI_Comm raw() const;

  /// What windows, pendings and the library's layers share of this communicator; never null.
  [[nodiscard]] std::shared_ptr<detail::communicator_state> const& state() const;

protected:
  /// What a communicator to be made takes of memory: asked for, and agreed on, before MPI makes one that only some get.
  [[nodiscard]] static std::shared_ptr<detail::communicator_state> room_for(std::string_view name,
                                                                            std::string_view suffix = {});
  /// Owns `raw` in that room; empty for MPI_COMM_NULL. Collective over it.
  [[nodiscard]] static communicator adopt(MPI_Comm raw, std::shared_ptr<detail::communicator_state> room);
  /// The same where the ranks of `raw` could not agree before: all of them throw, or none.
  [[nodiscard]] static communicator adopt_together(MPI_Comm raw, std::string_view name, std::string_view suffix = {});

private:
  friend class environment;
  class duplication;
  void swap(communicator& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(rank_, other.rank_);
    std::swap(size_, other.size_);
    std::swap(peers_, other.peers_);
  }
  explicit communicator(std::shared_ptr<detail::communicator_state> state) noexcept;
  template <auto Duplicate>
  [[nodiscard]] communicator duplicate(auto... hints) const;
  template <auto Duplicate>
  [[nodiscard]] pending<communicator> begin_duplicate(auto... hints) const;

  std::shared_ptr<detail::communicator_state> state_;
  int rank_ = -1;
  int size_ = 0;
  int peers_ = 0;
};

/// How much two communicators have in common. Local. MPI-4.0, section 7.4.1.
[[nodiscard]] comparison compare(communicator const& a, communicator const& b);

/// All ranks of the job, and this rank alone. Valid while an `environment` lives; `lifecycle_error` otherwise.
[[nodiscard]] communicator const& world();
[[nodiscard]] communicator const& self();

/// Throws `argument_error` unless 0 <= rank < peers; `operation` and `what` say whose rank of what it is.
void check_rank(communicator const& comm, int rank, std::string_view operation, std::string_view what);

namespace detail {

/// The tag as MPI_Comm_create_from_group takes it. Throws `argument_error` for one that it does not take.
[[nodiscard]] std::array<char, MPI_MAX_STRINGTAG_LEN> string_tag(std::string_view operation, std::string_view tag);

} // namespace detail
} // namespace armada
