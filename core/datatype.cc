#include <armada/core/call.hpp>
#include <armada/core/datatype.hpp>
#include <armada/core/job.hpp>
#include <armada/core/kept_handles.hpp>

#include <vector>

namespace armada::detail {
namespace {

MPI_Datatype keep(MPI_Datatype type) {
  call<MPI_Type_commit>(&type);
  return kept_handles<MPI_Datatype, MPI_Type_free>::keep(type);
}

} // namespace

MPI_Datatype make_struct(std::pair<std::ptrdiff_t, MPI_Datatype> const* members, int count, std::ptrdiff_t extent) {
  job::require_running("datatype_of");
  std::vector<int> lengths(static_cast<std::size_t>(count), 1);
  std::vector<MPI_Aint> offsets;
  std::vector<MPI_Datatype> types;
  for (auto const* member = members; member != members + count; ++member) {
    offsets.push_back(member->first);
    types.push_back(member->second);
  }
  MPI_Datatype packed = MPI_DATATYPE_NULL;
  MPI_Datatype padded = MPI_DATATYPE_NULL;
  call<MPI_Type_create_struct>(count, lengths.data(), offsets.data(), types.data(), &packed);
  call<MPI_Type_create_resized>(packed, MPI_Aint{0}, MPI_Aint{extent}, &padded);
  call<MPI_Type_free>(&packed);
  return keep(padded);
}

MPI_Datatype make_array(MPI_Datatype element, int count) {
  job::require_running("datatype_of");
  MPI_Datatype array = MPI_DATATYPE_NULL;
  call<MPI_Type_contiguous>(count, element, &array);
  return keep(array);
}

} // namespace armada::detail
