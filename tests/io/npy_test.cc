#include <armada/collectives/barrier.hpp>
#include <armada/core/communicator.hpp>
#include <armada/io/npy.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace armada {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  auto const* const given = std::getenv("TEST_TMPDIR");
  return given != nullptr ? given : fs::temp_directory_path().string();
}

std::string content(fs::path const& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

/// A file as the .npy specification reads it.
struct npy_file {
  std::string descr, order, shape, data;
};

npy_file read(fs::path const& path) {
  auto const all = content(path);
  EXPECT_EQ(all.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  auto const length = static_cast<unsigned char>(all.at(8)) + 256U * static_cast<unsigned char>(all.at(9));
  EXPECT_EQ((10 + length) % 64, 0U);
  auto const header = all.substr(10, length);
  EXPECT_EQ(header.back(), '\n');
  auto const value = [&](std::string const& key, char const* ends) {
    auto const at = header.find("'" + key + "': ");
    EXPECT_NE(at, std::string::npos) << header;
    auto const begin = at + key.size() + 4;
    return header.substr(begin, header.find_first_of(ends, begin) - begin);
  };
  EXPECT_EQ(header.front(), '{');
  EXPECT_NE(header.find('}'), std::string::npos);
  return {value("descr", ","), value("fortran_order", ","), value("shape", ")") + ")", all.substr(10 + length)};
}

/// The files of the folder whose name begins so: temporary ones would be among them.
std::int64_t files_called(std::string const& name) {
  return std::count_if(fs::directory_iterator(folder()), fs::directory_iterator(),
                       [&](auto const& each) { return each.path().filename().string().starts_with(name); });
}

template <class T>
class Npy : public testing::Test {};
using element_types =
    testing::Types<bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                   std::int64_t, std::uint64_t, float, double, std::complex<float>, std::complex<double>>;
TYPED_TEST_SUITE(Npy, element_types);

template <class T, std::size_t N>
void check(index_array<N> const& shape, process_grid<N> const& grid, std::string const& tuple) {
  auto const path = folder() / "check.npy";
  distributed_array<T, N> a(world(), shape, grid);
  auto const tile = a.local_range();
  auto const mine = a.local().elements();
  auto const inner = row_major_strides(tile.shape()), outer = row_major_strides(shape);
  auto const value_at = [](std::int64_t place) { return static_cast<T>(static_cast<float>(place % 100)); };
  for (std::size_t k = 0; k < mine.size(); ++k) {
    std::int64_t place = 0, rest = static_cast<std::int64_t>(k);
    for (std::size_t d = 0; d < N; ++d) {
      place += (tile.dimensions[d].first + rest / inner[d]) * outer[d];
      rest %= inner[d];
    }
    mine[k] = value_at(place);
  }
  save_npy(a, path);
  auto const file = read(path);
  EXPECT_EQ(file.descr, "'" + detail::npy_descr<T>() + "'");
  EXPECT_EQ(file.order, "False");
  EXPECT_EQ(file.shape, tuple);
  ASSERT_EQ(file.data.size(), static_cast<std::size_t>(a.size()) * sizeof(T));
  for (std::int64_t place = 0; place < a.size(); ++place) {
    T value{};
    std::memcpy(static_cast<void*>(&value), file.data.data() + static_cast<std::size_t>(place) * sizeof(T), sizeof(T));
    ASSERT_EQ(value, value_at(place)) << tuple << " at " << place;
  }
  barrier(world());
}

TYPED_TEST(Npy, HoldsEveryElementInItsPlace) {
  using T = TypeParam;
  auto const ranks = world().size();
  check<T, 1>({0}, process_grid<1>(ranks), "(0,)");
  check<T, 1>({1}, process_grid<1>(ranks), "(1,)");
  check<T, 1>({1003}, process_grid<1>(ranks), "(1003,)");
}

/// How the dimensions lie in the file does not depend on the type, but on its size.
template <class T>
void check_dimensions() {
  auto const ranks = world().size();
  check<T, 2>({7, 13}, process_grid<2>(ranks, 1), "(7, 13)");
  check<T, 2>({7, 13}, process_grid<2>(1, ranks), "(7, 13)");
  check<T, 2>({3, 0}, process_grid<2>(1, ranks), "(3, 0)");
  if (ranks == 4) check<T, 2>({5, 6}, process_grid<2>(2, 2), "(5, 6)");
  if (ranks == 4) check<T, 3>({3, 5, 4}, process_grid<3>(1, 2, 2), "(3, 5, 4)");
  check<T, 3>({3, 5, 4}, process_grid<3>(1, 1, ranks), "(3, 5, 4)");
}

TEST(NpyDimensions, AreInRowMajorOrder) {
  check_dimensions<std::uint8_t>();
  check_dimensions<double>();
  check_dimensions<std::complex<double>>();
}

TEST(NpyDescr, IsNumPysOwn) {
  EXPECT_EQ(detail::npy_descr<bool>(), "|b1");
  EXPECT_EQ(detail::npy_descr<std::uint8_t>(), "|u1");
  EXPECT_EQ(detail::npy_descr<std::int16_t>(), "<i2");
  EXPECT_EQ(detail::npy_descr<double>(), "<f8");
  EXPECT_EQ(detail::npy_descr<std::complex<float>>(), "<c8");
}

TEST(NpySave, SeesWhatAnotherRankPutAndReplacesTheOldFile) {
  auto const path = folder() / "replaced.npy";
  distributed_array<double, 1> a(world(), {10});
  for (int round = 1; round <= 3; ++round) {
    if (world().rank() == world().size() - 1) a(xt::all()) = static_cast<double>(round);
    save_npy(a, path);
    a.local() = -1.0;
    auto const data = read(path).data;
    for (std::size_t i = 0; i < 10; ++i) {
      double value = 0;
      std::memcpy(&value, data.data() + 8 * i, 8);
      EXPECT_EQ(value, round);
    }
    a.fence();
  }
  EXPECT_EQ(files_called("replaced.npy"), 1);
}

std::string save_error(distributed_array<double, 1> const& a, std::string const& path) {
  try {
    save_npy(a, path);
  } catch (io_error const& e) {
    return e.what();
  }
  return {};
}

TEST(NpyErrors, AreThrownOnEveryRankAndLeaveNothing) {
  distributed_array<double, 1> const a(world(), {1000});
  auto const missing = save_error(a, folder() / "no such folder" / "a.npy");
  EXPECT_NE(missing.find("no such folder/a.npy"), std::string::npos) << missing;
  EXPECT_NE(missing.find("No such file"), std::string::npos) << missing;
  auto const taken = folder() / "taken.npy";
  fs::create_directories(taken / "inside");
  EXPECT_NE(save_error(a, taken).find("taken.npy"), std::string::npos);
  barrier(world());
  EXPECT_EQ(files_called("taken.npy"), 1);
}

TEST(NpyErrors, AFullDiskLeavesTheOldFile) {
  auto const path = folder() / "full.npy";
  if (world().rank() == 0) std::ofstream(path) << "what was there";
  barrier(world());
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  rlimit const little{4096, before.rlim_max};
  distributed_array<double, 1> const a(world(), {100'000});
  setrlimit(RLIMIT_FSIZE, &little);
  auto const full = save_error(a, path);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_NE(full.find("full.npy"), std::string::npos) << full;
  EXPECT_NE(full.find("800"), std::string::npos) << full;
  barrier(world());
  EXPECT_EQ(content(path), "what was there");
  EXPECT_EQ(files_called("full.npy"), 1);
}

TEST(NpySave, DoesNotWriteThroughALink) {
  auto const target = folder() / "link target", link = folder() / "link.npy";
  if (world().rank() == 0) {
    std::ofstream(target) << "untouched";
    fs::remove(link);
    fs::create_symlink(target, link);
  }
  barrier(world());
  distributed_array<double, 1> const a(world(), {5});
  save_npy(a, link);
  EXPECT_EQ(content(target), "untouched");
  EXPECT_FALSE(fs::is_symlink(link));
  barrier(world());
}

} // namespace
} // namespace armada
