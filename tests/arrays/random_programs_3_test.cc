#include "tests/arrays/program_runner.hpp"

#include <gtest/gtest.h>

namespace armada::random_programs {
namespace {

TEST(random_programs, on_three_dimensions_agree_with_a_serial_copy) {
  expect_none_fails({arrays_of<float, 3, storage_order::column_major, 1, 3>("float"),
                     arrays_of<padded, 3, storage_order::row_major, 3>("padded")});
}

} // namespace
} // namespace armada::random_programs
