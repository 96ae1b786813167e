#include <armada/rma/detail/shared_word.hpp>

#include <bit>
#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace armada::detail {
namespace {

/// The half that changes whenever the number does: Linux compares 32 bits.
std::uint32_t* low_half(std::int64_t* number) noexcept {
  return reinterpret_cast<std::uint32_t*>(number) + (std::endian::native == std::endian::little ? 0 : 1);
}

} // namespace

void memory_word::sleep(std::int64_t seen, std::uint32_t lanes) const noexcept {
  timespec until{};
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += 1'000'000;
  if (until.tv_nsec >= 1'000'000'000) {
    until.tv_nsec -= 1'000'000'000;
    ++until.tv_sec;
  }
  syscall(SYS_futex, low_half(numbers_), FUTEX_WAIT_BITSET, static_cast<std::uint32_t>(seen), &until, nullptr, lanes);
}

void memory_word::wake_sleepers(std::uint32_t lanes) const noexcept {
  syscall(SYS_futex, low_half(numbers_), FUTEX_WAKE_BITSET, INT_MAX, nullptr, nullptr, lanes);
}

} // namespace armada::detail
