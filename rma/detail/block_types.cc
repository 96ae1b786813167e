#include <armada/rma/detail/block_types.hpp>

#include <algorithm>

namespace armada::detail {
namespace {

/// Rows of dense elements are blocks of units: MPI is quickest with what it can count.
datatype make(block_shape const& shape) {
  auto const& element = shape.element;
  auto const unit = datatype::borrow(element.unit);
  if (shape.dense_rows()) return datatype::hvector(shape.rows, shape.count * element.units, shape.gap, unit);
  auto row = datatype::hvector(shape.count, element.units, shape.step, unit);
  return shape.rows == 1 ? std::move(row) : datatype::hvector(shape.rows, 1, shape.gap, row);
}

} // namespace

MPI_Datatype block_types::of(block_shape const& shape) {
  auto const found = std::find_if(made_.begin(), made_.end(), [&](auto const& each) { return each.first == shape; });
  if (found != made_.end()) {
    std::rotate(made_.begin(), found, found + 1);
  } else {
    auto type = make(shape);
    if (made_.size() == most) made_.pop_back();
    made_.emplace(made_.begin(), shape, std::move(type));
  }
  return made_.front().second.raw();
}

} // namespace armada::detail
