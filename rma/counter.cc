#include <armada/rma/counter.hpp>
#include <armada/rma/detail/shared_words.hpp>

namespace armada {

counter::counter(communicator const& comm, counter_options options)
    : words_(detail::words_at_home(comm, "counter", options.home, {options.first})), home_(options.home) {}
counter::counter(counter&&) noexcept = default;
counter& counter::operator=(counter&&) noexcept = default;
counter::~counter() = default;

std::int64_t counter::next(size_option count) {
  auto const& words = detail::require_open(words_, "next", "counter");
  if (count.value < 0) [[unlikely]]
    throw argument_error(detail::text("next of a counter: ", count.value, " tickets, on rank ", words.rank()));
  return words.at(home_, 0).add(count.value);
}

std::int64_t counter::value() const { return detail::require_open(words_, "value", "counter").at(home_, 0).load(); }

void counter::reset(std::int64_t first) { detail::require_open(words_, "reset", "counter").at(home_, 0).store(first); }

} // namespace armada
