#pragma once

/// Values of wire types on their way through one collective of MPI: a value per rank, in memory of the library's.

#include <armada/collectives/detail/value_bytes.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/datatype.hpp>
#include <armada/core/launch.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

/// `std::vector<bool>` has no elements to write.
template <class T>
using slot = std::conditional_t<std::same_as<T, bool>, unsigned char, T>;
template <class T>
using slots = std::vector<slot<T>>;

template <class T>
[[nodiscard]] std::vector<T> values_of_slots(slots<T>&& all) {
  if constexpr (std::same_as<T, bool>)
    return {all.begin(), all.end()};
  else
    return std::move(all);
}

/// A value on its way to another rank, and whether it is one: how many values the sender was given instead of one for
/// each rank, or -1.
template <class T>
using sent_slot = std::pair<slot<T>, std::int64_t>;

/// `values` for `ranks`; when there is not one for each, all of them hear so.
template <class T>
[[nodiscard]] std::vector<sent_slot<T>> sent_slots(std::vector<T> const& values, int ranks) {
  std::vector<sent_slot<T>> result;
  if (std::cmp_not_equal(values.size(), ranks)) {
    result.resize(static_cast<std::size_t>(ranks), {slot<T>{}, static_cast<std::int64_t>(values.size())});
  } else {
    result.reserve(values.size());
    for (auto const& value : values) result.emplace_back(value, -1);
  }
  return result;
}
/// The value of `rank`. Throws `argument_error` when it is none.
template <class T>
[[nodiscard]] T received_value(sent_slot<T>& got, int rank, std::string_view operation) {
  if (got.second >= 0) throw_wrong_number(operation, rank, got.second);
  return static_cast<T>(std::move(got.first));
}

/// One value as a buffer of one element, also when it is a range itself.
template <class T>
[[nodiscard]] std::span<T> as_one(T& value) noexcept {
  return {&value, 1};
}

/// Runs an MPI collective on `memory`: `prepare(memory)` gives its arguments, `take(memory)` makes the result.
template <class Routine, class Memory, class Prepare, class Take>
[[nodiscard]] auto run_on(blocking_t, Memory memory, Prepare prepare, Take take) {
  Routine::run(blocking, prepare(memory));
  return take(memory);
}
template <class Routine, class Memory, class Prepare, class Take>
[[nodiscard]] auto run_on(nonblocking_t, Memory memory, Prepare prepare, Take take) {
  auto kept = std::make_unique<Memory>(std::move(memory));
  auto prepared = prepare(*kept);
  return collectively(nonblocking, prepared.what, [&] {
    MPI_Request const request = Routine::begin(prepared.arguments);
    return make_pending(request, request_kind::collective,
                        [kept = std::move(kept), more = std::move(prepared.keep),
                         take = std::move(take)](MPI_Status const&) mutable { return take(*kept); });
  });
}

} // namespace armada::detail
