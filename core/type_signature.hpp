#pragma once

/// What a message consists of, however its datatype was made. MPI-4.0, section 5.1.

#include <armada/core/mpi.hpp>

#include <cstdint>

namespace armada::detail {

/// A sequence of basic elements, as its length and a hash of them in their order. Equal sequences compare equal.
struct type_signature {
  std::uint64_t length = 0;
  std::uint64_t hash = 0;
  bool known = true; ///< false with MPI_PACKED in it, which goes with anything

  friend bool operator==(type_signature const&, type_signature const&) = default;
};

/// One sequence behind the other.
[[nodiscard]] type_signature joined(type_signature const& first, type_signature const& second) noexcept;
/// `times` of it, one behind the other.
[[nodiscard]] type_signature repeated(type_signature one, std::uint64_t times) noexcept;
/// The signature of `count` items of `type`. Integers are told apart by width and sign, not by their names.
[[nodiscard]] type_signature signature_of(MPI_Datatype type, MPI_Count count = 1);

} // namespace armada::detail
