#include <armada/core/call.hpp>
#include <armada/core/datatype.hpp>
#include <armada/core/job.hpp>
#include <armada/core/kept_handles.hpp>

#include <utility>
#include <vector>

namespace armada::detail {
namespace {

MPI_Datatype keep(MPI_Datatype type) {
  call<MPI_Type_commit>(&type);
  return kept_handles<MPI_Datatype, MPI_Type_free>::keep(type);
}

} // namespace

MPI_Datatype make_struct(std::span<datatype_block const> blocks, std::ptrdiff_t extent) {
  job::require_running("datatype_of");
  std::vector<int> lengths;
  std::vector<MPI_Aint> offsets;
  std::vector<MPI_Datatype> types;
  std::vector<MPI_Datatype> long_blocks; // made for C arrays of more elements than an int can count
  for (auto const& block : blocks) {
    bool const fits = std::in_range<int>(block.count);
    if (!fits) {
      call<MPI_Type_contiguous_c>(MPI_Count{block.count}, block.type, &long_blocks.emplace_back(MPI_DATATYPE_NULL));
    }
    lengths.push_back(fits ? static_cast<int>(block.count) : 1);
    offsets.push_back(block.offset);
    types.push_back(fits ? block.type : long_blocks.back());
  }
  MPI_Datatype packed = MPI_DATATYPE_NULL;
  MPI_Datatype padded = MPI_DATATYPE_NULL;
  call<MPI_Type_create_struct>(static_cast<int>(blocks.size()), lengths.data(), offsets.data(), types.data(), &packed);
  call<MPI_Type_create_resized>(packed, MPI_Aint{0}, MPI_Aint{extent}, &padded);
  call<MPI_Type_free>(&packed);
  for (auto& type : long_blocks) call<MPI_Type_free>(&type);
  return keep(padded);
}

MPI_Datatype make_array(MPI_Datatype element, std::int64_t count) {
  job::require_running("datatype_of");
  MPI_Datatype array = MPI_DATATYPE_NULL;
  if (std::in_range<int>(count))
    call<MPI_Type_contiguous>(static_cast<int>(count), element, &array);
  else
    call<MPI_Type_contiguous_c>(MPI_Count{count}, element, &array);
  return keep(array);
}

} // namespace armada::detail
