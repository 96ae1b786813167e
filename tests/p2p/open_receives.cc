/// Receives that nobody waits for and that outlive the environment: it must name the place where each was posted, take
/// them back, and end well. Their pendings, used later, must say so.

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <iostream>
#include <map>
#include <optional>
#include <string>

namespace {

using table = std::map<std::string, int>;

std::optional<armada::pending<armada::status>> number; // NOLINT(*-avoid-non-const-global-variables)
std::optional<armada::pending<table>> object;          // NOLINT(*-avoid-non-const-global-variables)
std::optional<armada::pending<armada::status>> waited; // NOLINT(*-avoid-non-const-global-variables)
std::optional<armada::pending<armada::status>> tested; // NOLINT(*-avoid-non-const-global-variables)

} // namespace

int main(int argc, char** argv) {
  static double room = 0;
  {
    armada::environment const environment(argc, argv);
    auto const& world = armada::world();
    tested = recv(world, room, {.source = world.rank(), .tag = 7}, armada::nonblocking);
    send(world, 1.5, {.dest = world.rank(), .tag = 7});
    while (!tested->test()) {
    }
    number = recv(world, room, {.source = world.rank(), .tag = 5}, armada::nonblocking);      // line 33
    object = armada::recv<table>(world, {.source = armada::any_source}, armada::nonblocking); // line 34
    waited = recv(world, room, {.source = world.rank(), .tag = 6}, armada::nonblocking);
    if (!waited->cancel()) return 4;
  }
  try {
    static_cast<void>(number->wait());
    return 5;
  } catch (armada::lifecycle_error const& e) {
    std::cout << e.what() << std::endl;
  }
}
