#include <armada/collectives/detail/near_road.hpp>
#include <armada/core/call.hpp>

namespace armada::detail {
namespace {

/// Whether items of a type that was not made from a C++ type lie one behind the other, in order.
bool is_basic(MPI_Datatype type, std::int64_t bytes) {
  MPI_Aint lower = 0;
  MPI_Aint extent = 0;
  int integers = 0, addresses = 0, types = 0, combiner = 0;
  call<MPI_Type_get_extent>(type, &lower, &extent);
  call<MPI_Type_get_envelope>(type, &integers, &addresses, &types, &combiner);
  return combiner == MPI_COMBINER_NAMED && extent == bytes;
}

} // namespace

void* item_at(void* address, MPI_Count index, MPI_Datatype type) {
  MPI_Aint lower = 0;
  MPI_Aint extent = 0;
  call<MPI_Type_get_extent>(type, &lower, &extent);
  return static_cast<std::byte*>(address) + index * extent;
}

flat_bytes::flat_bytes(void* address, MPI_Count count, MPI_Datatype type, std::int64_t element, MPI_Comm comm)
    : address_(address), count_(count), type_(type), comm_(comm) {
  if (type == MPI_DATATYPE_NULL) return;
  auto const bytes = bytes_in(type);
  bytes_ = static_cast<std::size_t>(bytes * count);
  flat_ = element == 0 ? is_basic(type, bytes) : element == bytes;
}

std::byte* flat_bytes::filled() {
  if (flat_) return static_cast<std::byte*>(address_);
  packed_ = pack_described(address_, count_, type_, comm_).bytes;
  return packed_.data();
}

std::byte* flat_bytes::room() {
  if (flat_) return static_cast<std::byte*>(address_);
  packed_.resize(bytes_);
  return packed_.data();
}

void flat_bytes::unpack() const {
  if (flat_) return;
  MPI_Count place = 0;
  call<MPI_Unpack_c>(static_cast<void const*>(packed_.data()), static_cast<MPI_Count>(packed_.size()), &place, address_,
                     count_, type_, comm_);
}

} // namespace armada::detail
