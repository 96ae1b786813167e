#pragma once

/// Runs random programs on arrays of one type, beside a serial copy of each.

#include "tests/arrays/listed_elements.hpp"
#include "tests/arrays/paired_array.hpp"
#include "tests/arrays/random_element.hpp"
#include "tests/arrays/random_program.hpp"
#include "tests/arrays/random_search.hpp"
#include "tests/arrays/random_values.hpp"
#include "tests/arrays/whole_computing.hpp"
#include "tests/arrays/whole_halo.hpp"
#include "tests/arrays/whole_motion.hpp"
#include "tests/arrays/whole_reshape.hpp"

#include <xtensor/xadapt.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace armada::random_programs {

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
  using pair = paired_array<T, N, Order, Kept...>;
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
    case deed::gather:
    case deed::scatter:
    case deed::scatter_add: return expect(listed_step(at(each.array), each).run(), "elements of a list are wrong");
    case deed::store: return stores(each);
    case deed::fill: return at(each.array).fill(value_of<T>(each.actions.front().values, 0));
    case deed::move: return expect(move_whole(at(each.array), at(each.other), each.form), "moved it is wrong");
    case deed::compute: return expect(compute_whole(at(each.array), at(each.other), each.form), "results are wrong");
    case deed::reshape: return expect(reshape_whole(at(each.array), each.made, each.form), "reshaped it is wrong");
    case deed::halo: return expect(halo_whole(at(each.array), each), "a cell around it is wrong");
    case deed::read: return reads(each);
    }
  }

  void gets(step const& each) {
    std::vector<std::function<void()>> ends;
    for (action const& one : each.actions)
      if (one.rank == comm_.rank())
        at(each.array).with_section(one.into, [&](auto const& from) {
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
      in_mode(each, at(each.array).distributed, [&](auto mode) { return get(from, into, mode); });
      return expect_equal({into.data(), into.size()}, expected, "get into a tensor");
    }
    case 1: {
      std::vector<T> into(expected.size());
      in_mode(each, at(each.array).distributed, [&](auto mode) { return get(from, into, mode); });
      return expect_equal(into, expected, "get into a vector");
    }
    case 2:
    case 3: {
      gappy_memory<T> memory(shape, each.form % 7 == 3);
      auto view = memory.view();
      in_mode(each, at(each.array).distributed, [&](auto mode) { return get(from, view, mode); });
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

  /// How many elements of the actor's tile are the source of an action with `count`; none if it has not so many.
  std::size_t from_tile(step const& each, action const& one, std::size_t count) {
    if (each.form < 8 || each.form > 10 || each.what == deed::puts) return 0;
    return at(each.other).tiles[static_cast<std::size_t>(one.rank)].size() < count ? 0 : count;
  }
  /// What an action writes.
  std::vector<T> source(step const& each, action const& one, std::size_t count) {
    auto places = at(each.other).tiles[static_cast<std::size_t>(one.rank)];
    places.resize(from_tile(each, one, count));
    auto values = serial_at(each.other, places);
    for (auto k = values.size(); k < count; ++k) values.push_back(value_of<T>(one.values, each.form == 7 ? 0 : k));
    return values;
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
        at(each.array).with_section(one.into, [&](auto const& into) {
          if (each.what == deed::puts) return ends.push_back(begun(into, values));
          if (each.form == 7) return static_cast<void>(into = value_of<T>(one.values, 0));
          with_source(
              each, one, into, values,
              [&](auto& buffer) {
                in_mode(each, at(each.array).distributed,
                        [&](auto mode) { return put_from(each, into, buffer, mode); });
              },
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
        at(each.array).with_section(one.into, [&](auto const& into) { accumulate_one(each, one, into, values, op); });
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
          [&](auto& buffer) {
            in_mode(each, at(each.array).distributed, [&](auto mode) { return accumulate(into, buffer, op, mode); });
          },
          [&](auto const& expression) { into += expression; });
    } else {
      auto as_tensor = Section::tensor::from_shape(into.shape());
      std::copy(values.begin(), values.end(), as_tensor.storage().begin());
      if (each.form % 2 == 0)
        into.accumulate(as_tensor, op);
      else
        in_mode(each, at(each.array).distributed, [&](auto mode) { return accumulate(into, values, op, mode); });
    }
  }

  void copies(step const& each) {
    action const& one = each.actions.front();
    auto const to = one.into.places(at(each.array).plan.extents), from = one.from.places(at(each.other).plan.extents);
    auto const values = serial_at(each.other, from);
    if (one.rank == comm_.rank())
      at(each.array).with_section(one.into, [&](auto const& into) {
        using target = std::remove_cvref_t<decltype(into)>;
        at(each.other).with_section(one.from, [&](auto const& source) {
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
      at(each.other).with_section(one.from, [&](auto const& from) {
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
      serial = after<T>(one, before, value, expected);
      if (one.rank != comm_.rank()) continue;
      auto const found = std::apply(
          [&](auto... i) { return touch<T>(at(each.array).distributed, one, value, expected, i...); }, index);
      if (each.what == deed::touch && found)
        expect(*found == before, "an element was not what it should be before " + std::to_string(one.how));
    }
  }
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
