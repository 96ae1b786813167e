#include "tests/arrays/random_program.hpp"

#include <armada/arrays/boundary.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <string_view>

namespace armada::random_programs {
namespace {

/// The indices of each part of one dimension.
std::vector<indices> parts_of(cut const& how, std::int64_t extent, std::int64_t parts) {
  std::vector<indices> all(static_cast<std::size_t>(parts));
  for (std::int64_t i = 0, part = 0, in_part = 0; i < extent; ++i) {
    switch (how.what()) {
    case cut::kind::dealt: part = i / how.length() % parts; break;
    case cut::kind::bounded:
      while (how.boundaries()[static_cast<std::size_t>(part) + 1] <= i) ++part;
      break;
    default:
      while (in_part == extent / parts + (part < extent % parts ? 1 : 0)) {
        ++part;
        in_part = 0;
      }
      ++in_part;
    }
    all[static_cast<std::size_t>(part)].push_back(i);
  }
  return all;
}

class drawing {
public:
  drawing(program& made, abilities const& able) : made_(made), able_(able) {}

  array_plan array(random_source& random) const {
    static constexpr std::array<std::int64_t, 8> longest{0, 17, 17, 8, 5, 4, 3, 3};
    std::int64_t const most = longest[able_.dimensions];
    indices extents;
    for (std::size_t d = 0; d < able_.dimensions; ++d) {
      auto extent = random.chance(4) ? 0 : random.chance(15) ? random.between(1, 3) : random.between(1, most);
      if (able_.dimensions == 1 && random.chance(20)) extent = random.between(100, 700);
      extents.push_back(extent);
    }
    return spread(random, extents, any_cut);
  }

  step any_step(random_source& random) {
    step each;
    each.array = any_array(random);
    each.other = any_array(random);
    each.form = random.between(0, 11);
    each.mode = random.between(0, 2);
    each.op = able_.ordered ? random.between(0, 3) : random.chance(50) ? 0 : 3;
    each.what = any_deed(random);
    switch (each.what) {
    case deed::get: gets_by_all(random, each); break;
    case deed::put: puts(random, each); break;
    case deed::accumulate: accumulates(random, each); break;
    case deed::copy: copy(random, each); break;
    case deed::fetch: fetch(random, each); break;
    case deed::gets:
    case deed::puts: several(random, each); break;
    case deed::touch:
    case deed::update: elements(random, each); break;
    case deed::gather:
    case deed::scatter:
    case deed::scatter_add: lists(random, each); break;
    case deed::store:
    case deed::fill: each.actions.push_back({.values = random.seed()}); break;
    case deed::reshape: reshape(random, each); break;
    case deed::halo: halo(random, each); break;
    case deed::move:
    case deed::compute:
    case deed::read: break;
    }
    return each;
  }

private:
  /// An array of these extents, with `cut_of(random, extent, parts)` along each.
  array_plan spread(random_source& random, indices const& extents, auto cut_of) const {
    array_plan plan{.extents = extents, .grid = indices(extents.size(), 1), .cuts = {}};
    for (int rest = made_.ranks, prime = 2; rest > 1; ++prime)
      for (; rest % prime == 0; rest /= prime)
        plan.grid[static_cast<std::size_t>(random.between(0, std::ssize(extents) - 1))] *= prime;
    for (std::size_t d = 0; d < extents.size(); ++d) plan.cuts.push_back(cut_of(random, extents[d], plan.grid[d]));
    plan.balanced = random.chance(30);
    if (random.chance(10)) plan.chunk = random.between(20, 500);
    return plan;
  }
  static cut any_cut(random_source& random, std::int64_t extent, std::int64_t parts) {
    switch (random.between(0, parts == 1 ? 4 : 3)) {
    case 0: return block;
    case 1: return cyclic;
    case 2: return block_cyclic(random.between(1, 5));
    case 3: {
      indices boundaries{0, extent};
      for (auto i = parts; i > 1; --i) boundaries.push_back(random.between(0, extent));
      std::sort(boundaries.begin(), boundaries.end());
      return irregular(boundaries);
    }
    default: return whole;
    }
  }

  deed any_deed(random_source& random) const {
    static constexpr std::array with_updates{
        deed::get,        deed::get,        deed::get,     deed::put,        deed::put,   deed::put,
        deed::accumulate, deed::accumulate, deed::copy,    deed::copy,       deed::fetch, deed::gets,
        deed::puts,       deed::touch,      deed::touch,   deed::update,     deed::store, deed::fill,
        deed::read,       deed::gather,     deed::scatter, deed::scatter_add};
    static constexpr std::array of_whole_arrays{deed::move, deed::compute, deed::reshape, deed::halo};
    if (random.chance(30))
      if (deed const what = random.one_of(of_whole_arrays); able_.dimensions <= few_dimensions || what == deed::move)
        return what;
    for (;;)
      if (deed const what = random.one_of(with_updates);
          able_.updates || (what != deed::accumulate && what != deed::update && what != deed::scatter_add))
        return what;
  }
  std::size_t any_array(random_source& random) const {
    return static_cast<std::size_t>(random.between(0, std::ssize(made_.arrays) - 1));
  }
  int any_rank(random_source& random) const { return static_cast<int>(random.between(0, made_.ranks - 1)); }
  any_selection any(random_source& random, std::size_t array, slice_wishes const& wishes = {}) const {
    auto const kept = random.chance(50) ? able_.dimensions : random.one_of(able_.kept);
    return selection_of(random, made_.arrays[array].extents, kept, wishes);
  }
  /// Whether `part_of` makes parts of it.
  static bool divisible(any_selection const& all) {
    auto const axes = all.axes();
    return std::any_of(axes.begin(), axes.end(), [](int axis) { return axis >= 0; });
  }

  void gets_by_all(random_source& random, step& each) const {
    for (int r = 0; r < made_.ranks; ++r) each.actions.push_back({.rank = r, .into = any(random, each.array)});
  }
  void puts(random_source& random, step& each) const {
    bool const reads_it = each.form >= 8 && each.form <= 10 && each.other == each.array; // while others would write it
    bool const by_all = random.chance(40) && !reads_it;
    auto const all = any(random, each.array, {.repetitions = !by_all});
    if (!by_all || !divisible(all)) {
      each.actions.push_back({.rank = any_rank(random), .into = all, .values = random.seed()});
      return;
    }
    for (int r = 0; r < made_.ranks; ++r)
      each.actions.push_back({.rank = r, .into = part_of(all, r, made_.ranks), .values = random.seed()});
  }
  void accumulates(random_source& random, step& each) const {
    bool const by_one = each.op == 3 || each.form >= 8 || random.chance(30); // those of several ranks must commute
    for (int r = 0; r < made_.ranks; ++r)
      each.actions.push_back({.rank = r, .into = any(random, each.array), .values = random.seed()});
    if (by_one) each.actions = {each.actions[static_cast<std::size_t>(any_rank(random))]};
    // Which of several values replaces an element is not promised.
    if (each.op == 3) each.actions.front().into = any(random, each.array, {.repetitions = false});
  }
  void copy(random_source& random, step& each) const {
    action one{.rank = any_rank(random), .into = any(random, each.array)};
    one.from = alike(random, one.into, made_.arrays[each.other].extents, {});
    if (one.from.slices.empty()) {
      each.other = each.array;
      one.from = one.into;
    }
    each.actions.push_back(one);
  }
  void fetch(random_source& random, step& each) const {
    each.actions.push_back({.rank = any_rank(random), .from = any(random, each.other)});
  }
  void several(random_source& random, step& each) const {
    int const rank = any_rank(random);
    auto const parts = random.between(2, 4);
    auto const all = any(random, each.array, {.repetitions = each.what == deed::gets});
    if (!divisible(all)) each.what = deed::gets;
    for (std::int64_t part = 0; part < parts; ++part)
      each.actions.push_back({.rank = rank, .into = part_of(all, part, parts), .values = random.seed()});
  }
  void elements(random_source& random, step& each) const {
    indices const& extents = made_.arrays[each.array].extents;
    int const rank = any_rank(random), times = static_cast<int>(random.between(3, 8));
    if (std::count(extents.begin(), extents.end(), 0) > 0) {
      each.what = deed::read;
      return;
    }
    for (int i = 0; i < (each.what == deed::touch ? times : 2 * made_.ranks); ++i) {
      action one{.rank = each.what == deed::touch ? rank : i % made_.ranks, .values = random.seed()};
      for (auto const extent : extents) {
        auto const index = random.between(0, std::min<std::int64_t>(extent - 1, random.chance(50) ? 2 : extent));
        one.place = one.place * static_cast<std::size_t>(extent) + static_cast<std::size_t>(index);
        one.index.push_back(random.chance(30) ? index - extent : index);
      }
      int const last = able_.integral ? 7 : able_.updates ? 6 : 1;
      one.how = each.what == deed::update ? random.between(2, 4) : random.between(0, last);
      if (one.how == 6 && !able_.ordered) one.how = 5;
      each.actions.push_back(one);
    }
  }

  void lists(random_source& random, step& each) const {
    for (int r = 0; r < made_.ranks; ++r) each.actions.push_back({.rank = r, .values = random.seed()});
    if (each.what == deed::scatter) each.actions = {each.actions[static_cast<std::size_t>(any_rank(random))]};
  }

  /// Into a shape of as many elements.
  void reshape(random_source& random, step& each) const {
    indices const& extents = made_.arrays[each.array].extents;
    indices shape(random.chance(50) ? able_.dimensions : beside(able_.dimensions), 1);
    auto const any_extent = [&]() -> std::int64_t& {
      return shape[static_cast<std::size_t>(random.between(0, std::ssize(shape) - 1))];
    };
    auto volume = std::accumulate(extents.begin(), extents.end(), std::int64_t{1}, std::multiplies<>{});
    if (volume == 0) {
      for (auto& extent : shape) extent = random.between(0, 5);
      any_extent() = 0;
    }
    for (std::int64_t prime = 2; volume > 1; ++prime)
      for (; volume % prime == 0; volume /= prime) any_extent() *= prime;
    each.made = spread(random, shape, any_cut);
    each.made.balanced = true;
  }
  /// Mostly one that the parts are large enough for.
  void halo(random_source& random, step& each) const {
    each.made = spread(random, made_.arrays[each.array].extents, [](auto& numbers, auto extent, auto parts) {
      return numbers.chance(70) ? block : any_cut(numbers, extent, parts);
    });
    for (std::size_t d = 0; d < able_.dimensions; ++d) {
      auto const most = std::min<std::int64_t>(3, each.made.extents[d] / each.made.grid[d]);
      auto const width = [&] { return random.between(0, random.chance(95) ? most : 3); };
      auto const end = [&]() -> std::int64_t {
        return random.one_of(std::array<std::int64_t, 5>{boundary::open, boundary::periodic, boundary::mirrored,
                                                         boundary::reflected, halo_plan::fixed});
      };
      bool const around = random.chance(30);
      each.around.below.push_back(width());
      each.around.above.push_back(width());
      each.around.room_below.push_back(each.around.below[d] + random.between(0, 1));
      each.around.room_above.push_back(each.around.above[d] + random.between(0, 1));
      each.around.lower.push_back(around ? std::int64_t{boundary::periodic} : end());
      each.around.upper.push_back(around ? std::int64_t{boundary::periodic} : end());
    }
    each.around.corners = random.chance(60);
  }

  program& made_;
  abilities const& able_;
};

constexpr std::array<std::string_view, 3> modes{"", ", nonblocking", ", deferred"};
constexpr std::array<std::string_view, 4> operations{"plus", "maximum", "minimum", "replace"};
constexpr std::array<std::string_view, 8> with_element{
    "", " = v", " += v", " -= v", " fetch_add", " exchange", " fetch_and_op(minimum)", " compare_and_swap"};

constexpr std::array<std::string_view, 3> with_list{"gather", "scatter", "scatter_add"};

/// The buffers that elements come from and go to, by `step::form`.
constexpr std::array<std::string_view, 12> sources{"tensor",
                                                   "tensor&&",
                                                   "vector",
                                                   "strided view",
                                                   "column-major view",
                                                   "broadcast expression",
                                                   "= tensor",
                                                   "= value",
                                                   "span of the own tile",
                                                   "view of the own tile",
                                                   "= view of the own tile",
                                                   "tensor"};
constexpr std::array<std::string_view, 12> targets{
    "tensor", "vector", "strided view", "column-major view", "= conversion", "= get(…)", "= get(…, nonblocking)",
    "tensor", "vector", "strided view", "column-major view", "= conversion"};

std::string name(std::size_t array) { return std::string(1, static_cast<char>('a' + array)); }

/// What follows the communicator.
std::string text_of(array_plan const& plan) {
  std::string cuts;
  for (auto const& how : plan.cuts) cuts += (cuts.empty() ? "" : ", ") + how.text();
  return detail::tuple_text(plan.extents) + ", {" + cuts + "}" +
         (plan.balanced ? "" : ", grid " + detail::tuple_text(plan.grid)) + ")" +
         (plan.chunk > 0 ? ", far in chunks of " + std::to_string(plan.chunk) : "");
}

std::string text_of(step const& each, action const& one) {
  std::string const a = name(each.array), b = name(each.other), target = a + one.into.text();
  std::string const on = "rank " + std::to_string(one.rank) + ": ";
  std::string const values = "values(" + std::to_string(one.values) + ")";
  auto const form = static_cast<std::size_t>(each.form);
  auto const mode = std::string(modes[static_cast<std::size_t>(each.mode)]);
  switch (each.what) {
  case deed::get: return on + "get(" + target + ") into " + std::string(targets[form]) + mode;
  case deed::put: return on + "put(" + target + ", " + std::string(sources[form]) + " " + values + ")" + mode;
  case deed::accumulate:
    return on + "accumulate(" + target + ", " + std::string(sources[form]) + " " + values + ", " +
           std::string(operations[static_cast<std::size_t>(each.op)]) + ")" + mode;
  case deed::copy: return on + target + " = " + b + one.from.text();
  case deed::fetch:
    return on + "get(" + b + one.from.text() + ", " + (each.form % 2 == 0 ? "span" : "view") + " of the own tile of " +
           a + ")" + (each.mode == 1 ? ", nonblocking" : "");
  case deed::gets: return on + "get(" + target + ", nonblocking), waited for in some order";
  case deed::puts: return on + "put(" + target + ", " + values + ", nonblocking), waited for in some order";
  case deed::touch:
  case deed::update:
    return on + a + detail::tuple_text(one.index) + std::string(with_element[static_cast<std::size_t>(one.how)]) +
           ", v from " + std::to_string(one.values);
  case deed::gather:
  case deed::scatter:
  case deed::scatter_add:
    return on + std::string(with_list[static_cast<std::size_t>(each.what) - static_cast<std::size_t>(deed::gather)]) +
           "(" + a + (each.form < 6 ? ", list and " : ", mask and ") + values + "), form " + std::to_string(form) +
           mode;
  case deed::store: return "all: " + a + ".local() = " + values;
  case deed::fill: return "all: " + a + ".fill(value(" + std::to_string(one.values) + "))";
  case deed::move:
  case deed::compute:
  case deed::reshape:
  case deed::halo:
  case deed::read: break;
  }
  return "";
}

} // namespace

std::vector<std::size_t> array_plan::tile_places(int rank, indices const& on_grid, storage_order order) const {
  std::vector<indices> mine(extents.size());
  std::size_t volume = 1;
  std::int64_t rest = rank;
  for (std::size_t d = extents.size(); d-- > 0; rest /= on_grid[d]) {
    mine[d] = parts_of(cuts[d], extents[d], on_grid[d])[static_cast<std::size_t>(rest % on_grid[d])];
    volume *= mine[d].size();
  }
  std::vector<std::size_t> result(volume), strides(extents.size(), 1);
  for (std::size_t d = extents.size() - 1; d > 0; --d)
    strides[d - 1] = strides[d] * static_cast<std::size_t>(extents[d]);
  for (std::size_t k = 0; k < volume; ++k) {
    std::size_t left = k;
    for (std::size_t i = 0; i < extents.size(); ++i) {
      std::size_t const d = order == storage_order::row_major ? extents.size() - 1 - i : i;
      result[k] += static_cast<std::size_t>(mine[d][left % mine[d].size()]) * strides[d];
      left /= mine[d].size();
    }
  }
  return result;
}

std::string halo_plan::text() const {
  static constexpr std::array<std::string_view, 5> ends{"fixed", "open", "periodic", "mirrored", "reflected"};
  std::string text = "width " + detail::tuple_text(below) + " and " + detail::tuple_text(above) + " of " +
                     detail::tuple_text(room_below) + " and " + detail::tuple_text(room_above);
  for (std::size_t d = 0; d < lower.size(); ++d)
    text += std::string(d == 0 ? ", " : "; ") + std::string(ends[static_cast<std::size_t>(lower[d] + 1)]) + " and " +
            std::string(ends[static_cast<std::size_t>(upper[d] + 1)]);
  return text + (corners ? ", corners" : "");
}

program draw(std::uint64_t seed, int ranks, abilities const& able) {
  program made{.seed = seed, .ranks = ranks, .arrays = {}, .steps = {}};
  drawing draws(made, able);
  random_source random(seed);
  auto const arrays = random.chance(50) ? 1 : random.between(2, 3);
  auto const steps = random.between(3, 9);
  for (std::int64_t i = 0; i < arrays; ++i) made.arrays.push_back(draws.array(random));
  for (std::int64_t i = 0; i < steps; ++i) made.steps.push_back(draws.any_step(random));
  return made;
}

std::string text_of(step const& each) {
  std::string text;
  for (action const& one : each.actions) text += "  " + text_of(each, one) + "\n";
  if (each.what == deed::read) text = "  all: read " + name(each.array) + ", and its tiles\n";
  if (each.what == deed::move || each.what == deed::compute)
    text = std::string("  all: ") + (each.what == deed::move ? "move" : "compute") + "_whole(" + name(each.array) +
           ", " + name(each.other) + ", " + std::to_string(each.form) + ")\n";
  if (each.what == deed::reshape)
    text = "  all: reshape_whole(" + name(each.array) + ", " + std::to_string(each.form) + "), to (" +
           text_of(each.made) + "\n";
  if (each.what == deed::halo)
    text = "  all: halo_whole(" + name(each.array) + ", " + std::to_string(each.form) + "), of (" + text_of(each.made) +
           ", " + each.around.text() + "\n";
  return text;
}

std::string text_of(program const& all, abilities const& able) {
  std::string text;
  for (std::size_t i = 0; i < all.arrays.size(); ++i) {
    text += "  distributed_array<" + able.type + "> " + name(i) + "(comm of " + std::to_string(all.ranks) + ", " +
            text_of(all.arrays[i]) + "\n";
  }
  for (step const& each : all.steps) text += text_of(each);
  return text;
}

} // namespace armada::random_programs
