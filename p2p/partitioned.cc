#include <armada/core/job.hpp>
#include <armada/p2p/partitioned.hpp>

#include <numeric>
#include <vector>

namespace armada {
namespace detail {

partitioned_transfer::partitioned_transfer(MPI_Request raw, request_kind kind, int partitions)
    : request_(raw == MPI_REQUEST_NULL ? nullptr : std::make_unique<persistent_request>(raw, kind)),
      partitions_(partitions) {}

void partitioned_transfer::start() {
  if (active_) throw lifecycle_error("start: this partitioned communication is under way; wait for it first");
  early_ = false;
  if (request_) request_->start();
  active_ = true;
}

void partitioned_transfer::wait() {
  if (!active_) throw lifecycle_error("wait: this partitioned communication was not started");
  MPI_Status ignored{};
  if (request_ && !early_) request_->wait(ignored);
  active_ = false;
}

bool partitioned_transfer::test() {
  if (!active_ || early_ || !request_) return true;
  if (!background_is_empty()) advance_background();
  MPI_Status ignored{};
  early_ = request_->test(ignored);
  return early_;
}

void partitioned_transfer::check(std::string_view operation, int first, int last) const {
  if (!active_) throw lifecycle_error(text(operation, ": this partitioned communication was not started"));
  if (first < 0 || last >= partitions_ || first > last)
    throw argument_error(
        text(operation, " on ", job::whoami(), ": partitions ", first, " to ", last, " of a message of ", partitions_));
}

void check_partitions(communicator const& comm, std::string_view operation, std::size_t elements, int partitions) {
  if (partitions < 1 || elements % static_cast<std::size_t>(partitions) != 0)
    throw argument_error(text(operation, ": ", elements, " elements cannot be cut into ", partitions,
                              " equal partitions, on rank ", comm.rank()));
}

} // namespace detail

void partitioned_send::start() {
  partitioned_transfer::start();
  if (!marked_) marked_ = std::make_unique<std::atomic<bool>[]>(static_cast<std::size_t>(partitions_));
  for (int i = 0; i < partitions_; ++i) marked_[static_cast<std::size_t>(i)] = false;
}

void partitioned_send::mark(std::string_view operation, std::span<int const> partitions, auto&& pass_on) {
  auto const flag = [&](int i) -> std::atomic<bool>& { return marked_[static_cast<std::size_t>(i)]; };
  for (int const i : partitions) check(operation, i, i);
  std::size_t done = 0;
  try {
    for (; done < partitions.size(); ++done)
      if (flag(partitions[done]).exchange(true))
        throw argument_error(
            detail::text(operation, " on ", job::whoami(), ": partition ", partitions[done], " is ready already"));
    if (request_) pass_on(request_->raw());
  } catch (...) { // none of them was passed on
    for (std::size_t k = 0; k < done; ++k) flag(partitions[k]) = false;
    throw;
  }
}

void partitioned_send::ready(int i) {
  mark("ready", {&i, 1}, [i](MPI_Request raw) { call<MPI_Pready>(i, raw); });
}

void partitioned_send::ready_range(int first, int last) {
  check("ready_range", first, last);
  std::vector<int> all(static_cast<std::size_t>(last - first) + 1);
  std::iota(all.begin(), all.end(), first);
  mark("ready_range", all, [=](MPI_Request raw) { call<MPI_Pready_range>(first, last, raw); });
}

void partitioned_send::ready_list(std::span<int const> partitions) {
  mark("ready_list", partitions, [partitions](MPI_Request raw) {
    call<MPI_Pready_list>(static_cast<int>(partitions.size()), const_cast<int*>(partitions.data()), raw);
  });
}

int partitioned_send::first_missing() const noexcept {
  for (int i = 0; active_ && i < partitions_; ++i)
    if (!marked_[static_cast<std::size_t>(i)]) return i;
  return -1;
}

void partitioned_send::wait() {
  if (int const i = first_missing(); i >= 0)
    throw lifecycle_error(detail::text("wait on ", job::whoami(), ": partition ", i, " was never made ready"));
  partitioned_transfer::wait();
}

partitioned_send::~partitioned_send() {
  if (int const i = marked_ && job::running() ? first_missing() : -1; i >= 0)
    job::abort(detail::text("a partitioned send went before its partition ", i, " was made ready"));
}

bool partitioned_recv::arrived(int i) {
  check("arrived", i, i);
  if (early_ || !request_) return true;
  if (!detail::background_is_empty()) detail::advance_background();
  int flag = 0;
  call<MPI_Parrived>(request_->raw(), i, &flag);
  return flag != 0;
}

} // namespace armada
