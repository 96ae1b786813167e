#include <armada/core/quirks.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace {

using armada::detail::parse_library;

TEST(quirks, reads_the_version_and_device_of_mpich) {
  auto const library =
      parse_library("MPICH Version:      4.0.2\nMPICH Release date: Thu\nMPICH Device:       ch4:ucx\n");
  EXPECT_EQ(library.name, "MPICH");
  EXPECT_EQ(library.version, (std::array<int, 3>{4, 0, 2}));
  EXPECT_EQ(library.device, "ch4:ucx");
  EXPECT_EQ(parse_library("MPICH Version:\t4.3.0rc1\n").version, (std::array<int, 3>{4, 3, 0}));
  EXPECT_EQ(parse_library("MPICH Version: 5").version, (std::array<int, 3>{5, 0, 0}));
}

TEST(quirks, names_other_libraries_and_knows_none_of_their_faults) {
  auto const library = parse_library("Open MPI v4.1.4, package: Debian OpenMPI");
  EXPECT_EQ(library.name, "Open");
  for (auto const& row : armada::quirks()) EXPECT_FALSE(shows(row, library)) << row.id;
  EXPECT_EQ(parse_library("").name, "");
}

TEST(quirks, a_row_shows_on_its_device_below_the_version_that_mended_it) {
  auto const rows = armada::quirks();
  auto const row = std::find_if(rows.begin(), rows.end(), [](auto const& each) { return each.id == "1"; });
  ASSERT_NE(row, rows.end());
  EXPECT_TRUE(shows(*row, {"MPICH", {4, 0, 2}, "ch4:ucx"}));
  EXPECT_FALSE(shows(*row, {"MPICH", {4, 1, 0}, "ch4:ucx"}));
  EXPECT_FALSE(shows(*row, {"MPICH", {4, 0, 2}, "ch4:ofi"}));
}

TEST(quirks, rows_are_complete_and_unique) {
  std::set<std::string_view> ids;
  for (auto const& row : armada::quirks()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.fault.empty() || row.remedy.empty() || row.where.empty()) << row.id;
  }
}

TEST(quirks, this_library_says_who_it_is) { EXPECT_FALSE(armada::this_library().name.empty()); }

} // namespace
