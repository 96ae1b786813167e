#include <armada/rma/detail/block_types.hpp>

#include "tests/support/lazy_mpi.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace armada::detail {
namespace {

constexpr element_layout pair_of_words{MPI_UINT32_T, 2, 8};

block_shape block(std::int64_t count, std::int64_t step, std::int64_t rows, std::int64_t gap) {
  return {pair_of_words, count, step, rows, gap};
}

/// The bytes that a datatype takes of a buffer whose byte i is i, from byte 100 on.
std::vector<unsigned char> taken(MPI_Datatype type) {
  std::vector<unsigned char> from(512);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<unsigned char>(i);
  std::vector<unsigned char> into(static_cast<std::size_t>(datatype::borrow(type).size()));
  int position = 0;
  MPI_Pack(from.data() + 100, 1, type, into.data(), static_cast<int>(into.size()), &position, world().raw());
  return into;
}
std::vector<unsigned char> wanted(block_shape const& shape) {
  std::vector<unsigned char> all;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t i = 0; i < shape.count; ++i)
      for (std::int64_t byte = 0; byte < shape.element.bytes; ++byte)
        all.push_back(static_cast<unsigned char>(100 + row * shape.gap + i * shape.step + byte));
  return all;
}

TEST(block_types, take_the_bytes_of_their_rows) {
  block_types types;
  for (auto const& shape : {block(3, 8, 2, 40), block(3, 12, 1, 0), block(2, 16, 3, 36), block(2, -16, 3, -20),
                            block(1, 0, 4, 12), block(2, 8, 3, 16)})
    EXPECT_EQ(taken(types.of(shape)), wanted(shape));
}

TEST(block_types, are_made_once_while_they_are_in_use) {
  block_types types;
  auto const first = block(3, 8, 2, 40);
  MPI_Datatype const made = types.of(first);
  for (std::int64_t other = 0; other < 30; ++other) {
    auto const shape = block(2, 16, 2, 40 + 8 * other);
    EXPECT_EQ(taken(types.of(shape)), wanted(shape));
    EXPECT_EQ(types.of(first), made);
  }
  for (std::size_t other = 0; other < block_types::most; ++other)
    static_cast<void>(types.of(block(2, 24, 2, 60 + 8 * static_cast<std::int64_t>(other))));
  EXPECT_EQ(taken(types.of(first)), wanted(first)); // made anew
  types.clear();
  EXPECT_EQ(taken(types.of(first)), wanted(first));
}

TEST(block_types, say_which_blocks_need_none) {
  EXPECT_TRUE(block(3, 8, 2, 24).dense());
  EXPECT_TRUE(block(1, 99, 1, 99).dense());
  EXPECT_FALSE(block(3, 8, 2, 32).dense());
  EXPECT_TRUE(block(3, 8, 2, 32).dense_rows());
  EXPECT_FALSE(block(3, 16, 1, 0).dense_rows());
}

TEST(block_types, are_met_from_the_other_end) {
  auto shape = block(4, -16, 3, -100);
  EXPECT_EQ(shape.turn_rows(), -48);
  EXPECT_EQ(shape.turn_gap(), -200);
  EXPECT_EQ(shape, block(4, 16, 3, 100));
}

} // namespace
} // namespace armada::detail
