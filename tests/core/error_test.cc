#include <armada/core/error.hpp>

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

template <class Error>
void expect_thrown(fault kind) {
  try {
    throw_fault(kind, "what happened");
  } catch (Error const& e) {
    EXPECT_EQ(typeid(e), typeid(Error));
    EXPECT_EQ(e.kind(), kind);
    EXPECT_STREQ(e.what(), "what happened");
    return;
  } catch (...) {
  }
  ADD_FAILURE() << "kind " << static_cast<int>(kind) << " gives another type";
}

TEST(error, every_kind_of_fault_has_its_type) {
  expect_thrown<error>(fault::generic);
  expect_thrown<argument_error>(fault::argument);
  expect_thrown<index_error>(fault::index);
  expect_thrown<type_error>(fault::type);
  expect_thrown<truncation_error>(fault::truncation);
  expect_thrown<lifecycle_error>(fault::lifecycle);
  expect_thrown<mpi_error>(fault::mpi);
  expect_thrown<out_of_memory>(fault::out_of_memory);
  expect_thrown<io_error>(fault::io);
  expect_thrown<format_error>(fault::format);
  expect_thrown<numeric_error>(fault::numeric);
  expect_thrown<unsupported>(fault::unsupported);
}

TEST(error, all_types_derive_from_error) {
  try {
    throw index_error("x");
  } catch (error const& e) {
    EXPECT_EQ(e.kind(), fault::index);
  }
  static_assert(std::derived_from<mpi_error, error> && std::derived_from<error, std::runtime_error>);
}

TEST(error, an_mpi_error_keeps_code_and_class) {
  mpi_error const e("x", 17, 3);
  EXPECT_EQ(e.code(), 17);
  EXPECT_EQ(e.error_class(), 3);
}

TEST(error, texts) {
  EXPECT_EQ(detail::text("a ", 1, ' ', 2.5, std::string(" b")), "a 1 2.5 b");
  EXPECT_EQ(detail::tuple_text(std::array{3, -4}), "(3, -4)");
  EXPECT_EQ(detail::tuple_text(std::vector<long>{7}), "(7)");
  EXPECT_EQ(detail::tuple_text(std::vector<int>()), "()");
}

} // namespace
} // namespace armada
