#include <armada/arrays/detail/svg.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace armada::detail {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (char const each : text) switch (each) {
    case '&': result += "&amp;"; break;
    case '<': result += "&lt;"; break;
    case '>': result += "&gt;"; break;
    case '"': result += "&quot;"; break;
    default: result += static_cast<unsigned char>(each) < 0x20 ? ' ' : each;
    }
  return result;
}

/// Of a channel between 0 and 1.
std::uint32_t channel(double share) noexcept {
  return static_cast<std::uint32_t>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
}

std::uint32_t mixed(double red, double green, double blue) noexcept {
  return channel(red) << 16 | channel(green) << 8 | channel(blue);
}

} // namespace

std::string color_text(std::uint32_t rgb) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%06x", static_cast<unsigned>(rgb & 0xffffffU));
  return text.data();
}

std::uint32_t color_of(int number) noexcept {
  double const turn = std::fmod(0.58 + 0.6180339887 * number, 1.0); // the golden section keeps neighbours apart
  double const depth = 0.30 + 0.15 * (number / 8 % 3);
  auto const wave = [&](double shift) { return 1 - depth * (0.5 - 0.5 * std::cos(6.283185307 * (turn - shift))); };
  return mixed(wave(0), wave(1.0 / 3), wave(2.0 / 3));
}

std::uint32_t shade_of(double share) noexcept {
  double const at = std::clamp(share, 0.0, 1.0);
  return mixed(1 - 0.95 * at, 1 - 0.75 * at, 1 - 0.45 * at);
}

svg_picture::svg_picture(double width, double height) {
  out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
       << "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"" << width << "\" height=\"" << height
       << "\" viewBox=\"0 0 " << width << ' ' << height << "\" font-family=\"sans-serif\">\n"
       << "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
}

void svg_picture::add_box(double x, double y, double width, double height, std::uint32_t rgb, std::string_view tip) {
  out_ << "<rect x=\"" << x << "\" y=\"" << y << "\" width=\"" << width << "\" height=\"" << height << "\" fill=\""
       << color_text(rgb) << '"';
  if (tip.empty())
    out_ << "/>\n";
  else
    out_ << "><title>" << escaped(tip) << "</title></rect>\n";
}

void svg_picture::add_text(double x, double y, std::string_view text, double size, std::string_view anchor) {
  out_ << "<text x=\"" << x << "\" y=\"" << y + 0.35 * size << "\" font-size=\"" << size << "\" text-anchor=\""
       << anchor << "\">" << escaped(text) << "</text>\n";
}

std::string svg_picture::finish() {
  out_ << "</svg>\n";
  return std::move(out_).str();
}

} // namespace armada::detail
