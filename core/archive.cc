#include <armada/core/archive.hpp>

#include <armada/core/error.hpp>
#include <armada/core/job.hpp>

namespace armada {
namespace detail {

void throw_short_archive(std::uint64_t wanted, std::uint64_t left) {
  throw format_error(text("object message on ", job::whoami(), ": its archive speaks of ", wanted,
                          " more bytes or elements where ", left, " bytes are left"));
}

void throw_bad_archive(std::string_view why) {
  throw format_error(text("object message on ", job::whoami(), ": its archive is damaged: ", why));
}

void throw_not_writable(std::string_view why) {
  throw argument_error(text("object on ", job::whoami(), " cannot be written: ", why));
}

} // namespace detail

void input_archive::finish() const {
  if (left() != 0)
    throw format_error(
        detail::text("object message on ", job::whoami(), ": ", left(), " bytes are left over after the object"));
}

} // namespace armada
