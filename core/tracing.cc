#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/posix_file.hpp>
#include <armada/core/tracing.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>
#include <vector>

namespace armada {
namespace tracing::detail {
namespace {

struct event {
  char const* name;
  std::int64_t begun, ended, bytes;
  int owner, thread;
};

struct recording {
  std::mutex mutex;
  std::string path;
  std::vector<event> events;
  std::int64_t dropped = 0;
  std::int64_t zero = 0; ///< of the clock of this host
};
recording& current() {
  static auto* const instance = new recording; // outlives every static
  return *instance;
}

int this_thread() noexcept {
  static std::atomic<int> threads{0};
  thread_local int const number = threads.fetch_add(1, std::memory_order_relaxed);
  return number;
}

/// In text, with commas between them.
std::string text_of(recording const& made, int rank) {
  constexpr std::size_t longest = 256;
  std::array<char, longest> line{};
  std::string all;
  all.reserve(made.events.size() * 120 + longest);
  auto const add = [&](auto... values) {
    auto const length = std::snprintf(line.data(), line.size(), values...);
    all.append(line.data(), std::min(static_cast<std::size_t>(length), longest - 1));
  };
  add(R"({"name":"process_name","ph":"M","pid":%d,"args":{"name":"rank %d"}})", rank, rank);
  for (event const& each : made.events)
    add(R"(,%c{"name":"%.40s","ph":"X","ts":%.3f,"dur":%.3f,"pid":%d,"tid":%d,"args":{"bytes":%lld,"owner":%d}})", '\n',
        each.name, static_cast<double>(each.begun - made.zero) / 1e3,
        static_cast<double>(each.ended - each.begun) / 1e3, rank, each.thread, static_cast<long long>(each.bytes),
        each.owner);
  return all;
}

/// Hands the texts of all ranks, one after the other, to `take` on rank 0.
template <class Take>
void collect(communicator const& world, std::string const& mine, Take take) {
  MPI_Comm between = MPI_COMM_NULL; // whatever the user does on the world, a message here is one of these
  call<MPI_Comm_dup>(world.state()->twin(), &between);
  if (world.rank() == 0) {
    take(mine);
    std::string theirs;
    for (int rank = 1; rank < world.size(); ++rank) {
      std::int64_t length = 0;
      call<MPI_Recv>(static_cast<void*>(&length), 1, MPI_INT64_T, rank, 0, between, MPI_STATUS_IGNORE);
      theirs.resize(static_cast<std::size_t>(length));
      call<MPI_Recv>(static_cast<void*>(theirs.data()), static_cast<int>(length), MPI_CHAR, rank, 0, between,
                     MPI_STATUS_IGNORE);
      take(theirs);
    }
  } else {
    auto const length = static_cast<std::int64_t>(mine.size());
    call<MPI_Send>(static_cast<void const*>(&length), 1, MPI_INT64_T, 0, 0, between);
    call<MPI_Send>(static_cast<void const*>(mine.data()), static_cast<int>(length), MPI_CHAR, 0, 0, between);
  }
  call<MPI_Comm_free>(&between);
}

} // namespace

std::int64_t now() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void keep(char const* name, int owner, std::int64_t bytes, std::int64_t begun) noexcept {
  auto const ended = now();
  auto& made = current();
  std::scoped_lock const lock(made.mutex);
  if (made.events.size() < made.events.capacity()) // what was reserved
    made.events.push_back({name, begun, ended, bytes, owner, this_thread()});
  else
    ++made.dropped;
}

void begin(communicator const& world, std::string const& path) {
  auto& made = current();
  agree(world, [&] {
    if (on()) throw lifecycle_error(armada::detail::text("trace_to \"", path, "\": there is a trace already"));
    if (world.rank() == 0) static_cast<void>(armada::detail::replacement_file(path)); // it can be written
    made.events.clear();
    made.events.reserve(most_events);
    made.dropped = 0;
    made.path = path;
  });
  auto const& near = world.state()->nearby();
  call<MPI_Barrier>(world.raw());
  made.zero = now();
  call<MPI_Bcast>(static_cast<void*>(&made.zero), 1, MPI_INT64_T, 0, near.raw);
  switched_on = true;
}

void end(communicator const& world) {
  auto& made = current();
  agree(world, [&] {
    if (!on()) throw lifecycle_error("stop_trace: there is no trace");
  });
  switched_on = false;
  std::scoped_lock const lock(made.mutex);
  std::int64_t dropped = 0;
  call<MPI_Reduce>(static_cast<void const*>(&made.dropped), static_cast<void*>(&dropped), 1, MPI_INT64_T, MPI_SUM, 0,
                   world.raw());
  std::exception_ptr failure;
  std::optional<armada::detail::replacement_file> file;
  auto const guarded = [&](auto&& step) { // rank 0 takes what the others send, whatever happens
    if (failure) return;
    try {
      step();
    } catch (...) {
      failure = std::current_exception();
    }
  };
  if (world.rank() == 0)
    guarded([&] {
      file.emplace(made.path);
      file->append("{\"traceEvents\":[\n");
    });
  bool first = true;
  collect(world, text_of(made, world.rank()), [&](std::string const& events) {
    guarded([&] {
      if (!first) file->append(",\n");
      file->append(events);
      first = false;
    });
  });
  agree(world, [&] {
    if (failure) std::rethrow_exception(failure);
    if (!file) return;
    file->append(armada::detail::text("\n],\"displayTimeUnit\":\"ns\",\"otherData\":{\"dropped\":", dropped, "}}\n"));
    file->commit();
  });
  made.events = {};
}

} // namespace tracing::detail

void trace_to(std::string const& path) { tracing::detail::begin(world(), path); }
void stop_trace() { tracing::detail::end(world()); }

} // namespace armada
