#include <armada/core/call.hpp>
#include <armada/core/derived_datatype.hpp>

#include <span>

namespace armada {
namespace {

using maker = datatype_description::maker;

/// What MPI tells of how a type was made. A type from a `_c` constructor has its counts in `large`.
struct contents {
  int combiner = MPI_COMBINER_NAMED;
  std::vector<int> integers;
  std::vector<MPI_Aint> addresses;
  std::vector<MPI_Count> large;
  std::vector<datatype> types;
};

int combiner_of(MPI_Datatype raw) {
  MPI_Count n[4] = {};
  int combiner = MPI_COMBINER_NAMED;
  call<MPI_Type_get_envelope_c>(raw, &n[0], &n[1], &n[2], &n[3], &combiner);
  return combiner;
}

/// Types that MPI has from the beginning, named or not, are not freed.
datatype held(MPI_Datatype raw) {
  switch (combiner_of(raw)) {
  case MPI_COMBINER_NAMED:
  case MPI_COMBINER_F90_INTEGER:
  case MPI_COMBINER_F90_REAL:
  case MPI_COMBINER_F90_COMPLEX: return datatype::borrow(raw);
  default: return datatype::adopt(raw);
  }
}

contents contents_of(MPI_Datatype raw) {
  contents c;
  MPI_Count integers = 0;
  MPI_Count addresses = 0;
  MPI_Count large = 0;
  MPI_Count types = 0;
  call<MPI_Type_get_envelope_c>(raw, &integers, &addresses, &large, &types, &c.combiner);
  if (c.combiner == MPI_COMBINER_NAMED) return c;
  c.integers.resize(static_cast<std::size_t>(integers));
  c.addresses.resize(static_cast<std::size_t>(addresses));
  c.large.resize(static_cast<std::size_t>(large));
  std::vector<MPI_Datatype> handles(static_cast<std::size_t>(types));
  call<MPI_Type_get_contents_c>(raw, integers, addresses, large, types, c.integers.data(), c.addresses.data(),
                                c.large.data(), handles.data());
  for (auto const handle : handles) c.types.push_back(held(handle));
  return c;
}

/// Reads numbers one behind the other: from the integers and addresses, or all from the large ones.
class reader {
public:
  explicit reader(contents const& from) : from_(from) {}

  [[nodiscard]] std::int64_t integer() { return from_.integers.at(integer_++); }
  /// An argument that is a count in the `_c` constructor.
  [[nodiscard]] std::int64_t count() { return is_large() ? next_large() : integer(); }
  /// An argument that is an address in the int constructor.
  [[nodiscard]] std::int64_t address() { return is_large() ? next_large() : from_.addresses.at(address_++); }

  [[nodiscard]] std::vector<std::int64_t> integers(std::int64_t n) {
    return list(n, [this] { return integer(); });
  }
  [[nodiscard]] std::vector<std::int64_t> counts(std::int64_t n) {
    return list(n, [this] { return count(); });
  }
  [[nodiscard]] std::vector<std::int64_t> addresses(std::int64_t n) {
    return list(n, [this] { return address(); });
  }

private:
  [[nodiscard]] bool is_large() const noexcept { return !from_.large.empty(); }
  [[nodiscard]] std::int64_t next_large() { return from_.large.at(large_++); }
  [[nodiscard]] static std::vector<std::int64_t> list(std::int64_t n, auto next) {
    std::vector<std::int64_t> result;
    for (std::int64_t i = 0; i < n; ++i) result.push_back(next());
    return result;
  }

  contents const& from_;
  std::size_t integer_ = 0;
  std::size_t address_ = 0;
  std::size_t large_ = 0;
};

storage_order order_of(std::int64_t constant) noexcept {
  return constant == MPI_ORDER_C ? storage_order::row_major : storage_order::column_major;
}

std::optional<int> defined(std::int64_t value) {
  return value == MPI_UNDEFINED ? std::nullopt : std::optional(static_cast<int>(value));
}

void read_darray(reader& from, datatype_description& result) {
  static_cast<void>(from.integer()); // the number of processes is that of the grid
  result.rank = static_cast<int>(from.integer());
  auto const n = from.integer();
  auto const extents = from.counts(n);
  auto const how = from.integers(n);
  auto const blocks = from.integers(n);
  auto const grid = from.integers(n);
  for (std::size_t d = 0; d < extents.size(); ++d)
    result.dimensions.push_back({.extent = extents[d],
                                 .processes = static_cast<int>(grid[d]),
                                 .how = how[d] == MPI_DISTRIBUTE_BLOCK    ? spread_dimension::kind::blocks
                                        : how[d] == MPI_DISTRIBUTE_CYCLIC ? spread_dimension::kind::cycles
                                                                          : spread_dimension::kind::none,
                                 .block = static_cast<int>(blocks[d])});
  result.order = order_of(from.integer());
}

} // namespace

datatype_description datatype::decode() const {
  auto c = contents_of(raw());
  reader from(c);
  datatype_description result;
  switch (c.combiner) {
  case MPI_COMBINER_NAMED: break;
  case MPI_COMBINER_DUP: result.made_by = maker::dup; break;
  case MPI_COMBINER_CONTIGUOUS:
    result.made_by = maker::contiguous;
    result.count = from.count();
    break;
  case MPI_COMBINER_VECTOR:
  case MPI_COMBINER_HVECTOR:
    result.made_by = c.combiner == MPI_COMBINER_VECTOR ? maker::vector : maker::hvector;
    result.count = from.count();
    result.lengths = from.counts(1);
    result.stride = c.combiner == MPI_COMBINER_VECTOR ? from.count() : from.address();
    break;
  case MPI_COMBINER_INDEXED:
  case MPI_COMBINER_HINDEXED:
  case MPI_COMBINER_STRUCT:
    result.made_by = c.combiner == MPI_COMBINER_INDEXED    ? maker::indexed
                     : c.combiner == MPI_COMBINER_HINDEXED ? maker::hindexed
                                                           : maker::structure;
    result.count = from.count();
    result.lengths = from.counts(result.count);
    result.displacements =
        c.combiner == MPI_COMBINER_INDEXED ? from.counts(result.count) : from.addresses(result.count);
    break;
  case MPI_COMBINER_INDEXED_BLOCK:
  case MPI_COMBINER_HINDEXED_BLOCK:
    result.made_by = c.combiner == MPI_COMBINER_INDEXED_BLOCK ? maker::indexed_block : maker::hindexed_block;
    result.count = from.count();
    result.lengths = from.counts(1);
    result.displacements =
        c.combiner == MPI_COMBINER_INDEXED_BLOCK ? from.counts(result.count) : from.addresses(result.count);
    break;
  case MPI_COMBINER_SUBARRAY: {
    result.made_by = maker::subarray;
    auto const dimensions = from.integer();
    result.shape = from.counts(dimensions);
    result.part = from.counts(dimensions);
    result.first = from.counts(dimensions);
    result.order = order_of(from.integer());
    break;
  }
  case MPI_COMBINER_DARRAY:
    result.made_by = maker::darray;
    read_darray(from, result);
    break;
  case MPI_COMBINER_RESIZED:
    result.made_by = maker::resized;
    result.lower_bound = from.address();
    result.extent = from.address();
    break;
  case MPI_COMBINER_F90_INTEGER:
    result.made_by = maker::f90_integer;
    result.digits = defined(from.integer());
    break;
  case MPI_COMBINER_F90_REAL:
  case MPI_COMBINER_F90_COMPLEX:
    result.made_by = c.combiner == MPI_COMBINER_F90_REAL ? maker::f90_real : maker::f90_complex;
    result.digits = defined(from.integer());
    result.range = defined(from.integer());
    break;
  default: throw unsupported(detail::text("datatype::decode: MPI's combiner ", c.combiner, " is not known"));
  }
  result.types = std::move(c.types);
  return result;
}

} // namespace armada
