#pragma once

/// Pictures as SVG 1.1 text.

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

namespace armada::detail {

/// `#rrggbb`.
[[nodiscard]] std::string color_text(std::uint32_t rgb);
/// A colour for each number, neighbours apart; pale enough for black text.
[[nodiscard]] std::uint32_t color_of(int number) noexcept;
/// Between white, for 0, and dark blue, for 1.
[[nodiscard]] std::uint32_t shade_of(double share) noexcept;

/// A picture of some size, in pixels; what is added last covers the rest.
class svg_picture {
public:
  svg_picture(double width, double height);
  /// `tip` is shown under the mouse; may be empty.
  void add_box(double x, double y, double width, double height, std::uint32_t rgb, std::string_view tip = {});
  /// In the middle of (x, y), `size` pixels high.
  void add_text(double x, double y, std::string_view text, double size = 12, std::string_view anchor = "middle");
  /// The picture. Nothing can be added afterwards.
  [[nodiscard]] std::string finish();

private:
  std::ostringstream out_;
};

} // namespace armada::detail
