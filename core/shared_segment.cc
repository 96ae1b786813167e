#include <armada/core/call.hpp>
#include <armada/core/error.hpp>
#include <armada/core/job.hpp>
#include <armada/core/shared_segment.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <new>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace armada::detail {
namespace {

/// Where the other ranks find the first rank's file.
struct handle {
  std::int64_t process = 0;
  std::int64_t file = -1;
  std::int64_t error = 0;
};

[[noreturn]] void throw_no_memory(std::string_view what, std::size_t bytes, int error) {
  throw out_of_memory(text("window on ", job::whoami(), ": ", what, ", ", bytes, " bytes, is not to be had (",
                           std::strerror(error), "); ", available_memory(),
                           " bytes are available; use fewer or smaller arrays, or more hosts"));
}

/// Not where it takes more memory to find out: the others of the host wait for an answer. What is small is not worth
/// the time that it takes to ask.
bool fits(std::size_t bytes) noexcept {
  try {
    return bytes <= (std::size_t{1} << 20) || bytes <= available_memory();
  } catch (std::bad_alloc const&) {
    return false;
  }
}

std::uint64_t number_in(char const* path) {
  std::uint64_t number = std::numeric_limits<std::uint64_t>::max();
  std::ifstream in(path);
  if (!(in >> number)) return std::numeric_limits<std::uint64_t>::max(); // "max", or no such file
  return number;
}

} // namespace

std::uint64_t available_memory() {
  std::uint64_t available = std::numeric_limits<std::uint64_t>::max();
  std::ifstream in("/proc/meminfo");
  for (std::string word; in >> word;)
    if (word == "MemAvailable:") {
      in >> available;
      available *= 1024;
      break;
    }
  auto const limit = number_in("/sys/fs/cgroup/memory.max");
  auto const used = number_in("/sys/fs/cgroup/memory.current");
  if (limit != std::numeric_limits<std::uint64_t>::max() && used != std::numeric_limits<std::uint64_t>::max())
    available = std::min(available, limit - std::min(used, limit));
  return available;
}

std::size_t shared_segment::page() noexcept {
  static auto const size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

shared_segment::shared_segment(node const& near, std::size_t bytes) : shared_segment() {
  if (near.size() == 1) {
    map_alone(bytes);
    return;
  }
  handle first;
  if (near.rank == 0) {
    bool const room = fits(bytes);
    if (room) file_ = memfd_create("armada", MFD_CLOEXEC);
    bool const made = file_ >= 0 && ftruncate(file_, static_cast<off_t>(bytes)) == 0;
    first = {getpid(), file_, made ? 0 : room ? errno : ENOMEM};
  }
  call<MPI_Bcast>(&first, static_cast<int>(sizeof(first)), MPI_BYTE, 0, near.raw);
  if (first.error != 0) throw_no_memory("memory for this host's ranks", bytes, static_cast<int>(first.error));
  if (near.rank != 0) {
    auto const path = text("/proc/", first.process, "/fd/", first.file);
    file_ = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file_ < 0)
      throw out_of_memory(text("window on ", job::whoami(),
                               ": the memory of the node's first rank cannot be opened at ", path, " (",
                               std::strerror(errno), "); the ranks of a node must see each other's /proc"));
  }
  void* const mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (mapped == MAP_FAILED) throw_no_memory("mapping", bytes, errno);
  data_ = static_cast<std::byte*>(mapped);
  size_ = bytes;
}

void shared_segment::map_alone(std::size_t bytes) {
  void* const mapped =
      fits(bytes) ? mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
  if (mapped == MAP_FAILED) throw_no_memory("memory for this rank", bytes, ENOMEM);
  madvise(mapped, bytes, MADV_HUGEPAGE);
  data_ = static_cast<std::byte*>(mapped);
  size_ = bytes;
}

shared_segment::shared_segment(shared_segment&& other) noexcept
    : file_(std::exchange(other.file_, -1)), data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

shared_segment& shared_segment::operator=(shared_segment&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

shared_segment::~shared_segment() {
  if (data_ != nullptr) munmap(data_, size_);
  close_file();
}

void shared_segment::close_file() noexcept {
  if (file_ >= 0) close(file_);
  file_ = -1;
}

void shared_segment::populate(std::size_t offset, std::size_t bytes) {
  if (bytes == 0) return;
  if (madvise(data_ + offset, bytes, MADV_POPULATE_WRITE) == 0) return;
  if (errno != EINVAL) throw_no_memory("memory for this rank's part", bytes, errno);
  // Linux before 5.14: the file gets its pages at once, or says that there are none; a rank alone was told before.
  if (file_ < 0) {
    std::fill_n(data_ + offset, bytes, std::byte{});
    return;
  }
  if (int const error = posix_fallocate(file_, static_cast<off_t>(offset), static_cast<off_t>(bytes)); error != 0)
    throw_no_memory("memory for this rank's part", bytes, error);
}

} // namespace armada::detail
