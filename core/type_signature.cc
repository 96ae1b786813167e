#include <armada/core/call.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/type_signature.hpp>

#include <algorithm>
#include <iterator>

namespace armada::detail {
namespace {

constexpr std::uint64_t base = 0x9e37'79b9'7f4a'7c15;

std::uint64_t power(std::uint64_t exponent) noexcept {
  std::uint64_t result = 1;
  for (auto factor = base; exponent != 0; exponent /= 2, factor *= factor)
    if (exponent % 2 != 0) result *= factor;
  return result;
}

bool among(MPI_Datatype type, auto const& list) {
  return std::find(std::begin(list), std::end(list), type) != std::end(list);
}

/// Spreads a small number over all bits.
std::uint64_t mixed(std::uint64_t n) noexcept {
  n = (n ^ (n >> 30)) * 0xbf58'476d'1ce4'e5b9;
  n = (n ^ (n >> 27)) * 0x94d0'49bb'1331'11eb;
  return n ^ (n >> 31);
}

type_signature of_basic(MPI_Datatype type, int size) {
  MPI_Datatype const signed_integers[] = {MPI_SHORT,       MPI_INT,    MPI_LONG,    MPI_LONG_LONG,
                                          MPI_SIGNED_CHAR, MPI_INT8_T, MPI_INT16_T, MPI_INT32_T,
                                          MPI_INT64_T,     MPI_AINT,   MPI_COUNT,   MPI_OFFSET};
  MPI_Datatype const unsigned_integers[] = {MPI_UNSIGNED_CHAR, MPI_UNSIGNED_SHORT,     MPI_UNSIGNED,
                                            MPI_UNSIGNED_LONG, MPI_UNSIGNED_LONG_LONG, MPI_UINT8_T,
                                            MPI_UINT16_T,      MPI_UINT32_T,           MPI_UINT64_T};
  auto const width = static_cast<std::uint64_t>(size);
  if (among(type, signed_integers)) return {1, mixed(width)};
  if (among(type, unsigned_integers)) return {1, mixed(0x100 + width)};
  return {1, mixed(static_cast<std::uint32_t>(type))};
}

struct value_and_place {
  MPI_Datatype type, value;
};

type_signature of_named(MPI_Datatype type) {
  value_and_place const pairs[] = {{MPI_FLOAT_INT, MPI_FLOAT}, {MPI_DOUBLE_INT, MPI_DOUBLE},
                                   {MPI_LONG_INT, MPI_LONG},   {MPI_SHORT_INT, MPI_SHORT},
                                   {MPI_2INT, MPI_INT},        {MPI_LONG_DOUBLE_INT, MPI_LONG_DOUBLE}};
  for (auto const& pair : pairs)
    if (type == pair.type) return joined(of_named(pair.value), of_named(MPI_INT));
  if (type == MPI_PACKED) return {1, 0, false};
  int size = 0;
  call<MPI_Type_size>(type, &size);
  return size == 0 ? type_signature{} : of_basic(type, size);
}

std::uint64_t bytes_of(MPI_Datatype type) {
  MPI_Count size = 0;
  call<MPI_Type_size_x>(type, &size);
  return static_cast<std::uint64_t>(size);
}

type_signature of_item(MPI_Datatype type) {
  using maker = datatype_description::maker;
  auto const made = datatype::borrow(type).decode();
  switch (made.made_by) {
  case maker::named:
  case maker::f90_integer:
  case maker::f90_real:
  case maker::f90_complex: return of_named(type);
  case maker::structure: {
    type_signature all;
    for (std::size_t i = 0; i < made.types.size(); ++i)
      all = joined(all, signature_of(made.types[i].raw(), made.lengths[i]));
    return all;
  }
  default: { // copies of one type, laid out somehow
    auto const part = made.types.at(0).raw();
    auto const size = bytes_of(part);
    return size == 0 ? type_signature{} : repeated(of_item(part), bytes_of(type) / size);
  }
  }
}

} // namespace

type_signature joined(type_signature const& first, type_signature const& second) noexcept {
  return {first.length + second.length, first.hash * power(second.length) + second.hash, first.known && second.known};
}

type_signature repeated(type_signature one, std::uint64_t times) noexcept {
  type_signature all;
  for (; times != 0; times /= 2, one = joined(one, one))
    if (times % 2 != 0) all = joined(all, one);
  return all;
}

type_signature signature_of(MPI_Datatype type, MPI_Count count) {
  return count <= 0 ? type_signature{} : repeated(of_item(type), static_cast<std::uint64_t>(count));
}

} // namespace armada::detail
