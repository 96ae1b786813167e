#include <armada/arrays/detail/svg.hpp>
#include <armada/arrays/traffic.hpp>
#include <armada/collectives/allgather.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/posix_file.hpp>
#include <armada/core/standard_containers.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <ostream>
#include <tuple>

#include <unistd.h>

namespace armada {
namespace {

constexpr std::array kinds{traffic_kind::get, traffic_kind::put, traffic_kind::update};
constexpr std::array roads{traffic_road::near, traffic_road::far};

char const* name_of(traffic_kind kind) noexcept {
  return kind == traffic_kind::get ? "get" : kind == traffic_kind::put ? "put" : "update";
}
char const* name_of(traffic_road road) noexcept { return road == traffic_road::near ? "near" : "far"; }

/// `1.2M`, in at most five characters below 10^18.
std::string short_text(std::int64_t number) {
  constexpr std::array units{"", "k", "M", "G", "T", "P", "E"};
  auto value = static_cast<double>(number);
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1000;
  std::ostringstream out;
  out << std::fixed << std::setprecision(unit > 0 && value < 9.95 ? 1 : 0) << value << units[unit];
  return out.str();
}

/// Bytes by origin and owner, each of which is `each` ranks; row-major, `cells` x `cells`.
struct matrix {
  int cells, each;
  std::vector<std::int64_t> bytes;

  matrix(traffic_report const& report, int most) : each((report.ranks() + most - 1) / most), bytes() {
    cells = (report.ranks() + each - 1) / each;
    bytes.resize(static_cast<std::size_t>(cells) * static_cast<std::size_t>(cells));
    for (auto const& one : report.counts()) at(one.origin / each, one.owner / each) += one.bytes;
  }
  [[nodiscard]] std::int64_t& at(int origin, int owner) {
    return bytes[static_cast<std::size_t>(origin) * static_cast<std::size_t>(cells) + static_cast<std::size_t>(owner)];
  }
  /// The ranks of a cell: `3`, or `8-15`.
  [[nodiscard]] std::string ranks_text(int cell, int ranks) const {
    int const first = cell * each, last = std::min(first + each, ranks) - 1;
    return first == last ? std::to_string(first) : detail::text(first, '-', last);
  }
};

} // namespace

std::vector<traffic_count> detail::gathered_traffic(communicator const& comm, array_watch const* watch) {
  std::vector<traffic_count> all;
  for (auto const& of_rank : allgather(comm, watch != nullptr ? watch->traffic() : std::vector<traffic_count>()))
    all.insert(all.end(), of_rank.begin(), of_rank.end());
  return all;
}

traffic_report::traffic_report(int ranks, std::string array, std::vector<traffic_count> counts)
    : ranks_(ranks), array_(std::move(array)), counts_(std::move(counts)) {
  for (auto const& each : counts_)
    for (int const rank : {each.origin, each.owner})
      if (rank < 0 || rank >= ranks)
        throw argument_error(detail::text("traffic_report of ", ranks, " ranks: rank ", rank, " is none of them"));
  std::ranges::stable_sort(counts_, {}, [](traffic_count const& each) { return std::pair(each.origin, each.owner); });
}

traffic_report::total traffic_report::sum(question const& asked) const {
  total result;
  for (auto const& each : counts_) {
    bool const counts = asked.origin.value_or(each.origin) == each.origin &&
                        asked.owner.value_or(each.owner) == each.owner && asked.kind.value_or(each.kind) == each.kind &&
                        asked.road.value_or(each.road) == each.road;
    if (!counts) continue;
    result.operations += each.operations;
    result.bytes += each.bytes;
  }
  return result;
}

std::ostream& operator<<(std::ostream& stream, traffic_report const& report) {
  std::ostringstream out; // leaves the stream's format alone
  auto const all = report.sum();
  out << "traffic of " << report.array() << ": " << all.operations << " operations, " << all.bytes << " bytes\n";
  for (auto const kind : kinds)
    for (auto const road : roads)
      if (auto const part = report.sum({.kind = kind, .road = road}); part.operations > 0)
        out << "  " << std::left << std::setw(7) << name_of(kind) << std::setw(5) << name_of(road) << std::right
            << part.operations << " operations, " << part.bytes << " bytes\n";

  int const ranks = report.ranks();
  constexpr int most = 16;
  std::vector<int> shown(static_cast<std::size_t>(std::min(ranks, most)));
  std::iota(shown.begin(), shown.end(), 0);
  if (ranks > most)
    for (int i = most / 2; i < most; ++i) shown[static_cast<std::size_t>(i)] = ranks - most + i;
  auto const gap = [&](std::size_t i) { return i > 0 && shown[i] != shown[i - 1] + 1; };
  auto const place = [&](int rank) { return std::lower_bound(shown.begin(), shown.end(), rank) - shown.begin(); };
  std::vector<std::int64_t> bytes(shown.size() * shown.size());
  for (auto const& each : report.counts()) {
    auto const i = static_cast<std::size_t>(place(each.origin)), j = static_cast<std::size_t>(place(each.owner));
    if (i < shown.size() && j < shown.size() && shown[i] == each.origin && shown[j] == each.owner)
      bytes[i * shown.size() + j] += each.bytes;
  }
  out << "bytes, from and to owner\n" << std::setw(8) << "by rank";
  for (std::size_t j = 0; j < shown.size(); ++j) out << (gap(j) ? " ..." : "") << std::setw(7) << shown[j];
  out << '\n';
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (gap(i)) out << std::setw(8) << "..." << '\n';
    out << std::setw(8) << shown[i];
    for (std::size_t j = 0; j < shown.size(); ++j)
      out << (gap(j) ? " ..." : "") << std::setw(7) << short_text(bytes[i * shown.size() + j]);
    out << '\n';
  }
  return stream << out.str();
}

std::string draw_svg(traffic_report const& report) {
  matrix cells(report, 64);
  double const side = std::clamp(640.0 / cells.cells, 10.0, 60.0), left = 90, top = 80;
  double const extent = side * cells.cells, scale = left + extent + 30;
  std::int64_t const most = std::max<std::int64_t>(1, *std::max_element(cells.bytes.begin(), cells.bytes.end()));
  detail::svg_picture picture(std::max(scale + 90, 640.0), std::max(top + extent, top + 120.0) + 30);
  picture.add_text(10, 18, "traffic of " + report.array(), 13, "start");
  picture.add_text(left + extent / 2, 42,
                   cells.each == 1 ? "owner" : detail::text("owner (cells of ", cells.each, " ranks)"));
  picture.add_text(10, top - 14, "origin", 12, "start");
  int const labels = std::max(1, static_cast<int>(std::ceil((cells.each == 1 ? 22 : 60) / side)));
  for (int i = 0; i < cells.cells; ++i) {
    double const along = (i + 0.5) * side;
    if (i % labels == 0) {
      picture.add_text(left + along, top - 14, cells.ranks_text(i, report.ranks()), 10);
      picture.add_text(left - 8, top + along, cells.ranks_text(i, report.ranks()), 10, "end");
    }
    for (int j = 0; j < cells.cells; ++j) {
      auto const bytes = cells.at(i, j);
      if (bytes > 0)
        picture.add_box(left + j * side, top + along - side / 2, side, side,
                        detail::shade_of(0.1 + 0.9 * static_cast<double>(bytes) / static_cast<double>(most)),
                        detail::text(cells.ranks_text(i, report.ranks()), " to ", cells.ranks_text(j, report.ranks()),
                                     ": ", bytes, " bytes"));
    }
  }
  constexpr int steps = 10;
  for (int i = 0; i <= steps; ++i)
    picture.add_box(scale, top + (steps - i) * 10, 18, 10, detail::shade_of(i == 0 ? 0 : 0.1 + 0.9 * i / steps));
  picture.add_text(scale + 24, top + 5, short_text(most) + "B", 10, "start");
  picture.add_text(scale + 24, top + steps * 10 + 5, "0 B", 10, "start");
  return picture.finish();
}

void save_svg(communicator const& comm, traffic_report const& report, std::string const& path) {
  agree(comm, [&] {
    if (comm.rank() != 0) return;
    detail::replacement_file file(path);
    file.append(draw_svg(report));
    file.commit();
  });
}

} // namespace armada
