#include <armada/core/posix_file.hpp>

#include "tests/support/values.hpp"

#include <armada/core/error.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace armada {
namespace {

namespace fs = std::filesystem;
using detail::posix_file;
using support::message_of;

/// An empty folder for each test.
class posix_file_test : public testing::Test {
protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string path(char const* name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::string with(char const* name, std::string const& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }
  [[nodiscard]] static std::string content(std::string const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "armada_posix_file_test";
};

std::vector<std::byte> bytes_of(std::string const& text) {
  auto const bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST_F(posix_file_test, reads_at_any_place) {
  auto const file = posix_file::open_to_read(with("a", "0123456789"));
  EXPECT_EQ(file.path(), path("a"));
  EXPECT_EQ(file.size(), 10);
  std::array<char, 4> part{};
  EXPECT_EQ(file.read_at(3, part), 4U);
  EXPECT_EQ(std::string(part.data(), 4), "3456");
  EXPECT_EQ(file.read_at(8, part), 2U) << "the file ends";
  EXPECT_EQ(std::string(part.data(), 2), "89");
  EXPECT_EQ(file.read_at(10, part), 0U);
  EXPECT_EQ(file.read_at(1000, part), 0U);
}

TEST_F(posix_file_test, writes_at_any_place) {
  auto const name = with("a", "0123456789");
  {
    auto file = posix_file::open_to_write(name);
    file.write_at(2, bytes_of("xy"));
    file.write_at(9, bytes_of("zzz"));
    file.commit();
  }
  EXPECT_EQ(content(name), "01xy45678zzz");
}

TEST_F(posix_file_test, what_is_no_plain_file_is_not_opened) {
  EXPECT_NE(message_of<io_error>([&] {
              static_cast<void>(posix_file::open_to_read(path("missing")));
            }).find(path("missing") + ": cannot be opened: "),
            std::string::npos);
  EXPECT_EQ(message_of<io_error>([&] { static_cast<void>(posix_file::open_to_read(folder_.string())); }),
            folder_.string() + ": is not a plain file");
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(message_of<io_error>([&] { static_cast<void>(posix_file::open_to_read(path("pipe"))); }),
            path("pipe") + ": is not a plain file");
  fs::create_symlink(with("a", "kept"), path("link"));
  EXPECT_THROW(static_cast<void>(posix_file::open_to_write(path("link"))), io_error);
  EXPECT_THROW(static_cast<void>(posix_file::open_to_write(path("missing"))), io_error);
  EXPECT_EQ(content(path("a")), "kept");
}

TEST_F(posix_file_test, a_new_file_takes_a_place_only_when_it_is_renamed) {
  auto const name = with("a", "old");
  std::string beside;
  {
    auto file = posix_file::make_beside(name);
    beside = file.path();
    EXPECT_NE(beside, name);
    EXPECT_EQ(fs::path(beside).parent_path(), folder_);
    file.reserve(3);
    EXPECT_EQ(file.size(), 3);
    file.write_at(0, bytes_of("new"));
    file.commit();
  }
  EXPECT_EQ(content(name), "old");
  detail::rename_file(beside, name);
  EXPECT_EQ(content(name), "new");
  EXPECT_FALSE(fs::exists(beside));
  EXPECT_THROW(static_cast<void>(posix_file::make_beside(path("no folder/a"))), io_error);
  EXPECT_THROW(detail::rename_file(beside, name), io_error);
  EXPECT_EQ(content(name), "new");
}

TEST_F(posix_file_test, more_room_than_there_is_says_what_is_needed) {
  auto const file = posix_file::make_beside(path("a"));
  auto const message = message_of<io_error>([&] { file.reserve(std::int64_t{1} << 60); });
  EXPECT_NE(message.find("1152921504606846976 bytes are needed and "), std::string::npos) << message;
}

TEST_F(posix_file_test, moves) {
  auto first = posix_file::open_to_read(with("a", "content"));
  auto second = std::move(first);
  EXPECT_EQ(second.size(), 7);
  posix_file third;
  third = std::move(second);
  EXPECT_EQ(third.size(), 7);
  EXPECT_THROW(static_cast<void>(second.size()), io_error); // NOLINT(bugprone-use-after-move)
}

} // namespace
} // namespace armada
