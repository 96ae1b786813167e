#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/core/launch.hpp>

#include <exception>

namespace armada {
namespace detail {

/// A buffer that keeps its length, or is described.
template <class T>
concept bcast_buffer = fixed_length<T> || described_target<T> || nothing_tag<T>;

} // namespace detail

/// The root's elements replace those of every rank. Collective over `comm`.
/// Shapes: buffer (n), the same n on every rank; a strided view or `typed` as well, and `nothing` for those beside the
/// root of an intercommunicator (`root_here`). For a container that can be resized see below.
/// Throws `argument_error` for a wrong root; on the rank that passes it, while the others wait, unless
/// ARMADA_CHECK=collectives has all ranks throw. MPI-4.0, sections 6.4, 6.12.2 and 6.13.2.
template <detail::bcast_buffer Buffer, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, Buffer>
auto bcast(communicator const& comm, Buffer&& buffer, int root, Mode mode = {}) {
  using mpi = routine<MPI_Bcast_c, MPI_Ibcast_c, MPI_Bcast_init_c>;
  return mpi::run(mode, detail::rooted("bcast", comm, buffer, root));
}

namespace detail {

/// A value whose size the root decides.
template <class T>
concept of_any_size = resizable<T> || writable_object<T>;

template <class T>
class bcast_exchange {
public:
  bcast_exchange(communicator const& comm, T& value, int root)
      : value_(&value), root_(root), here_(is_source(comm, root)) {
    try {
      if (here_) bytes_ = to_bytes(value, storage_, false);
      said_ = announcement_of<T>(bytes_);
    } catch (...) {
      failure_ = std::current_exception();
      said_ = announcement::not_encoded();
    }
  }
  MPI_Request announce(MPI_Comm raw) {
    return request_of<MPI_Ibcast_c>(
        std::tuple(static_cast<void*>(&said_), announcement::words, MPI_INT64_T, root_, raw));
  }
  MPI_Request transfer(MPI_Comm raw) { return request_of<MPI_Ibcast_c>(transferring(raw)); }
  void transfer_now(MPI_Comm raw) {
    auto const arguments = transferring(raw);
    plain_side<std::byte> const side{std::get<0>(arguments), std::get<1>(arguments)};
    routine<MPI_Bcast_c, MPI_Ibcast_c>::launch(blocking, arguments, side);
  }
  void take() {
    if (failure_) std::rethrow_exception(failure_);
    if (root_ == root_beside) return;
    check_announced<T>(said_, root_, "bcast");
    if (!here_ && !flat<T>) from_bytes(std::span<std::byte const>(storage_), *value_);
  }

private:
  static bool is_source(communicator const& comm, int root) {
    auto const who = role_of("bcast", comm, root);
    return who.is_root || !who.is_leaf;
  }
  [[nodiscard]] auto transferring(MPI_Comm raw) {
    auto* const data = here_ ? const_cast<std::byte*>(bytes_.data()) : room();
    return std::tuple(static_cast<void*>(data), MPI_Count{said_.length()}, MPI_BYTE, root_, raw);
  }
  /// Where the bytes arrive: in the value itself when they are its elements.
  std::byte* room() {
    if constexpr (flat<T>) {
      if (said_.type == announcement_of<T>({}).type) {
        value_->resize(static_cast<std::size_t>(said_.bytes) / sizeof(element_t<T>));
        return std::as_writable_bytes(view(*value_)).data();
      }
    }
    storage_.resize(static_cast<std::size_t>(said_.length()));
    return storage_.data();
  }

  T* value_;
  int root_;
  bool here_;
  announcement said_; // what the root says
  std::vector<std::byte> storage_;
  std::span<std::byte const> bytes_;
  std::exception_ptr failure_; // of encoding it
};

} // namespace detail

/// The root's value replaces that of every rank: a vector or string takes the root's length, any other value travels as
/// an object. Collective over `comm`; the value stays in place until a nonblocking one has been waited for.
/// Throws `argument_error` for a wrong root, `type_error` where the type is another one than the root's, and on every
/// rank when the root's cannot be encoded.
template <detail::of_any_size T, completion Mode = blocking_t>
auto bcast(communicator const& comm, T& value, int root, Mode mode = {}) {
  return detail::run_exchange(mode, {.comm = comm, .operation = "bcast", .root = root},
                              detail::bcast_exchange<T>(comm, value, root));
}

} // namespace armada
