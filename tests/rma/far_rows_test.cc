#include <armada/rma/detail/far_rows.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/lazy_mpi.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <cstdint>
#include <numeric>
#include <vector>

namespace armada::detail {
namespace {

/// A window of T that this rank reaches through MPI, also where all ranks are far from it only by name; each rank's own
/// stretch of the part of `far`.
template <class T>
struct far_window {
  explicit far_window(std::int64_t stretch)
      : length(stretch), state(world(), stretch * ranks() * bytes, {.name = "far"}) {
    state.lock_all();
    for (int r = 0; r < ranks() && far < 0; ++r)
      if (state.near(r) == nullptr) far = r;
  }
  ~far_window() {
    state.flush_all();
    barrier(world());
    state.unlock_all();
  }
  /// Where this rank's stretch begins.
  [[nodiscard]] std::int64_t mine() const { return me() * length; }
  [[nodiscard]] std::vector<T> read() {
    state.set_chunk(window_state::default_chunk);
    std::vector<T> result(static_cast<std::size_t>(length));
    state.far_get(result.data(), far, mine() * bytes, length * bytes);
    state.flush(far);
    return result;
  }
  void write(std::vector<T> const& values) {
    state.set_chunk(window_state::default_chunk);
    state.far_put(values.data(), far, mine() * bytes, length * bytes);
    state.flush(far);
  }

  static constexpr std::int64_t bytes = sizeof(T);
  std::int64_t length;
  window_state state;
  int far = -1;
};

template <class T>
T number(std::int64_t i) {
  T value{};
  auto* const raw = reinterpret_cast<unsigned char*>(&value);
  for (std::size_t b = 0; b < sizeof(T); ++b) raw[b] = static_cast<unsigned char>(i * 31 + static_cast<int>(b) * 7);
  return value;
}
template <class T>
std::vector<T> numbers(std::int64_t count, int seed) {
  std::vector<T> result;
  for (std::int64_t i = 0; i < count; ++i) result.push_back(number<T>(i + 1000 * seed));
  return result;
}

/// Gets and puts a block; all elements around it stay as they are, on both sides.
template <class T, std::size_t N>
void moves_a_block(far_window<T>& window, stride_array<N> const& shape, stride_array<N> const& here_strides,
                   std::int64_t here, stride_array<N> const& far_strides, std::int64_t there,
                   std::int64_t chunk = window_state::default_chunk) {
  auto const theirs = numbers<T>(window.length, 1), ours = numbers<T>(window.length, 2);
  auto got = ours, put = theirs;
  std::int64_t const volume = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>{});
  for (std::int64_t e = 0; e < volume; ++e) {
    std::int64_t rest = e, a = here, b = there;
    for (std::size_t d = N; d-- > 0; rest /= shape[d]) {
      a += rest % shape[d] * here_strides[d];
      b += rest % shape[d] * far_strides[d];
    }
    got[static_cast<std::size_t>(a)] = theirs[static_cast<std::size_t>(b)];
    put[static_cast<std::size_t>(b)] = ours[static_cast<std::size_t>(a)];
  }
  window.write(theirs);
  auto memory = ours;
  window.state.set_chunk(chunk);
  far_block(window.state, window.far, far_access::get, memory.data() + here, here_strides, window.mine() + there,
            far_strides, shape);
  window.state.flush(window.far);
  EXPECT_EQ(memory, got) << "get of " << sizeof(T) << " bytes each";
  far_block(window.state, window.far, far_access::put, ours.data() + here, here_strides, window.mine() + there,
            far_strides, shape);
  window.state.flush(window.far);
  EXPECT_EQ(window.read(), put) << "put of " << sizeof(T) << " bytes each";
}

template <class T>
void moves_blocks() {
  far_window<T> window(1000);
  if (window.far < 0) return;
  moves_a_block<T, 1>(window, {0}, {1}, 0, {1}, 0);
  moves_a_block<T, 1>(window, {1}, {1}, 5, {1}, 999);
  moves_a_block<T, 1>(window, {1000}, {1}, 0, {1}, 0);
  moves_a_block<T, 1>(window, {300}, {-3}, 950, {2}, 7);
  moves_a_block<T, 1>(window, {300}, {3}, 2, {-2}, 700);
  moves_a_block<T, 1>(window, {40}, {-1}, 39, {1}, 0, 16);
  moves_a_block<T, 2>(window, {20, 30}, {30, 1}, 10, {40, 1}, 60);
  moves_a_block<T, 2>(window, {20, 30}, {30, 1}, 10, {40, 1}, 60, 100);
  moves_a_block<T, 2>(window, {2, 30}, {30, 1}, 10, {40, 1}, 60);
  moves_a_block<T, 2>(window, {20, 3}, {-40, 2}, 900, {45, 5}, 1, 64);
  moves_a_block<T, 2>(window, {6, 7}, {1, 6}, 0, {7, 1}, 0, 1);
  moves_a_block<T, 3>(window, {4, 5, 6}, {200, 30, 1}, 3, {200, 30, 1}, 100);
  moves_a_block<T, 3>(window, {4, 5, 6}, {-200, 30, -2}, 700, {150, -25, 3}, 120, 48);
}

TEST(far_rows, move_blocks_of_any_strides_and_elements_of_any_size) {
  moves_blocks<std::uint8_t>();
  moves_blocks<std::uint16_t>();
  moves_blocks<std::array<std::uint8_t, 3>>();
  moves_blocks<std::uint32_t>();
  moves_blocks<std::array<std::uint16_t, 3>>();
  moves_blocks<std::uint64_t>();
  moves_blocks<std::array<std::uint64_t, 2>>();
}

TEST(far_rows, strides_of_zero_put_one_element_everywhere) {
  far_window<std::int32_t> window(100);
  if (window.far < 0) return;
  window.write(std::vector<std::int32_t>(100, 1));
  std::int32_t const value = 7;
  far_block(window.state, window.far, far_access::put, &value, stride_array<2>{}, window.mine() + 3,
            stride_array<2>{10, 2}, stride_array<2>{4, 3});
  far_block(window.state, window.far, far_access::put, &value, stride_array<1>{}, window.mine() + 50,
            stride_array<1>{1}, stride_array<1>{20});
  window.state.flush(window.far);
  std::vector<std::int32_t> expected(100, 1);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 3; ++j) expected[3 + 10 * i + 2 * j] = 7;
  std::fill_n(expected.begin() + 50, 20, 7);
  EXPECT_EQ(window.read(), expected);
}

template <class T>
void accumulates() {
  far_window<T> window(200);
  if (window.far < 0) return;
  for (std::int64_t const chunk : {std::int64_t{1}, std::int64_t{100}, window_state::default_chunk}) {
    window.write(std::vector<T>(200, T(1)));
    window.state.set_chunk(chunk);
    std::vector<T> values;
    for (int i = 0; i < 40; ++i) values.push_back(T(static_cast<float>(i % 7)));
    far_block(window.state, window.far, far_access::accumulate, values.data() + 39, stride_array<2>{-10, -1},
              window.mine() + 5, stride_array<2>{40, 3}, stride_array<2>{4, 10},
              element_layout{datatype_of<T>(), 1, sizeof(T)}, MPI_SUM);
    window.state.flush(window.far);
    std::vector<T> expected(200, T(1));
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 10; ++j) {
        T& element = expected[5 + 40 * i + 3 * j];
        element = static_cast<T>(element + values[39 - 10 * i - j]);
      }
    EXPECT_EQ(window.read(), expected) << sizeof(T) << " bytes each, chunk " << chunk;
  }
}

TEST(far_rows, accumulate) {
  accumulates<std::int8_t>();
  accumulates<std::int16_t>();
  accumulates<float>();
  accumulates<double>();
  accumulates<std::complex<double>>();
}

/// What the table in the header says: many short rows in few calls, long ones by themselves, none too large.
TEST(far_rows, ask_mpi_as_seldom_as_is_quick) {
  constexpr std::int64_t width = 2048;
  far_window<double> window(128 * width);
  if (window.far < 0) return;
  std::vector<double> memory(static_cast<std::size_t>(128 * width));
  auto const get = [&](std::int64_t rows, std::int64_t columns, std::int64_t step) {
    lazy_mpi::seen = {};
    far_block(window.state, window.far, far_access::get, memory.data(), stride_array<2>{columns, 1}, window.mine(),
              stride_array<2>{width, step}, stride_array<2>{rows, columns});
    window.state.flush(window.far);
    EXPECT_LE(lazy_mpi::seen.longest, far_rows::most_together);
    return std::pair(lazy_mpi::seen.calls, lazy_mpi::seen.derived);
  };
  using calls = std::pair<int, int>;
  EXPECT_EQ(get(128, 1, 1), calls(1, 1)) << "a column";
  EXPECT_EQ(get(64, 64, 1), calls(1, 1)) << "a patch";
  EXPECT_EQ(get(128, 512, 1), calls(2, 2)) << "512 KiB in short rows";
  EXPECT_EQ(get(1, 512, 1), calls(1, 0)) << "one short row";
  EXPECT_EQ(get(2, 512, 1), calls(2, 0)) << "two short rows";
  EXPECT_EQ(get(10, 1024, 1), calls(1, 1)) << "rows of 8 KiB";
  EXPECT_EQ(get(2, 1024, 1), calls(1, 1)) << "two rows of 8 KiB";
  EXPECT_EQ(get(4, 8192, 1), calls(4, 0)) << "long rows";
  EXPECT_EQ(get(10, 1024, 2), calls(1, 1)) << "rows with gaps";
  EXPECT_EQ(get(1, 1, 1), calls(1, 0)) << "one element";
  auto const get_planes = [&](std::int64_t rows) {
    lazy_mpi::seen = {};
    far_block(window.state, window.far, far_access::get, memory.data(), stride_array<3>{rows * 128, 128, 1},
              window.mine(), stride_array<3>{20 * width, width, 1}, stride_array<3>{6, rows, 128});
    window.state.flush(window.far);
    return std::pair(lazy_mpi::seen.calls, lazy_mpi::seen.derived);
  };
  EXPECT_EQ(get_planes(16), calls(6, 6)) << "planes of 16 KiB";
  EXPECT_EQ(get_planes(4), calls(1, 1)) << "planes of 4 KiB";
}

} // namespace
} // namespace armada::detail
