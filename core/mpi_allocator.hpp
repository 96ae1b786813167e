#pragma once

/// Memory that MPI likes best: registered with the network, where there is one.

#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>

namespace armada {
namespace detail {

/// `bytes` from MPI_Alloc_mem, aligned for any type. Throws `out_of_memory` with the number of bytes, `lifecycle_error`
/// while MPI does not run.
[[nodiscard]] void* allocate_memory(std::size_t bytes);
/// Gives it back; nothing once MPI has been finalised.
void free_memory(void* memory) noexcept;

} // namespace detail

/// A standard allocator over MPI_Alloc_mem: `std::vector<double, mpi_allocator<double>>`. All of them are equal. Throws
/// `out_of_memory` for what MPI cannot give, `lifecycle_error` while MPI does not run; memory that outlives MPI is not
/// given back. MPI-4.0, section 9.2.
template <class T>
class mpi_allocator {
  static_assert(alignof(T) <= alignof(std::max_align_t));

public:
  using value_type = T;
  using is_always_equal = std::true_type;
  using propagate_on_container_move_assignment = std::true_type;

  constexpr mpi_allocator() noexcept = default;
  template <class Other>
  constexpr mpi_allocator(mpi_allocator<Other> const&) noexcept {} // NOLINT(*-explicit-*)

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(detail::allocate_memory(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t) noexcept { detail::free_memory(memory); }

  template <class Other>
  [[nodiscard]] constexpr bool operator==(mpi_allocator<Other> const&) const noexcept {
    return true;
  }
};

} // namespace armada
