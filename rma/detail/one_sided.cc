#include <armada/core/error.hpp>
#include <armada/core/pending.hpp>
#include <armada/rma/detail/one_sided.hpp>
#include <armada/rma/detail/race_watch.hpp>

#include <optional>

namespace armada::detail {
namespace {

/// a × b; nothing where 64 bits do not hold it.
std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

} // namespace

checked_target target_check::refuse_rank(std::int64_t available) const {
  int const rank = where_.rank.value;
  if (rank == proc_null) {
    auto const count = where_.layout ? where_.layout->size() : where_.count ? where_.count->value : available;
    if (count < 0 || count > available) refuse_extent(count, available, 0);
    return {proc_null, 0, 0};
  }
  auto const call = text(operation_, " on ", window_.describe(), ": ");
  if (rank < 0 || rank >= window_.ranks())
    throw argument_error(text(call, rank, " is not a rank (0 to ", window_.ranks() - 1, "), on rank ", window_.rank()));
  if (only_ == some_ranks)
    throw argument_error(text(call, "the epoch was not started for rank ", rank, ", on rank ", window_.rank()));
  throw argument_error(text(call, "the epoch is for rank ", only_, ", not ", rank, ", on rank ", window_.rank()));
}

checked_target target_check::of_layout(std::int64_t unit, std::int64_t element, std::int64_t available) const {
  int const rank = where_.rank.value;
  auto const extent = window_.extent(rank);
  auto const offset = product(where_.offset.value, unit == 0 ? extent.unit : unit);
  auto const count = where_.layout ? where_.layout->size() : where_.count ? where_.count->value : available;
  if (where_.layout && where_.count && where_.count->value != count)
    throw argument_error(text(operation_, " on ", window_.describe(), ": a count of ", where_.count->value,
                              " and a layout of ", count, " elements, on rank ", window_.rank()));
  auto const lowest = product(where_.layout ? where_.layout->lowest() : 0, element);
  auto const end = product(where_.layout ? where_.layout->end() : count, element);
  std::int64_t first = 0, last = 0;
  bool const fits = count >= 0 && count <= available && offset && lowest && end &&
                    !__builtin_add_overflow(*offset, *lowest, &first) &&
                    !__builtin_add_overflow(*offset, *end, &last) && *offset >= 0;
  if (!fits || (window_.flavour() == window_flavour::dynamic ? !window_.attached(rank, first, last - first)
                                                             : first < 0 || last > extent.bytes))
    refuse_extent(count, available, extent.bytes / element);
  return {rank, *offset, count};
}

void target_check::refuse_extent(std::int64_t count, std::int64_t available, std::int64_t extent) const {
  auto const what = text(operation_, " on ", window_.describe(), ", rank ", window_.rank(), ": ", count,
                         " elements at offset ", where_.offset.value, " of rank ", where_.rank.value);
  if (count < 0 || count > available) throw argument_error(text(what, " with a buffer of ", available));
  if (window_.flavour() == window_flavour::dynamic)
    throw index_error(text(what, ", which are not all in memory that it has attached"));
  auto const laid = where_.layout ? text(", places ", where_.layout->lowest(), " to ", where_.layout->end() - 1) : "";
  throw index_error(text(what, laid, ", whose part has ", extent, " elements"));
}

void note_access(window_state& window, char const* operation, target const& where, checked_target const& place,
                 std::size_t element) {
  int const at = place.rank == proc_null ? -1 : window.place_on_node(place.rank);
  if (at < 0 || place.count == 0) return;
  std::string_view const name(operation);
  auto const kind = name == "put" ? access_kind::write : name == "get" ? access_kind::read : access_kind::update;
  window.races()->note(at, kind, name, where, place.offset, place.count, static_cast<std::int64_t>(element),
                       window.phase_of(at), window.describe());
}

void refuse_count(window_state const& window, char const* operation, std::int64_t count) {
  throw argument_error(
      text(operation, " on ", window.describe(), " is for one element, not for ", count, ", on rank ", window.rank()));
}

void check_alignment(window_state const& window, char const* operation, std::int64_t offset, std::size_t alignment) {
  if (static_cast<std::uint64_t>(offset) % alignment != 0)
    throw argument_error(text(operation, " on ", window.describe(), ": byte ", offset, " is no place for elements of ",
                              "alignment ", alignment, ", on rank ", window.rank()));
}

pending<> flushed_later(std::shared_ptr<window_state> window, int rank) {
  return make_pending(MPI_REQUEST_NULL, request_kind::collective,
                      [window = std::move(window), rank](MPI_Status const&) {
                        if (!window->is_open()) return; // the end of the epoch has completed it
                        if (rank == target_check::every_rank)
                          window->flush_all();
                        else if (window->is_passive(rank))
                          window->flush(rank);
                      });
}

} // namespace armada::detail
