#include <armada/core/derived_datatype.hpp>

#include "tests/support/throws.hpp"
#include "tests/support/values.hpp"
#include "zoo.hpp"

#include <armada/core/environment.hpp>

#include <cstdint>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;
using maker = datatype_description::maker;

static_assert(!std::is_copy_constructible_v<datatype> && std::is_nothrow_move_constructible_v<datatype>);
template <class T>
concept has_a_datatype = requires {
  datatype::of<T>();
};
static_assert(has_a_datatype<zoo::particle> && !has_a_datatype<std::string>);

/// What arrives at the neighbour when one `type` over ints 0, 1, 2, … is sent: `expected`, in this order; and back into
/// place, where all other elements stay as they are.
void expect_elements(datatype const& type, std::vector<int> const& expected, int lead = 0) {
  int const next = (world().rank() + 1) % world().size();
  int const last = (world().rank() + world().size() - 1) % world().size();
  std::vector<int> from(200);
  std::iota(from.begin(), from.end(), -lead);
  std::vector<int> got(expected.size() + 1, -77);
  auto const n = static_cast<int>(expected.size());
  MPI_Sendrecv(from.data() + lead, 1, type.raw(), next, 0, got.data(), n, MPI_INT, last, 0, world().raw(),
               MPI_STATUS_IGNORE);
  auto guarded = expected;
  guarded.push_back(-77);
  EXPECT_EQ(got, guarded);
  EXPECT_EQ(type.size(), static_cast<std::int64_t>(expected.size() * sizeof(int)));

  std::vector<int> into(200, -5);
  MPI_Sendrecv(got.data(), n, MPI_INT, next, 0, into.data() + lead, 1, type.raw(), last, 0, world().raw(),
               MPI_STATUS_IGNORE);
  std::vector<int> wanted(200, -5);
  for (int const each : expected) wanted[static_cast<std::size_t>(each + lead)] = each;
  EXPECT_EQ(into, wanted);
}

/// Makes the same type again from what `decode` says.
datatype again(datatype_description const& d) {
  auto const old = [&]() -> datatype const& { return d.types.at(0); };
  switch (d.made_by) {
  case maker::dup: return old().dup();
  case maker::contiguous: return datatype::contiguous(d.count, old());
  case maker::vector: return datatype::vector(d.count, d.lengths.at(0), d.stride, old());
  case maker::hvector: return datatype::hvector(d.count, d.lengths.at(0), d.stride, old());
  case maker::indexed: return datatype::indexed(d.lengths, d.displacements, old());
  case maker::hindexed: return datatype::hindexed(d.lengths, d.displacements, old());
  case maker::indexed_block: return datatype::indexed_block(d.lengths.at(0), d.displacements, old());
  case maker::hindexed_block: return datatype::hindexed_block(d.lengths.at(0), d.displacements, old());
  case maker::structure: {
    std::vector<datatype_field> fields;
    for (std::size_t i = 0; i < d.types.size(); ++i)
      fields.push_back({d.displacements.at(i), d.types[i], d.lengths.at(i)});
    return datatype::structure(fields);
  }
  case maker::subarray: return datatype::subarray(d.shape, d.part, d.first, old(), d.order);
  case maker::darray: return datatype::darray(d.dimensions, d.rank, old(), d.order);
  case maker::resized: return old().resized(d.lower_bound, d.extent);
  case maker::f90_integer: return datatype::f90_integer(d.digits.value());
  case maker::f90_real: return datatype::f90_real(d.digits, d.range);
  case maker::f90_complex: return datatype::f90_complex(d.digits, d.range);
  case maker::named: break;
  }
  throw std::logic_error("a named type cannot be made again");
}

/// The elements, their order, and that `decode` tells the truth.
void expect_type(datatype const& type, maker how, std::vector<int> const& expected, int lead = 0) {
  expect_elements(type, expected, lead);
  auto const description = type.decode();
  EXPECT_EQ(description.made_by, how);
  auto const copy = again(description);
  expect_elements(copy, expected, lead);
  EXPECT_EQ(copy.extent(), type.extent());
  EXPECT_EQ(copy.lower_bound(), type.lower_bound());
  EXPECT_EQ(copy.true_extent(), type.true_extent());
  EXPECT_EQ(copy.true_lower_bound(), type.true_lower_bound());
}

TEST(derived_datatype, contiguous) {
  auto const integer = datatype::of<int>();
  expect_type(datatype::contiguous(3, integer), maker::contiguous, {0, 1, 2});
  expect_elements(datatype::contiguous(0, integer), {});
  auto const pairs = datatype::contiguous(2, datatype::vector(2, 1, 2, integer));
  expect_type(pairs, maker::contiguous, {0, 2, 3, 5});
  EXPECT_EQ(datatype::contiguous(3, integer).extent(), 12);
}

TEST(derived_datatype, vectors) {
  auto const integer = datatype::of<int>();
  auto const even = datatype::vector(4, 1, 2, integer);
  expect_type(even, maker::vector, {0, 2, 4, 6});
  EXPECT_EQ(even.extent(), 7 * 4);
  expect_type(datatype::vector(3, 2, 5, integer), maker::vector, {0, 1, 5, 6, 10, 11});
  expect_type(datatype::vector(3, 1, -2, integer), maker::vector, {0, -2, -4}, 10);
  expect_type(datatype::hvector(3, 2, 20, integer), maker::hvector, {0, 1, 5, 6, 10, 11});
  expect_type(datatype::hvector(2, 1, -8, integer), maker::hvector, {0, -2}, 10);
  expect_elements(datatype::vector(0, 2, 3, integer), {});
  auto const backwards = datatype::vector(3, 1, -2, integer);
  EXPECT_EQ(backwards.lower_bound(), -16);
  EXPECT_EQ(backwards.extent(), 20);
}

TEST(derived_datatype, indexed_blocks) {
  auto const integer = datatype::of<int>();
  expect_type(datatype::indexed({2, 1, 3}, {5, 0, 10}, integer), maker::indexed, {5, 6, 0, 10, 11, 12});
  expect_type(datatype::hindexed({2, 1, 3}, {20, 0, 40}, integer), maker::hindexed, {5, 6, 0, 10, 11, 12});
  expect_type(datatype::indexed_block(2, {5, 0, 10}, integer), maker::indexed_block, {5, 6, 0, 1, 10, 11});
  expect_type(datatype::hindexed_block(2, {20, 0, 40}, integer), maker::hindexed_block, {5, 6, 0, 1, 10, 11});
  expect_type(datatype::indexed({1, 0, 1}, {-1, 7, 1}, integer), maker::indexed, {-1, 1}, 3);
  expect_elements(datatype::indexed({}, {}, integer), {});
  std::vector<std::size_t> const lengths{1, 2};
  std::array<short, 2> const places{3, 8};
  expect_type(datatype::indexed(lengths, places, integer), maker::indexed, {3, 8, 9});
}

TEST(derived_datatype, structure) {
  auto const integer = datatype::of<int>();
  auto const even = datatype::vector(2, 1, 2, integer);
  expect_type(datatype::structure({{8, integer}, {20, integer, 2}, {40, even}}), maker::structure, {2, 5, 6, 10, 12});
  expect_elements(datatype::structure({}), {});
  expect_elements(datatype::structure({{4, datatype::of<int>(), 2}}), {1, 2});

  zoo::particle const sent{1.5, 7, {1, 2, 3}, "abcd"};
  zoo::particle got{};
  auto const particle = datatype::structure({{offsetof(zoo::particle, x), datatype::of<double>()},
                                             {offsetof(zoo::particle, id), integer},
                                             {offsetof(zoo::particle, v), datatype::of<float>(), 3},
                                             {offsetof(zoo::particle, tag), datatype::of<char>(), 5}})
                            .resized(0, sizeof(zoo::particle));
  EXPECT_EQ(particle.extent(), datatype::of<zoo::particle>().extent());
  EXPECT_EQ(particle.size(), datatype::of<zoo::particle>().size());
  MPI_Sendrecv(&sent, 1, datatype_of<zoo::particle>(), 0, 0, &got, 1, particle.raw(), 0, 0, self().raw(),
               MPI_STATUS_IGNORE);
  EXPECT_EQ(got.id, 7);
  EXPECT_STREQ(got.tag, "abcd");
}

/// The elements of a part of an array, one by one.
std::vector<int> part_of(std::vector<int> const& shape, std::vector<int> const& part, std::vector<int> const& first,
                         storage_order order) {
  std::vector<int> result;
  std::size_t const n = shape.size();
  int total = 1;
  for (int const each : part) total *= each;
  for (int i = 0; i < total; ++i) {
    int left = i;
    int place = 0;
    int stride = 1;
    for (std::size_t step = 0; step < n; ++step) { // the fastest dimension first
      auto const d = order == storage_order::row_major ? n - 1 - step : step;
      place += (first[d] + left % part[d]) * stride;
      left /= part[d];
      stride *= shape[d];
    }
    result.push_back(place);
  }
  return result;
}

TEST(derived_datatype, subarrays) {
  auto const integer = datatype::of<int>();
  using list = std::vector<int>;
  struct one {
    list shape, part, first;
  };
  for (auto const& [shape, part, first] : {one{{7}, {3}, {2}}, one{{4, 6}, {2, 3}, {1, 2}}, one{{4, 6}, {4, 6}, {0, 0}},
                                           one{{3, 4, 5}, {2, 1, 3}, {1, 3, 0}}, one{{1, 1}, {1, 1}, {0, 0}}})
    for (auto const order : {storage_order::row_major, storage_order::column_major}) {
      auto const type = datatype::subarray(shape, part, first, integer, order);
      expect_type(type, maker::subarray, part_of(shape, part, first, order));
      EXPECT_EQ(type.extent(), 4 * std::accumulate(shape.begin(), shape.end(), 1, std::multiplies{}));
      EXPECT_EQ(type.lower_bound(), 0);
    }
  auto const description = datatype::subarray({4, 6}, {2, 3}, {1, 2}, integer).decode();
  EXPECT_EQ(description.shape, (std::vector<std::int64_t>{4, 6}));
  EXPECT_EQ(description.part, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(description.first, (std::vector<std::int64_t>{1, 2}));
}

/// Whether index i of a dimension is with process p.
bool has(spread_dimension const& d, int p, int i) {
  if (d.how == spread_dimension::kind::none) return true;
  auto const free = d.block == spread_dimension::default_block;
  auto const extent = static_cast<int>(d.extent);
  int const block = !free                                     ? d.block
                    : d.how == spread_dimension::kind::cycles ? 1
                                                              : (extent + d.processes - 1) / d.processes;
  return i / block % d.processes == p;
}

TEST(derived_datatype, darrays) {
  using kind = spread_dimension::kind;
  using dimensions = std::vector<spread_dimension>;
  for (auto const& grid : {std::pair<spread_dimension, spread_dimension>{{7, 2}, {5, 3}},
                           {{8, 2, kind::cycles}, {6, 2, kind::blocks, 4}},
                           {{9, 2, kind::cycles, 2}, {7, 3, kind::cycles}},
                           {{5, 1, kind::none}, {6, 4, kind::blocks}},
                           {{2, 3}, {4, 1, kind::none}}})
    for (auto const order : {storage_order::row_major, storage_order::column_major})
      for (int rank = 0; rank < grid.first.processes * grid.second.processes; ++rank) {
        auto const& rows = grid.first;
        auto const& columns = grid.second;
        int const row_process = rank / columns.processes; // the grid is in row-major order, whatever the array is
        int const column_process = rank % columns.processes;
        std::vector<int> expected;
        auto const take = [&](int i, int j) {
          if (!has(rows, row_process, i) || !has(columns, column_process, j)) return;
          auto const row_major = order == storage_order::row_major;
          expected.push_back(row_major ? i * static_cast<int>(columns.extent) + j
                                       : j * static_cast<int>(rows.extent) + i);
        };
        for (int a = 0; a < (order == storage_order::row_major ? rows : columns).extent; ++a)
          for (int b = 0; b < (order == storage_order::row_major ? columns : rows).extent; ++b)
            order == storage_order::row_major ? take(a, b) : take(b, a);
        auto const type = datatype::darray(dimensions{rows, columns}, rank, datatype::of<int>(), order);
        EXPECT_EQ(type.size(), static_cast<std::int64_t>(4 * expected.size()));
        if (!expected.empty()) {
          expect_elements(type, expected);
          expect_elements(again(type.decode()), expected);
        }
        EXPECT_EQ(type.extent(), 4 * rows.extent * columns.extent);
      }
  auto const d = datatype::darray({{7, 2}, {6, 3, kind::cycles, 2}}, 4, datatype::of<int>()).decode();
  EXPECT_EQ(d.made_by, maker::darray);
  EXPECT_EQ(d.rank, 4);
  EXPECT_EQ(d.dimensions.at(1).extent, 6);
  EXPECT_EQ(d.dimensions.at(1).processes, 3);
  EXPECT_EQ(d.dimensions.at(1).how, kind::cycles);
  EXPECT_EQ(d.dimensions.at(1).block, 2);
  EXPECT_EQ(d.dimensions.at(0).block, spread_dimension::default_block);
}

TEST(derived_datatype, resized_and_copied) {
  auto const integer = datatype::of<int>();
  auto const spread = integer.resized(-4, 20);
  EXPECT_EQ(spread.lower_bound(), -4);
  EXPECT_EQ(spread.extent(), 20);
  EXPECT_EQ(spread.true_lower_bound(), 0);
  EXPECT_EQ(spread.true_extent(), 4);
  expect_type(spread, maker::resized, {0});
  expect_type(datatype::contiguous(3, spread), maker::contiguous, {0, 5, 10});
  auto copy = datatype::contiguous(2, spread).dup();
  expect_type(copy, maker::dup, {0, 5});
}

TEST(derived_datatype, named_types) {
  auto const real = datatype::of<double>();
  EXPECT_EQ(real.raw(), MPI_DOUBLE);
  EXPECT_EQ(real.size(), 8);
  EXPECT_EQ(real.decode().made_by, maker::named);
  EXPECT_TRUE(real.decode().types.empty());
  EXPECT_EQ(real.name(), "MPI_DOUBLE");
  auto const named = datatype::contiguous(2, real).decode();
  ASSERT_EQ(named.types.size(), 1U);
  EXPECT_EQ(named.types[0].raw(), MPI_DOUBLE);
  auto const nested = datatype::contiguous(2, datatype::vector(2, 1, 2, real)).decode();
  EXPECT_EQ(nested.types.at(0).decode().made_by, maker::vector);
}

TEST(derived_datatype, names) {
  auto type = datatype::contiguous(2, datatype::of<int>());
  EXPECT_EQ(type.name(), "");
  type.set_name("two of them");
  EXPECT_EQ(type.name(), "two of them");
  std::string const longest(MPI_MAX_OBJECT_NAME - 1, 'x');
  type.set_name(longest);
  EXPECT_EQ(type.name(), longest);
  EXPECT_TRUE(throws<argument_error>([&] { type.set_name(longest + "y"); }, {"set_name", "128 characters"}));
}

TEST(derived_datatype, numbers_by_size_and_by_precision) {
  using kind = datatype::number_kind;
  EXPECT_EQ(datatype::match_size(kind::integer, 4).size(), 4);
  EXPECT_EQ(datatype::match_size(kind::real, 8).size(), 8);
  EXPECT_EQ(datatype::match_size(kind::complex, 16).size(), 16);
  EXPECT_TRUE(throws<error>([] { return datatype::match_size(kind::real, 3); }, {"MPI_Type_match_size"}));
  EXPECT_EQ(datatype::f90_integer(9).size(), 4);
  EXPECT_EQ(datatype::f90_real(15).size(), 8);
  EXPECT_EQ(datatype::f90_real({}, 30).size(), 4);
  EXPECT_EQ(datatype::f90_complex(15, 300).size(), 16);
  auto const description = datatype::f90_real(6, 30).decode();
  EXPECT_EQ(description.made_by, maker::f90_real);
  EXPECT_EQ(description.digits, 6);
  EXPECT_EQ(description.range, 30);
  EXPECT_EQ(datatype::f90_real(6).decode().range, std::nullopt);
  EXPECT_EQ(datatype::f90_integer(4).decode().digits, 4);
  EXPECT_TRUE(throws<argument_error>([] { return datatype::f90_real({}, {}); }, {"f90_real", "neither"}));
  EXPECT_TRUE(throws<mpi_error>([] { return datatype::f90_real(1000); }, {"MPI_Type_create_f90_real"}));
}

TEST(derived_datatype, moved_borrowed_and_none) {
  datatype none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(throws<lifecycle_error>([&] { return none.raw(); }, {"datatype"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return datatype::contiguous(2, none); }));
  EXPECT_TRUE(throws<argument_error>([] { return datatype::borrow(MPI_DATATYPE_NULL); }, {"MPI_DATATYPE_NULL"}));
  EXPECT_TRUE(throws<argument_error>([] { return datatype::adopt(MPI_DATATYPE_NULL); }, {"MPI_DATATYPE_NULL"}));
  datatype two = datatype::contiguous(2, datatype::of<int>());
  auto const raw = two.raw();
  none = std::move(two);
  EXPECT_EQ(none.raw(), raw);
  EXPECT_FALSE(two); // NOLINT(bugprone-use-after-move): it is empty, as documented
  datatype const borrowed = datatype::borrow(raw);
  EXPECT_EQ(borrowed.extent(), 8);
  MPI_Datatype made = MPI_DATATYPE_NULL;
  MPI_Type_vector(2, 1, 3, MPI_INT, &made);
  expect_elements(datatype::adopt(made), {0, 3});
}

TEST(derived_datatype, ten_thousand_made_and_freed) {
  for (int n = 0; n < 10'000; ++n) {
    auto const type = datatype::vector(2, 1, n + 1, datatype::of<int>());
    ASSERT_EQ(type.extent(), 4 * (n + 2));
  }
}

} // namespace
} // namespace armada
