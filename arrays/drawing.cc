#include <armada/arrays/detail/svg.hpp>
#include <armada/arrays/drawing.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace armada::detail {
namespace {

constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The indices of an extent that are shown where `room` are; -1 for dots.
std::vector<std::int64_t> shown_of(std::int64_t extent, std::int64_t room) {
  std::vector<std::int64_t> shown;
  if (extent <= room) {
    for (std::int64_t i = 0; i < extent; ++i) shown.push_back(i);
    return shown;
  }
  auto const behind = (room - 1) / 2, before = room - 1 - behind;
  for (std::int64_t i = 0; i < before; ++i) shown.push_back(i);
  shown.push_back(-1);
  for (std::int64_t i = extent - behind; i < extent; ++i) shown.push_back(i);
  return shown;
}

/// Neighbours with one owner, or what stands for them.
struct stretch {
  std::int64_t first, count;
};
struct drawn_axis {
  std::vector<stretch> stretches;
  std::int64_t extent = 0; ///< of what is drawn
  std::string remark;
};

drawn_axis axis_of(dimension const& along, std::size_t most, std::string_view name) {
  drawn_axis made;
  auto const extent = along.extent();
  while (made.extent < extent && made.stretches.size() < most) {
    auto const count = along.together(made.extent, along.locate(made.extent));
    made.stretches.push_back({made.extent, count});
    made.extent += count;
  }
  if (made.extent >= extent) return made;
  if (along.period() > 0) {
    made.remark = text(name, ": the first ", made.extent, " of ", extent);
    return made;
  }
  auto const cells = static_cast<std::int64_t>(most);
  made = {{}, extent, text(name, ": ", cells, " samples of ", along.parts(), " parts")};
  for (std::int64_t i = 0; i < cells; ++i) {
    auto const first = extent / cells * i + std::min(i, extent % cells);
    made.stretches.push_back({first, extent / cells + (i < extent % cells ? 1 : 0)});
  }
  return made;
}

} // namespace

std::string draw(drawn_plane const& plane, drawing_size size) {
  std::string drawn = plane.caption + '\n';
  bool const letters = plane.ranks <= static_cast<int>(digits.size());
  auto const cell = letters ? 1 : std::to_string(plane.ranks - 1).size() + 1;
  auto const rows = shown_of(plane.rows.extent(), std::max(size.height, 3));
  auto const fits = std::max(size.width, 8) / static_cast<int>(cell);
  bool const wide = letters && plane.columns.extent() > fits; // then the dots take three characters
  auto const columns = shown_of(plane.columns.extent(), wide ? fits - 2 : std::max(fits, 3));
  std::string const dots = letters ? "..." : std::string(cell > 3 ? cell - 3 : 0, ' ') + "...";
  for (auto const row : rows) {
    if (row < 0) {
      drawn += "...\n";
      continue;
    }
    for (auto const column : columns) {
      if (column < 0) {
        drawn += dots;
        continue;
      }
      int const owner = plane.owner(row, column);
      auto const number = std::to_string(owner);
      drawn += letters ? std::string(1, digits[static_cast<std::size_t>(owner)])
                       : std::string(cell - number.size(), ' ') + number;
    }
    drawn += '\n';
  }
  return drawn;
}

std::string draw_svg(drawn_plane const& plane) {
  constexpr std::size_t most = 4096, most_along = 64;
  auto rows = axis_of(plane.rows, most, "rows"), columns = axis_of(plane.columns, most, "columns");
  if (rows.stretches.size() * columns.stretches.size() > most) {
    rows = axis_of(plane.rows, std::min(most_along, rows.stretches.size()), "rows");
    columns = axis_of(plane.columns, most / std::max<std::size_t>(rows.stretches.size(), 1), "columns");
  }
  auto const longest = static_cast<double>(std::max({rows.extent, columns.extent, std::int64_t{1}}));
  auto const pixels = [&](std::int64_t extent) { return std::max(640 * static_cast<double>(extent) / longest, 40.0); };
  double const width = pixels(columns.extent), height = pixels(rows.extent), left = 20, top = 60;
  svg_picture picture(std::max(left + width + 20, 680.0), top + height + 20);
  picture.add_text(left, 16, plane.caption, 13, "start");
  picture.add_text(left, 38, rows.remark + (rows.remark.empty() || columns.remark.empty() ? "" : "; ") + columns.remark,
                   11, "start");
  auto const across = width / static_cast<double>(std::max<std::int64_t>(columns.extent, 1));
  auto const down = height / static_cast<double>(std::max<std::int64_t>(rows.extent, 1));
  for (auto const& row : rows.stretches)
    for (auto const& column : columns.stretches) {
      int const owner = plane.owner(row.first, column.first);
      double const x = left + across * static_cast<double>(column.first),
                   w = across * static_cast<double>(column.count);
      double const y = top + down * static_cast<double>(row.first), h = down * static_cast<double>(row.count);
      double const gap = std::min(w, h) > 6 ? 0.5 : 0;
      picture.add_box(x + gap, y + gap, w - 2 * gap, h - 2 * gap, color_of(owner));
      auto const number = std::to_string(owner);
      if (w > 8 * static_cast<double>(number.size()) && h > 11) picture.add_text(x + w / 2, y + h / 2, number, 10);
    }
  return picture.finish();
}

} // namespace armada::detail
