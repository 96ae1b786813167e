#include <armada/p2p/endpoint.hpp>

namespace armada::detail {

int largest_tag() {
  static int const largest = [] {
    int* value = nullptr;
    int found = 0;
    call<MPI_Comm_get_attr>(MPI_COMM_WORLD, MPI_TAG_UB, static_cast<void*>(&value), &found);
    return found != 0 ? *value : 32767;
  }();
  return largest;
}

void throw_bad_tag(communicator const& comm, std::string_view operation, int tag) {
  throw argument_error(text(operation, " on \"", comm.name(), "\": tag ", tag, " is not between 0 and ", largest_tag(),
                            ", on rank ", comm.rank()));
}

} // namespace armada::detail
