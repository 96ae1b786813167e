#include <armada/core/tracing.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/access.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace armada {
namespace {

using nlohmann::json;
using support::throws;
using xt::all;
using xt::range;

int me() { return world().rank(); }
int ranks() { return world().size(); }
bool on_one_host() { return world().split_shared().size() == ranks(); }

std::string path_of(char const* name) { return std::filesystem::path(std::getenv("TEST_TMPDIR")) / name; }

json read_trace(std::string const& path) {
  std::ifstream file(path);
  return json::parse(file);
}

TEST(tracing, has_every_access_of_every_rank) {
  auto const path = path_of("trace.json");
  bool const one_host = on_one_host();
  trace_to(path);
  {
    distributed_array<int, 2> a(world(), {2 * ranks(), 3});
    int const right = (me() + 1) % ranks();
    a(2 * right, 1) = 5;
    a.fence();
    static_cast<void>(get(a(all(), range(0, 2))));
    a.fence();
    a(0, 0) += 1;
  }
  stop_trace();
  if (me() == 0) {
    auto const trace = read_trace(path);
    EXPECT_EQ(trace.at("otherData").at("dropped"), 0);
    std::map<std::pair<int, std::string>, int> seen; // by rank and name
    std::map<int, int> bytes;
    for (json const& each : trace.at("traceEvents")) {
      if (each.at("ph") == "M") continue;
      EXPECT_EQ(each.at("ph"), "X");
      EXPECT_GE(each.at("ts").get<double>(), 0);
      EXPECT_GE(each.at("dur").get<double>(), 0);
      int const rank = each.at("pid");
      std::string const name = each.at("name");
      ++seen[{rank, name}];
      bytes[rank] += each.at("args").at("bytes").get<int>();
      int const owner = each.at("args").at("owner");
      if (name == "put") {
        EXPECT_EQ(owner, (rank + 1) % ranks());
      }
      if (name == "accumulate") {
        EXPECT_EQ(owner, 0);
      }
    }
    for (int rank = 0; rank < ranks(); ++rank) {
      EXPECT_EQ((seen[{rank, "put"}]), 1);
      EXPECT_EQ((seen[{rank, "get"}]), ranks());
      EXPECT_EQ((seen[{rank, "accumulate"}]), 1);
      EXPECT_EQ((seen[{rank, "fence"}]), 2);
      EXPECT_EQ((seen[{rank, "flush"}] > 0), !one_host); // at least one other rank is far from each
      EXPECT_EQ(bytes[rank], 4 + ranks() * 2 * 2 * 4 + 4);
    }
  }
  barrier(world());
}

TEST(tracing, events_of_one_rank_follow_one_another) {
  auto const path = path_of("order.json");
  bool const one_host = on_one_host();
  trace_to(path);
  {
    distributed_array<int, 1> a(world(), {ranks()});
    for (int i = 0; i < ranks(); ++i) {
      if (i == me()) a(0) = i;
      a.fence();
    }
  }
  stop_trace();
  if (me() == 0) {
    auto const trace = read_trace(path);
    std::vector<double> end(static_cast<std::size_t>(ranks()));
    std::vector<double> put_end;
    for (json const& each : trace.at("traceEvents")) {
      if (each.at("ph") != "X") continue;
      auto& last = end.at(each.at("pid").get<std::size_t>());
      auto const begun = each.at("ts").get<double>();
      EXPECT_GE(begun, last - 0.01);
      last = begun + each.at("dur").get<double>();
      if (each.at("name") == "put") put_end.push_back(last);
    }
    EXPECT_EQ(put_end.size(), static_cast<std::size_t>(ranks()));
    if (one_host) {
      EXPECT_TRUE(std::is_sorted(put_end.begin(), put_end.end())) << "ranks of one host have one clock";
    }
  }
  barrier(world());
}

TEST(tracing, keeps_so_many_events) {
  auto const path = path_of("many.json");
  trace_to(path);
  if (me() == 0) {
    for (std::size_t i = 0; i < tracing::most_events + 7; ++i) tracing::scope const event("event");
  }
  stop_trace();
  if (me() == 0) {
    std::ifstream file(path, std::ios::ate);
    auto const length = static_cast<std::int64_t>(file.tellg());
    EXPECT_LT(length, std::int64_t{tracing::most_events} * 150);
    file.seekg(length - 30);
    std::string const end(std::istreambuf_iterator<char>(file), {});
    EXPECT_NE(end.find("\"dropped\":7}"), std::string::npos) << end;
  }
  barrier(world());
}

TEST(tracing, faults_are_those_of_all_ranks) {
  EXPECT_TRUE(throws<lifecycle_error>([] { stop_trace(); }, {"stop_trace"}));
  EXPECT_TRUE(throws<io_error>([] { trace_to("/nowhere/trace.json"); }, {"/nowhere/trace.json"}));
  EXPECT_FALSE(tracing::on());
  auto const path = path_of("twice.json");
  trace_to(path);
  EXPECT_TRUE(throws<lifecycle_error>([&] { trace_to(path); }, {"already"}));
  stop_trace();
  if (me() == 0) {
    EXPECT_EQ(read_trace(path).at("traceEvents").size(), static_cast<std::size_t>(ranks())); // their names
  }
  barrier(world());
}

} // namespace
} // namespace armada
