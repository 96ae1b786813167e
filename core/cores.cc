#include <armada/core/cores.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <sched.h>

namespace armada {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> first_line(fs::path const& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return line;
}

/// This process's group below the mounted hierarchy of `controller` (empty: version 2).
fs::path group_of(std::string_view controller) {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    auto const first = line.find(':');
    auto const second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    auto const controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    bool const wanted = controller.empty() ? controllers == ",,"
                                           : controllers.find("," + std::string(controller) + ",") != std::string::npos;
    if (wanted) return line.substr(second + 1);
  }
  return "/";
}

/// The smallest quota that `read` finds in the group's folder or one above it.
template <class Read>
std::optional<double> smallest_quota(fs::path const& mount, fs::path group, Read read) {
  std::optional<double> smallest;
  for (bool more = true; more; group = group.parent_path()) {
    if (auto const quota = read(mount / group.relative_path())) smallest = std::min(smallest.value_or(*quota), *quota);
    more = group != group.parent_path();
  }
  return smallest;
}

} // namespace

core_set allowed_cores() {
  core_set cores;
  cpu_set_t* const mask = CPU_ALLOC(cores.size());
  std::size_t const bytes = CPU_ALLOC_SIZE(cores.size());
  if (mask != nullptr && sched_getaffinity(0, bytes, mask) == 0)
    for (std::size_t core = 0; core < cores.size(); ++core) cores[core] = CPU_ISSET_S(core, bytes, mask) != 0;
  CPU_FREE(mask);
  return cores;
}

std::optional<double> detail::parse_cpu_max(std::string_view line) {
  try {
    std::size_t used = 0;
    std::string const owned(line);
    double const quota = std::stod(owned, &used);
    double const period = std::stod(owned.substr(used));
    if (quota > 0 && period > 0) return quota / period;
  } catch (std::exception const&) { // "max", or nothing that is a number: no quota
  }
  return std::nullopt;
}

std::optional<double> core_quota() {
  auto const version2 = smallest_quota("/sys/fs/cgroup", group_of(""), [](fs::path const& folder) {
    auto const line = first_line(folder / "cpu.max");
    return line ? detail::parse_cpu_max(*line) : std::nullopt;
  });
  if (version2) return version2;
  return smallest_quota("/sys/fs/cgroup/cpu", group_of("cpu"), [](fs::path const& folder) {
    auto const quota = first_line(folder / "cpu.cfs_quota_us");
    auto const period = first_line(folder / "cpu.cfs_period_us");
    return quota && period ? detail::parse_cpu_max(*quota + " " + *period) : std::nullopt;
  });
}

} // namespace armada
