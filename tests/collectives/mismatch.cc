/// Programs that do not go together:   mismatch MODE
/// Run by mismatch_test.sh, which knows what each is to print and that it is to end in time.

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/rma/window.hpp>

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <thread>

namespace {

using namespace armada;

bool last() { return world().rank() == world().size() - 1; }

void roots() {
  double x[3] = {};
  bcast(world(), x, last() ? 1 : 0);
}

void nonblocking_roots() {
  double x[3] = {};
  auto later = bcast(world(), x, last() ? 1 : 0, nonblocking);
  later.wait();
}

void caught() {
  double x[3] = {};
  auto later = bcast(world(), x, last() ? 1 : 0, nonblocking);
  try {
    later.wait();
  } catch (collective_mismatch const&) {
    std::puts("caught");
  }
  barrier(world());
  std::puts("and on");
}

void plans() {
  double x = 0;
  auto plan = bcast(world(), x, last() ? 1 : 0, persistent);
  plan.start();
  plan.wait();
}

void modes() {
  if (last()) return barrier(world());
  auto later = barrier(world(), nonblocking);
  later.wait();
}

void waits_elsewhere() {
  auto const other = world().dup();
  other.set_name("other");
  barrier(last() ? other : world());
}

void never_comes() {
  static_cast<void>(allreduce(world(), 1, std::plus{}));
  if (last()) std::this_thread::sleep_for(std::chrono::minutes(1));
  barrier(world());
}

void leaves_early() {
  if (!last()) barrier(world());
}

void receives() {
  if (!last()) static_cast<void>(recv<int>(world(), {.source = world().size() - 1, .tag = 3}));
}

void waits_for_a_pending() {
  int x = 0;
  if (last()) return;
  auto later = recv(world(), x, {.source = world().size() - 1, .tag = 3}, nonblocking);
  later.wait();
}

void locks() {
  auto const win = window<int>::allocate(world(), 1, {.name = "mine"});
  if (last()) {
    auto const epoch = win.lock(0);
    barrier(world());
    std::this_thread::sleep_for(std::chrono::minutes(1));
  }
  barrier(world());
  auto const epoch = win.lock(0);
}

void works() {
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(last() ? 100 : 1));
    barrier(world());
  }
  std::puts("worked");
}

std::map<std::string, std::function<void()>> const programs{
    {"roots", roots},
    {"nonblocking_roots", nonblocking_roots},
    {"caught", caught},
    {"plans", plans},
    {"modes", modes},
    {"waits_elsewhere", waits_elsewhere},
    {"never_comes", never_comes},
    {"leaves_early", leaves_early},
    {"receives", receives},
    {"waits_for_a_pending", waits_for_a_pending},
    {"locks", locks},
    {"works", works},
};

} // namespace

int main(int argc, char** argv) {
  environment const env(argc, argv);
  programs.at(argc > 1 ? argv[1] : "works")();
}
