#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/error.hpp>
#include <armada/core/job.hpp>
#include <armada/core/shared_segment.hpp>
#include <armada/core/watchdog.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include <unistd.h>

namespace armada::detail {
namespace {

using clock = std::chrono::steady_clock;

/// What one rank is in. Written by it alone; others may look at any time.
class alignas(64) watch_slot {
public:
  void enter(std::string_view what) noexcept {
    std::array<char, text_bytes> bytes{};
    std::memcpy(bytes.data(), what.data(), std::min(what.size(), text_bytes - 1));
    auto const before = phase_.load(std::memory_order_relaxed);
    phase_.store(before + writing, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i * sizeof(word), sizeof(word));
      words_[i].store(word, std::memory_order_relaxed);
    }
    phase_.store(before + inside, std::memory_order_release);
  }
  void leave() noexcept { phase_.fetch_add(round - inside, std::memory_order_release); }

  /// A number that changes with every step.
  [[nodiscard]] std::uint64_t phase() const noexcept { return phase_.load(std::memory_order_acquire); }
  [[nodiscard]] static bool is_inside(std::uint64_t phase) noexcept { return phase % round == inside; }
  /// How long it has been inside, as its own watchdog has noticed.
  void set_seconds(std::uint64_t seconds) noexcept { seconds_.store(seconds, std::memory_order_relaxed); }

  [[nodiscard]] std::string describe() const {
    for (int looks = 0; looks < 1000; ++looks) {
      auto const before = phase();
      auto const what = text_now();
      std::atomic_thread_fence(std::memory_order_acquire);
      if (before % round == writing || phase_.load(std::memory_order_relaxed) != before) continue;
      auto const seconds = seconds_.load(std::memory_order_relaxed);
      if (is_inside(before)) return seconds == 0 ? "in " + what : text("in ", what, " for ", seconds, " s");
      return what.empty() ? std::string("computing") : text("computing (last left ", what, ")");
    }
    return "busy";
  }

private:
  static constexpr std::uint64_t writing = 1;
  static constexpr std::uint64_t inside = 2;
  static constexpr std::uint64_t round = 4;
  static constexpr std::size_t text_bytes = 104;

  [[nodiscard]] std::string text_now() const {
    std::array<char, text_bytes> bytes{};
    for (std::size_t i = 0; i < words_.size(); ++i) {
      auto const word = words_[i].load(std::memory_order_relaxed);
      std::memcpy(bytes.data() + i * sizeof(word), &word, sizeof(word));
    }
    bytes.back() = '\0';
    return bytes.data();
  }

  std::atomic<std::uint64_t> phase_{0};
  std::atomic<std::uint64_t> seconds_{0};
  std::array<std::atomic<std::uint64_t>, text_bytes / sizeof(std::uint64_t)> words_{};
};

/// The watchdog of this process.
class guard {
public:
  guard(node const& near, double seconds)
      : ranks_(near.members), elsewhere_(!near.whole), mine_(static_cast<std::size_t>(near.rank)), who_(job::whoami()),
        limit_(seconds), segment_(near, sizeof(reported_flag) + ranks_.size() * sizeof(watch_slot)) {
    static_assert(sizeof(reported_flag) == alignof(watch_slot));
    segment_.populate(0, segment_.size());              // a memfd is zeroed, which is how both begin
    if (ranks_.size() > 1) call<MPI_Barrier>(near.raw); // all have opened it
    segment_.close_file();
    thread_ = std::thread([this] { run(); });
  }
  guard(guard const&) = delete;
  guard& operator=(guard const&) = delete;
  ~guard() {
    {
      std::scoped_lock const lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  [[nodiscard]] watch_slot& mine() noexcept { return slot(mine_); }

private:
  struct alignas(64) reported_flag {
    std::atomic<std::uint32_t> raised;
  };

  [[nodiscard]] reported_flag& reported() noexcept { return *reinterpret_cast<reported_flag*>(segment_.data()); }
  [[nodiscard]] watch_slot& slot(std::size_t place) noexcept {
    return reinterpret_cast<watch_slot*>(segment_.data() + sizeof(reported_flag))[place];
  }

  void run() {
    auto const pause = std::chrono::duration<double>(std::clamp(limit_ / 20, 0.01, 0.5));
    auto seen = mine().phase();
    auto since = clock::now();
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, pause, [this] { return stopping_; })) {
      auto const now = mine().phase();
      if (now != seen || !watch_slot::is_inside(now)) {
        seen = now;
        since = clock::now();
        mine().set_seconds(0);
        continue;
      }
      auto const seconds = std::chrono::duration<double>(clock::now() - since).count();
      mine().set_seconds(static_cast<std::uint64_t>(seconds));
      if (seconds >= limit_) bark(seconds);
    }
  }

  /// The first rank of a host that is stuck reports for all of them.
  [[noreturn]] void bark(double seconds) {
    if (reported().raised.exchange(1) == 0) {
      std::string what;
      for (std::size_t i = 0; i < ranks_.size(); ++i)
        what += text(i == 0 ? "" : ", ", "rank ", ranks_[i], " ", slot(i).describe());
      if (elsewhere_) what += ", the others on another host";
      std::fflush(stdout);
      std::fprintf(stderr, "%s: the watchdog ends the job after %.3g s: %s\n", who_.c_str(), seconds, what.c_str());
      std::fflush(stderr);
      std::this_thread::sleep_for(std::chrono::milliseconds(100)); // the launcher drops lines that it has not read
    } else {
      std::this_thread::sleep_for(std::chrono::seconds(1)); // the one that reports ends the job
    }
    std::_Exit(1); // no MPI_Abort: the thread that is stuck may hold MPI's lock
  }

  std::vector<int> ranks_; // of the job, on this host
  bool elsewhere_;
  std::size_t mine_;
  std::string who_;
  double limit_;
  shared_segment segment_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

guard* running = nullptr; // set and reset while nothing is watched
thread_local int depth = 0;
thread_local bool counts = false; // the thread that made the environment

} // namespace

void watch_scope::enter(std::string_view what) noexcept {
  if (depth++ == 0 && counts && running != nullptr) running->mine().enter(what);
}

void watch_scope::leave() noexcept {
  if (--depth == 0 && counts && running != nullptr) running->mine().leave();
}

void start_watchdog(node const& near, double seconds) {
  running = new guard(near, seconds);
  counts = true;
  checks::detail::set_watched(true);
}

void stop_watchdog() noexcept {
  checks::detail::set_watched(false);
  counts = false;
  delete std::exchange(running, nullptr);
}

} // namespace armada::detail
