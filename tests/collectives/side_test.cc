/// Buffers that MPI is told of by a datatype: every second element, and strided views.

#include <armada/collectives/detail/side.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/gather.hpp>
#include <armada/collectives/scatter.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/strided_buffer.hpp>
#include <armada/core/xtensor_types.hpp>

#include <vector>

#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

namespace armada {
namespace {

using namespace support;

using grid = xt::xtensor<double, 2>;
auto column_of(grid& of, std::size_t j) { return xt::view(of, xt::all(), j); }
using column = decltype(column_of(std::declval<grid&>(), 0));

template <class In, class Out, class Mode>
concept allgather_in = requires(communicator const& c, In in, Out out, Mode mode) {
  allgather(c, static_cast<In>(in), static_cast<Out>(out), mode);
};
static_assert(allgather_in<column&, std::vector<double>&, persistent_t>);
static_assert(allgather_in<column, typed_buffer<void>, persistent_t>, "what they show lives on");
static_assert(!allgather_in<double&, column&, blocking_t>, "a strided view cannot be cut into blocks");
static_assert(!allgather_in<typed_buffer<void const>, typed_buffer<void const>, blocking_t>);

/// The even or the odd places of room for `count` elements, as a buffer; the other places must stay as they are.
class every_second {
public:
  every_second(std::size_t count, bool odd)
      : first_(odd ? 1 : 0), count_(count), memory_(2 * count + 1, untouched),
        pair_(datatype::contiguous(1, datatype::of<int>()).resized(0, 2 * sizeof(int))) {}

  [[nodiscard]] auto buffer() { return typed(memory_.data() + first_, static_cast<MPI_Count>(count_), pair_); }
  void put(std::vector<int> const& values, std::size_t place = 0) {
    for (std::size_t i = 0; i < values.size(); ++i) memory_[first_ + 2 * (place + i)] = values[i];
  }
  void clear() { std::ranges::fill(memory_, untouched); }
  void expect(std::vector<int> const& values) const {
    for (std::size_t i = 0; i < memory_.size(); ++i) {
      bool const ours = i % 2 == first_ && i / 2 < count_;
      ASSERT_EQ(memory_[i], ours ? values[i / 2] : untouched) << "at " << i;
    }
  }

private:
  static constexpr int untouched = -7;
  std::size_t first_;
  std::size_t count_;
  std::vector<int> memory_;
  datatype pair_;
};

TEST(side, bcast_of_every_second_element) {
  for (int root = 0; root < ranks(); ++root)
    for (std::size_t count = 0; count < 10; ++count) {
      every_second buffer(count, here() != root); // even ones become odd ones
      in_three_modes(
          [&](int round) {
            buffer.clear();
            if (here() == root) buffer.put(in_round<int>(round, root, count));
          },
          [&](auto mode) { return bcast(world(), buffer.buffer(), root, mode); },
          [&](int round) { buffer.expect(in_round<int>(round, root, count)); });
    }
}

TEST(side, gather_and_allgather_of_every_second_element) {
  for (std::size_t count = 0; count < 10; count += 3) {
    every_second in(count, false);
    every_second out(count * many(), true);
    auto const fill = [&](int round) {
      in.clear();
      in.put(in_round<int>(round, here(), count));
      out.clear();
    };
    auto const all = [&](int round) {
      return joined<int>(ranks(), [&](int from) { return in_round<int>(round, from, count); });
    };
    in_three_modes(
        fill, [&](auto mode) { return allgather(world(), in.buffer(), out.buffer(), mode); },
        [&](int round) { out.expect(all(round)); });
    in_three_modes(
        [&](int round) {
          fill(round);
          out.put(in_round<int>(round, here(), count), count * static_cast<std::size_t>(here()));
        },
        [&](auto mode) { return allgather(world(), in_place, out.buffer(), mode); },
        [&](int round) { out.expect(all(round)); });
    for (int root = 0; root < ranks(); ++root)
      in_three_modes(
          fill,
          [&](auto mode) {
            if (here() == root) return gather(world(), in.buffer(), out.buffer(), root, mode);
            return gather(world(), in.buffer(), nothing, root, mode);
          },
          [&](int round) {
            if (here() == root) out.expect(all(round));
          });
  }
}

TEST(side, scatter_and_alltoall_of_every_second_element) {
  for (std::size_t count = 0; count < 10; count += 3) {
    every_second in(count * many(), true);
    every_second out(count * many(), false);
    every_second mine(count, false);
    auto const sent = [&](int round, int from) {
      return joined<int>(ranks(), [&](int to) { return between<int>(round, from, to, count); });
    };
    auto const fill = [&](int round) {
      in.clear();
      in.put(sent(round, here()));
      out.clear();
      mine.clear();
    };
    in_three_modes(
        fill, [&](auto mode) { return alltoall(world(), in.buffer(), out.buffer(), mode); },
        [&](int round) {
          out.expect(joined<int>(ranks(), [&](int from) { return between<int>(round, from, here(), count); }));
        });
    for (int root = 0; root < ranks(); ++root)
      in_three_modes(
          fill, [&](auto mode) { return scatter(world(), in.buffer(), mine.buffer(), root, mode); },
          [&](int round) { mine.expect(between<int>(round, root, here(), count)); });
  }
}

TEST(side, strided_views) {
  grid mine = xt::zeros<double>({5, 3});
  std::vector<double> all(5 * many());
  auto const column_at = [](int round, int rank) { return in_round<double>(round, rank, 5); };
  auto const fill = [&](int round) {
    mine.fill(-1);
    for (std::size_t i = 0; i < 5; ++i) mine(i, 1) = column_at(round, here())[i];
  };
  auto const check_all = [&](int round) {
    EXPECT_EQ(all, joined<double>(ranks(), [&](int from) { return column_at(round, from); }));
  };
  in_three_modes(
      fill, [&](auto mode) { return allgather(world(), column_of(mine, 1), all, mode); }, check_all);
  auto const check_mine = [&](std::vector<double> const& expected) {
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(mine(i, 1), expected[i]);
      EXPECT_EQ(mine(i, 0), -1);
      EXPECT_EQ(mine(i, 2), -1);
    }
  };
  for (int root = 0; root < ranks(); ++root) {
    in_three_modes(
        fill, [&](auto mode) { return bcast(world(), column_of(mine, 1), root, mode); },
        [&](int round) { check_mine(column_at(round, root)); });
    in_three_modes(
        fill, [&](auto mode) { return gather(world(), column_of(mine, 1), all, root, mode); },
        [&](int round) {
          if (here() == root) check_all(round);
        });
    in_three_modes(
        [&](int round) {
          mine.fill(-1);
          std::ranges::copy(joined<double>(ranks(), [&](int to) { return between<double>(round, root, to, 5); }),
                            all.begin());
        },
        [&](auto mode) { return scatter(world(), all, column_of(mine, 1), root, mode); },
        [&](int round) { check_mine(between<double>(round, root, here(), 5)); });
  }
}

TEST(side, lengths_are_compared_in_bytes) {
  auto const start = "allgather on \"world\", rank " + std::to_string(here()) + ": ";
  std::vector<int> in(2);
  std::vector<int> out(3 * many());
  auto const pair = datatype::contiguous(2, datatype::of<int>());
  EXPECT_EQ(message_of<argument_error>([&] { allgather(world(), typed(in.data(), 1, pair), out); }),
            start + "a block of out has 12 bytes and needs 8");
  if (ranks() > 1) {
    EXPECT_EQ(message_of<argument_error>(
                  [&] { allgather(world(), in, typed(out.data(), static_cast<MPI_Count>(many()) + 1, pair)); }),
              start + "out has " + std::to_string(many() + 1) + " items and needs " + std::to_string(many()));
  }
}

} // namespace
} // namespace armada
