#include "tests/arrays/random_slice.hpp"

#include <armada/arrays/slice.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace armada::random_programs {
namespace {

using kind = any_slice::kind;

/// `index` counted from either end.
std::int64_t either_end(random_source& random, std::int64_t index, std::int64_t extent) {
  return index < extent && random.chance(30) ? index - extent : index;
}

std::string list_text(indices const& numbers) {
  std::string result;
  for (auto const number : numbers) result += (result.empty() ? "" : ", ") + std::to_string(number);
  return result;
}

/// A range with `count` indices, at most as many as the extent has.
any_slice range_of(random_source& random, std::int64_t extent, std::int64_t count) {
  any_slice slice;
  slice.how = kind::range;
  auto const room = count > 1 ? (extent - 1) / (count - 1) : 3;
  slice.step = random.chance(50) || room <= 1 ? 1 : random.between(1, std::min<std::int64_t>(room, 5));
  bool const backwards = random.chance(35);
  if (count == 0) {
    slice.first = slice.last = random.between(0, extent);
    if (random.chance(30) && *slice.last > 0) slice.last = *slice.last - 1;
    return slice;
  }
  auto const reach = (count - 1) * slice.step;
  auto const low = random.between(0, extent - 1 - reach);
  for (std::int64_t k = 0; k < count; ++k)
    slice.selected.push_back(backwards ? low + reach - k * slice.step : low + k * slice.step);
  auto const begin = slice.selected.front(), end = slice.selected.back();
  if (!(begin == (backwards ? extent - 1 : 0) && random.chance(50))) slice.first = either_end(random, begin, extent);
  if (backwards) {
    auto const last = random.between(std::max<std::int64_t>(end - slice.step, -1), end - 1);
    if (last >= 0) slice.last = either_end(random, last, extent); // -1 would be the end: it must be left open
    slice.step = -slice.step;
  } else {
    auto const last = random.between(end + 1, std::min(end + slice.step, extent));
    if (!(end + slice.step >= extent && random.chance(50))) slice.last = either_end(random, last, extent);
  }
  return slice;
}

/// `count` different indices in rising order.
indices some_of(random_source& random, std::int64_t extent, std::int64_t count) {
  indices all(static_cast<std::size_t>(extent)), result;
  std::iota(all.begin(), all.end(), 0);
  for (auto const index : all)
    if (random.between(0, extent - index - 1) < count - std::ssize(result)) result.push_back(index);
  return result;
}

/// A list, `keep`, `drop` or mask.
any_slice list_of(random_source& random, std::int64_t extent, std::int64_t count, bool repetitions) {
  any_slice slice;
  slice.how = static_cast<kind>(random.between(static_cast<int>(kind::list), static_cast<int>(kind::mask)));
  if ((count > extent || extent > 20) && slice.how > kind::keep) slice.how = kind::keep;
  if (slice.how > kind::keep || !repetitions) {
    slice.selected = some_of(random, extent, count);
  } else {
    for (std::int64_t k = 0; k < count; ++k) slice.selected.push_back(random.between(0, extent - 1));
  }
  if (slice.how == kind::mask) {
    slice.written.assign(static_cast<std::size_t>(extent), 0);
    for (auto const index : slice.selected) slice.written[static_cast<std::size_t>(index)] = 1;
  } else if (slice.how == kind::drop) {
    for (std::int64_t i = 0; i < extent; ++i)
      if (!std::binary_search(slice.selected.begin(), slice.selected.end(), i))
        slice.written.push_back(either_end(random, i, extent));
  } else {
    if (!repetitions)
      for (std::size_t k = slice.selected.size(); k > 1; --k)
        std::swap(slice.selected[k - 1],
                  slice.selected[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(k) - 1))]);
    for (auto const index : slice.selected) slice.written.push_back(either_end(random, index, extent));
  }
  return slice;
}

} // namespace

interval any_slice::as_interval(std::int64_t extent, std::size_t axis) const {
  if (how == kind::integer) return resolve(*first, extent, axis);
  return how == kind::all ? resolve(xt::all(), extent, axis) : resolve(first, last, step, extent, axis);
}

index_list any_slice::as_list(std::int64_t extent, std::size_t axis) const {
  switch (how) {
  case kind::list: return resolve(written, extent, axis);
  case kind::keep: return resolve(xt::keep(written), extent, axis);
  case kind::drop: return resolve(xt::drop(written), extent, axis);
  case kind::mask: return resolve(std::vector<bool>(written.begin(), written.end()), extent, axis);
  default: return index_list(as_interval(extent, axis));
  }
}

std::string any_slice::text() const {
  switch (how) {
  case kind::integer: return std::to_string(*first);
  case kind::range: return detail::slice_text(first, last, step);
  case kind::all: return "all()";
  case kind::list: return "{" + list_text(written) + "}";
  case kind::keep: return "keep({" + list_text(written) + "})";
  case kind::drop: return "drop({" + list_text(written) + "})";
  case kind::mask: break;
  }
  return "mask{" + list_text(written) + "}";
}

any_slice integer_slice_of(random_source& random, std::int64_t extent) {
  any_slice slice;
  slice.how = kind::integer;
  slice.selected = {random.between(0, extent - 1)};
  slice.first = either_end(random, slice.selected.front(), extent);
  return slice;
}

any_slice slice_of(random_source& random, std::int64_t extent, std::int64_t count, slice_wishes const& wishes) {
  bool const lengthy = extent > 20 && count > 20; // lists of so many are hard to read
  if (count > extent || (wishes.lists && !lengthy && random.chance(35)))
    return list_of(random, extent, count, wishes.repetitions || count > extent);
  if (count == extent && random.chance(40)) {
    any_slice slice;
    slice.selected.resize(static_cast<std::size_t>(extent));
    std::iota(slice.selected.begin(), slice.selected.end(), 0);
    return slice;
  }
  return range_of(random, extent, count);
}

any_slice slice_of(random_source& random, std::int64_t extent, slice_wishes const& wishes) {
  auto const least = random.chance(4) ? 0 : std::min<std::int64_t>(1, extent);
  return slice_of(random, extent, random.chance(30) ? extent : random.between(least, extent), wishes);
}

any_slice part_of(any_slice const& slice, std::int64_t part, std::int64_t parts) {
  any_slice result = slice;
  result.selected.clear();
  for (std::size_t k = 0; k < slice.selected.size(); ++k)
    if (static_cast<std::int64_t>(k) % parts == part) result.selected.push_back(slice.selected[k]);
  if (!slice.plain()) {
    result.how = slice.how == kind::keep ? kind::keep : kind::list;
    result.written = result.selected;
    return result;
  }
  bool const none = result.selected.empty();
  result.how = kind::range;
  result.step = none ? 1 : slice.step * parts;
  result.first = none ? 0 : result.selected.front();
  result.last = none ? 0 : result.selected.back() + (result.step > 0 ? 1 : -1);
  if (*result.last < 0) result.last.reset();
  return result;
}

std::vector<int> any_selection::axes() const {
  std::vector<int> result;
  for (int const d : order)
    if (d < 0 || !slices[static_cast<std::size_t>(d)].integer()) result.push_back(d);
  return result;
}

indices any_selection::shape() const {
  indices result;
  for (int const d : axes()) result.push_back(d < 0 ? 1 : std::ssize(slices[static_cast<std::size_t>(d)].selected));
  return result;
}

bool any_selection::plain() const {
  auto const is_plain = [](any_slice const& slice) { return slice.plain(); };
  return std::all_of(outer.begin(), outer.end(), is_plain) && std::all_of(slices.begin(), slices.end(), is_plain);
}

indices any_selection::along(std::size_t dimension) const {
  if (outer.empty()) return slices[dimension].selected;
  indices result;
  for (auto const k : slices[dimension].selected)
    result.push_back(outer[dimension].selected[static_cast<std::size_t>(k)]);
  return result;
}

std::vector<std::size_t> any_selection::places(indices const& extents) const {
  std::vector<std::size_t> result{0};
  for (std::size_t d = 0; d < extents.size(); ++d) {
    std::vector<std::size_t> next;
    auto const chosen = along(d);
    for (auto const place : result)
      for (auto const index : chosen)
        next.push_back(place * static_cast<std::size_t>(extents[d]) + static_cast<std::size_t>(index));
    result = std::move(next);
  }
  return result;
}

std::string any_selection::text() const {
  std::string result;
  for (auto const& slice : outer) result += (result.empty() ? "(" : ", ") + slice.text();
  if (!result.empty()) result += ")";
  result += "(";
  for (std::size_t k = 0; k < order.size(); ++k)
    result += (k > 0 ? ", " : "") + (order[k] < 0 ? "newaxis()" : slices[static_cast<std::size_t>(order[k])].text());
  return result + ")";
}

any_selection selection_of(random_source& random, indices const& extents, std::size_t kept,
                           slice_wishes const& wishes) {
  any_selection result;
  auto const dimensions = extents.size();
  indices seen = extents;
  if (random.chance(20))
    for (std::size_t d = 0; d < dimensions; ++d) {
      result.outer.push_back(slice_of(random, extents[d], wishes));
      seen[d] = std::ssize(result.outer[d].selected);
    }
  std::vector<std::size_t> sliceable; // by an integer
  for (std::size_t d = 0; d < dimensions; ++d)
    if (seen[d] > 0) sliceable.push_back(d);
  std::size_t made = kept > dimensions ? kept - dimensions : 0;
  if (random.chance(10) && made < kept) ++made;
  std::size_t integers = dimensions + made - kept;
  if (integers > sliceable.size()) integers = made = 0;
  std::vector<bool> dropped(dimensions, false);
  for (; integers > 0; --integers) {
    auto const at = random.between(0, std::ssize(sliceable) - 1);
    dropped[sliceable[static_cast<std::size_t>(at)]] = true;
    sliceable.erase(sliceable.begin() + at);
  }
  for (std::size_t d = 0; d < dimensions; ++d) {
    result.slices.push_back(dropped[d] ? integer_slice_of(random, seen[d]) : slice_of(random, seen[d], wishes));
    result.order.push_back(static_cast<int>(d));
  }
  for (; made > 0; --made) result.order.insert(result.order.begin() + random.between(0, std::ssize(result.order)), -1);
  return result;
}

any_selection alike(random_source& random, any_selection const& model, indices const& extents,
                    slice_wishes const& wishes) {
  any_selection result;
  result.order = model.order;
  for (std::size_t d = 0; d < extents.size(); ++d) {
    auto const count = std::ssize(model.slices[d].selected);
    if (count > 0 && extents[d] == 0) return {};
    result.slices.push_back(model.slices[d].integer() ? integer_slice_of(random, extents[d])
                                                      : slice_of(random, extents[d], count, wishes));
  }
  return result;
}

any_selection part_of(any_selection const& all, std::int64_t part, std::int64_t parts) {
  any_selection result = all;
  any_slice* longest = nullptr;
  for (auto& slice : result.slices)
    if (!slice.integer() && (longest == nullptr || slice.selected.size() > longest->selected.size())) longest = &slice;
  if (longest != nullptr) *longest = part_of(*longest, part, parts);
  return result;
}

} // namespace armada::random_programs
