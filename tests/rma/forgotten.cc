/// A window, an open epoch and a tool that outlive the environment: it must name the windows, close them, and end well.
/// With `throws` an exception passes the window on one rank while the others wait for it.

#include <armada/core/environment.hpp>
#include <armada/rma/counter.hpp>
#include <armada/rma/window.hpp>

#include <iostream>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace {

armada::window<int> forgotten; // NOLINT(*-avoid-non-const-global-variables)
std::optional<armada::epoch<int>> epoch;
std::optional<armada::counter> tickets;

} // namespace

int main(int argc, char** argv) {
  bool const throws = argc > 1 && std::string_view(argv[1]) == "throws";
  try {
    armada::environment const environment(argc, argv);
    auto const& world = armada::world();
    if (!throws) {
      forgotten = armada::window<int>::allocate(world, 100, {.name = "forgotten one"});
      epoch.emplace(forgotten.lock(world.rank()));
      epoch->put(7, {.rank = world.rank()});
      static_cast<void>(tickets.emplace(world).next());
    } else {
      auto const win = armada::window<int>::allocate(world, 100);
      if (world.rank() == 1) throw std::runtime_error("the exception of one rank");
      auto const next = armada::window<int>::allocate(world, 100); // which rank 1 does not come to
    }
  } catch (std::exception const& e) {
    std::cout << e.what() << std::endl;
    return 3;
  }
  std::cout << "after the environment" << std::endl;
  try {
    if (tickets) static_cast<void>(tickets->next());
  } catch (armada::lifecycle_error const& e) {
    std::cout << e.what() << std::endl;
  }
}
