#include "tests/arrays/program_runner.hpp"

#include <gtest/gtest.h>

namespace armada::random_programs {
namespace {

TEST(random_programs, on_two_dimensions_agree_with_a_serial_copy) {
  expect_none_fails({arrays_of<double, 2, storage_order::row_major, 1, 2>("double"),
                     arrays_of<std::int16_t, 2, storage_order::column_major, 2>("int16_t")});
}

} // namespace
} // namespace armada::random_programs
