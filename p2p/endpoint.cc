#include <armada/core/predefined_attributes.hpp>
#include <armada/p2p/endpoint.hpp>

namespace armada::detail {

int largest_tag() {
  static int const largest = tag_ub(); // asked for by every message
  return largest;
}

void throw_bad_tag(communicator const& comm, std::string_view operation, int tag) {
  throw argument_error(text(operation, " on \"", comm.name(), "\": tag ", tag, " is not between 0 and ", largest_tag(),
                            ", on rank ", comm.rank()));
}

} // namespace armada::detail
