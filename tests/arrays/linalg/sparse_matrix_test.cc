#include "tests/arrays/linalg/reference.hpp"

#include <armada/arrays/linalg/sparse_matrix.hpp>
#include <armada/core/communicator.hpp>

#include <map>
#include <type_traits>

namespace armada {
namespace {

using reference::error_of;
using entries = std::vector<triplet<double>>;

static_assert(std::is_nothrow_move_constructible_v<sparse_matrix<double>>);
static_assert(!std::is_copy_constructible_v<sparse_matrix<double>>);

/// The entries that this rank gives, when they are dealt out in no order of rows.
template <class T>
std::vector<triplet<T>> share(std::vector<triplet<T>> const& all) {
  std::vector<triplet<T>> mine;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (static_cast<int>((i * 7) % static_cast<std::size_t>(world().size())) == world().rank()) mine.push_back(all[i]);
  return mine;
}

template <class T>
std::vector<T> serial_product(std::int64_t rows, std::vector<triplet<T>> const& all, std::vector<T> const& x) {
  std::vector<T> y(static_cast<std::size_t>(rows));
  for (auto const& [row, column, value] : all)
    y[static_cast<std::size_t>(row)] += value * x[static_cast<std::size_t>(column)];
  return y;
}

template <class T>
std::vector<triplet<T>> random_entries(std::int64_t rows, std::int64_t columns, std::int64_t count,
                                       std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<triplet<T>> all;
  for (std::int64_t k = 0; k < count && rows * columns > 0; ++k)
    all.push_back({static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(rows)),
                   static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(columns)),
                   reference::random_value<T>(random)});
  return all;
}

template <class T>
void check_product(std::int64_t rows, std::int64_t columns, std::vector<triplet<T>> const& all) {
  auto const what = detail::text(rows, " × ", columns, " with ", all.size(), " triplets");
  auto const a = sparse_matrix<T>::from_triplets(world(), {rows, columns}, share(all));
  EXPECT_EQ(a.shape(), (index_array<2>{rows, columns}));
  auto const vector = reference::random_values<T>(columns, 11);
  distributed_array<T, 1> x(world(), {columns}), y(world(), {rows});
  reference::scatter(x, vector);
  y.local() = T(99);
  matvec(a, x, y);
  reference::expect_tile(y, serial_product(rows, all, vector), what);
}

template <class T>
class SparseProduct : public testing::Test {};
using element_types = testing::Types<double, float, std::complex<double>>;
TYPED_TEST_SUITE(SparseProduct, element_types);

TYPED_TEST(SparseProduct, IsTheSerialOneForRandomTriplets) {
  using T = TypeParam;
  std::uint64_t seed = 1;
  for (std::int64_t const rows : {0, 1, 3, 101})
    for (std::int64_t const columns : {0, 1, 97})
      for (std::int64_t const count : {0, 20, 900}) // with repetitions, and with empty rows
        check_product<T>(rows, columns, random_entries<T>(rows, columns, count, ++seed));
}

TEST(SparseMatrix, ManyRoundsLoseNothing) {
  constexpr std::int64_t n = 50;
  check_product<double>(n, n, random_entries<double>(n, n, 40'000, 3));
}

TEST(SparseMatrix, SumsEntriesAtTheSamePlace) {
  entries const mine{{1, 2, 0.5}, {0, 0, 1}, {1, 2, 0.25}};
  auto const a = sparse_matrix<double>::from_triplets(world(), {3, 3}, mine);
  EXPECT_EQ(a.entries(), 2);
  distributed_array<double, 1> x(world(), {3});
  x.fill(4);
  auto const y = matvec(a, x);
  auto const ranks = static_cast<double>(world().size());
  reference::expect_tile(y, {4 * ranks, 3 * ranks, 0}, "sums");
}

TEST(SparseMatrix, OneRankMayGiveEverything) {
  auto const all = random_entries<double>(40, 30, 20'000, 9);
  auto const a =
      sparse_matrix<double>::from_triplets(world(), {40, 30}, world().rank() == world().size() - 1 ? all : entries{});
  distributed_array<double, 1> x(world(), {30});
  x.fill(1);
  reference::expect_tile(matvec(a, x), serial_product(40, all, std::vector<double>(30, 1.0)), "from one rank");
}

/// -1 2 -1, and a far-off corner.
auto stencil(std::int64_t n) {
  return [n](std::int64_t row, auto add) {
    add(row, 2.0);
    if (row > 0) add(row - 1, -1.0);
    if (row + 1 < n) add(row + 1, -1.0);
    if (row == 0 && n > 1) add(n - 1, 0.5);
  };
}

TEST(SparseMatrix, FromRowsIsTheSameAsFromTriplets) {
  for (std::int64_t const n : {0, 1, 2, 5, 1000}) {
    entries all;
    for (std::int64_t row = 0; row < n; ++row)
      stencil(n)(row, [&](std::int64_t column, double value) { all.push_back({row, column, value}); });
    auto const a = sparse_matrix<double>::from_rows(world(), {n, n}, stencil(n));
    auto const b = sparse_matrix<double>::from_triplets(world(), {n, n}, share(all));
    auto const vector = reference::random_values<double>(n, 4);
    distributed_array<double, 1> x(world(), {n});
    reference::scatter(x, vector);
    reference::expect_tile(matvec(a, x), serial_product(n, all, vector), "rows");
    reference::expect_tile(matvec(b, x), serial_product(n, all, vector), "triplets");
    EXPECT_EQ(a.entries(), b.entries());
    reference::expect_tile(a.diagonal(), std::vector<double>(static_cast<std::size_t>(n), 2.0), "diagonal");
  }
}

TEST(SparseMatrix, DiagonalIsZeroWhereNothingIsStored) {
  entries const one{{1, 1, 3}, {2, 0, 5}};
  auto const a = sparse_matrix<double>::from_triplets(world(), {4, 4}, world().rank() == 0 ? one : entries{});
  reference::expect_tile(a.diagonal(), {0, 3, 0, 0}, "diagonal");
  auto const wide = sparse_matrix<double>::from_triplets(world(), {2, 3}, entries{});
  EXPECT_NE(error_of<argument_error>([&] { static_cast<void>(wide.diagonal()); }).find("of (2, 3)"), std::string::npos);
}

TEST(SparseMatrix, ProductSeesWritesBeforeItAndFreesTheVectorAfterIt) {
  constexpr std::int64_t n = 37;
  auto const a = sparse_matrix<double>::from_rows(world(), {n, n}, [&](std::int64_t row, auto add) {
    add((row + n / 2) % n, 1.0);
    add(row, 1.0);
  });
  distributed_array<double, 1> x(world(), {n}), y(world(), {n});
  for (int round = 1; round <= 20; ++round) {
    if (world().rank() == round % world().size()) x(xt::all()) = static_cast<double>(round);
    matvec(a, x, y);
    x.local() = -1.0;
    for (double const value : y.local().elements()) ASSERT_EQ(value, 2.0 * round);
    x.fence();
  }
  x.fill(1);
  matvec(a, x, x);
  for (double const value : x.local().elements()) EXPECT_EQ(value, 2);
}

TEST(SparseMatrixErrors, AreThrownOnEveryRank) {
  auto const last = world().size() - 1;
  entries const bad{{0, 0, 1}, {1, 5, 2}};
  auto const beyond = error_of<index_error>([&] {
    static_cast<void>(sparse_matrix<double>::from_triplets(world(), {4, 4}, world().rank() == last ? bad : entries{}));
  });
  EXPECT_NE(beyond.find("row 1, column 5"), std::string::npos) << beyond;
  EXPECT_NE(error_of<argument_error>([] {
              static_cast<void>(sparse_matrix<double>::from_triplets(world(), {4, -1}, entries{}));
            }),
            "");
  EXPECT_NE(error_of<argument_error>([] {
              static_cast<void>(sparse_matrix<double>::from_triplets(world(), {4 + world().rank() / 2, 4}, entries{}));
              throw argument_error("as expected on fewer than three ranks");
            }),
            "");
  EXPECT_NE(error_of<index_error>([] {
              static_cast<void>(
                  sparse_matrix<double>::from_rows(world(), {3, 3}, [](auto row, auto add) { add(row + 1, 1.0); }));
            }),
            "");
  int calls = 0;
  EXPECT_NE(error_of<argument_error>([&] {
              static_cast<void>(sparse_matrix<double>::from_rows(world(), {50, 50}, [&](auto row, auto add) {
                for (int k = 0; k < (++calls > 50 / world().size() ? 2 : 1); ++k) add(row, 1.0);
              }));
            }),
            "");
  auto const huge = error_of<out_of_memory>([] {
    static_cast<void>(sparse_matrix<double>::from_triplets(world(), {1'000'000'000'000'000, 4}, entries{}));
  });
  EXPECT_NE(huge.find("available"), std::string::npos) << huge;
}

TEST(SparseMatrixErrors, ProductNamesWhatDoesNotConform) {
  auto const a = sparse_matrix<double>::from_triplets(world(), {4, 6}, entries{});
  distributed_array<double, 1> const x(world(), {5});
  distributed_array<double, 1> y(world(), {4});
  auto const text = error_of<argument_error>([&] { matvec(a, x, y); });
  EXPECT_NE(text.find("of (4, 6)"), std::string::npos) << text;
  EXPECT_NE(text.find("of (5)"), std::string::npos) << text;
}

} // namespace
} // namespace armada
