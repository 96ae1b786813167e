#pragma once

/// A file that all ranks write parts of, and that takes its name only when it is complete.

#include <armada/core/agree.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/posix_file.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace armada::detail {

/// Plain writes at disjoint places rather than MPI-IO: errors say what the operating system says, links are not
/// followed, and no datatype is needed.
class shared_file_writer {
public:
  /// Makes a temporary file of `bytes` beside `path`, which every rank opens. Collective: all throw `io_error` or none.
  shared_file_writer(communicator const& comm, std::string path, std::int64_t bytes);
  shared_file_writer(shared_file_writer const&) = delete;
  /// Removes the temporary file unless it was committed.
  ~shared_file_writer();

  /// Calls `body(put)`, which writes by `put(offset, bytes)`. Collective: all throw `io_error` or none.
  template <class Body>
  void write(Body body) {
    agree(comm_, [&] {
      body([this](std::int64_t offset, std::span<std::byte const> from) { file_.write_at(offset, from); });
      file_.commit();
    });
  }

  /// Gives the file its name. Collective: all throw `io_error` or none.
  void commit();

private:
  communicator const& comm_;
  std::string path_;
  std::string temporary_; ///< on rank 0, while it is there
  posix_file file_;
};

} // namespace armada::detail
