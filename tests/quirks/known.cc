// Prints `ROW yes` or `ROW no` for each row of core/quirks.hpp: whether this library is known to have the fault.
// With the argument `window` it is an Armada program instead, which fills a window of 48 MiB on each rank and ends.

#include <armada/core/environment.hpp>
#include <armada/core/quirks.hpp>
#include <armada/rma/window.hpp>

#include <algorithm>
#include <cstdio>
#include <string_view>

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "window") {
    armada::environment const env(argc, argv);
    auto const window = armada::window<char>::allocate(armada::world(), 48 << 20);
    std::fill(window.local().begin(), window.local().end(), 'x');
    return 0;
  }
  auto const library = armada::this_library();
  for (auto const& row : armada::quirks())
    std::printf("%.*s %s\n", static_cast<int>(row.id.size()), row.id.data(),
                armada::shows(row, library) ? "yes" : "no");
}
