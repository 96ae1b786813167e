/// Random programs on random arrays against a serial copy. Every rank draws the same program; which rank acts is drawn
/// as well. ARMADA_SEED repeats a program, ARMADA_CASES says how many cases there are.

#include "tests/arrays/random_slice.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace armada::random_slices {
namespace {

int me() { return world().rank(); }
int ranks() { return world().size(); }

std::uint64_t number_from(char const* variable, std::uint64_t otherwise) {
  char const* const text = std::getenv(variable);
  std::uint64_t value = text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  bcast(world(), value, 0);
  return value;
}

template <class T>
T random_value(random_source& random) {
  auto const part = [&] { return static_cast<float>(random.between(-9, 9)); };
  if constexpr (detail::is_complex<T>)
    return {part(), part()};
  else
    return static_cast<T>(part());
}

template <std::size_t N>
process_grid<N> random_grid(random_source& random) {
  index_array<N> extents{};
  extents.fill(1);
  for (int rest = ranks(), prime = 2; rest > 1; ++prime)
    for (; rest % prime == 0; rest /= prime) extents[static_cast<std::size_t>(random.between(0, N - 1))] *= prime;
  return process_grid<N>(extents);
}

template <std::size_t N>
index_array<N> random_shape(random_source& random) {
  index_array<N> shape{};
  for (auto& extent : shape)
    extent = random.chance(8) ? 0 : random.chance(15) ? random.between(1, 3) : random.between(1, 17);
  return shape;
}

/// An array, its serial copy, and the operations that change both.
template <class T, std::size_t N>
class trial {
public:
  explicit trial(random_source& random)
      : random_(random), shape_(random_shape<N>(random)), array_(world(), shape_, random_grid<N>(random)),
        serial_(static_cast<std::size_t>(array_.size())) {
    if (random.chance(10)) array_.window().set_chunk(random.between(20, 500)); // far transfers in many calls
  }

  /// One operation; an empty string if this rank finds nothing wrong.
  std::string run() {
    switch (random_.between(0, 9)) {
    case 0:
    case 1: get_by_all(); break;
    case 2:
    case 3: put_by_one(); break;
    case 4: put_by_all(); break;
    case 5: accumulate_by_all(std::plus<>{}, "+="); break;
    case 6:
      if constexpr (accumulator<maximum, T>)
        accumulate_by_all(maximum{}, "maximum");
      else
        accumulate_by_all(std::plus<>{}, "+=");
      break;
    case 7: fill_by_one(); break;
    case 8: copy_by_one(); break;
    default: elements_by_all();
    }
    array_.fence();
    check_tile();
    return wrong_.empty() ? wrong_ : array_.describe() + ": " + what_ + ": " + wrong_;
  }

private:
  using array = distributed_array<T, N>;

  std::vector<T> random_values(std::size_t count) {
    std::vector<T> values(count);
    for (T& value : values) value = random_value<T>(random_);
    return values;
  }

  /// Calls `use` with the section that `chosen` means, or not at all if it is one element.
  void with_section(selection<N> const& chosen, auto use) {
    auto const kept = chosen.kept();
    auto const dimensions = static_cast<std::size_t>(std::count(kept.begin(), kept.end(), true));
    [&]<std::size_t... M>(std::index_sequence<M...>) {
      ((dimensions == M + 1 ? use(section<array, M + 1>(array_, seen_as<M + 1>(chosen.resolved(shape_), kept)))
                            : void()),
       ...);
    }
    (std::make_index_sequence<N>{});
  }
  /// The box as the dimensions that are kept.
  template <std::size_t M>
  static armada::selection<N, M> seen_as(box<N> const& selected, std::array<bool, N> const& kept) {
    armada::selection<N, M> result{selected, {}, {}};
    std::size_t m = 0;
    for (std::size_t d = 0; d < N; ++d)
      if (kept[d]) {
        result.shape[m] = selected.dimensions[d].count;
        result.axes[m++] = static_cast<int>(d);
      }
    return result;
  }
  /// A selection of at least one range.
  selection<N> any() {
    for (;;) {
      auto const chosen = selection<N>::any(random_, shape_);
      for (auto const& slice : chosen.slices)
        if (!slice.integer) return chosen;
    }
  }

  template <class Section>
  static auto tensor_of(Section const& target, std::vector<T> const& values) {
    auto result = Section::tensor::from_shape(target.shape());
    std::copy(values.begin(), values.end(), result.storage().begin());
    return result;
  }

  void get_by_all() {
    what_ = "get";
    for (int r = 0; r < ranks(); ++r) {
      auto const chosen = any();
      if (r != me()) continue;
      with_section(chosen, [&](auto const& from) {
        auto const values = get(from);
        auto const places = chosen.places(shape_);
        expect(values.size() == places.size(), chosen.text() + " has another size");
        for (std::size_t k = 0; k < std::min(values.size(), places.size()); ++k)
          expect(values.storage()[k] == serial_[places[k]], chosen.text() + " element " + std::to_string(k));
      });
    }
  }

  void put(int rank, selection<N> const& chosen) {
    auto const places = chosen.places(shape_);
    auto const values = random_values(places.size());
    what_ += " rank " + std::to_string(rank) + " to " + chosen.text();
    if (rank == me()) with_section(chosen, [&](auto const& target) { target = tensor_of(target, values); });
    for (std::size_t k = 0; k < places.size(); ++k) serial_[places[k]] = values[k];
  }
  void put_by_one() {
    what_ = "put";
    put(any_rank(), any());
  }
  void put_by_all() {
    what_ = "disjoint puts";
    auto const chosen = any();
    for (int r = 0; r < ranks(); ++r) put(r, chosen.shared_out(r, ranks()));
  }

  void accumulate_by_all(auto op, std::string const& name) {
    what_ = name;
    for (int r = 0; r < ranks(); ++r) {
      auto const chosen = any();
      auto const places = chosen.places(shape_);
      auto const values = random_values(places.size());
      what_ += " rank " + std::to_string(r) + " to " + chosen.text();
      if (r == me())
        with_section(chosen, [&](auto const& target) { target.accumulate(tensor_of(target, values), op); });
      for (std::size_t k = 0; k < places.size(); ++k)
        serial_[places[k]] = static_cast<T>(op(serial_[places[k]], values[k]));
    }
  }

  void fill_by_one() {
    int const rank = any_rank();
    auto const chosen = any();
    T const value = random_value<T>(random_);
    what_ = "fill of " + chosen.text() + " by rank " + std::to_string(rank);
    if (rank == me()) with_section(chosen, [&](auto const& target) { target = value; });
    for (auto const place : chosen.places(shape_)) serial_[place] = value;
  }

  void copy_by_one() {
    int const rank = any_rank();
    auto const target = any();
    auto const source = target.alike(random_, shape_);
    what_ = target.text() + " = " + source.text() + " by rank " + std::to_string(rank);
    if (rank == me())
      with_section(target, [&](auto const& into) {
        using section = std::remove_cvref_t<decltype(into)>;
        into = section(array_, seen_as<section::dimensions>(source.resolved(shape_), source.kept()));
      });
    auto const to = target.places(shape_), from = source.places(shape_);
    auto const before = serial_;
    for (std::size_t k = 0; k < to.size(); ++k) serial_[to[k]] = before[from[k]];
  }

  /// Updates of single elements by all ranks at once.
  void elements_by_all() {
    what_ = "elements";
    if (array_.size() == 0) return;
    for (int i = 0; i < 3 * ranks(); ++i) {
      index_array<N> index{};
      std::size_t place = 0;
      for (std::size_t d = 0; d < N; ++d) {
        index[d] = random_.between(0, shape_[d] - 1);
        place = place * static_cast<std::size_t>(shape_[d]) + static_cast<std::size_t>(index[d]);
        index[d] = either_end(random_, index[d], shape_[d]);
      }
      T const value = random_value<T>(random_);
      if (i % ranks() == me()) {
        if (i % 2 == 0)
          std::apply([&](auto... at) { array_(at...) += value; }, index);
        else
          static_cast<void>(array_.fetch_add(index, value));
      }
      serial_[place] = static_cast<T>(serial_[place] + value);
    }
  }

  int any_rank() { return static_cast<int>(random_.between(0, ranks() - 1)); }

  /// What this rank owns is what the serial copy has there.
  void check_tile() {
    auto const range = array_.local_range();
    auto const strides = row_major_strides(range.shape());
    auto const elements = array_.local().elements();
    for (std::size_t e = 0; e < elements.size(); ++e) {
      std::size_t place = 0;
      for (std::size_t d = 0; d < N; ++d) {
        auto const local = static_cast<std::int64_t>(e) / strides[d] % range.dimensions[d].count;
        place =
            place * static_cast<std::size_t>(shape_[d]) + static_cast<std::size_t>(range.dimensions[d].first + local);
      }
      expect(elements[e] == serial_[place], "element " + std::to_string(e) + " of the tile");
    }
  }

  void expect(bool right, auto const& text) {
    if (!right && wrong_.empty()) wrong_ = text;
  }

  random_source& random_;
  index_array<N> shape_;
  array array_;
  std::vector<T> serial_;
  std::string what_, wrong_;
};

/// Some cases on one array. False on every rank when any finds one wrong.
template <class T, std::size_t N>
bool run_some(random_source& random, std::uint64_t& done, std::uint64_t last, std::uint64_t seed) {
  trial<T, N> some(random);
  for (auto const stop = std::min(last, done + 25); done < stop; ++done) {
    auto const wrong = some.run();
    EXPECT_EQ(wrong, "") << "case " << done << " of the program with ARMADA_SEED=" << seed;
    if (allreduce(world(), wrong.empty() ? 1 : 0, minimum{}) == 0) return false;
  }
  return true;
}

/// The same on an array of one of these types.
template <std::size_t N, class... T>
bool run_one_of(random_source& random, std::uint64_t& done, std::uint64_t last, std::uint64_t seed) {
  constexpr std::array runs{&run_some<T, N>...};
  return runs[static_cast<std::size_t>(random.between(0, std::ssize(runs) - 1))](random, done, last, seed);
}

TEST(random_slices, agree_with_a_serial_copy) {
  auto const seed = number_from("ARMADA_SEED", std::random_device{}() % 1'000'000);
  auto const cases = number_from("ARMADA_CASES", 2000);
  if (me() == 0) std::cout << cases << " cases with ARMADA_SEED=" << seed << std::endl;
  random_source random(seed);
  bool fine = true;
  for (std::uint64_t done = 0; done < cases && fine;) {
    // Every type in one dimension; in more, types of other sizes and other atomics.
    auto const run = std::array{&run_one_of<1, std::int8_t, std::int16_t, float, std::int64_t, std::complex<double>>,
                                &run_one_of<2, std::int16_t, std::complex<double>>,
                                &run_one_of<3, float, std::int64_t>}[static_cast<std::size_t>(random.between(0, 2))];
    fine = run(random, done, cases, seed);
  }
}

/// The slices that are drawn mean what `resolve` makes of them: any range that can be written.
TEST(random_slices, mean_what_they_say) {
  random_source random(number_from("ARMADA_SEED", std::random_device{}() % 1'000'000));
  for (int i = 0; i < 20'000; ++i) {
    auto const extent = random.between(0, 17);
    auto const slice = any_slice(random, extent);
    auto const found = slice.resolved(extent, 0);
    ASSERT_EQ(found.count, std::ssize(slice.indices)) << slice.text() << " of " << extent;
    for (std::int64_t k = 0; k < found.count; ++k)
      ASSERT_EQ(found[k], slice.indices[static_cast<std::size_t>(k)]) << slice.text() << " of " << extent;
  }
}

} // namespace
} // namespace armada::random_slices
