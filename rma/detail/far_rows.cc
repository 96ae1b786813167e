#include <armada/core/call.hpp>
#include <armada/rma/detail/far_rows.hpp>

#include <algorithm>

namespace armada::detail {

/// What a call is told of one side: a count and a datatype, which is MPI's own where the elements lie one behind the
/// other, and one that the window keeps where rows are evenly spaced.
class far_rows::call_type {
public:
  call_type(block_types& kept, block_shape const& shape) {
    if (shape.dense()) {
      count_ = static_cast<int>(shape.rows * shape.count) * shape.element.units;
      type_ = shape.element.unit;
    } else {
      type_ = kept.of(shape);
    }
  }
  /// Such rows at other places. Built with the int constructor (quirk 12).
  call_type(block_types& kept, block_shape const& shape, MPI_Aint const* places) {
    bool const dense = shape.dense_rows();
    int const units = dense ? static_cast<int>(shape.count) * shape.element.units : 1;
    MPI_Datatype const row = dense ? shape.element.unit : kept.of({shape.element, shape.count, shape.step, 1, 0});
    call<MPI_Type_create_hindexed_block>(static_cast<int>(shape.rows), units, places, row, &type_);
    own_ = datatype::adopt(type_);
  }

  [[nodiscard]] int count() const noexcept { return count_; }
  [[nodiscard]] MPI_Datatype type() const noexcept { return type_; }

private:
  int count_ = 1;
  MPI_Datatype type_ = MPI_DATATYPE_NULL;
  datatype own_;
};

std::int64_t far_rows::limit() const noexcept { return std::min(most_together, window_.chunk()); }

bool far_rows::goes_alone() const noexcept {
  auto const enough = window_.place_on_node(rank_) >= 0 ? long_shared_row : long_row;
  return layout_.bytes() > limit() || (layout_.contiguous() && layout_.bytes() >= enough);
}

void far_rows::add(std::byte const* here, std::int64_t there) {
  auto const bytes = layout_.bytes();
  if (alone_) return one_row(here, there);
  if (access_ == far_access::get && here_.count() * bytes >= enough_together && here_.even() && there_.even() &&
      !(here_.even_with(here - first_here_) && there_.even_with(there - first_there_)))
    together();
  if (here_.count() == 0) {
    first_here_ = here;
    first_there_ = there;
  }
  here_.add(here - first_here_);
  there_.add(there - first_there_);
  if ((here_.count() + 1) * bytes > limit()) together();
}

void far_rows::add(std::byte const* here, std::int64_t there, std::int64_t rows, std::int64_t here_gap,
                   std::int64_t there_gap) {
  if (!alone_ && here_.count() == 0 && rows <= limit() / layout_.bytes()) {
    first_here_ = here;
    first_there_ = there;
    here_.assign(rows, here_gap);
    there_.assign(rows, there_gap);
    if ((rows + 1) * layout_.bytes() > limit()) together();
  } else {
    for (std::int64_t i = 0; i < rows; ++i) add(here + i * here_gap, there + i * there_gap);
  }
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
    blocks(here + done * layout_.here_step, {element, part, layout_.here_step, 1, 0}, there + done * layout_.far_step,
           {element, part, layout_.far_step, 1, 0});
  }
}

/// The rows that wait, in one call. One contiguous row, or two that are short, are quicker without a datatype.
void far_rows::together() {
  auto const rows = here_.count();
  block_shape const mine{layout_.element, layout_.count, layout_.here_step, rows, here_.gap()};
  block_shape const theirs{layout_.element, layout_.count, layout_.far_step, rows, there_.gap()};
  auto& kept = window_.block_types();
  auto const type_of = [&](block_shape const& shape, row_places const& places) {
    return places.even() ? call_type(kept, shape) : call_type(kept, shape, places.list());
  };
  if (rows == 1 || (rows == 2 && layout_.contiguous() && layout_.bytes() < long_shared_row))
    for (std::int64_t i = 0; i < rows; ++i) one_row(first_here_ + here_[i], first_there_ + there_[i]);
  else if (here_.even() && there_.even())
    blocks(first_here_, mine, first_there_, theirs);
  else
    call_mpi(first_here_, type_of(mine, here_), first_there_, type_of(theirs, there_));
  here_.clear();
  there_.clear();
}

/// Evenly spaced rows on both sides, met in the order of memory here: that is quicker than in the order there.
void far_rows::blocks(std::byte const* here, block_shape mine, std::int64_t there, block_shape theirs) {
  if (mine.step < 0) {
    here += mine.turn_rows();
    there += theirs.turn_rows();
  }
  if (mine.gap < 0) {
    here += mine.turn_gap();
    there += theirs.turn_gap();
  }
  call_mpi(here, call_type(window_.block_types(), mine), there, call_type(window_.block_types(), theirs));
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
