// Slices of arrays: patches of a neighbour's memory in two and three dimensions, planning, accumulate, creation.

#include "compare.hpp"
#include "raw_window.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using armada::block;
using armada::block_cyclic;
using armada::distributed_array;
using xt::all;
using xt::range;
using xt::placeholders::_;

/// A block of N dimensions between two memories, as a programmer would write the loops: rows by memcpy where they are
/// dense, element by element otherwise. Steps count elements.
template <std::size_t N>
struct loops {
  std::array<long, N> count, into, from;

  void operator()(double* to, double const* at) const { run<0>(to, at); }

private:
  template <std::size_t D>
  void run(double* to, double const* at) const {
    if constexpr (D + 1 < N)
      for (long i = 0; i < count[D]; ++i) run<D + 1>(to + i * into[D], at + i * from[D]);
    else if (into[D] == 1 && from[D] == 1)
      std::memcpy(to, at, static_cast<std::size_t>(count[D]) * sizeof(double));
    else
      for (long i = 0; i < count[D]; ++i) to[i * into[D]] = at[i * from[D]];
  }
};

/// MPI's datatype of a block, as nested vectors of bytes.
template <std::size_t N>
class block_type {
public:
  block_type(std::array<long, N> const& count, std::array<long, N> const& step) {
    MPI_Type_dup(MPI_DOUBLE, &raw_);
    for (std::size_t d = N; d-- > 0;) {
      MPI_Datatype outer = MPI_DATATYPE_NULL;
      MPI_Type_create_hvector(static_cast<int>(count[d]), 1, step[d] * static_cast<long>(sizeof(double)), raw_, &outer);
      MPI_Type_free(&raw_);
      raw_ = outer;
    }
    MPI_Type_commit(&raw_);
  }
  ~block_type() { MPI_Type_free(&raw_); }
  block_type(block_type const&) = delete;
  block_type& operator=(block_type const&) = delete;
  [[nodiscard]] MPI_Datatype raw() const { return raw_; }

private:
  MPI_Datatype raw_ = MPI_DATATYPE_NULL;
};

class slices {
public:
  explicit slices(bench::table& table) : table_(table) {}

  /// Gets and puts what `section()` gives of `a`: `count` elements with `step` between them in the last rank's tile,
  /// from element `first` of it on.
  template <std::size_t N>
  void patch(std::string const& label, auto& a, auto section, std::array<long, N> const& count,
             std::array<long, N> const& step, long first) {
    if (!table_.wanted("get " + label) && !table_.wanted("put " + label)) return;
    std::array<std::size_t, N> shape{};
    std::array<long, N> dense{};
    long size = 1;
    for (std::size_t d = N; d-- > 0; size *= count[d]) {
      shape[d] = static_cast<std::size_t>(count[d]);
      dense[d] = size;
    }
    auto patch = xt::xtensor<double, N>::from_shape(shape);
    patch.fill(2.0);
    double* const data = patch.data();
    double const bytes = static_cast<double>(size) * sizeof(double);
    auto const get = bench::on_rank_0([&] { armada::get(section(), patch); });
    auto const put = bench::on_rank_0([&] { section() = patch; });
    if (!table_.far()) {
      double* const memory = a.tile(other_).data() + first;
      loops<N> const out{count, dense, step}, in{count, step, dense};
      table_.compare("get " + label + ", loop by hand", "GB/s", bench::ratio(0.9), get,
                     bench::on_rank_0([=] { out(data, memory), bench::touch(data); }), bytes);
      table_.compare("put " + label + ", loop by hand", "GB/s", bench::ratio(0.9), put,
                     bench::on_rank_0([=] { in(memory, data), bench::touch(memory); }), bytes);
    }
    bench::raw_window<double> raw(a.distribution().tile_volume(0));
    block_type<N> const type(count, step);
    auto const expected = table_.far() ? bench::ratio(0.95) : bench::bound{};
    table_.compare("get " + label + ", raw MPI_Get", "GB/s", expected, get, bench::on_rank_0([&] {
                     MPI_Get(data, static_cast<int>(size), MPI_DOUBLE, other_, first, 1, type.raw(), raw.raw());
                     raw.flush(other_);
                   }),
                   bytes);
    table_.compare("put " + label + ", raw MPI_Put", "GB/s", expected, put, bench::on_rank_0([&] {
                     MPI_Put(data, static_cast<int>(size), MPI_DOUBLE, other_, first, 1, type.raw(), raw.raw());
                     raw.flush(other_);
                   }),
                   bytes);
    if (table_.far()) {
      std::vector<double> rows;
      table_.compare("get " + label + ", rows by MPI_Get and loops by hand", "GB/s", expected, get,
                     bench::on_rank_0([&] { get_by_hand(raw, data, count, step, first, rows); }), bytes);
    }
  }

  /// A patch by plain gets: one for each row with what lies between its elements, or for each element where that would
  /// be too much; then the loops.
  template <std::size_t N>
  void get_by_hand(bench::raw_window<double>& raw, double* data, std::array<long, N> const& count,
                   std::array<long, N> const& step, long first, std::vector<double>& rows) const {
    long const elements = count[N - 1], between = std::abs(step[N - 1]);
    long const pieces = between <= 4 ? 1 : elements, length = between <= 4 ? (elements - 1) * between + 1 : 1;
    long const before = pieces == 1 && step[N - 1] < 0 ? length - 1 : 0;
    std::array<long, N> index{};
    std::size_t got = 0;
    std::array<long, N> dense{}, from{};
    long volume = 1, behind = pieces * length;
    for (std::size_t d = N; d-- > 0; volume *= count[d]) {
      dense[d] = volume;
      from[d] = d + 1 == N ? (pieces == 1 ? step[d] : 1) : behind;
      if (d + 1 < N) behind *= count[d];
    }
    rows.resize(static_cast<std::size_t>(volume / elements * pieces * length));
    for (bool more = true; more;) {
      long at = first;
      for (std::size_t d = 0; d + 1 < N; ++d) at += index[d] * step[d];
      for (long piece = 0; piece < pieces; ++piece, got += static_cast<std::size_t>(length))
        MPI_Get(rows.data() + got, static_cast<int>(length), MPI_DOUBLE, other_, at - before + piece * step[N - 1],
                static_cast<int>(length), MPI_DOUBLE, raw.raw());
      more = false;
      for (std::size_t d = N - 1; d-- > 0 && !more;) {
        more = ++index[d] < count[d];
        if (!more) index[d] = 0;
      }
    }
    raw.flush(other_);
    loops<N>{count, dense, from}(data, rows.data() + before);
  }

  void patches() {
    constexpr long side = 4096;
    distributed_array<double, 2> a(world_, {side, side});
    a.fill(1.0);
    long const top = a.range_of(other_).dimensions[0].first;
    for (auto const& [rows, columns] : {std::pair{1L, 64L}, std::pair{64L, 64L}, std::pair{1024L, 1024L}})
      patch<2>(
          std::to_string(rows) + " x " + std::to_string(columns), a,
          [&, rows = rows, columns = columns] { return a(range(top, top + rows), range(0, columns)); }, {rows, columns},
          {side, 1}, 0);
    patch<2>(
        "64 x 64, step 2", a, [&] { return a(range(top, top + 128, 2), range(0, 128, 2)); }, {64, 64}, {2 * side, 2},
        0);
    patch<2>(
        "64 x 64, reversed", a, [&] { return a(range(top + 63, top - 1, -1), range(63, _, -1)); }, {64, 64},
        {-side, -1}, 63 * side + 63);
  }
  /// A short row beside what it cannot do without: both slices checked, the owner looked up, the row copied.
  void row() {
    constexpr long side = 4096;
    distributed_array<double, 2> a(world_, {side, side});
    a.fill(1.0);
    auto row = xt::xtensor<double, 1>::from_shape({64});
    std::vector<double*> tiles;
    for (int r = 0; r < world_.size(); ++r) tiles.push_back(a.tile(r).data());
    long i = a.range_of(other_).dimensions[0].first, first = 0;
    long const rows = side / world_.size(); // which the compiler does not know
    auto const place = [&] {
      bench::touch(&i), bench::touch(&first);
      long const last = first + 64;
      if (i < 0 || i >= side || first < 0 || last > side || first > last) throw armada::index_error("beyond");
      long const owner = i / rows;
      return tiles[static_cast<std::size_t>(owner)] + (i - owner * rows) * side + first;
    };
    table_.compare("get row of 64, check, look-up and memcpy", "ns", bench::value(20), bench::on_rank_0([&] {
                     bench::touch(&i), bench::touch(&first);
                     armada::get(a(i, range(first, first + 64)), row);
                     bench::touch(row.data());
                   }),
                   bench::on_rank_0([&] {
                     std::memcpy(row.data(), place(), row.size() * sizeof(double));
                     bench::touch(row.data());
                   }));
    table_.compare("put row of 64, check, look-up and memcpy", "ns", bench::value(20), bench::on_rank_0([&] {
                     bench::touch(&i), bench::touch(&first);
                     a(i, range(first, first + 64)) = row;
                   }),
                   bench::on_rank_0([&] {
                     double* const to = place();
                     std::memcpy(to, row.data(), row.size() * sizeof(double));
                     bench::touch(to);
                   }));
  }
  void column() {
    distributed_array<double, 2> a(world_, {4096 * world_.size(), 1024});
    long const top = a.range_of(other_).dimensions[0].first;
    patch<1>(
        "column of 4096", a, [&] { return a(range(top, top + 4096), 5); }, {4096}, {1024}, 5);
  }
  void cube() {
    distributed_array<double, 3> a(world_, {256, 256, 256});
    long const top = a.range_of(other_).dimensions[0].first;
    patch<3>(
        "64 x 64 x 64 of 256 x 256 x 256", a, [&] { return a(range(top, top + 64), range(9, 73), range(17, 81)); },
        {64, 64, 64}, {256 * 256, 256, 1}, 9 * 256 + 17);
  }

  /// Every second row and column, which four ranks own, written by one.
  void across_owners() {
    constexpr long side = 2048, half = side / 2;
    distributed_array<double, 2> a(world_, {side, side}, {block, block}, armada::process_grid{2, 2});
    auto const values = xt::xtensor<double, 2>::from_shape({half, half});
    std::array<double*, 4> tiles{};
    for (int r = 0; r < 4; ++r) tiles[static_cast<std::size_t>(r)] = a.tile(r).data();
    loops<2> const part{{half / 2, half / 2}, {2 * half, 2}, {half, 1}};
    table_.compare("put step 2 across 4 owners, loops by hand", "GB/s", bench::ratio(0.9),
                   bench::on_rank_0([&] { a(range(0, side, 2), range(0, side, 2)) = values; }), bench::on_rank_0([&] {
                     for (std::size_t r = 0; r < 4; ++r)
                       part(tiles[r], values.data() + (r / 2 * half / 2) * half + r % 2 * half / 2);
                     bench::touch(tiles[3]);
                   }),
                   half * half * sizeof(double));
  }

  void accumulate() {
    constexpr long count = 1 << 20;
    distributed_array<double, 1> a(world_, {count * world_.size()});
    xt::xtensor<double, 1> const values = xt::ones<double>({count});
    long const first = count * other_;
    auto const add = bench::on_rank_0([&] { a(range(first, first + count)) += values; });
    double const bytes = count * sizeof(double);
    if (!table_.far()) {
      double* const memory = a.tile(other_).data();
      table_.compare("accumulate 8 MiB of double, plain add", "GB/s", bench::ratio(0.7), add,
                     bench::on_rank_0([&, memory] {
                       for (long i = 0; i < count; ++i) memory[i] += values.data()[i];
                       bench::touch(memory);
                     }),
                     bytes);
    }
    bench::raw_window<double> raw(count);
    table_.compare("accumulate 8 MiB of double, raw MPI_Accumulate", "GB/s", bench::bound{}, add, bench::on_rank_0([&] {
                     MPI_Accumulate(values.data(), count, MPI_DOUBLE, other_, 0, count, MPI_DOUBLE, MPI_SUM, raw.raw());
                     raw.flush(other_);
                   }),
                   bytes);
  }

  /// An element at a time of arrays that are cut in other ways than blocks; the twin does the arithmetic by hand with
  /// constants that the compiler knows.
  void block_cyclic_elements() {
    constexpr long side = 1024, length = 64;
    distributed_array<double, 2> a(world_, {side, side}, {block_cyclic(length), block_cyclic(length)},
                                   armada::process_grid{world_.size(), 1});
    a.fill(1.0);
    std::array<std::pair<long, long>, 4096> places;
    for (std::size_t k = 0; k < places.size(); ++k)
      places[k] = {static_cast<long>(k * 7919 % side), static_cast<long>(k * 104729 % side)};
    std::vector<double const*> tiles;
    for (int r = 0; r < world_.size(); ++r) tiles.push_back(a.tile(r).data());
    double sum = 0;
    std::size_t next = 0;
    long const parts = world_.size();
    table_.compare(
        "element of a block-cyclic array, by hand", "ns", bench::value(15), bench::on_rank_0([&] {
          auto const [i, j] = places[next++ % places.size()];
          sum += static_cast<double>(a(i, j));
          bench::touch(&sum);
        }),
        bench::on_rank_0([&] {
          auto const [i, j] = places[next++ % places.size()];
          long const number = i / length;
          sum += tiles[static_cast<std::size_t>(number % parts)][(number / parts * length + i % length) * side + j];
          bench::touch(&sum);
        }));
  }

  /// What a slice with one owner costs before anything moves, however many ranks there are.
  void planning() {
    std::int64_t sum = 0;
    auto const plan = [&sum](armada::distribution<2> const& spread) {
      armada::for_each_piece(spread, armada::select(spread.shape(), range(130, 150), range(10, 40)).selected,
                             [&](armada::piece<2> const& each) { sum += each.tile_offset; });
      bench::touch(&sum);
    };
    auto const on = [](int ranks) { return armada::distribution<2>({1'000'000, 1'000'000}, {block, block}, ranks); };
    auto const few = on(100);
    for (int const ranks : {100, 1000, 10'000, 100'000}) {
      auto const many = on(ranks);
      table_.compare("plan a slice on " + std::to_string(ranks) + " ranks, on 100", "ns", bench::value(100),
                     bench::on_rank_0([&] { plan(many); }), bench::on_rank_0([&] { plan(few); }));
    }
    auto const rows = [&sum](armada::distribution<2> const& spread, std::int64_t count) {
      armada::for_each_piece(spread, armada::select(spread.shape(), range(0, count), range(10, 40)).selected,
                             [&](armada::piece<2> const& each) { sum += each.tile_offset; });
      bench::touch(&sum);
    };
    armada::distribution<2> const slabs({1'000'000, 1'000'000}, 10'000); // of 100 rows
    table_.compare("plan a slice with 1000 owners, 100 with 10", "us", bench::ratio(0.9),
                   bench::on_rank_0([&] { rows(slabs, 100'000); }), bench::on_rank_0([&] {
                     for (int k = 0; k < 100; ++k) rows(slabs, 1000);
                   }));
    static_assert(sizeof(armada::distribution<2>) <= 512, "however many ranks");
    table_.compare(
        "describe an array to 100000 ranks, to 100", "ns", bench::ratio(0.8), bench::on_rank_0([&] {
          armada::distribution<2> const made({1'000'000, 1'000'000}, armada::process_grid{250, 400}, 100'000);
          bench::touch(&made);
        }),
        bench::on_rank_0([&] {
          armada::distribution<2> const made({1'000'000, 1'000'000}, armada::process_grid{10, 10}, 100);
          bench::touch(&made);
        }));
  }

  void creation() {
    constexpr long count = 1'000'000;
    table_.compare(
        "array of 1000000 doubles, window of as many", "us", bench::ratio(1 / 1.2),
        [&](long times) {
          for (long k = 0; k < times; ++k) distributed_array<double, 1> const a(world_, {count});
        },
        [&](long times) {
          for (long k = 0; k < times; ++k) armada::window<double>::allocate(world_, count / world_.size()).close();
        });
  }

private:
  bench::table& table_;
  armada::communicator const& world_ = armada::world();
  int other_ = armada::world().size() - 1;
};

} // namespace

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  slices cases(table);
  if (armada::world().size() == 4) {
    cases.across_owners();
    return 0;
  }
  cases.patches();
  cases.column();
  cases.cube();
  cases.accumulate();
  if (table.far()) return 0;
  cases.row();
  cases.block_cyclic_elements();
  cases.planning();
  cases.creation();
}
