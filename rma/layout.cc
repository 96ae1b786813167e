#include <armada/core/error.hpp>
#include <armada/rma/layout.hpp>

#include <limits>
#include <string_view>

namespace armada {
namespace {

[[noreturn]] void refuse(std::string_view what, std::int64_t value) {
  throw argument_error(detail::text("layout: ", what, " ", value));
}

void check_count(std::string_view what, std::int64_t count) {
  if (count < 0) refuse(what, count);
}

/// a × b + c; throws where 64 bits do not hold it.
std::int64_t multiply_add(std::int64_t a, std::int64_t b, std::int64_t c) {
  std::int64_t product = 0, sum = 0;
  if (__builtin_mul_overflow(a, b, &product) || __builtin_add_overflow(product, c, &sum))
    refuse("places beyond 64 bits: a step of", b);
  return sum;
}

} // namespace

layout contiguous(detail::any_integer count) {
  check_count("the count is", count.value);
  layout made;
  made.loops_[0] = {count.value, 1};
  made.depth_ = 1;
  made.size_ = made.end_ = count.value;
  return made;
}

layout nested(std::span<std::pair<std::int64_t, std::int64_t> const> loops, std::int64_t first) {
  layout made;
  std::int64_t size = 1, lowest = first, highest = first;
  for (auto const& [count, step] : loops) {
    check_count("a count is", count);
    size = multiply_add(size, count, 0);
    if (count <= 1) continue;
    (step < 0 ? lowest : highest) = multiply_add(count - 1, step, step < 0 ? lowest : highest);
    auto const depth = made.depth_;
    if (depth > 0 && made.loops_[depth - 1].step == multiply_add(count, step, 0)) {
      made.loops_[depth - 1] = {made.loops_[depth - 1].count * count, step}; // dense: one loop
    } else if (depth == layout::most_dimensions) {
      refuse("more dimensions than", static_cast<std::int64_t>(layout::most_dimensions));
    } else {
      made.loops_[made.depth_++] = {count, step};
    }
  }
  if (size == 0) return contiguous(0);
  if (made.depth_ == 0) made.loops_[made.depth_++] = {1, 1};
  made.first_ = first;
  made.size_ = size;
  made.lowest_ = lowest;
  made.end_ = multiply_add(1, 1, highest);
  return made;
}

layout strided(detail::any_integer count, detail::any_integer stride) {
  std::pair<std::int64_t, std::int64_t> const loops[] = {{count.value, stride.value}};
  return nested(loops);
}

layout blocks(detail::any_integer count, detail::any_integer length, detail::any_integer stride) {
  std::pair<std::int64_t, std::int64_t> const loops[] = {{count.value, stride.value}, {length.value, 1}};
  return nested(loops);
}

layout subarray(integer_list const& shape, integer_list const& part, integer_list const& first) {
  auto const extents = shape.values(), lengths = part.values(), begins = first.values();
  if (lengths.size() != extents.size() || begins.size() != extents.size())
    throw argument_error(detail::text("layout: subarray of a shape of ", extents.size(), " dimensions with a part of ",
                                      lengths.size(), " and a beginning of ", begins.size()));
  std::vector<std::pair<std::int64_t, std::int64_t>> loops(extents.size());
  std::int64_t step = 1, place = 0;
  for (std::size_t d = extents.size(); d-- > 0;) {
    check_count("an extent is", extents[d]);
    if (begins[d] < 0 || lengths[d] < 0 || begins[d] > extents[d] || lengths[d] > extents[d] - begins[d])
      throw argument_error(detail::text("layout: subarray of ", lengths[d], " from ", begins[d], " in dimension ", d,
                                        ", whose extent is ", extents[d]));
    loops[d] = {lengths[d], step};
    place = multiply_add(begins[d], step, place);
    step = multiply_add(extents[d], step, 0);
  }
  return nested(loops, place);
}

layout indexed(integer_list const& displacements) {
  layout made;
  for (auto const place : displacements.values()) made.blocks_.push_back({place, 1, 1});
  made.settle_blocks();
  return made;
}

layout indexed(integer_list const& lengths, integer_list const& displacements) {
  auto const counts = lengths.values(), places = displacements.values();
  if (counts.size() != places.size())
    throw argument_error(
        detail::text("layout: indexed with ", counts.size(), " lengths and ", places.size(), " displacements"));
  layout made;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    check_count("a length is", counts[i]);
    if (counts[i] > 0) made.blocks_.push_back({places[i], counts[i], 1});
  }
  made.settle_blocks();
  return made;
}

/// Joins neighbours and finds size and bounds.
void layout::settle_blocks() {
  if (blocks_.empty()) {
    *this = contiguous(0);
    return;
  }
  std::size_t last = 0;
  for (std::size_t i = 1; i < blocks_.size(); ++i) {
    if (blocks_[last].first + blocks_[last].count == blocks_[i].first)
      blocks_[last].count += blocks_[i].count;
    else
      blocks_[++last] = blocks_[i];
  }
  blocks_.resize(last + 1);
  lowest_ = std::numeric_limits<std::int64_t>::max();
  end_ = std::numeric_limits<std::int64_t>::min();
  for (auto const& block : blocks_) {
    size_ = multiply_add(1, block.count, size_);
    lowest_ = std::min(lowest_, block.first);
    end_ = std::max(end_, multiply_add(1, block.count, block.first));
  }
}

/// From the inside: the shorter loop of the two goes along a part of the longer one, which then has longer steps.
std::optional<detail::common_loops> common_loops_of(layout const& a, layout const& b) noexcept {
  if (a.depth_ == 0 || b.depth_ == 0 || a.size_ != b.size_) return std::nullopt;
  detail::common_loops made;
  made.a_first = a.first_;
  made.b_first = b.first_;
  std::size_t left = made.most, in_a = a.depth_, in_b = b.depth_;
  auto one = a.loops_[--in_a], other = b.loops_[--in_b];
  for (;;) {
    auto const count = std::min(one.count, other.count);
    if (left == 0 || count == 0 || one.count % count != 0 || other.count % count != 0) return std::nullopt;
    --left;
    made.counts[left] = count;
    made.a_steps[left] = one.step;
    made.b_steps[left] = other.step;
    one = {one.count / count, one.step * count};
    other = {other.count / count, other.step * count};
    if (one.count == 1 && in_a > 0) one = a.loops_[--in_a];
    if (other.count == 1 && in_b > 0) other = b.loops_[--in_b];
    if (one.count == 1 && other.count == 1) return made; // both at once: they are equally long
  }
}

layout::cursor::cursor(layout const& walked) noexcept : walked_(walked), base_(walked.first_) {
  if (walked_.size_ == 0) return;
  if (walked_.depth_ == 0) {
    run_ = walked_.blocks_[0];
  } else {
    auto const& inner = walked_.loops_[walked_.depth_ - 1];
    run_ = {base_, inner.count, inner.step};
  }
}

void layout::cursor::next() noexcept {
  if (walked_.depth_ == 0) {
    if (++block_ < walked_.blocks_.size()) run_ = walked_.blocks_[block_];
    return;
  }
  for (std::size_t d = walked_.depth_ - 1; d-- > 0;) {
    auto const& outer = walked_.loops_[d];
    base_ += outer.step;
    if (++counted_[d] < outer.count) {
      auto const& inner = walked_.loops_[walked_.depth_ - 1];
      run_ = {base_, inner.count, inner.step};
      return;
    }
    base_ -= outer.count * outer.step;
    counted_[d] = 0;
  }
}

} // namespace armada
