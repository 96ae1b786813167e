#include "tests/arrays/program_runner.hpp"

#include <gtest/gtest.h>

namespace armada::random_programs {
namespace {

TEST(random_programs, on_one_dimension_agree_with_a_serial_copy) {
  expect_none_fails({arrays_of<std::int8_t, 1, storage_order::row_major, 1, 2>("int8_t"),
                     arrays_of<std::complex<double>, 1, storage_order::row_major, 1>("complex<double>"),
                     arrays_of<padded, 1, storage_order::column_major, 1>("padded"),
                     arrays_of<std::int64_t, 1, storage_order::row_major, 1>("int64_t")});
}

} // namespace
} // namespace armada::random_programs
