// The tools on windows: counter, mutex and notification, alone and contended. Near, the contended cases are ranks that
// do nothing else, which no program should.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/core/environment.hpp>
#include <armada/rma/counter.hpp>
#include <armada/rma/mutex.hpp>
#include <armada/rma/notification.hpp>
#include <armada/rma/window.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>

namespace {

/// A window of raw MPI that is locked for each access.
class raw_lock {
public:
  raw_lock() {
    armada::call<MPI_Win_create>(static_cast<void*>(&word_), MPI_Aint{sizeof(word_)}, 8, MPI_INFO_NULL,
                                 armada::world().raw(), &raw_);
  }
  ~raw_lock() { MPI_Win_free(&raw_); }
  raw_lock(raw_lock const&) = delete;
  raw_lock& operator=(raw_lock const&) = delete;
  void lock_and_unlock(int rank) const {
    MPI_Win_lock(MPI_LOCK_EXCLUSIVE, rank, 0, raw_);
    MPI_Win_unlock(rank, raw_);
  }

private:
  alignas(64) std::int64_t word_ = 0;
  MPI_Win raw_ = MPI_WIN_NULL;
};

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  int const me = world.rank(), other = world.size() - 1;

  armada::counter counter(world, {.home = other});
  bench::raw_window<std::int64_t> raw(1);
  auto const next = [&] { static_cast<void>(counter.next()); };
  auto const raw_fetch = [&] {
    std::int64_t const one = 1;
    std::int64_t old = 0;
    MPI_Fetch_and_op(&one, &old, MPI_INT64_T, other, 0, MPI_SUM, raw.raw());
    raw.flush(other);
  };

  armada::mutex exclusion(world, {.home = other});
  raw_lock window_lock;
  auto const lock = [&] { std::scoped_lock const guard(exclusion); };
  auto const lock_window = [&] { window_lock.lock_and_unlock(other); };

  armada::notification<> signals(world, 1);
  bool const plays = me == 0 || me == other;
  int const partner = me == 0 ? other : 0;
  auto const ping_pong = [&](long times) {
    for (long k = 0; plays && k < times; ++k) {
      if (me == 0) signals.notify(partner, 0, k);
      signals.wait(0);
      if (me != 0) signals.notify(partner, 0, k);
    }
  };
  auto const raw_ping_pong = [&](long times) {
    for (std::int64_t k = 0; plays && k < times; ++k) {
      if (me == 0) MPI_Send(&k, 1, MPI_INT64_T, partner, 0, world.raw());
      MPI_Recv(&k, 1, MPI_INT64_T, partner, 0, world.raw(), MPI_STATUS_IGNORE);
      if (me != 0) MPI_Send(&k, 1, MPI_INT64_T, partner, 0, world.raw());
    }
  };

  table.compare("counter, raw MPI_Fetch_and_op", "ns", table.far() ? bench::bound{} : bench::value(50),
                bench::on_rank_0(next), bench::on_rank_0(raw_fetch));
  table.compare("mutex, raw MPI_Win_lock", "ns", bench::bound{}, bench::on_rank_0(lock), bench::on_rank_0(lock_window));
  table.compare("signal there and back, raw MPI_Send", "ns", bench::bound{}, ping_pong, raw_ping_pong);
  if (table.far()) return 0;

  auto memory = armada::window<std::int64_t>::allocate(world, 1);
  std::atomic_ref<std::int64_t> const word(memory.shared(other)[0]);
  std::mutex of_one_process;
  auto const add = [&] { word.fetch_add(1); };
  table.compare("counter, atomic in shared memory", "ns", bench::value(50), bench::on_rank_0(next),
                bench::on_rank_0(add));
  table.compare("mutex, std::mutex", "ns", bench::bound{}, bench::on_rank_0(lock),
                bench::on_rank_0([&] { std::scoped_lock const guard(of_one_process); }));
  table.compare("counter of all ranks, atomic of all ranks", "ns", bench::ratio(0.9), bench::on_all_ranks(next),
                bench::on_all_ranks(add));
  table.compare("counter of all ranks, raw MPI_Fetch_and_op", "ns", bench::bound{}, bench::on_all_ranks(next),
                bench::on_all_ranks(raw_fetch));
  table.compare("mutex of all ranks, raw MPI_Win_lock", "ns", bench::bound{}, bench::on_all_ranks(lock),
                bench::on_all_ranks(lock_window));
}
