#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// The root's elements replace those of every rank. Collective over `comm`.
/// Shapes: buffer (n), the same n on every rank; for a container that can be resized see below.
/// Throws `argument_error` for a wrong root. MPI-4.0, sections 6.4 and 6.12.2.
template <writable Buffer, completion Mode = blocking_t>
  requires(!resizable<Buffer>)
&&detail::safe_until_complete<Mode, Buffer> auto bcast(communicator const& comm, Buffer&& buffer, int root,
                                                       Mode mode = {}) {
  return routine<MPI_Bcast_c, MPI_Ibcast_c>::launch(mode, detail::rooted("bcast", comm, buffer, root));
}

namespace detail {

template <class T>
class bcast_exchange {
public:
  bcast_exchange(communicator const& comm, T& value, int root)
      : value_(&value), root_(root), here_(comm.rank() == root) {
    if (here_) {
      bytes_ = to_bytes(value, storage_);
      length_ = static_cast<MPI_Count>(bytes_.size());
    }
  }
  MPI_Request begin_lengths(MPI_Comm raw) {
    return routine<MPI_Bcast_c, MPI_Ibcast_c>::begin(std::tuple(&length_, MPI_Count{1}, MPI_COUNT, root_, raw));
  }
  MPI_Request begin_bytes(MPI_Comm raw) {
    auto* const data = here_ ? const_cast<std::byte*>(bytes_.data()) : room();
    return routine<MPI_Bcast_c, MPI_Ibcast_c>::begin(
        std::tuple(static_cast<void*>(data), length_, MPI_BYTE, root_, raw));
  }
  void take() {
    if (!here_ && !flat<T>) from_bytes(std::span<std::byte const>(storage_), *value_);
  }

private:
  /// Where the bytes arrive: in the value itself when they are its elements.
  std::byte* room() {
    if constexpr (flat<T>) {
      value_->resize(static_cast<std::size_t>(length_) / sizeof(element_t<T>));
      return std::as_writable_bytes(view(*value_)).data();
    } else {
      storage_.resize(static_cast<std::size_t>(length_));
      return storage_.data();
    }
  }

  T* value_;
  int root_;
  bool here_;
  MPI_Count length_ = 0;
  std::vector<std::byte> storage_;
  std::span<std::byte const> bytes_;
};

} // namespace detail

/// The root's value replaces that of every rank: a vector or string takes the root's length, any other value travels as
/// an object. Collective over `comm`; the value stays in place until a nonblocking one has been waited for.
/// Throws `argument_error` for a wrong root, `type_error` when the ranks' types differ.
template <class T, completion Mode = blocking_t>
  requires(resizable<T> || object<T>)
auto bcast(communicator const& comm, T& value, int root, Mode mode = {}) {
  check_rank(comm, root, "bcast", "root");
  return detail::run_exchange(mode, comm, detail::bcast_exchange<T>(comm, value, root));
}

} // namespace armada
