// Each rank draws numbers and counts them in a histogram that is spread over all ranks: one scatter_add.
//   mpiexec -n 4 histogram

#include <armada/armada.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

int main(int argc, char** argv) {
  using namespace armada;
  environment env(argc, argv);
  constexpr int bins = 1000, draws = 100'000;

  distributed_array<std::int64_t, 1> histogram(world(), {bins}, {cyclic});
  auto const draw = [](int rank) {
    std::mt19937 random(static_cast<unsigned>(rank));
    std::binomial_distribution<int> number(bins - 1, 0.3);
    std::vector<int> drawn(draws);
    for (int& each : drawn) each = number(random);
    return drawn;
  };

  scatter_add(histogram, draw(world().rank()), 1); // atomic: nothing is lost where ranks meet
  histogram.fence();

  bool exact = true;
  if (world().rank() == 0) {
    xt::xtensor<std::int64_t, 1> const counts = histogram(xt::all());
    std::vector<std::int64_t> alone(bins); // all numbers, counted by one rank
    for (int rank = 0; rank < world().size(); ++rank)
      for (int const each : draw(rank)) ++alone[static_cast<std::size_t>(each)];
    exact = std::equal(alone.begin(), alone.end(), counts.begin());

    std::int64_t total = 0, sum = 0;
    for (int bin = 0; bin < bins; ++bin) {
      total += counts(bin);
      sum += bin * counts(bin);
    }
    fmt::print("{} numbers, {:.0f} on average, {}\n", total, static_cast<double>(sum) / static_cast<double>(total),
               exact ? "each counted once" : "but not as one rank counts them");
  }
  histogram.fence();
  return exact ? 0 : 1;
}
