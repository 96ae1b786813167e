#include "tests/arrays/random_search.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <optional>
#include <random>

namespace armada::random_programs {
namespace {

/// The communicators that programs run on.
class arena {
public:
  arena()
      : twin_(world().dup()), half_(world().split(world().rank() % 2)),
        backwards_(world().split(world().rank() / 3, -world().rank())) {}

  [[nodiscard]] communicator const& of(std::uint64_t seed) const {
    switch (seed / 7 % 6) {
    case 0: return twin_;
    case 1: return half_;
    case 2: return backwards_;
    default: return world();
    }
  }

private:
  communicator twin_, half_, backwards_;
};

/// One seed, and which steps of its program are run.
class attempt {
public:
  attempt(arena const& places, std::vector<subject> const& subjects, std::uint64_t seed)
      : comm_(places.of(seed)), subject_(subjects[seed % subjects.size()]),
        program_(draw(seed, comm_.size(), subject_.able)) {}

  [[nodiscard]] std::size_t steps() const { return program_.steps.size(); }
  [[nodiscard]] std::string text() const { return text_of(program_, subject_.able); }

  /// What the lowest rank that finds something wrong has to say, with its program. Collective over the world.
  [[nodiscard]] std::string run(std::vector<std::size_t> const& chosen) const {
    program shorter = program_;
    shorter.steps.clear();
    for (auto const i : chosen) shorter.steps.push_back(program_.steps[i]);
    auto wrong = subject_.run(shorter, comm_);
    if (allreduce(world(), wrong.empty() ? 1 : 0, minimum{}) == 1) return "";
    if (!wrong.empty())
      wrong = detail::text("rank ", comm_.rank(), " of the ", comm_.size(), " of \"", comm_.name(), "\": ", wrong, "\n",
                           text_of(shorter, subject_.able));
    auto const all = allgather(world(), wrong);
    return *std::find_if(all.begin(), all.end(), [](auto const& each) { return !each.empty(); });
  }

private:
  communicator const& comm_;
  subject const& subject_;
  program program_;
};

/// Leaves steps out, half of them first and single ones at last, for as long as the rest fails.
finding shortened(attempt const& tried, std::uint64_t seed, std::string text) {
  std::vector<std::size_t> steps(tried.steps());
  std::iota(steps.begin(), steps.end(), std::size_t{0});
  for (std::size_t length = std::max<std::size_t>(steps.size() / 2, 1); length > 0; length /= 2)
    for (std::size_t first = 0; first < steps.size();) {
      auto rest = steps;
      auto const from = rest.begin() + static_cast<std::ptrdiff_t>(first);
      rest.erase(from, from + static_cast<std::ptrdiff_t>(std::min(length, steps.size() - first)));
      if (auto const said = tried.run(rest); !said.empty()) {
        steps = rest;
        text = said;
      } else {
        first += length;
      }
    }
  return {seed, steps.size(), text};
}

std::optional<std::uint64_t> number_from(char const* variable) {
  char const* const text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

} // namespace

finding search(std::vector<subject> const& subjects, std::uint64_t first, std::uint64_t programs) {
  arena const places;
  bool const trace = number_from("ARMADA_PROGRAMS").value_or(0) != 0;
  for (std::uint64_t seed = first; seed < first + programs; ++seed) {
    attempt const tried(places, subjects, seed);
    if (trace && world().rank() == 0) std::cout << "seed " << seed << "\n" << tried.text() << std::flush;
    std::vector<std::size_t> steps(tried.steps());
    std::iota(steps.begin(), steps.end(), std::size_t{0});
    if (auto const text = tried.run(steps); !text.empty()) return shortened(tried, seed, text);
  }
  return {};
}

void expect_none_fails(std::vector<subject> const& subjects) {
  auto seed = number_from("ARMADA_SEED").value_or(std::random_device{}() % 1'000'000'000);
  bcast(world(), seed, 0);
  auto const programs = number_from("ARMADA_CASES").value_or(140);
  if (world().rank() == 0) std::cout << programs << " programs from ARMADA_SEED=" << seed << " on" << std::endl;
  auto const found = search(subjects, seed, programs);
  if (!found.text.empty() && world().rank() == 0)
    ADD_FAILURE() << "with ARMADA_SEED=" << found.seed << " ARMADA_CASES=1, " << found.text;
}

} // namespace armada::random_programs
