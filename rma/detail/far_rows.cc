#include <armada/core/call.hpp>
#include <armada/rma/detail/far_rows.hpp>

#include <algorithm>

namespace armada::detail {

/// What a call is told of one side: a count and a datatype, which is MPI's own where the elements lie one behind the
/// other. Built with int constructors (quirk 12).
class far_rows::call_type {
public:
  /// `count` elements, `step` bytes apart.
  call_type(element_layout const& element, std::int64_t count, std::int64_t step) {
    if (step == element.bytes)
      is_dense(element, count);
    else
      call<MPI_Type_create_hvector>(static_cast<int>(count), element.units, MPI_Aint{step}, element.unit, &type_);
    commit();
  }
  /// The same at each of these places.
  call_type(element_layout const& element, std::int64_t count, std::int64_t step, row_places const& places) {
    if (step != element.bytes)
      at_places(1, call_type(element, count, step).type_, places);
    else if (places.even() && places.gap() == count * element.bytes)
      is_dense(element, places.count() * count);
    else
      at_places(static_cast<int>(count) * element.units, element.unit, places);
    commit();
  }
  call_type(call_type const&) = delete;
  call_type& operator=(call_type const&) = delete;
  ~call_type() {
    if (!dense_) MPI_Type_free(&type_);
  }

  [[nodiscard]] int count() const noexcept { return count_; }
  [[nodiscard]] MPI_Datatype type() const noexcept { return type_; }

private:
  void is_dense(element_layout const& element, std::int64_t count) noexcept {
    count_ = static_cast<int>(count) * element.units;
    type_ = element.unit;
    dense_ = true;
  }
  /// MPI is quicker with places that it can count.
  void at_places(int length, MPI_Datatype old, row_places const& places) {
    auto const rows = static_cast<int>(places.count());
    if (places.even())
      call<MPI_Type_create_hvector>(rows, length, places.gap(), old, &type_);
    else
      call<MPI_Type_create_hindexed_block>(rows, length, places.list(), old, &type_);
  }
  void commit() {
    if (!dense_) call<MPI_Type_commit>(&type_);
  }

  int count_ = 1;
  MPI_Datatype type_ = MPI_DATATYPE_NULL;
  bool dense_ = false;
};

std::int64_t far_rows::limit() const noexcept { return std::min(most_together, window_.chunk()); }

void far_rows::add(std::byte const* here, std::int64_t there) {
  auto const bytes = layout_.bytes();
  if ((layout_.contiguous() && bytes >= long_row) || bytes > limit()) return one_row(here, there);
  if (here_.count() == 0) {
    first_here_ = here;
    first_there_ = there;
  }
  here_.add(here - first_here_);
  there_.add(there - first_there_);
  if ((here_.count() + 1) * bytes > limit()) together();
}

void far_rows::finish() {
  if (here_.count() > 0) together();
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
    call_mpi(here + done * layout_.here_step, call_type(element, part, layout_.here_step),
             there + done * layout_.far_step, call_type(element, part, layout_.far_step));
  }
}

/// The rows that wait, in one call. One or two contiguous ones are quicker without a datatype.
void far_rows::together() {
  if (here_.count() == 1 || (here_.count() == 2 && layout_.contiguous())) {
    for (std::int64_t i = 0; i < here_.count(); ++i) one_row(first_here_ + here_[i], first_there_ + there_[i]);
  } else {
    call_mpi(first_here_, call_type(layout_.element, layout_.count, layout_.here_step, here_), first_there_,
             call_type(layout_.element, layout_.count, layout_.far_step, there_));
  }
  here_.clear();
  there_.clear();
}

void far_rows::call_mpi(std::byte const* here, call_type const& mine, std::int64_t there, call_type const& theirs) {
  void const* const memory = here;
  auto const place = window_.displacement(rank_, there);
  MPI_Win const window = window_.raw();
  switch (access_) {
  case far_access::get:
    return call<MPI_Get>(const_cast<void*>(memory), mine.count(), mine.type(), rank_, place, theirs.count(),
                         theirs.type(), window);
  case far_access::put:
    return call<MPI_Put>(memory, mine.count(), mine.type(), rank_, place, theirs.count(), theirs.type(), window);
  case far_access::accumulate:
    return call<MPI_Accumulate>(memory, mine.count(), mine.type(), rank_, place, theirs.count(), theirs.type(),
                                operation_, window);
  }
}

} // namespace armada::detail
