#include <armada/core/error.hpp>
#include <armada/rma/detail/race_log.hpp>

#include <algorithm>
#include <mutex>

namespace armada::detail {
namespace {

constexpr std::int64_t most_steps = 65536;

[[nodiscard]] bool is_dense(byte_run const& run) noexcept { return run.count == 1 || run.step == run.element; }

/// With a step that is not negative.
[[nodiscard]] byte_run forwards(byte_run run) noexcept {
  if (run.step >= 0) return run;
  run.first += (run.count - 1) * run.step;
  run.step = -run.step;
  return run;
}

/// Whether `bytes` bytes from `first` on meet an element of `run`, which runs forwards.
[[nodiscard]] bool meets(byte_run const& run, std::int64_t first, std::int64_t bytes) noexcept {
  if (first >= run.end() || first + bytes <= run.first) return false;
  if (is_dense(run) || run.step == 0) return true;
  auto const at = std::clamp<std::int64_t>((first - run.first) / run.step, 0, run.count - 1);
  for (std::int64_t i = at; i < std::min(at + 2, run.count); ++i) {
    auto const element = run.first + i * run.step;
    if (first < element + run.element && element < first + bytes) return true;
  }
  return false;
}

template <std::size_t N>
void copy_end(std::array<char, N>& to, std::string_view text) noexcept {
  if (text.size() >= N) text.remove_prefix(text.size() - N + 1);
  std::ranges::copy(text, to.begin());
}

} // namespace

bool overlap(byte_run const& left, byte_run const& right) noexcept {
  if (left.count <= 0 || right.count <= 0) return false;
  auto const a = forwards(left), b = forwards(right);
  if (a.first >= b.end() || b.first >= a.end()) return false;
  if (is_dense(a)) return meets(b, a.first, a.end() - a.first);
  if (is_dense(b)) return meets(a, b.first, b.end() - b.first);
  auto const& fewer = a.count < b.count ? a : b;
  auto const& more = a.count < b.count ? b : a;
  if (fewer.count > most_steps) return false;
  for (std::int64_t i = 0; i < fewer.count; ++i)
    if (meets(more, fewer.first + i * fewer.step, fewer.element)) return true;
  return false;
}

std::string access_record::describe() const {
  auto const last = run.first + (run.count - 1) * run.step;
  return text(operation.data(), " by rank ", rank, " at ", file.data(), ":", line, ", bytes ",
              std::min(run.first, last), " to ", std::max(run.first, last) + run.element - 1,
              is_dense(run) ? std::string() : text(" in steps of ", run.step));
}

access_record make_access(int rank, access_kind kind, byte_run const& run, std::string_view operation,
                          code_place const& place) noexcept {
  access_record made{};
  made.rank = rank;
  made.kind = kind;
  made.run = run;
  made.line = place.line;
  copy_end(made.operation, operation);
  copy_end(made.file, place.file);
  return made;
}

std::optional<access_record> race_log::enter(access_record const& mine, std::uint64_t heard,
                                             ordering::timeline const* timelines) noexcept {
  std::scoped_lock const lock(lock_);
  auto const held = std::min<std::uint64_t>(entered_, kept);
  for (std::uint64_t i = 0; i < held; ++i) {
    auto const& other = records_[i];
    bool const harmless = other.rank == mine.rank || (other.kind == mine.kind && mine.kind != access_kind::write);
    if (harmless || !overlap(other.run, mine.run)) continue;
    bool const active = other.phase != 0 && mine.phase != 0;
    if (active ? other.phase == mine.phase : timelines[other.rank].first_after(other.tellings) >= heard) return other;
  }
  records_[entered_++ % kept] = mine;
  return std::nullopt;
}

} // namespace armada::detail
