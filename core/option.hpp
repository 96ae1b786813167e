#pragma once

/// Small values for option structs: `{.rank = 1, .offset = n}`. A rank has no default, so that leaving it out does not
/// compile; an offset takes any integer, and one that does not fit 64 bits throws.

#include <armada/core/error.hpp>
#include <armada/core/mpi.hpp>

#include <concepts>
#include <cstdint>
#include <utility>

namespace armada {

/// A partner that is not there: nothing is sent, received or accessed. MPI-4.0, section 3.10.
inline constexpr int proc_null = MPI_PROC_NULL;

/// A rank in an option struct: must be given.
struct rank_option {
  int value;
  constexpr rank_option(std::integral auto rank) : value(static_cast<int>(rank)) { // NOLINT(*-explicit-*)
    if (!std::in_range<int>(rank)) throw argument_error(detail::text("rank ", rank, " does not fit an int"));
  }
};

/// A place in a program's source.
struct code_place {
  char const* file = "";
  int line = 0;
};

/// A rank in an option struct that remembers where it was written: an error long after the call can name the call.
struct placed_rank_option : rank_option {
  code_place place;
  constexpr placed_rank_option(std::integral auto rank, char const* file = __builtin_FILE(), // NOLINT(*-explicit-*)
                               int line = __builtin_LINE())
      : rank_option(rank), place{file, line} {}
};

/// A length or place, in elements.
struct size_option {
  std::int64_t value;
  constexpr size_option(std::integral auto size) : value(static_cast<std::int64_t>(size)) { // NOLINT(*-explicit-*)
    if (!std::in_range<std::int64_t>(size)) throw argument_error(detail::text(size, " does not fit 64 bits"));
  }
};

} // namespace armada
