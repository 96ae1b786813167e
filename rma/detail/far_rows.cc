#include <armada/core/call.hpp>
#include <armada/rma/detail/far_rows.hpp>

#include <algorithm>

namespace armada::detail {
namespace {

/// A datatype for one call. Built with int constructors (quirk 12).
class call_type {
public:
  /// `count` elements, `step` bytes apart.
  call_type(element_layout const& element, std::int64_t count, std::int64_t step) {
    auto const elements = static_cast<int>(count);
    if (step == element.bytes)
      call<MPI_Type_contiguous>(elements * element.units, element.unit, &raw_);
    else
      call<MPI_Type_create_hvector>(elements, element.units, MPI_Aint{step}, element.unit, &raw_);
  }
  /// The same at each of these places, the first of which is 0. MPI is quicker with places that it can count.
  call_type(element_layout const& element, std::int64_t count, std::int64_t step, std::vector<MPI_Aint> const& places) {
    if (step == element.bytes)
      at_places(static_cast<int>(count) * element.units, element.unit, places);
    else
      at_places(1, call_type(element, count, step).raw_, places);
  }
  call_type(call_type const&) = delete;
  call_type& operator=(call_type const&) = delete;
  ~call_type() {
    if (raw_ != MPI_DATATYPE_NULL) MPI_Type_free(&raw_);
  }

  [[nodiscard]] MPI_Datatype committed() {
    call<MPI_Type_commit>(&raw_);
    return raw_;
  }

private:
  void at_places(int length, MPI_Datatype old, std::vector<MPI_Aint> const& places) {
    auto const rows = static_cast<int>(places.size());
    auto const gap = rows > 1 ? places[1] : 0;
    bool even = true;
    for (std::size_t i = 1; i < places.size(); ++i) even = even && places[i] - places[i - 1] == gap;
    if (even)
      call<MPI_Type_create_hvector>(rows, length, gap, old, &raw_);
    else
      call<MPI_Type_create_hindexed_block>(rows, length, places.data(), old, &raw_);
  }

  MPI_Datatype raw_ = MPI_DATATYPE_NULL;
};

} // namespace

std::int64_t far_rows::limit() const noexcept { return std::min(most_together, window_.chunk()); }

void far_rows::add(std::byte const* here, std::int64_t there) {
  auto const bytes = layout_.bytes();
  if ((layout_.contiguous() && bytes >= long_row) || bytes > limit()) return one_row(here, there);
  if (here_.empty()) {
    first_here_ = here;
    first_there_ = there;
  }
  here_.push_back(here - first_here_);
  there_.push_back(there - first_there_);
  if (static_cast<std::int64_t>(here_.size() + 1) * bytes > limit()) together();
}

void far_rows::finish() {
  if (!here_.empty()) together();
}

/// A row by itself; one that is strided and longer than the limit in parts.
void far_rows::one_row(std::byte const* here, std::int64_t there) {
  auto const& element = layout_.element;
  if (layout_.contiguous()) {
    switch (access_) {
    case far_access::get: return window_.far_get(const_cast<std::byte*>(here), rank_, there, layout_.bytes());
    case far_access::put: return window_.far_put(here, rank_, there, layout_.bytes());
    case far_access::accumulate:
      return window_.far_accumulate(here, rank_, there, layout_.count, {element.unit, element.bytes, operation_});
    }
  }
  auto const most = std::max<std::int64_t>(1, limit() / element.bytes);
  for (std::int64_t done = 0; done < layout_.count; done += most) {
    auto const part = std::min(most, layout_.count - done);
    call_type mine(element, part, layout_.here_step), theirs(element, part, layout_.far_step);
    call_mpi(here + done * layout_.here_step, mine.committed(), there + done * layout_.far_step, theirs.committed());
  }
}

/// The rows that wait, in one call. One or two contiguous ones are quicker without a datatype.
void far_rows::together() {
  if (here_.size() == 1 || (here_.size() == 2 && layout_.contiguous())) {
    for (std::size_t i = 0; i < here_.size(); ++i) one_row(first_here_ + here_[i], first_there_ + there_[i]);
  } else {
    call_type mine(layout_.element, layout_.count, layout_.here_step, here_);
    call_type theirs(layout_.element, layout_.count, layout_.far_step, there_);
    call_mpi(first_here_, mine.committed(), first_there_, theirs.committed());
  }
  here_.clear();
  there_.clear();
}

void far_rows::call_mpi(std::byte const* here, MPI_Datatype type, std::int64_t there, MPI_Datatype far_type) {
  void const* const memory = here;
  auto const place = window_.displacement(rank_, there);
  MPI_Win const window = window_.raw();
  switch (access_) {
  case far_access::get: return call<MPI_Get>(const_cast<void*>(memory), 1, type, rank_, place, 1, far_type, window);
  case far_access::put: return call<MPI_Put>(memory, 1, type, rank_, place, 1, far_type, window);
  case far_access::accumulate:
    return call<MPI_Accumulate>(memory, 1, type, rank_, place, 1, far_type, operation_, window);
  }
}

} // namespace armada::detail
