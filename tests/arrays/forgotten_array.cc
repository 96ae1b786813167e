/// Arrays that outlive the environment, or end on one rank alone:   forgotten_array all | one | waits

#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <iostream>
#include <optional>
#include <string_view>

namespace {

std::optional<armada::distributed_array<double, 1>> forgotten; // NOLINT(*-avoid-non-const-global-variables)
std::optional<armada::pending<xt::xtensor<double, 1>>> later;

} // namespace

int main(int argc, char** argv) {
  std::string_view const what = argc > 1 ? argv[1] : "all";
  {
    armada::environment const environment(argc, argv);
    auto const& world = armada::world();
    forgotten.emplace(world, armada::shape_option<1>(100));
    if (what == "all") later.emplace(get((*forgotten)(xt::all()), armada::nonblocking));
    if (what != "all" && world.rank() == 0) forgotten.reset();
    if (what == "waits") armada::barrier(world); // for rank 0, which waits for the others where they are far
  }
  std::cout << "after the environment" << std::endl;
}
