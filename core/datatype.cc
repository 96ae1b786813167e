#include <armada/core/call.hpp>
#include <armada/core/datatype.hpp>
#include <armada/core/job.hpp>
#include <armada/core/resource.hpp>

#include <memory>
#include <vector>

namespace armada::detail {
namespace {

/// A derived datatype that is given back when the environment ends.
class committed_type final : public resource {
public:
  explicit committed_type(MPI_Datatype type) : type_(type) {
    call<MPI_Type_commit>(&type_);
    enter();
  }
  void release() noexcept override {
    leave();
    if (job::running()) MPI_Type_free(&type_);
  }
  [[nodiscard]] std::string describe() const override { return {}; }
  [[nodiscard]] MPI_Datatype raw() const noexcept { return type_; }

private:
  MPI_Datatype type_;
};

MPI_Datatype keep(MPI_Datatype type) {
  static auto* const kept = new std::vector<std::unique_ptr<committed_type>>; // outlives every static
  return kept->emplace_back(std::make_unique<committed_type>(type))->raw();
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
