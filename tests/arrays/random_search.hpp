#pragma once

/// Looks for a random program that goes wrong, and makes it short.

#include "tests/arrays/random_program.hpp"

#include <armada/core/communicator.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace armada::random_programs {

/// What runs programs on arrays of one kind. `run` is collective over the communicator, and says what this rank finds
/// wrong; with nothing wrong, nothing.
struct subject {
  abilities able;
  std::function<std::string(program const&, communicator const&)> run;
};

/// The shortest program found to fail; `text` is empty if none did. The same on every rank.
struct finding {
  std::uint64_t seed = 0;
  std::size_t steps = 0;
  std::string text;
};

/// Runs programs of the seeds from `first` on: on the world, a duplicate, or parts of the ranks at once, each on one of
/// the subjects, as the seed says. Ends with the first that fails on any rank. Collective over the world.
[[nodiscard]] finding search(std::vector<subject> const& subjects, std::uint64_t first, std::uint64_t programs);

/// The search that a test makes: 140 programs from a seed that nobody chose, unless ARMADA_CASES and ARMADA_SEED say
/// otherwise. With ARMADA_PROGRAMS=1 each program is printed before it runs: the last one is what crashed or hangs.
void expect_none_fails(std::vector<subject> const& subjects);

} // namespace armada::random_programs
