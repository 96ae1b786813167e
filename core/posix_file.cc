#include <armada/core/error.hpp>
#include <armada/core/posix_file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace armada::detail {
namespace {

[[noreturn]] void throw_io(std::string const& path, std::string_view what, int code = errno) {
  throw io_error(text(path, ": ", what, ": ", std::generic_category().message(code)));
}

/// Repeats a system call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
  for (;;)
    if (auto const result = call(); result >= 0 || errno != EINTR) return result;
}

struct stat properties(int descriptor, std::string const& path) {
  struct stat result {};
  if (fstat(descriptor, &result) != 0) throw_io(path, "cannot be examined");
  return result;
}

/// The folder that holds `path`.
std::string folder_of(std::string const& path) {
  auto const slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace

posix_file::posix_file(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

posix_file posix_file::open_to_read(std::string const& path) {
  posix_file file(path, uninterrupted([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (file.descriptor_ < 0) throw_io(path, "cannot be opened");
  if (!S_ISREG(properties(file.descriptor_, path).st_mode)) throw io_error(text(path, ": is not a plain file"));
  return file;
}

posix_file posix_file::open_to_write(std::string const& path) {
  posix_file file(path, uninterrupted([&] { return open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW); }));
  if (file.descriptor_ < 0) throw_io(path, "cannot be opened for writing");
  if (!S_ISREG(properties(file.descriptor_, path).st_mode)) throw io_error(text(path, ": is not a plain file"));
  return file;
}

posix_file posix_file::make_beside(std::string const& path) {
  std::string name = path + ".XXXXXX";
  int const descriptor = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) throw_io(path, "cannot be written");
  posix_file file(std::move(name), descriptor);
  mode_t const mask = umask(0);
  umask(mask);
  if (fchmod(descriptor, 0666 & ~mask) != 0) throw_io(path, "cannot be given its permissions");
  return file;
}

posix_file::posix_file(posix_file&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

posix_file& posix_file::operator=(posix_file&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

posix_file::~posix_file() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::int64_t posix_file::size() const { return properties(descriptor_, path_).st_size; }

std::size_t posix_file::read_at(std::int64_t offset, std::span<char> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    auto const got = uninterrupted([&] {
      return pread(descriptor_, into.data() + done, into.size() - done, offset + static_cast<std::int64_t>(done));
    });
    if (got < 0) throw_io(path_, "cannot be read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void posix_file::write_at(std::int64_t offset, std::span<std::byte const> from) const {
  constexpr std::size_t most = std::size_t{1} << 30; // the longest write that Linux does at once is just below 2 GiB
  while (!from.empty()) {
    auto const put =
        uninterrupted([&] { return pwrite(descriptor_, from.data(), std::min(most, from.size()), offset); });
    if (put < 0) throw_io(path_, text("cannot be written, ", from.size(), " bytes at ", offset));
    offset += put;
    from = from.subspan(static_cast<std::size_t>(put));
  }
}

void posix_file::reserve(std::int64_t bytes) const {
  bool reserved = bytes == 0 || fallocate(descriptor_, 0, 0, bytes) == 0;
  if (!reserved && (errno == EOPNOTSUPP || errno == ENOSYS)) reserved = ftruncate(descriptor_, bytes) == 0;
  if (reserved) return;
  int const code = errno;
  struct statvfs disk {};
  auto const known = fstatvfs(descriptor_, &disk) == 0;
  throw_io(path_,
           text("cannot be written, ", bytes, " bytes are needed and ",
                known ? std::to_string(disk.f_bavail * disk.f_frsize) : "an unknown number", " are free"),
           code);
}

void posix_file::commit() {
  if (fsync(descriptor_) != 0) throw_io(path_, "cannot be brought to the disk");
  if (close(std::exchange(descriptor_, -1)) != 0) throw_io(path_, "cannot be closed");
}

void rename_file(std::string const& from, std::string const& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) throw_io(to, "cannot be written");
  auto const folder = folder_of(to);
  int const descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_io(folder, "cannot be opened");
  int const code = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno; // not every file system can
  close(descriptor);
  if (code != 0) throw_io(folder, "cannot be brought to the disk", code);
}

replacement_file::~replacement_file() {
  if (!named_) unlink(file_.path().c_str());
}

void replacement_file::append(std::string_view text) {
  file_.write_at(length_, std::as_bytes(std::span(text)));
  length_ += static_cast<std::int64_t>(text.size());
}

void replacement_file::commit() {
  file_.commit();
  rename_file(file_.path(), path_);
  named_ = true;
}

} // namespace armada::detail
