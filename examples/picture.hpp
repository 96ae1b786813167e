#pragma once

/// Pictures of numbers: colours, isotherms, graphs, and PNG files.

#include <armada/core/error.hpp>

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace example {

using colour = std::array<double, 3>; ///< red, green, blue from 0 to 255

class picture {
public:
  picture(std::size_t width, std::size_t height, colour const& background)
      : width_(width), height_(height), bytes_(3 * width * height) {
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x) set(x, y, background);
  }

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t height() const { return height_; }

  void set(std::size_t x, std::size_t y, colour const& value) {
    for (std::size_t c = 0; c < 3; ++c)
      bytes_[3 * (y * width_ + x) + c] = static_cast<std::uint8_t>(std::lround(value[c]));
  }

  /// Writes a PNG file. Throws `armada::io_error`.
  void save(std::string const& path) const {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width_);
    image.height = static_cast<png_uint_32>(height_);
    image.format = PNG_FORMAT_RGB;
    if (png_image_write_to_file(&image, path.c_str(), 0, bytes_.data(), 0, nullptr) == 0)
      throw armada::io_error(path + ": cannot be written: " + static_cast<char const*>(image.message));
  }

private:
  std::size_t width_, height_;
  std::vector<std::uint8_t> bytes_;
};

/// From cold to hot: night blue, violet, red, orange, yellow, white. `level` is from 0 to 1.
inline colour heat(double level) {
  static constexpr std::array<colour, 7> stops{
      {{8, 12, 48}, {60, 20, 120}, {150, 30, 130}, {220, 50, 80}, {250, 120, 40}, {255, 205, 70}, {255, 255, 235}}};
  auto const place = std::clamp(level, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  auto const below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
  auto const part = place - static_cast<double>(below);
  colour mixed{};
  for (std::size_t c = 0; c < 3; ++c) mixed[c] = (1 - part) * stops[below][c] + part * stops[below + 1][c];
  return mixed;
}

/// Temperatures as colours, with an isotherm at every twentieth of the way from `low` to `high`.
template <class Field>
picture draw_field(Field const& field, double low, double high) {
  picture result(field.shape()[1], field.shape()[0], {0, 0, 0});
  auto const level = [&](std::size_t y, std::size_t x) {
    return high > low ? (field(y, x) - low) / (high - low) : 0.5;
  };
  auto const band = [&](std::size_t y, std::size_t x) { return std::floor(level(y, x) * 20); };
  for (std::size_t y = 0; y < result.height(); ++y)
    for (std::size_t x = 0; x < result.width(); ++x) {
      bool const edge = (x + 1 < result.width() && band(y, x) != band(y, x + 1)) ||
                        (y + 1 < result.height() && band(y, x) != band(y + 1, x));
      auto shade = heat(level(y, x));
      for (double& c : shade) c *= edge ? 0.72 : 1;
      result.set(x, y, shade);
    }
  return result;
}

/// The smallest and the largest value of a stretch of numbers.
struct extent {
  double low, high;
};

/// A graph: stretch k of the numbers is column k, from its smallest to its largest value; a line at zero.
inline picture draw_graph(std::vector<extent> const& columns, std::size_t height) {
  extent all{0, 0};
  for (auto const& [low, high] : columns) all = {std::min(all.low, low), std::max(all.high, high)};
  if (all.low == all.high) all.high = all.low + 1;
  picture result(columns.size(), height, {250, 250, 247});
  auto const row = [&](double value) {
    auto const from_top = (all.high - value) / (all.high - all.low) * static_cast<double>(height - 1);
    return static_cast<std::size_t>(std::clamp(from_top, 0.0, static_cast<double>(height - 1)));
  };
  for (std::size_t x = 0; x < columns.size(); ++x) {
    result.set(x, row(0), {190, 190, 190});
    for (auto y = row(columns[x].high); y <= row(columns[x].low); ++y) result.set(x, y, {40, 70, 150});
  }
  return result;
}

} // namespace example
