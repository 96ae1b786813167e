#pragma once

/// Plain files of the operating system, opened with care: bytes at a place, errors that name the path.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace armada::detail {

/// An open file. Move-only, closed at its end; descriptors are not handed to child processes. Local.
class posix_file {
public:
  posix_file() noexcept = default;
  /// Opens a plain file for reading; never waits for a pipe. Throws `io_error` when there is none, or when it is
  /// something else than a plain file.
  [[nodiscard]] static posix_file open_to_read(std::string const& path);
  /// Opens a plain file that exists for writing. Does not follow a symbolic link. Throws `io_error`.
  [[nodiscard]] static posix_file open_to_write(std::string const& path);
  /// Makes a new file beside `path`, named after it, that nobody else has opened. Throws `io_error`.
  [[nodiscard]] static posix_file make_beside(std::string const& path);

  posix_file(posix_file&& other) noexcept;
  posix_file& operator=(posix_file&& other) noexcept;
  ~posix_file();

  [[nodiscard]] std::string const& path() const noexcept { return path_; }
  /// The length in bytes.
  [[nodiscard]] std::int64_t size() const;

  /// Reads bytes from `offset` on; returns how many, fewer only at the end of the file. Throws `io_error`.
  std::size_t read_at(std::int64_t offset, std::span<char> into) const;
  /// Writes all bytes from `offset` on. Throws `io_error`, also when the disk is full.
  void write_at(std::int64_t offset, std::span<std::byte const> from) const;
  /// Gives the file this length and, where the file system can, its space on the disk. Throws `io_error` with what is
  /// needed and what is free.
  void reserve(std::int64_t bytes) const;
  /// Waits until what was written is on the disk, and closes. Throws `io_error`.
  void commit();

private:
  posix_file(std::string path, int descriptor);

  std::string path_;
  int descriptor_ = -1;
};

/// Gives a file that was committed its final name, in place of what has that name, and makes the name last.
/// Throws `io_error`.
void rename_file(std::string const& from, std::string const& to);

/// A file that takes the name `path` once it is complete, in place of what has that name; without `commit` nothing is
/// left of it. Local. All throw `io_error`.
class replacement_file {
public:
  explicit replacement_file(std::string const& path) : path_(path), file_(posix_file::make_beside(path)) {}
  replacement_file(replacement_file const&) = delete;
  replacement_file& operator=(replacement_file const&) = delete;
  ~replacement_file();

  void append(std::string_view text);
  void commit();

private:
  std::string path_;
  posix_file file_;
  std::int64_t length_ = 0;
  bool named_ = false;
};

} // namespace armada::detail
