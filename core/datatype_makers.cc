#include <armada/core/call.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/job.hpp>

#include <algorithm>

namespace armada {
namespace detail {
namespace {

using integers = std::span<std::int64_t const>;

template <class... Parts>
[[noreturn]] void refuse(std::string_view maker, Parts const&... parts) {
  throw argument_error(text("datatype::", maker, " on ", job::whoami(), ": ", parts...));
}

void check_not_negative(std::string_view maker, std::string_view what, std::int64_t value) {
  if (value < 0) refuse(maker, what, " is ", value, ", and must not be negative");
}

void check_same_length(std::string_view maker, std::string_view first, integers a, std::string_view second,
                       integers b) {
  if (a.size() != b.size()) refuse(maker, first, " has ", a.size(), " entries and ", second, " has ", b.size());
}

/// Adds up what a new type will hold, so that no byte of it is beyond 64 bits.
class layout {
public:
  layout(std::string_view maker, datatype const& old) : maker_(maker), size_(old.size()), extent_(old.extent()) {}

  [[nodiscard]] __int128 extent() const noexcept { return extent_; }

  /// `length` elements `offset` bytes from the beginning, `times` times.
  void add(__int128 offset, std::int64_t length, std::int64_t times = 1) {
    total_ += static_cast<__int128>(length) * size_ * times;
    check(total_);
    check(offset);
    check(offset + static_cast<__int128>(length) * extent_);
  }

private:
  void check(__int128 bytes) const {
    if (bytes > std::numeric_limits<std::int64_t>::max() || bytes < std::numeric_limits<std::int64_t>::min())
      refuse(maker_, "the type would reach beyond the bytes that 64 bits can count");
  }

  std::string_view maker_;
  std::int64_t size_;
  std::int64_t extent_;
  __int128 total_ = 0;
};

template <std::integral... Integers>
[[nodiscard]] bool fit_in_int(Integers... values) noexcept {
  return (std::in_range<int>(values) && ...);
}
[[nodiscard]] bool fit_in_int(integers values) noexcept {
  return std::ranges::all_of(values, [](std::int64_t each) { return std::in_range<int>(each); });
}

template <class Integer>
[[nodiscard]] std::vector<Integer> list_of(integers values) {
  std::vector<Integer> result;
  for (auto const each : values) result.push_back(static_cast<Integer>(each));
  return result;
}

/// The type that `Routine(arguments…, &type)` makes.
template <auto Routine, class... Arguments>
[[nodiscard]] datatype made(Arguments... arguments) {
  MPI_Datatype raw = MPI_DATATYPE_NULL;
  call<Routine>(arguments..., &raw);
  return datatype::adopt(raw);
}

template <class Integer>
[[nodiscard]] constexpr Integer as(std::int64_t value) noexcept {
  return static_cast<Integer>(value);
}

} // namespace
} // namespace detail

using detail::as;
using detail::fit_in_int;
using detail::integers;
using detail::layout;
using detail::list_of;
using detail::made;
using detail::refuse;

datatype datatype::contiguous(std::int64_t count, datatype const& old) {
  detail::check_not_negative("contiguous", "count", count);
  layout("contiguous", old).add(0, count);
  return fit_in_int(count) ? made<MPI_Type_contiguous>(as<int>(count), old.raw())
                           : made<MPI_Type_contiguous_c>(as<MPI_Count>(count), old.raw());
}

namespace {

void check_strided(std::string_view maker, std::int64_t count, std::int64_t length, __int128 stride, layout checked) {
  detail::check_not_negative(maker, "count", count);
  detail::check_not_negative(maker, "length", length);
  checked.add((count > 0 ? count - 1 : 0) * stride, length, count);
}

} // namespace

datatype datatype::vector(std::int64_t count, std::int64_t length, std::int64_t stride, datatype const& old) {
  layout const checked("vector", old);
  check_strided("vector", count, length, stride * checked.extent(), checked);
  return fit_in_int(count, length, stride)
             ? made<MPI_Type_vector>(as<int>(count), as<int>(length), as<int>(stride), old.raw())
             : made<MPI_Type_vector_c>(as<MPI_Count>(count), as<MPI_Count>(length), as<MPI_Count>(stride), old.raw());
}

datatype datatype::hvector(std::int64_t count, std::int64_t length, std::int64_t stride_bytes, datatype const& old) {
  check_strided("hvector", count, length, stride_bytes, layout("hvector", old));
  return fit_in_int(count, length)
             ? made<MPI_Type_create_hvector>(as<int>(count), as<int>(length), as<MPI_Aint>(stride_bytes), old.raw())
             : made<MPI_Type_create_hvector_c>(as<MPI_Count>(count), as<MPI_Count>(length), as<MPI_Count>(stride_bytes),
                                               old.raw());
}

namespace {

/// Checks blocks of their own lengths. `unit` is what one step of a displacement means in bytes.
void check_blocks(std::string_view maker, integers lengths, integers displacements, __int128 unit, layout checked) {
  detail::check_same_length(maker, "lengths", lengths, "displacements", displacements);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    detail::check_not_negative(maker, detail::text("length ", i), lengths[i]);
    checked.add(displacements[i] * unit, lengths[i]);
  }
}

void check_equal_blocks(std::string_view maker, std::int64_t length, integers displacements, __int128 unit,
                        layout checked) {
  detail::check_not_negative(maker, "length", length);
  for (auto const each : displacements) checked.add(each * unit, length);
}

} // namespace

datatype datatype::indexed(integer_list const& lengths, integer_list const& displacements, datatype const& old) {
  auto const n = lengths.values();
  auto const at = displacements.values();
  layout const checked("indexed", old);
  check_blocks("indexed", n, at, checked.extent(), checked);
  if (fit_in_int(n.size()) && fit_in_int(n) && fit_in_int(at))
    return made<MPI_Type_indexed>(static_cast<int>(n.size()), list_of<int>(n).data(), list_of<int>(at).data(),
                                  old.raw());
  return made<MPI_Type_indexed_c>(static_cast<MPI_Count>(n.size()), list_of<MPI_Count>(n).data(),
                                  list_of<MPI_Count>(at).data(), old.raw());
}

datatype datatype::hindexed(integer_list const& lengths, integer_list const& byte_displacements, datatype const& old) {
  auto const n = lengths.values();
  auto const at = byte_displacements.values();
  check_blocks("hindexed", n, at, 1, layout("hindexed", old));
  if (fit_in_int(n.size()) && fit_in_int(n))
    return made<MPI_Type_create_hindexed>(static_cast<int>(n.size()), list_of<int>(n).data(),
                                          list_of<MPI_Aint>(at).data(), old.raw());
  return made<MPI_Type_create_hindexed_c>(static_cast<MPI_Count>(n.size()), list_of<MPI_Count>(n).data(),
                                          list_of<MPI_Count>(at).data(), old.raw());
}

datatype datatype::indexed_block(std::int64_t length, integer_list const& displacements, datatype const& old) {
  auto const at = displacements.values();
  layout const checked("indexed_block", old);
  check_equal_blocks("indexed_block", length, at, checked.extent(), checked);
  if (fit_in_int(at.size(), length) && fit_in_int(at))
    return made<MPI_Type_create_indexed_block>(static_cast<int>(at.size()), as<int>(length), list_of<int>(at).data(),
                                               old.raw());
  return made<MPI_Type_create_indexed_block_c>(static_cast<MPI_Count>(at.size()), as<MPI_Count>(length),
                                               list_of<MPI_Count>(at).data(), old.raw());
}

datatype datatype::hindexed_block(std::int64_t length, integer_list const& byte_displacements, datatype const& old) {
  auto const at = byte_displacements.values();
  check_equal_blocks("hindexed_block", length, at, 1, layout("hindexed_block", old));
  if (fit_in_int(at.size(), length))
    return made<MPI_Type_create_hindexed_block>(static_cast<int>(at.size()), as<int>(length),
                                                list_of<MPI_Aint>(at).data(), old.raw());
  return made<MPI_Type_create_hindexed_block_c>(static_cast<MPI_Count>(at.size()), as<MPI_Count>(length),
                                                list_of<MPI_Count>(at).data(), old.raw());
}

datatype datatype::structure(std::span<datatype_field const> fields) {
  std::vector<std::int64_t> lengths;
  std::vector<std::int64_t> offsets;
  std::vector<MPI_Datatype> types;
  __int128 total = 0;
  for (auto const& [offset, type, count] : fields) {
    detail::check_not_negative("structure", detail::text("count of field ", lengths.size()), count);
    layout("structure", type).add(offset, count);
    total += static_cast<__int128>(count) * type.size();
    lengths.push_back(count);
    offsets.push_back(offset);
    types.push_back(type.raw());
  }
  if (total > std::numeric_limits<std::int64_t>::max())
    refuse("structure", "the fields have more bytes than 64 bits can count");
  if (fit_in_int(lengths.size()) && fit_in_int(integers(lengths)))
    return made<MPI_Type_create_struct>(static_cast<int>(lengths.size()), list_of<int>(lengths).data(),
                                        list_of<MPI_Aint>(offsets).data(), types.data());
  return made<MPI_Type_create_struct_c>(static_cast<MPI_Count>(lengths.size()), list_of<MPI_Count>(lengths).data(),
                                        list_of<MPI_Count>(offsets).data(), types.data());
}

namespace {

/// The number of elements of an array of this shape goes through `checked`.
void check_shape(std::string_view maker, integers shape, layout checked) {
  if (shape.empty()) refuse(maker, "the array has no dimensions");
  std::int64_t elements = 1;
  for (auto const extent : shape) {
    if (extent < 1) refuse(maker, "the shape is ", detail::tuple_text(shape), ", and every extent must be at least 1");
    if (__builtin_mul_overflow(elements, extent, &elements))
      refuse(maker, "the shape ", detail::tuple_text(shape), " has more elements than 64 bits can count");
  }
  checked.add(0, elements);
}

int order_constant(storage_order order) noexcept {
  return order == storage_order::row_major ? MPI_ORDER_C : MPI_ORDER_FORTRAN;
}

} // namespace

datatype datatype::subarray(integer_list const& shape, integer_list const& part, integer_list const& first,
                            datatype const& old, storage_order order) {
  auto const whole = shape.values();
  auto const wanted = part.values();
  auto const begin = first.values();
  check_shape("subarray", whole, layout("subarray", old));
  detail::check_same_length("subarray", "shape", whole, "part", wanted);
  detail::check_same_length("subarray", "shape", whole, "first", begin);
  for (std::size_t d = 0; d < whole.size(); ++d)
    if (wanted[d] < 1 || begin[d] < 0 || wanted[d] > whole[d] || begin[d] > whole[d] - wanted[d])
      refuse("subarray", "the part of shape ", detail::tuple_text(wanted), " at ", detail::tuple_text(begin),
             " is not inside the array of shape ", detail::tuple_text(whole), ", or is empty");
  auto const dimensions = static_cast<int>(whole.size());
  if (fit_in_int(whole)) // what is inside fits as well
    return made<MPI_Type_create_subarray>(dimensions, list_of<int>(whole).data(), list_of<int>(wanted).data(),
                                          list_of<int>(begin).data(), order_constant(order), old.raw());
  return made<MPI_Type_create_subarray_c>(dimensions, list_of<MPI_Count>(whole).data(),
                                          list_of<MPI_Count>(wanted).data(), list_of<MPI_Count>(begin).data(),
                                          order_constant(order), old.raw());
}

datatype datatype::darray(std::span<spread_dimension const> dimensions, int rank, datatype const& old,
                          storage_order order) {
  using kind = spread_dimension::kind;
  std::vector<std::int64_t> shape;
  std::vector<int> how;
  std::vector<int> blocks;
  std::vector<int> grid;
  int processes = 1;
  for (auto const& [extent, cut, as_cut, block] : dimensions) {
    auto const where = detail::text("dimension ", shape.size());
    if (cut < 1 || __builtin_mul_overflow(processes, cut, &processes))
      refuse("darray", where, " is cut among ", cut, " processes");
    if (as_cut == kind::none && cut != 1) refuse("darray", where, " is whole, and among ", cut, " processes");
    bool const free = block == spread_dimension::default_block;
    if (!free && block < 1) refuse("darray", where, " has blocks of ", block, " elements");
    if (!free && as_cut == kind::blocks && static_cast<__int128>(block) * cut < extent)
      refuse("darray", where, ": ", cut, " blocks of ", block, " do not cover ", extent, " elements");
    shape.push_back(extent);
    how.push_back(as_cut == kind::none   ? MPI_DISTRIBUTE_NONE
                  : as_cut == kind::blocks ? MPI_DISTRIBUTE_BLOCK
                                          : MPI_DISTRIBUTE_CYCLIC);
    blocks.push_back(as_cut == kind::none ? MPI_DISTRIBUTE_DFLT_DARG : block);
    grid.push_back(cut);
  }
  check_shape("darray", shape, layout("darray", old));
  if (rank < 0 || rank >= processes) refuse("darray", "rank ", rank, " is not one of ", processes, " processes");
  auto const n = static_cast<int>(shape.size());
  if (fit_in_int(integers(shape)))
    return made<MPI_Type_create_darray>(processes, rank, n, list_of<int>(shape).data(), how.data(), blocks.data(),
                                        grid.data(), order_constant(order), old.raw());
  return made<MPI_Type_create_darray_c>(processes, rank, n, list_of<MPI_Count>(shape).data(), how.data(), blocks.data(),
                                        grid.data(), order_constant(order), old.raw());
}

datatype datatype::resized(std::int64_t lower_bound, std::int64_t extent) const {
  return made<MPI_Type_create_resized>(raw(), MPI_Aint{lower_bound}, MPI_Aint{extent});
}

datatype datatype::dup() const { return made<MPI_Type_dup>(raw()); }

} // namespace armada
