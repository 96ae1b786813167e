#include "tests/arrays/program_runner.hpp"

#include <gtest/gtest.h>

namespace armada::random_programs {
namespace {

TEST(random_programs, on_many_dimensions_agree_with_a_serial_copy) {
  expect_none_fails({arrays_of<std::int64_t, 4, storage_order::row_major, 2, 4>("int64_t"),
                     arrays_of<double, 5, storage_order::column_major, 5>("double"),
                     arrays_of<std::int8_t, 6, storage_order::row_major, 6>("int8_t"),
                     arrays_of<std::complex<double>, 7, storage_order::column_major, 7>("complex<double>")});
}

} // namespace
} // namespace armada::random_programs
