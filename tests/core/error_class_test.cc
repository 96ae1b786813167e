#include <armada/core/error_class.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/mpi.hpp>

#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;

TEST(error_class, of_mpis_own_codes) {
  EXPECT_EQ(error_class(MPI_SUCCESS), MPI_SUCCESS);
  EXPECT_EQ(error_class(MPI_ERR_TRUNCATE), MPI_ERR_TRUNCATE);
  EXPECT_NE(error_string(MPI_ERR_TRUNCATE).find("truncated"), std::string::npos);
  int const nothing = 0;
  int const code = MPI_Send(&nothing, 1, MPI_INT, world().size(), 0, world().raw());
  EXPECT_EQ(error_class(code), MPI_ERR_RANK);
  EXPECT_NE(error_string(code).find("Invalid rank"), std::string::npos);
}

TEST(error_class, what_is_added_is_known_and_goes_again) {
  for (int round = 0; round < 3; ++round) {
    int const kind = add_error_class();
    int const first = add_error_code(kind);
    int const second = add_error_code(kind);
    EXPECT_NE(first, second);
    EXPECT_EQ(error_class(kind), kind);
    EXPECT_EQ(error_class(first), kind);
    EXPECT_EQ(error_class(second), kind);
    EXPECT_EQ(error_string(first), "");
    add_error_string(kind, "a kind of its own");
    add_error_string(first, "the first");
    add_error_string(first, "the first, better");
    add_error_string(second, std::string(511, 's'));
    EXPECT_EQ(error_string(kind), "a kind of its own");
    EXPECT_EQ(error_string(first), "the first, better");
    EXPECT_EQ(error_string(second), std::string(511, 's'));
    EXPECT_TRUE(throws<argument_error>(
        [&] {
          remove_error_class(kind);
          return 0;
        },
        {"still has codes"}));
    EXPECT_TRUE(throws<argument_error>(
        [&] {
          remove_error_code(first);
          return 0;
        },
        {"still has a text"}));
    for (int code : {first, second}) {
      remove_error_string(code);
      EXPECT_EQ(error_string(code), "");
      remove_error_code(code);
    }
    EXPECT_TRUE(throws<argument_error>(
        [&] {
          remove_error_code(first);
          return 0;
        },
        {"is no error code that was added"}));
    EXPECT_TRUE(throws<argument_error>(
        [&] {
          remove_error_class(kind);
          return 0;
        },
        {"still has a text"}));
    remove_error_string(kind);
    EXPECT_TRUE(throws<argument_error>(
        [&] {
          remove_error_string(kind);
          return 0;
        },
        {"has no text"}));
    remove_error_class(kind);
    EXPECT_TRUE(throws<argument_error>([&] { return add_error_code(kind); }, {"is no error class that was added"}));
  }
}

TEST(error_class, an_added_code_becomes_an_exception) {
  int const kind = add_error_class();
  int const code = add_error_code(kind);
  add_error_string(code, "the reactor is too warm");
  try {
    detail::throw_mpi_error(code, "reactor_start");
  } catch (mpi_error const& e) {
    EXPECT_EQ(e.code(), code);
    EXPECT_EQ(e.error_class(), kind);
    EXPECT_NE(std::string(e.what()).find("the reactor is too warm"), std::string::npos);
  }
  remove_error_string(code);
  remove_error_code(code);
  remove_error_class(kind);
}

TEST(error_class, mpis_own_are_not_to_be_changed) {
  for (int code : {MPI_SUCCESS, MPI_ERR_COMM, MPI_ERR_LASTCODE, -1}) {
    EXPECT_TRUE(throws<argument_error>([&] { return add_error_code(code); }, {"is no error class that was added"}));
    EXPECT_TRUE(throws<argument_error>(
        [&] {
          add_error_string(code, "x");
          return 0;
        },
        {"add_error_string on rank"}));
    EXPECT_TRUE(throws<argument_error>([&] {
      remove_error_class(code);
      return 0;
    }));
    EXPECT_TRUE(throws<argument_error>([&] {
      remove_error_code(code);
      return 0;
    }));
    EXPECT_TRUE(throws<argument_error>([&] {
      remove_error_string(code);
      return 0;
    }));
  }
}

TEST(error_class, texts_have_a_longest_length) {
  int const kind = add_error_class();
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        add_error_string(kind, std::string(512, 's'));
        return 0;
      },
      {"has 512 bytes, and may have 511"}));
  EXPECT_EQ(error_string(kind), "");
  remove_error_class(kind);
}

} // namespace
} // namespace armada
