#pragma once

/// MPI datatypes made by hand: blocks, strides and sub-arrays in memory, without a C++ type for them.

#include <armada/core/datatype.hpp>
#include <armada/core/storage_order.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace armada {

class datatype;
struct datatype_description;

namespace detail {

class datatype_state;

/// An integer of any type as an argument, without narrowing: what does not fit becomes the largest, which no use has
/// room for.
struct any_integer {
  std::int64_t value;
  template <std::integral Integer>
  constexpr any_integer(Integer integer) noexcept // NOLINT(*-explicit-*)
      : value(std::in_range<std::int64_t>(integer) ? static_cast<std::int64_t>(integer)
                                                   : std::numeric_limits<std::int64_t>::max()) {}
};

} // namespace detail

/// Counts, lengths, displacements or extents as an argument: integers in braces, or any range of them.
class integer_list {
public:
  integer_list(std::initializer_list<detail::any_integer> list) { // NOLINT(*-explicit-*)
    for (auto const each : list) values_.push_back(each.value);
  }
  template <std::ranges::input_range Range>
    requires(std::integral<std::ranges::range_value_t<Range>>)
  integer_list(Range const& range) { // NOLINT(*-explicit-*)
    for (auto const each : range) values_.push_back(detail::any_integer(each).value);
  }
  [[nodiscard]] std::span<std::int64_t const> values() const noexcept { return values_; }

private:
  std::vector<std::int64_t> values_;
};

/// One member of `datatype::structure`: `count` elements of `type`, `offset` bytes from the beginning. The type need
/// not outlive the call.
struct datatype_field {
  std::int64_t offset;
  datatype const& type;
  std::int64_t count = 1;
};

/// One dimension of an array that is spread over processes, for `datatype::darray`.
struct spread_dimension {
  enum class kind { none, blocks, cycles };
  /// As many as there are elements for each process; for `cycles`, one.
  static constexpr int default_block = MPI_DISTRIBUTE_DFLT_DARG;

  std::int64_t extent;       ///< of the array
  int processes = 1;         ///< among which this dimension is cut; 1 for `none`
  kind how = kind::blocks;    ///< one block for each process, or blocks dealt round
  int block = default_block; ///< elements of a block
};

/// An MPI datatype: committed when made, freed with the last thing. Move-only.
///
/// Makers are local. Counts and lengths are elements, offsets bytes, displacements and strides elements of the old type
/// unless the name begins with h; they are checked before MPI is called: `argument_error` for a negative count, lists
/// of different lengths, a sub-array beyond its array, and for a type of more bytes than 64 bits can say. MPI's int
/// constructors are used wherever the arguments fit, `_c` ones otherwise: MPI-IO aborts on the latter (quirk 12).
/// MPI-4.0, chapter 5.
class datatype {
public:
  /// No datatype. Converts to false.
  datatype() noexcept;
  datatype(datatype&& other) noexcept;
  datatype& operator=(datatype&& other) noexcept;
  ~datatype();

  /// The datatype of one T, which lives until MPI ends.
  template <wire T>
  [[nodiscard]] static datatype of() {
    return borrow(datatype_of<T>());
  }
  /// Uses `raw` without owning it. Throws `argument_error` for MPI_DATATYPE_NULL.
  [[nodiscard]] static datatype borrow(MPI_Datatype raw);
  /// Takes over `raw`: commits it, and frees it in the end. Throws `argument_error` for MPI_DATATYPE_NULL.
  [[nodiscard]] static datatype adopt(MPI_Datatype raw);

  /// `count` elements one behind the other.
  [[nodiscard]] static datatype contiguous(std::int64_t count, datatype const& old);
  /// `count` blocks of `length` elements, which begin every `stride` elements, or bytes.
  [[nodiscard]] static datatype vector(std::int64_t count, std::int64_t length, std::int64_t stride,
                                       datatype const& old);
  [[nodiscard]] static datatype hvector(std::int64_t count, std::int64_t length, std::int64_t stride_bytes,
                                        datatype const& old);
  /// Block i has `lengths[i]` elements at `displacements[i]`, in elements, or bytes.
  [[nodiscard]] static datatype indexed(integer_list const& lengths, integer_list const& displacements,
                                        datatype const& old);
  [[nodiscard]] static datatype hindexed(integer_list const& lengths, integer_list const& byte_displacements,
                                         datatype const& old);
  /// The same with blocks of one length.
  [[nodiscard]] static datatype indexed_block(std::int64_t length, integer_list const& displacements,
                                              datatype const& old);
  [[nodiscard]] static datatype hindexed_block(std::int64_t length, integer_list const& byte_displacements,
                                               datatype const& old);
  /// Fields of any types. The extent ends with the last field, rounded up as MPI does; `resized` says it exactly.
  [[nodiscard]] static datatype structure(std::span<datatype_field const> fields);
  [[nodiscard]] static datatype structure(std::initializer_list<datatype_field> fields) {
    return structure(std::span(fields.begin(), fields.size()));
  }
  /// The part of an array of shape `shape` that begins at `first` and has the shape `part`. Its extent is that of the
  /// whole array. All three have one entry, at least 1, for each dimension (`first` may be 0).
  [[nodiscard]] static datatype subarray(integer_list const& shape, integer_list const& part, integer_list const& first,
                                         datatype const& old, storage_order order = storage_order::row_major);
  /// What process `rank` has of an array that is spread over a grid of processes, ranks in row-major order. Its extent
  /// is that of the whole array.
  [[nodiscard]] static datatype darray(std::span<spread_dimension const> dimensions, int rank, datatype const& old,
                                       storage_order order = storage_order::row_major);
  [[nodiscard]] static datatype darray(std::initializer_list<spread_dimension> dimensions, int rank,
                                       datatype const& old, storage_order order = storage_order::row_major) {
    return darray(std::span(dimensions.begin(), dimensions.size()), rank, old, order);
  }
  /// The same elements with another first byte and extent, in bytes: where the next one begins.
  [[nodiscard]] datatype resized(std::int64_t lower_bound, std::int64_t extent) const;
  /// A copy, with its attributes but without its name.
  [[nodiscard]] datatype dup() const;

  /// Kinds of number that `match_size` can look for.
  enum class number_kind { integer, real, complex };
  /// The predefined type of Fortran's number of that kind with `bytes` bytes. Throws `mpi_error` when there is none.
  [[nodiscard]] static datatype match_size(number_kind kind, int bytes);
  /// Fortran's selected_int_kind(digits), selected_real_kind(digits, range), and the complex number of that kind.
  /// Throws `mpi_error` when there is none, and `argument_error` for neither digits nor range. MPI-4.0, section 19.1.5.
  [[nodiscard]] static datatype f90_integer(int digits);
  [[nodiscard]] static datatype f90_real(std::optional<int> digits, std::optional<int> range = {});
  [[nodiscard]] static datatype f90_complex(std::optional<int> digits, std::optional<int> range = {});

  /// Bytes that travel; from the beginning of one element to that of the next; where the first byte lies. The true ones
  /// are of the bytes that travel, whatever `resized` says.
  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] std::int64_t extent() const;
  [[nodiscard]] std::int64_t lower_bound() const;
  [[nodiscard]] std::int64_t true_extent() const;
  [[nodiscard]] std::int64_t true_lower_bound() const;

  /// How it was made. MPI-4.0, section 5.1.13.
  [[nodiscard]] datatype_description decode() const;

  [[nodiscard]] std::string name() const;
  /// Throws `argument_error` for a name of MPI_MAX_OBJECT_NAME characters or more.
  void set_name(std::string_view name); // NOLINT(*-make-member-function-const): it changes MPI's object

  [[nodiscard]] explicit operator bool() const noexcept;
  /// MPI's own handle, valid while this object lives. Throws `lifecycle_error` for none.
  [[nodiscard]] MPI_Datatype raw() const;

private:
  std::unique_ptr<detail::datatype_state> owned_;
  MPI_Datatype raw_; // of a borrowed one
};

/// How a datatype was made: the maker, and its arguments. What the maker does not take is empty, or 0.
struct datatype_description {
  enum class maker {
    named, ///< predefined: not made of anything
    dup,
    contiguous,
    vector,
    hvector,
    indexed,
    hindexed,
    indexed_block,
    hindexed_block,
    structure,
    subarray,
    darray,
    resized,
    f90_integer,
    f90_real,
    f90_complex,
  };
  maker made_by = maker::named;
  std::vector<datatype> types;                  ///< of which it is made
  std::int64_t count = 0;                       ///< elements of `contiguous`, or blocks
  std::vector<std::int64_t> lengths;            ///< of the blocks; one entry where all have the same
  std::int64_t stride = 0;                      ///< of `vector`, in elements, and `hvector`, in bytes
  std::vector<std::int64_t> displacements;      ///< in elements for `indexed` and `indexed_block`, otherwise in bytes
  std::int64_t lower_bound = 0;                 ///< of `resized`
  std::int64_t extent = 0;                      ///< of `resized`
  std::vector<std::int64_t> shape, part, first; ///< of `subarray`
  std::vector<spread_dimension> dimensions;     ///< of `darray`
  int rank = 0;                                 ///< of `darray`
  storage_order order = storage_order::row_major;
  std::optional<int> digits, range; ///< of Fortran's numbers
};

} // namespace armada
