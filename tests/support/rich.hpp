#pragma once

/// An object that has everything in it that Armada's archives know: what damaged archives are tried on.

#include <armada/core/object.hpp>
#include <armada/core/xtensor_types.hpp>

#include <xtensor/xarray.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xtensor.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace support {

struct spot { // one block of bytes
  int x = 0, y = 0;
};
struct mark { // has padding, and a truth that not every byte is
  char kind = 0;
  double weight = 0;
  bool on = false;
};
struct note { // has no serialize
  std::string text;
  std::vector<mark> marks;
  std::optional<spot> at;
};

struct rich {
  int number = 0;
  bool flag = false;
  std::map<std::string, std::vector<double>> table;
  std::unordered_map<int, std::string> names;
  std::vector<std::optional<std::string>> texts;
  std::vector<std::variant<std::monostate, int, std::string, std::vector<float>>> mixed;
  xt::xtensor<double, 2> matrix;
  xt::xarray<short> array;
  xt::xtensor_fixed<bool, xt::xshape<2>> pair;
  std::vector<bool> bits;
  std::bitset<13> set;
  std::multimap<int, std::tuple<char, std::list<int>>> lists;
  std::deque<std::unordered_set<std::string>> sets;
  std::priority_queue<int> queue;
  std::valarray<std::int16_t> values;
  std::filesystem::path path;
  std::chrono::milliseconds time{0};
  std::vector<spot> spots;
  std::vector<note> notes;
  std::vector<rich> below;
  std::unique_ptr<rich> next;

  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& number& flag& table& names& texts& mixed& matrix& array& pair& bits& set& lists& sets& queue& values;
    archive& path& time& spots& notes& below& next;
  }
};

/// One with something in every member.
inline rich some_rich(int depth = 1) {
  rich value;
  value.number = 7;
  value.flag = true;
  value.table = {{"a", {1, 2, 3}}, {"", {}}, {"key", {4}}};
  value.names = {{1, "one"}, {2, "two"}};
  value.texts = {"text", std::nullopt, ""};
  value.mixed = {std::monostate(), 5, "five", std::vector<float>{5, 5.5F}};
  value.matrix = {{1, 2, 3}, {4, 5, 6}};
  value.array = xt::xarray<short>{{{1, 2}}, {{3, 4}}};
  value.pair = {true, false};
  value.bits = {true, false, true, true, false, true, false, true, true};
  value.set = 0b1'0110;
  value.lists = {{1, {'x', {1, 2}}}, {1, {'y', {}}}};
  value.sets = {{"p", "q"}, {}};
  for (int i : {3, 1, 2}) value.queue.push(i);
  value.values = {1, 2, 3};
  value.path = "/a/b";
  value.time = std::chrono::milliseconds(17);
  value.spots = {{1, 2}, {3, 4}};
  value.notes = {{"first", {{'x', 1, true}, {'y', 2, false}}, spot{5, 6}}, {}};
  if (depth > 0) {
    value.below.push_back(some_rich(depth - 1));
    value.next = std::make_unique<rich>(some_rich(depth - 1));
  }
  return value;
}

/// The archive of a value, without a frame.
template <class T>
std::vector<std::byte> archived(T const& value) {
  armada::detail::byte_buffer bytes;
  armada::output_archive archive(bytes);
  archive << value;
  return {bytes.bytes().begin(), bytes.bytes().end()};
}

} // namespace support
