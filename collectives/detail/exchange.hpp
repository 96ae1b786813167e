#pragma once

/// Collectives on values of any size: one exchange of lengths, one of bytes. An exchange has
///   `MPI_Request begin_lengths(MPI_Comm)`, `MPI_Request begin_bytes(MPI_Comm)` and `take()`, which makes the result.
/// Nonblocking, the bytes go on the private twin, in posting order on every rank.

#include <armada/core/call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/job.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/object.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/posting_queue.hpp>

#include <cstring>
#include <memory>
#include <numeric>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

/// Containers whose elements are their bytes; other values are encoded as objects.
template <class T>
concept flat = resizable<T> && predefined<element_t<T>>;

/// The bytes that stand for a value, in `storage` when they have to be made.
template <class T>
[[nodiscard]] std::span<std::byte const> to_bytes(T const& value, std::vector<std::byte>& storage) {
  if constexpr (flat<T>) {
    return std::as_bytes(view(value));
  } else {
    storage = armada::encode(value);
    return storage;
  }
}

/// Makes the value that `bytes` stand for. Throws `format_error` or `type_error` when they do not.
template <class T>
void from_bytes(std::span<std::byte const> bytes, T& value) {
  if constexpr (flat<T>) {
    if (bytes.size() % sizeof(element_t<T>) != 0)
      throw type_error(
          text("collective on ", job::whoami(), ": ", bytes.size(), " bytes are no whole number of elements"));
    value.resize(bytes.size() / sizeof(element_t<T>));
    if (!bytes.empty()) std::memcpy(view(value).data(), bytes.data(), bytes.size());
  } else {
    armada::decode(bytes, value);
  }
}

/// The values whose bytes lie one behind the other.
template <class T>
[[nodiscard]] std::vector<T> split_bytes(std::span<std::byte const> bytes, std::vector<MPI_Count> const& lengths) {
  std::vector<T> values(lengths.size());
  for (std::size_t rank = 0; rank < lengths.size(); ++rank) {
    auto const length = static_cast<std::size_t>(lengths[rank]);
    from_bytes(bytes.first(length), values[rank]);
    bytes = bytes.subspan(length);
  }
  return values;
}

/// Where each block begins when they lie one behind the other, and the end of the last.
[[nodiscard]] inline std::vector<MPI_Aint> places_of(std::vector<MPI_Count> const& lengths) {
  std::vector<MPI_Aint> places(lengths.size() + 1, 0);
  std::partial_sum(lengths.begin(), lengths.end(), places.begin() + 1);
  return places;
}

template <class Exchange>
using exchange_result = decltype(std::declval<Exchange&>().take());

/// A nonblocking exchange between its two phases.
template <class Exchange>
class exchange_posting final : public posting {
public:
  exchange_posting(communicator const& comm, Exchange exchange)
      : exchange_(std::move(exchange)), comm_(comm.state()),
        phase_(exchange_.begin_lengths(comm_->raw()), request_kind::collective) {}

  void post_second() override {
    MPI_Status ignored{};
    phase_.wait(ignored);
    phase_ = request(exchange_.begin_bytes(comm_->twin()), request_kind::collective);
    second_ = true;
  }
  [[nodiscard]] auto finish() {
    comm_->postings().advance_through(*this);
    MPI_Status ignored{};
    phase_.wait(ignored);
    return exchange_.take();
  }
  [[nodiscard]] bool test() {
    MPI_Status ignored{};
    if (!second_ && phase_.test(ignored)) comm_->postings().advance_through(*this);
    return second_ && phase_.test(ignored);
  }

private:
  Exchange exchange_; // goes after the request: it holds the memory that MPI uses
  std::shared_ptr<communicator_state> comm_;
  request phase_;
  bool second_ = false;
};

template <class Exchange>
class exchange_finisher final : public finisher<exchange_result<Exchange>> {
public:
  explicit exchange_finisher(std::shared_ptr<exchange_posting<Exchange>> one) : posting_(std::move(one)) {}
  exchange_result<Exchange> finish(MPI_Status const&) override { return posting_->finish(); }
  bool ready() override { return posting_->test(); }

private:
  std::shared_ptr<exchange_posting<Exchange>> posting_;
};

template <class Exchange>
[[nodiscard]] auto run_exchange(blocking_t, communicator const& comm, Exchange exchange) {
  MPI_Request phase = exchange.begin_lengths(comm.raw());
  call<MPI_Wait>(&phase, MPI_STATUS_IGNORE);
  phase = exchange.begin_bytes(comm.raw());
  call<MPI_Wait>(&phase, MPI_STATUS_IGNORE);
  return exchange.take();
}

template <class Exchange>
[[nodiscard]] auto run_exchange(nonblocking_t, communicator const& comm, Exchange exchange) {
  if (comm.state()->twin() == MPI_COMM_NULL)
    throw unsupported(text("a nonblocking collective on values over the borrowed communicator \"", comm.name(),
                           "\": it needs a private twin; use comm.dup()"));
  auto one = std::make_shared<exchange_posting<Exchange>>(comm, std::move(exchange));
  comm.state()->postings().enter(one);
  return pending<exchange_result<Exchange>>(MPI_REQUEST_NULL, request_kind::collective,
                                            std::make_unique<exchange_finisher<Exchange>>(std::move(one)));
}

} // namespace armada::detail
