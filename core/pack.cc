#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/pack.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace armada {
namespace detail {
namespace {

constexpr char const* external = "external32";

void check_count(std::int64_t count) {
  job::require_running("pack");
  if (count < 0) throw argument_error(text("pack on ", job::whoami(), ": the count is ", count));
}

/// Throws `argument_error` unless there are `need` bytes.
void check_room(std::string_view operation, std::size_t have, std::int64_t need) {
  if (!std::in_range<std::size_t>(need) || have < static_cast<std::size_t>(need))
    throw argument_error(
        text(operation, " on ", job::whoami(), ": there are ", have, " bytes, and ", need, " are needed"));
}

/// The bytes that `pack` fills, of at most `size`.
template <class Pack>
std::vector<std::byte> filled(std::int64_t size, Pack pack) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  bytes.resize(bytes.size() - pack(std::span(bytes)).size());
  return bytes;
}

/// Calls `visit(address, count, type)` for the numbers of all elements, in order.
void for_each_block(numbers const& what, auto const& visit) {
  auto* const data = static_cast<std::byte*>(what.data);
  if (what.blocks.size() == 1) {
    auto const& only = what.blocks.front();
    MPI_Count lower = 0;
    MPI_Count extent = 0;
    call<MPI_Type_get_extent_c>(only.type, &lower, &extent);
    if (extent * only.count == what.extent) // no gaps: all at once
      return visit(data + only.offset, what.count * only.count, only.type);
  }
  for (std::int64_t i = 0; i < what.count; ++i)
    for (auto const& block : what.blocks) visit(data + i * what.extent + block.offset, block.count, block.type);
}

} // namespace

std::int64_t packed_size(communicator const& comm, packable const& what) {
  check_count(what.count);
  MPI_Count bytes = 0;
  call<MPI_Pack_size_c>(MPI_Count{what.count}, what.type, comm.raw(), &bytes);
  return bytes;
}

std::span<std::byte> pack_into(communicator const& comm, packable const& what, std::span<std::byte> room) {
  check_room("pack", room.size(), packed_size(comm, what));
  if (what.count == 0) return room; // MPICH refuses the null pointer of an empty vector
  MPI_Count position = 0;
  call<MPI_Pack_c>(static_cast<void const*>(what.data), MPI_Count{what.count}, what.type,
                   static_cast<void*>(room.data()), static_cast<MPI_Count>(room.size()), &position, comm.raw());
  return room.subspan(static_cast<std::size_t>(position));
}

std::vector<std::byte> pack_all(communicator const& comm, packable const& what) {
  return filled(packed_size(comm, what), [&](auto room) { return pack_into(comm, what, room); });
}

std::span<std::byte const> unpack_from(communicator const& comm, std::span<std::byte const> bytes,
                                       packable const& what) {
  check_room("unpack", bytes.size(), packed_size(comm, what));
  if (what.count == 0) return bytes;
  MPI_Count position = 0;
  call<MPI_Unpack_c>(static_cast<void const*>(bytes.data()), static_cast<MPI_Count>(bytes.size()), &position, what.data,
                     MPI_Count{what.count}, what.type, comm.raw());
  return bytes.subspan(static_cast<std::size_t>(position));
}

std::int64_t external_size(numbers const& what) {
  check_count(what.count);
  std::int64_t total = 0;
  for (auto const& block : what.blocks) {
    MPI_Count bytes = 0;
    call<MPI_Pack_external_size_c>(external, MPI_Count{block.count}, block.type, &bytes);
    if (__builtin_add_overflow(total, std::int64_t{bytes}, &total)) total = -1;
  }
  if (total < 0 || __builtin_mul_overflow(total, what.count, &total))
    throw argument_error(
        text("pack_external on ", job::whoami(), ": ", what.count, " elements take more bytes than 64 bits can count"));
  return total;
}

std::span<std::byte> pack_external_into(numbers const& what, std::span<std::byte> room) {
  check_room("pack_external", room.size(), external_size(what));
  MPI_Count position = 0;
  if (what.count == 0) return room;
  for_each_block(what, [&](std::byte const* from, std::int64_t count, MPI_Datatype type) {
    call<MPI_Pack_external_c>(external, static_cast<void const*>(from), MPI_Count{count}, type,
                              static_cast<void*>(room.data()), static_cast<MPI_Count>(room.size()), &position);
  });
  return room.subspan(static_cast<std::size_t>(position));
}

std::vector<std::byte> pack_all_external(numbers const& what) {
  return filled(external_size(what), [&](auto room) { return pack_external_into(what, room); });
}

std::span<std::byte const> unpack_external_from(std::span<std::byte const> bytes, numbers const& what) {
  check_room("unpack_external", bytes.size(), external_size(what));
  MPI_Count position = 0;
  if (what.count == 0) return bytes;
  for_each_block(what, [&](std::byte* to, std::int64_t count, MPI_Datatype type) {
    call<MPI_Unpack_external_c>(external, static_cast<void const*>(bytes.data()), static_cast<MPI_Count>(bytes.size()),
                                &position, static_cast<void*>(to), MPI_Count{count}, type);
  });
  return bytes.subspan(static_cast<std::size_t>(position));
}

namespace {

/// What MPICH crashes on in the external form, or writes in a form of its own (quirks 41 and 42).
constexpr std::array without_external_form = {MPI_FLOAT_INT,
                                              MPI_DOUBLE_INT,
                                              MPI_LONG_INT,
                                              MPI_SHORT_INT,
                                              MPI_2INT,
                                              MPI_LONG_DOUBLE_INT,
                                              MPI_WCHAR,
                                              MPI_CXX_LONG_DOUBLE_COMPLEX,
                                              MPI_C_LONG_DOUBLE_COMPLEX};

/// Throws `unsupported` unless `type` is made of one basic type that MPICH can write, which is `basic` if that is set.
void check_external(datatype const& type, MPI_Datatype& basic) {
  auto const description = type.decode();
  for (auto const& part : description.types) check_external(part, basic);
  if (!description.types.empty()) return;
  if (std::ranges::find(without_external_form, type.raw()) != without_external_form.end())
    throw unsupported(
        text("pack_external on ", job::whoami(), ": this MPI does not know the external form of ", type.name()));
  if (basic == MPI_DATATYPE_NULL) basic = type.raw();
  if (basic != type.raw())
    throw unsupported(text("pack_external on ", job::whoami(), ": this MPI cannot write a datatype that mixes ",
                           datatype::borrow(basic).name(), " and ", type.name(),
                           " in the external form; pack the parts, or a C++ struct"));
}

numbers typed_numbers(void const* data, std::int64_t count, datatype const& type) {
  MPI_Datatype basic = MPI_DATATYPE_NULL;
  check_external(type, basic);
  return {const_cast<void*>(data), count, static_cast<std::ptrdiff_t>(type.extent()), {{0, type.raw(), 1}}};
}
packable typed_packable(void const* data, std::int64_t count, datatype const& type) {
  return {const_cast<void*>(data), count, type.raw()};
}

} // namespace
} // namespace detail

using detail::typed_numbers;
using detail::typed_packable;

std::int64_t pack_size(communicator const& comm, std::int64_t count, datatype const& type) {
  return detail::packed_size(comm, typed_packable(nullptr, count, type));
}
std::vector<std::byte> pack(communicator const& comm, void const* data, std::int64_t count, datatype const& type) {
  return detail::pack_all(comm, typed_packable(data, count, type));
}
std::span<std::byte> pack(communicator const& comm, void const* data, std::int64_t count, datatype const& type,
                          std::span<std::byte> room) {
  return detail::pack_into(comm, typed_packable(data, count, type), room);
}
std::span<std::byte const> unpack(communicator const& comm, std::span<std::byte const> bytes, void* data,
                                  std::int64_t count, datatype const& type) {
  return detail::unpack_from(comm, bytes, typed_packable(data, count, type));
}

std::int64_t pack_external_size(std::int64_t count, datatype const& type) {
  return detail::external_size(typed_numbers(nullptr, count, type));
}
std::vector<std::byte> pack_external(void const* data, std::int64_t count, datatype const& type) {
  return detail::pack_all_external(typed_numbers(data, count, type));
}
std::span<std::byte> pack_external(void const* data, std::int64_t count, datatype const& type,
                                   std::span<std::byte> room) {
  return detail::pack_external_into(typed_numbers(data, count, type), room);
}
std::span<std::byte const> unpack_external(std::span<std::byte const> bytes, void* data, std::int64_t count,
                                           datatype const& type) {
  return detail::unpack_external_from(bytes, typed_numbers(data, count, type));
}

} // namespace armada
