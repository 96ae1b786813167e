#pragma once

/// Runs random programs on arrays of one type, beside a serial copy of each.

#include "tests/arrays/random_program.hpp"
#include "tests/arrays/random_search.hpp"

#include <armada/arrays/distributed_array.hpp>

#include <xtensor/xadapt.hpp>
#include <xtensor/xstrided_view.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace armada::random_programs {

/// A wire type with padding, which is written and read only.
struct padded {
  std::int16_t a;
  std::int32_t b;
  std::int8_t c;
  friend bool operator==(padded const&, padded const&) = default;
};

template <class T>
[[nodiscard]] T value_of(std::uint64_t seed, std::size_t k) {
  auto const number = static_cast<std::int8_t>(number_of(seed, k));
  if constexpr (std::same_as<T, padded>)
    return {number, number * 1000, static_cast<std::int8_t>(-number)};
  else if constexpr (detail::is_complex<T>)
    return {static_cast<typename T::value_type>(number), static_cast<typename T::value_type>(number_of(seed + 1, k))};
  else
    return static_cast<T>(number);
}

/// Memory with gaps, backwards in every other dimension, between guards.
template <class T>
class gappy_memory {
public:
  gappy_memory(std::span<std::size_t const> shape, bool column_major)
      : shape_(shape.begin(), shape.end()), strides_(shape.size()) {
    std::ptrdiff_t reach = 1;
    for (std::size_t i = 0; i < shape_.size(); ++i) {
      std::size_t const m = column_major ? i : shape_.size() - 1 - i;
      auto const extent = static_cast<std::ptrdiff_t>(shape_[m]);
      std::ptrdiff_t const gap = !column_major && m % 2 == 0 ? 2 : 1;
      bool const back = !column_major && m % 2 == 1;
      strides_[m] = back ? -reach * gap : reach * gap;
      if (back && extent > 0) offset_ += static_cast<std::size_t>((extent - 1) * reach * gap);
      reach *= std::max<std::ptrdiff_t>(extent, 1) * gap;
    }
    all_ = xt::xtensor<T, 1>::from_shape({static_cast<std::size_t>(reach) + 2});
    all_.fill(value_of<T>(5, 5));
  }
  [[nodiscard]] auto view() {
    return xt::strided_view(all_, xt::dynamic_shape<std::size_t>(shape_), xt::dynamic_shape<std::ptrdiff_t>(strides_),
                            offset_);
  }
  /// Element number k in row-major order.
  [[nodiscard]] T& operator[](std::size_t k) {
    auto at = static_cast<std::ptrdiff_t>(offset_);
    for (std::size_t m = shape_.size(); m-- > 0; k /= shape_[m])
      at += static_cast<std::ptrdiff_t>(k % shape_[m]) * strides_[m];
    return all_.storage()[static_cast<std::size_t>(at)];
  }
  /// Whether nothing between the elements was written, which are forgotten here.
  [[nodiscard]] bool intact(std::size_t elements) {
    for (std::size_t k = 0; k < elements; ++k) (*this)[k] = value_of<T>(5, 5);
    return std::all_of(all_.begin(), all_.end(), [](T const& each) { return each == value_of<T>(5, 5); });
  }

private:
  xt::dynamic_shape<std::size_t> shape_;
  xt::dynamic_shape<std::ptrdiff_t> strides_;
  std::size_t offset_ = 1;
  xt::xtensor<T, 1> all_;
};

/// Sections with one of `Kept` numbers of dimensions are tried. `Fault` makes the serial copy wrong: every put of more
/// than two elements loses its last one there.
template <class T, std::size_t N, storage_order Order, bool Fault, std::size_t... Kept>
class program_runner {
public:
  using array = distributed_array<T, N, Order>;

  program_runner(program const& all, communicator const& comm) : program_(all), comm_(comm) {
    for (auto const& plan : all.arrays) arrays_.emplace_back(plan, comm);
  }

  [[nodiscard]] std::string run() {
    for (auto& each : arrays_) expect(each.is_laid_out(), "the distribution of " + each.distributed.describe());
    for (step const& each : program_.steps) {
      doing_ = &each;
      try {
        run(each);
      } catch (std::exception const& e) {
        expect(false, e.what());
      }
      at(each.array).distributed.fence();
      expect_tile(each.array);
      at(each.array).distributed.fence(); // nobody goes on while others look
    }
    doing_ = nullptr;
    for (std::size_t i = 0; i < arrays_.size(); ++i) expect_whole(i);
    if (!arrays_.empty()) arrays_.front().distributed.fence();
    return wrong_;
  }

private:
  /// An array and its serial copy.
  struct pair {
    pair(array_plan const& what, communicator const& comm) : plan(what), distributed(made(what, comm)) {
      auto const parts = distributed.distribution().grid().extents;
      serial.resize(static_cast<std::size_t>(distributed.size()));
      for (int r = 0; r < comm.size(); ++r)
        tiles.push_back(plan.tile_places(r, indices(parts.begin(), parts.end()), Order));
      if (plan.chunk > 0) distributed.window().set_chunk(plan.chunk);
    }
    static array made(array_plan const& plan, communicator const& comm) {
      index_array<N> extents{}, parts{};
      cut_array<N> cuts;
      std::copy_n(plan.extents.begin(), N, extents.begin());
      std::copy_n(plan.grid.begin(), N, parts.begin());
      std::copy_n(plan.cuts.begin(), N, cuts.begin());
      return plan.balanced ? array(comm, extents, cuts) : array(comm, extents, cuts, process_grid<N>(parts));
    }
    /// Whether the library says of every element what counting says.
    [[nodiscard]] bool is_laid_out() const {
      std::size_t elements = 0;
      for (std::size_t r = 0; r < tiles.size(); elements += tiles[r++].size())
        for (std::size_t k = 0; k < tiles[r].size(); ++k) {
          index_array<N> index{};
          auto rest = static_cast<std::int64_t>(tiles[r][k]);
          for (std::size_t d = N; d-- > 0; rest /= plan.extents[d]) index[d] = rest % plan.extents[d];
          element_place const place{static_cast<int>(r), static_cast<std::int64_t>(k)};
          if (distributed.distribution().locate(index) != place) return false;
        }
      return elements == serial.size();
    }

    array_plan const& plan;
    array distributed;
    std::vector<T> serial;
    std::vector<std::vector<std::size_t>> tiles; ///< of each rank: places in `serial`
  };

  pair& at(std::size_t i) { return arrays_[i]; }

  void expect(bool right, std::string const& what) {
    if (!right && wrong_.empty()) wrong_ = (doing_ == nullptr ? "" : text_of(*doing_)) + "  " + what;
  }
  void expect_equal(std::span<T const> found, std::vector<T> const& expected, std::string const& where) {
    if (found.size() != expected.size()) return expect(false, where + " has another size");
    auto const [wrong, right] = std::mismatch(found.begin(), found.end(), expected.begin());
    if (wrong != found.end()) expect(false, where + ": element " + std::to_string(wrong - found.begin()) + " is wrong");
  }
  std::vector<T> serial_at(std::size_t i, std::vector<std::size_t> const& places) {
    std::vector<T> values;
    for (auto const place : places) values.push_back(at(i).serial[place]);
    return values;
  }
  void expect_tile(std::size_t i) {
    auto const tile = at(i).distributed.local();
    expect_equal(tile.elements(), serial_at(i, at(i).tiles[static_cast<std::size_t>(comm_.rank())]), "the own tile");
  }
  void expect_whole(std::size_t i) {
    array const& constant = at(i).distributed;
    xt::xtensor<T, N> const all = constant(xt::ellipsis());
    expect_equal({all.data(), all.size()}, at(i).serial, "all of array " + std::to_string(i));
  }

  /// Calls `use` with the section that a selection means.
  void with_section(std::size_t i, any_selection const& chosen, auto use) {
    auto const axes = chosen.axes();
    ((axes.size() == Kept ? with_kept<Kept>(i, chosen, axes, use) : void()), ...);
  }
  template <std::size_t M>
  void with_kept(std::size_t i, any_selection const& chosen, std::vector<int> const& axes, auto use) {
    auto const resolved = [&]<std::size_t L, class Box>(std::vector<any_slice> const& slices, indices const& extents,
                                                        std::vector<int> const& seen) {
      selection<N, L, Box> result;
      for (std::size_t d = 0; d < N; ++d)
        if constexpr (std::same_as<Box, box<N>>)
          result.selected.dimensions[d] = slices[d].as_interval(extents[d], d);
        else
          result.selected.dimensions[d] = slices[d].as_list(extents[d], d);
      for (std::size_t m = 0; m < L; ++m) {
        result.axes[m] = seen[m];
        result.shape[m] =
            seen[m] < 0 ? 1 : detail::count_of(result.selected.dimensions[static_cast<std::size_t>(seen[m])]);
      }
      return result;
    };
    auto const with_box = [&]<class Box>() {
      auto& on = at(i).distributed;
      if (chosen.outer.empty())
        return use(
            section<array, M, Box>(on, resolved.template operator()<M, Box>(chosen.slices, at(i).plan.extents, axes)));
      std::vector<int> every;
      indices extents;
      for (std::size_t d = 0; d < N; ++d) {
        every.push_back(static_cast<int>(d));
        extents.push_back(std::ssize(chosen.outer[d].selected));
      }
      auto const outer = resolved.template operator()<N, Box>(chosen.outer, at(i).plan.extents, every);
      use(section<array, M, Box>(on,
                                 compose(outer, resolved.template operator()<M, Box>(chosen.slices, extents, axes))));
    };
    if (chosen.plain())
      with_box.template operator()<box<N>>();
    else
      with_box.template operator()<listed_box<N>>();
  }

  void run(step const& each) {
    switch (each.what) {
    case deed::get:
    case deed::gets: return gets(each);
    case deed::put:
    case deed::puts: return puts(each);
    case deed::accumulate: return accumulates(each);
    case deed::copy: return copies(each);
    case deed::fetch: return fetches(each);
    case deed::touch:
    case deed::update: return elements(each);
    case deed::store: return stores(each);
    case deed::fill: {
      T const value = value_of<T>(each.actions.front().values, 0);
      at(each.array).distributed.fill(value);
      return static_cast<void>(std::fill(at(each.array).serial.begin(), at(each.array).serial.end(), value));
    }
    case deed::read: return reads(each);
    }
  }

  /// Runs `begin(mode)` and completes it.
  void in_mode(step const& each, auto begin) {
    if (each.mode == 0) return begin(blocking);
    if (each.mode == 1) return begin(nonblocking).wait();
    begin(deferred);
    at(each.array).distributed.flush();
  }

  // Reading.
  void gets(step const& each) {
    std::vector<std::function<void()>> ends;
    for (action const& one : each.actions)
      if (one.rank == comm_.rank())
        with_section(each.array, one.into, [&](auto const& from) {
          auto const expected = serial_at(each.array, one.into.places(at(each.array).plan.extents));
          if (each.what == deed::get) return get_one(each, from, expected);
          using tensor = typename std::remove_cvref_t<decltype(from)>::tensor;
          auto later = std::make_shared<pending<tensor>>(get(from, nonblocking));
          ends.push_back([this, later, expected] {
            auto const values = later->wait();
            expect_equal({values.data(), values.size()}, expected, "a get under way");
          });
        });
    finish(each, ends);
  }
  template <class Section>
  void get_one(step const& each, Section const& from, std::vector<T> const& expected) {
    using tensor = typename Section::tensor;
    auto const shape = from.shape();
    switch (each.form % 7) {
    case 0: {
      auto into = tensor::from_shape(shape);
      in_mode(each, [&](auto mode) { return get(from, into, mode); });
      return expect_equal({into.data(), into.size()}, expected, "get into a tensor");
    }
    case 1: {
      std::vector<T> into(expected.size());
      in_mode(each, [&](auto mode) { return get(from, into, mode); });
      return expect_equal(into, expected, "get into a vector");
    }
    case 2:
    case 3: {
      gappy_memory<T> memory(shape, each.form % 7 == 3);
      auto view = memory.view();
      in_mode(each, [&](auto mode) { return get(from, view, mode); });
      for (std::size_t k = 0; k < expected.size(); ++k)
        expect(memory[k] == expected[k], "get into a view: element " + std::to_string(k) + " is wrong");
      return expect(memory.intact(expected.size()), "get into a view wrote beside it");
    }
    default: {
      tensor const values = each.form % 7 == 4   ? tensor(from)
                            : each.form % 7 == 5 ? get(from)
                                                 : get(from, nonblocking).wait();
      return expect_equal({values.data(), values.size()}, expected, "get");
    }
    }
  }

  // Writing.
  /// What an action writes.
  std::vector<T> written(step const& each, action const& one, std::size_t count) {
    std::vector<T> values;
    for (std::size_t k = 0; k < count; ++k) values.push_back(value_of<T>(one.values, each.form == 7 ? 0 : k));
    return values;
  }
  /// How many elements of the actor's tile are the source of an action with `count`; none if it has not so many.
  std::size_t from_tile(step const& each, action const& one, std::size_t count) {
    if (each.form < 8 || each.form > 10 || each.what == deed::puts) return 0;
    return at(each.other).tiles[static_cast<std::size_t>(one.rank)].size() < count ? 0 : count;
  }
  std::vector<T> source(step const& each, action const& one, std::size_t count) {
    auto places = at(each.other).tiles[static_cast<std::size_t>(one.rank)];
    if (from_tile(each, one, count) == 0) return written(each, one, count);
    places.resize(count);
    return serial_at(each.other, places);
  }
  /// Calls `move(buffer)` with the buffer of an action, or `assign(expression)`.
  template <class Section>
  void with_source(step const& each, action const& one, Section const& into, std::vector<T>& values, auto move,
                   auto assign) {
    using tensor = typename Section::tensor;
    auto const shape = into.shape();
    auto as_tensor = tensor::from_shape(shape);
    std::copy(values.begin(), values.end(), as_tensor.storage().begin());
    auto const mine = at(each.other).distributed.local().elements();
    auto const count = from_tile(each, one, values.size());
    switch (count > 0 || each.form < 8 ? each.form : 0) {
    case 2: return move(values);
    case 3:
    case 4: {
      gappy_memory<T> memory(shape, each.form == 4);
      for (std::size_t k = 0; k < values.size(); ++k) memory[k] = values[k];
      auto view = memory.view();
      return move(view);
    }
    case 5: {
      auto const lazy = xt::broadcast(as_tensor, shape);
      return move(lazy);
    }
    case 6: return assign(as_tensor);
    case 8: {
      std::span<T const> const elements = mine.first(count);
      return move(elements);
    }
    case 9:
    case 10: {
      auto view =
          xt::adapt(mine.data(), count, xt::no_ownership(), std::vector<std::size_t>(shape.begin(), shape.end()));
      return each.form == 9 ? move(view) : assign(view);
    }
    default: return move(as_tensor);
    }
  }
  void puts(step const& each) {
    std::vector<std::function<void()>> ends;
    for (action const& one : each.actions) {
      auto const places = one.into.places(at(each.array).plan.extents);
      auto values = source(each, one, places.size());
      if (one.rank == comm_.rank())
        with_section(each.array, one.into, [&](auto const& into) {
          if (each.what == deed::puts) return ends.push_back(begun(into, values));
          if (each.form == 7) return static_cast<void>(into = value_of<T>(one.values, 0));
          with_source(
              each, one, into, values,
              [&](auto& buffer) { in_mode(each, [&](auto mode) { return put_from(each, into, buffer, mode); }); },
              [&](auto const& expression) { into = expression; });
        });
      for (std::size_t k = 0; k < places.size(); ++k)
        if (!Fault || k < 2 || k + 1 < places.size()) at(each.array).serial[places[k]] = values[k];
    }
    finish(each, ends);
  }
  /// From a buffer, or from an rvalue where the form says so and the mode permits it.
  template <class Section, class Buffer, class Mode>
  static auto put_from(step const& each, Section const& into, Buffer& buffer, Mode mode) {
    if constexpr (std::same_as<Buffer, typename Section::tensor> && !std::same_as<Mode, deferred_t>)
      if (each.form == 1) return put(into, Buffer(buffer), mode);
    return put(into, buffer, mode);
  }
  template <class Section>
  std::function<void()> begun(Section const& into, std::vector<T> const& values) {
    auto kept = std::make_shared<std::vector<T>>(values);
    auto later = std::make_shared<pending<>>(put(into, *kept, nonblocking));
    return [kept, later] { later->wait(); };
  }
  /// In an order that depends on the form; destructors wait for some.
  void finish(step const& each, std::vector<std::function<void()>>& ends) {
    if (each.form % 2 == 0) std::reverse(ends.begin(), ends.end());
    if (ends.size() > 2) std::swap(ends[0], ends[1]);
    bool const one_less = each.what == deed::puts && each.form % 3 == 0;
    for (std::size_t k = one_less ? 1 : 0; k < ends.size(); ++k) ends[k]();
  }

  void accumulates(step const& each) {
    if constexpr (accumulator<std::plus<>, T>) {
      switch (each.op) {
      case 1:
        if constexpr (accumulator<maximum, T>) return accumulates(each, maximum{});
        break;
      case 2:
        if constexpr (accumulator<minimum, T>) return accumulates(each, minimum{});
        break;
      case 3: return accumulates(each, replace{});
      default: break;
      }
      accumulates(each, std::plus<>{});
    }
  }
  template <class Op>
  void accumulates(step const& each, Op op) {
    for (action const& one : each.actions) {
      auto const places = one.into.places(at(each.array).plan.extents);
      auto values = source(each, one, places.size());
      if (one.rank == comm_.rank())
        with_section(each.array, one.into, [&](auto const& into) { accumulate_one(each, one, into, values, op); });
      for (std::size_t k = 0; k < places.size(); ++k) {
        T& element = at(each.array).serial[places[k]];
        element = std::same_as<Op, replace> ? values[k] : static_cast<T>(op(element, values[k]));
      }
    }
  }
  template <class Section, class Op>
  void accumulate_one(step const& each, action const& one, Section const& into, std::vector<T>& values, Op op) {
    if constexpr (std::same_as<Op, std::plus<>>) {
      if (each.form == 7) return static_cast<void>(into += value_of<T>(one.values, 0));
      with_source(
          each, one, into, values,
          [&](auto& buffer) { in_mode(each, [&](auto mode) { return accumulate(into, buffer, op, mode); }); },
          [&](auto const& expression) { into += expression; });
    } else {
      auto as_tensor = Section::tensor::from_shape(into.shape());
      std::copy(values.begin(), values.end(), as_tensor.storage().begin());
      if (each.form % 2 == 0)
        into.accumulate(as_tensor, op);
      else
        in_mode(each, [&](auto mode) { return accumulate(into, values, op, mode); });
    }
  }

  void copies(step const& each) {
    action const& one = each.actions.front();
    auto const to = one.into.places(at(each.array).plan.extents), from = one.from.places(at(each.other).plan.extents);
    auto const values = serial_at(each.other, from);
    if (one.rank == comm_.rank())
      with_section(each.array, one.into, [&](auto const& into) {
        using target = std::remove_cvref_t<decltype(into)>;
        with_section(each.other, one.from, [&](auto const& source) {
          if constexpr (std::remove_cvref_t<decltype(source)>::dimensions == target::dimensions) into = source;
        });
      });
    for (std::size_t k = 0; k < to.size(); ++k) at(each.array).serial[to[k]] = values[k];
  }

  /// Into memory of the array itself, or of another.
  void fetches(step const& each) {
    action const& one = each.actions.front();
    auto places = at(each.array).tiles[static_cast<std::size_t>(one.rank)];
    auto const values = serial_at(each.other, one.from.places(at(each.other).plan.extents));
    if (values.size() > places.size()) return;
    if (one.rank == comm_.rank())
      with_section(each.other, one.from, [&](auto const& from) {
        std::span<T> const mine = at(each.array).distributed.local().elements().first(values.size());
        auto const shape = from.shape();
        auto view = xt::adapt(mine.data(), mine.size(), xt::no_ownership(),
                              std::vector<std::size_t>(shape.begin(), shape.end()));
        auto const fetch = [&](auto& into) {
          if (each.mode == 1) return get(from, into, nonblocking).wait();
          get(from, into);
        };
        each.form % 2 == 0 ? fetch(mine) : fetch(view);
      });
    for (std::size_t k = 0; k < values.size(); ++k) at(each.array).serial[places[k]] = values[k];
  }

  void elements(step const& each) {
    for (action const& one : each.actions) {
      index_array<N> index{};
      std::copy_n(one.index.begin(), N, index.begin());
      T const value = value_of<T>(one.values, 0);
      T& serial = at(each.array).serial[one.place];
      T const before = serial;
      T expected = one.values % 2 == 0 ? before : value;
      serial = after(one, before, value, expected);
      if (one.rank != comm_.rank()) continue;
      auto const found = std::apply(
          [&](auto... i) { return element_once(at(each.array).distributed, one, value, expected, i...); }, index);
      if (each.what == deed::touch && found)
        expect(*found == before, "an element was not what it should be before " + std::to_string(one.how));
    }
  }
  static T after(action const& one, T const& before, T const& value, T const& expected) {
    if (one.how == 0) return before;
    if constexpr (accumulator<std::plus<>, T>) {
      if (one.how == 2 || one.how == 4) return static_cast<T>(before + value);
      if (one.how == 3) return static_cast<T>(before - value);
      if constexpr (accumulator<minimum, T>)
        if (one.how == 6) return std::min(before, value);
    }
    if (one.how == 7) return before == expected ? value : before;
    return value;
  }
  /// What the element was before, if that is said.
  static std::optional<T> element_once(array& on, action const& one, T const& value, T const& expected, auto... i) {
    if (one.how == 0) return static_cast<T>(on(i...));
    if (one.how == 1) on(i...) = value;
    if constexpr (accumulator<std::plus<>, T>) {
      if (one.how == 2) on(i...) += value;
      if (one.how == 3) on(i...) -= value;
      if (one.how == 4) return on.fetch_add({i...}, value);
      if (one.how == 5) return on.exchange({i...}, value);
      if constexpr (accumulator<minimum, T>)
        if (one.how == 6) return on.fetch_and_op({i...}, value, minimum{});
      if constexpr (std::integral<T>)
        if (one.how == 7) return on.compare_and_swap({i...}, expected, value);
    }
    return std::nullopt;
  }

  // Tiles.
  void stores(step const& each) {
    auto& on = at(each.array);
    auto const seed = each.actions.front().values;
    for (std::size_t r = 0; r < on.tiles.size(); ++r)
      for (std::size_t k = 0; k < on.tiles[r].size(); ++k) on.serial[on.tiles[r][k]] = value_of<T>(seed + r, k);
    auto tile = on.distributed.local();
    typename decltype(tile)::temporary_type values(tile.shape());
    for (std::size_t k = 0; k < values.size(); ++k)
      values.storage()[k] = value_of<T>(seed + static_cast<std::size_t>(comm_.rank()), k);
    tile = values;
  }
  void reads(step const& each) {
    array const& constant = at(each.array).distributed;
    for (int r = 0; r < comm_.size(); ++r)
      if (constant.is_near(r)) {
        auto const tile = constant.tile(r);
        expect_equal(tile.elements(), serial_at(each.array, at(each.array).tiles[static_cast<std::size_t>(r)]),
                     "tile " + std::to_string(r));
      }
    expect_whole(each.array);
  }

  program const& program_;
  communicator const& comm_;
  std::vector<pair> arrays_;
  step const* doing_ = nullptr;
  std::string wrong_;
};

/// Programs on arrays of N dimensions of T, whose sections have one of `Kept` dimensions. With a `Fault` they fail.
template <class T, std::size_t N, storage_order Order, bool Fault, std::size_t... Kept>
[[nodiscard]] subject subject_of(std::string const& type) {
  return {.able = {.dimensions = N,
                   .kept = {Kept...},
                   .updates = accumulator<std::plus<>, T>,
                   .ordered = accumulator<minimum, T>,
                   .integral = std::integral<T>,
                   .type = type + ", " + std::to_string(N),
                   .order = Order},
          .run = [](program const& all, communicator const& comm) {
            return program_runner<T, N, Order, Fault, Kept...>(all, comm).run();
          }};
}
template <class T, std::size_t N, storage_order Order, std::size_t... Kept>
[[nodiscard]] subject arrays_of(std::string const& type) {
  return subject_of<T, N, Order, false, Kept...>(type);
}

} // namespace armada::random_programs
