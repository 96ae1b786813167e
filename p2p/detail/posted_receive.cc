#include <armada/core/error.hpp>
#include <armada/p2p/detail/posted_receive.hpp>

namespace armada::detail {

std::string posted_receive::describe() const {
  int const source = posted_from_.source.value;
  auto const& [file, line] = posted_from_.source.place;
  return text("a receive from ", source == any_source ? std::string("any rank") : text("rank ", source),
              posted_from_.tag == any_tag ? std::string(", any tag") : text(", tag ", posted_from_.tag), ", posted at ",
              file, ":", line, ",");
}

} // namespace armada::detail
