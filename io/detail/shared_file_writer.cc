#include <armada/collectives/bcast.hpp>
#include <armada/io/detail/shared_file_writer.hpp>

#include <unistd.h>

namespace armada::detail {

shared_file_writer::shared_file_writer(communicator const& comm, std::string path, std::int64_t bytes)
    : comm_(comm), path_(std::move(path)) {
  try {
    agree(comm_, [&] {
      if (comm_.rank() != 0) return;
      file_ = posix_file::make_beside(path_);
      temporary_ = file_.path();
      file_.reserve(bytes);
    });
    auto name = temporary_;
    bcast(comm_, name, 0);
    agree(comm_, [&] {
      if (comm_.rank() != 0) file_ = posix_file::open_to_write(name);
    });
  } catch (...) {
    if (!temporary_.empty()) unlink(temporary_.c_str());
    throw;
  }
}

shared_file_writer::~shared_file_writer() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void shared_file_writer::commit() {
  agree(comm_, [&] {
    if (comm_.rank() != 0) return;
    rename_file(temporary_, path_);
    temporary_.clear();
  });
}

} // namespace armada::detail
