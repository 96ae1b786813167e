#pragma once

/// Partitioned communication: one message whose parts become ready one by one, by different threads if need be.
/// MPI-4.0, chapter 4.

#include <armada/core/buffer.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/plan.hpp>
#include <armada/p2p/endpoint.hpp>

#include <atomic>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace armada {
namespace detail {

/// What both sides have in common.
class partitioned_transfer {
public:
  partitioned_transfer(MPI_Request raw, request_kind kind, int partitions);

  /// Begins a round. Throws `lifecycle_error` while one is under way.
  void start();
  /// Ends the round: for the sender once all partitions are ready, for the receiver once all have arrived. Throws
  /// `lifecycle_error` unless started.
  void wait();
  /// Whether `wait` would return at once; true when no round is under way.
  [[nodiscard]] bool test();
  /// Whether no round is under way.
  [[nodiscard]] bool ended() const noexcept { return !active_; }
  [[nodiscard]] int partitions() const noexcept { return partitions_; }

protected:
  /// Throws `argument_error` unless these are partitions, `lifecycle_error` unless a round is under way.
  void check(std::string_view operation, int first, int last) const;

  std::unique_ptr<persistent_request> request_;
  int partitions_;
  bool active_ = false;
  bool early_ = false; // test saw the round end
};

/// Throws `argument_error` unless a buffer of `elements` can be cut into `partitions` equal parts.
void check_partitions(communicator const& comm, std::string_view operation, std::size_t elements, int partitions);

} // namespace detail

/// The sending side: `start()`, then `ready(i)` for each partition in any order, then `wait()`; again and again. Every
/// partition is made ready once in a round; `argument_error` for the second time. Move-only.
class partitioned_send : public detail::partitioned_transfer {
public:
  using partitioned_transfer::partitioned_transfer;
  partitioned_send(partitioned_send&&) = default;
  partitioned_send& operator=(partitioned_send&&) = delete;
  /// Ends the round that is under way; aborts the job when a partition of it is not ready, since the peer would wait
  /// for ever.
  ~partitioned_send();

  void start();
  /// Partition `i` of the buffer may be sent now. From any thread where MPI granted THREAD_MULTIPLE, different
  /// partitions at the same time.
  void ready(int i);
  /// The partitions first to last, both included.
  void ready_range(int first, int last);
  void ready_list(std::span<int const> partitions);
  /// Throws `lifecycle_error` while a partition is not ready: MPI would wait for ever.
  void wait();

private:
  /// All of them or none: marks them and hands them to MPI.
  void mark(std::string_view operation, std::span<int const> partitions, auto&& pass_on);
  [[nodiscard]] int first_missing() const noexcept; ///< -1: all of this round are ready
  std::unique_ptr<std::atomic<bool>[]> marked_;
};

/// The receiving side: `start()`, `arrived(i)` while it is under way, `wait()`. Move-only.
class partitioned_recv : public detail::partitioned_transfer {
public:
  using partitioned_transfer::partitioned_transfer;
  /// Whether partition `i` is there to be read. Moves the communication on.
  [[nodiscard]] bool arrived(int i);
};

/// Prepares to send a buffer in `partitions` equal parts. The buffer is lent to it as long as it lives. The numbers of
/// partitions of both sides may differ, their lengths not. To `proc_null`, rounds do nothing. Local. Throws
/// `argument_error` when the buffer cannot be cut so, or for a wrong rank or tag.
template <source Buffer>
  requires outlives_call<Buffer>
[[nodiscard]] partitioned_send psend(communicator const& comm, Buffer&& buffer, int partitions, to destination) {
  auto const elements = view(buffer);
  detail::check_endpoint(comm, destination, "psend");
  detail::check_partitions(comm, "psend", elements.size(), partitions);
  MPI_Request raw = MPI_REQUEST_NULL; // stays so for proc_null, which MPICH crashes on (quirk 33)
  if (destination.dest.value != proc_null)
    call<MPI_Psend_init>(static_cast<void*>(const_cast<element_t<Buffer>*>(elements.data())), partitions,
                         static_cast<MPI_Count>(elements.size()) / partitions, datatype_of<element_t<Buffer>>(),
                         destination.dest.value, destination.tag, comm.raw(), MPI_INFO_NULL, &raw);
  return {raw, detail::request_kind::send, partitions};
}

/// Prepares to receive a buffer in `partitions` equal parts. `any_source` and `any_tag` are not allowed.
template <writable Buffer>
  requires outlives_call<Buffer>
[[nodiscard]] partitioned_recv precv(communicator const& comm, Buffer&& buffer, int partitions, from origin) {
  auto const elements = view(buffer);
  detail::check_endpoint(comm, origin, "precv");
  if (origin.source.value == any_source || origin.tag == any_tag)
    throw argument_error("precv: a partitioned receive names its source and its tag");
  detail::check_partitions(comm, "precv", elements.size(), partitions);
  MPI_Request raw = MPI_REQUEST_NULL;
  if (origin.source.value != proc_null)
    call<MPI_Precv_init>(static_cast<void*>(elements.data()), partitions,
                         static_cast<MPI_Count>(elements.size()) / partitions, datatype_of<element_t<Buffer>>(),
                         origin.source.value, origin.tag, comm.raw(), MPI_INFO_NULL, &raw);
  return {raw, detail::request_kind::receive, partitions};
}

} // namespace armada
