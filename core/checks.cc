#include <armada/core/checks.hpp>
#include <armada/core/error.hpp>

#include <cmath>
#include <cstdlib>

namespace armada::checks::detail {
namespace {

#ifdef ARMADA_DEBUG
constexpr bool unasked = true;
#else
constexpr bool unasked = false;
#endif

void set(unsigned bit, bool on) noexcept {
  if (on)
    switched_on |= bit;
  else
    switched_on &= ~bit;
}

wishes read_check(std::string_view words) {
  wishes wanted;
  while (!words.empty()) {
    auto const word = words.substr(0, words.find(','));
    words.remove_prefix(word.size() == words.size() ? word.size() : word.size() + 1);
    if (word == "collectives")
      wanted.collectives = true;
    else if (word == "rma")
      wanted.rma = true;
    else if (!word.empty() && word != "none")
      throw argument_error(
          armada::detail::text("ARMADA_CHECK: \"", word, "\" is nothing to check; there are: collectives, rma, none"));
  }
  return wanted;
}

double read_seconds(char const* given) {
  char* end = nullptr;
  double const seconds = std::strtod(given, &end);
  if (end == given || *end != '\0' || !std::isfinite(seconds) || seconds < 0)
    throw argument_error(armada::detail::text("ARMADA_WATCHDOG: \"", given, "\" is no number of seconds"));
  return seconds;
}

} // namespace

wishes read_wishes(char const* check, char const* watchdog) {
  wishes wanted{.collectives = unasked};
  if (check != nullptr) wanted = read_check(check);
  if (watchdog != nullptr) wanted.watchdog = read_seconds(watchdog);
  return wanted;
}

void set_collectives(bool on) noexcept { set(collectives_bit, on); }
void set_rma(bool on) noexcept { set(rma_bit, on); }
void set_watched(bool on) noexcept { set(watchdog_bit, on); }

} // namespace armada::checks::detail
