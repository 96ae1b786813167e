/// The steady heat of a plate whose edges are kept at fixed temperatures: a sparse linear system of one unknown per
/// point, solved by conjugate gradients; or the system of a matrix from a file, with a right-hand side of ones. Also
/// multiplies a dense matrix, and compares both products with the speed of the memory.
/// Run it by scripts/demo, or by mpiexec.mpich -n 4 plate [--size N | --matrix FILE.mtx] [--out DIR]

#include "examples/heat.hpp"
#include "examples/picture.hpp"
#include "examples/progress.hpp"

#include <armada/armada.hpp>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using namespace armada;
using example::linear_system;
namespace fs = std::filesystem;

struct options {
  std::int64_t size = 1000;
  std::string matrix;
  std::string out = "out";
  bool bar = isatty(STDERR_FILENO) == 1;
};

constexpr double tolerance = 1e-8;

linear_system file_system(std::string const& path) {
  auto a = sparse_matrix<double>::read_matrix_market(world(), path, {.square = true});
  distributed_array<double, 1> b(world(), {a.shape()[0]});
  b.fill(1);
  return {std::move(a), std::move(b)};
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The seconds that `work`, which all ranks do together, takes from the first beginning to the last end: the fastest of
/// some repetitions.
double time_of(auto work) {
  double best = std::numeric_limits<double>::infinity();
  for (int repetition = 0; repetition < 15; ++repetition) {
    barrier(world());
    auto const begin = std::chrono::steady_clock::now();
    work();
    barrier(world());
    best = std::min(best, allreduce(world(), seconds_since(begin), maximum{}));
  }
  return best;
}

struct solution {
  distributed_array<double, 1> x;
  std::string matrix;
  std::int64_t iterations;
  double residual, seconds, product_seconds, product_bytes;
};

/// |b - A x| / |b|, from its definition.
double true_residual(linear_system const& system, distributed_array<double, 1> const& x) {
  auto rest = matvec(system.a, x);
  rest.local() = system.b.local() - rest.local();
  auto const whole = norm(system.b);
  return whole > 0 ? norm(rest) / whole : norm(rest);
}

solution solve(linear_system const& system, bool bar) {
  example::progress progress(world().rank() == 0, bar, tolerance);
  auto const begin = std::chrono::steady_clock::now();
  auto result = conjugate_gradient(system.a, system.b, {.tolerance = tolerance, .on_iteration = std::ref(progress)});
  auto const seconds = seconds_since(begin);
  progress.clear();
  auto const n = system.a.shape()[0];
  if (!result.converged)
    throw numeric_error(fmt::format("conjugate gradient on {}: the residual is {:.1e} after {} iterations, not {:.0e}",
                                    system.a.describe(), result.residual, result.iterations, tolerance));
  auto const residual = true_residual(system, result.x);
  distributed_array<double, 1> y(world(), {n});
  auto const product_seconds = time_of([&] { matvec(system.a, result.x, y); });
  auto const bytes = allreduce(world(), static_cast<double>(system.a.local_bytes()), std::plus{});
  return {std::move(result.x),
          fmt::format("{} unknowns, {} entries, {:.1f} MB", n, system.a.entries(), bytes / 1e6),
          result.iterations,
          residual,
          seconds,
          product_seconds,
          bytes + 16.0 * static_cast<double>(n)};
}

struct dense_product {
  std::int64_t n;
  double product_seconds, read_seconds, bytes;
};

/// y = A x for a matrix of about `bytes`, but too large for a cache; and how long it takes all ranks just to read it.
dense_product multiply_dense(double bytes) {
  auto const n = static_cast<std::int64_t>(std::clamp(std::sqrt(bytes / 8), 2000.0, 3000.0));
  distributed_array<double, 2> a(world(), {n, n});
  distributed_array<double, 1> x(world(), {n}), y(world(), {n});
  a.fill(0.5);
  x.fill(2);
  auto const product_seconds = time_of([&] { matvec(a, x, y); });
  auto const elements = std::span<double const>(a.local().elements());
  double sums = 0;
  auto const read_seconds = time_of([&] { sums += detail::local_dot(elements, elements); });
  auto const expected = static_cast<double>(elements.size()) * 0.25 * 15;
  if (sum(y) != static_cast<double>(n * n) || sums != expected) throw numeric_error("the dense product is wrong");
  return {n, product_seconds, read_seconds, 8.0 * static_cast<double>(n * n)};
}

/// What keeps files from being written to a folder, which is made if it is not there; empty if nothing does.
std::string obstacle(std::string const& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return code.message();
  auto name = (fs::path(folder) / ".XXXXXX").string();
  int const file = mkstemp(name.data());
  if (file < 0) return std::generic_category().message(errno);
  close(file);
  unlink(name.c_str());
  return {};
}

/// Makes sure that files can be written to the folder, before anything takes long. Collective.
void prepare_folder(std::string const& folder) {
  auto why = world().rank() == 0 ? obstacle(folder) : std::string();
  bcast(world(), why, 0);
  if (!why.empty()) throw io_error(fmt::format("--out {}: cannot be written to: {}", folder, why));
}

constexpr std::int64_t picture_size = 1000;

/// The plate as an array of two dimensions, saved, and drawn by rank 0, which reads as many points as it shows.
void save_plate(distributed_array<double, 1> const& x, std::int64_t n, fs::path const& out) {
  distributed_array<double, 2> plate(world(), {n, n});
  auto const rows = plate.local_range().dimensions[0];
  get(x(xt::range(rows.first * n, (rows.first + rows.count) * n)), plate.local().elements());
  save_npy(plate, out / "solution.npy");
  agree(world(), [&] {
    if (world().rank() != 0) return;
    auto const step = (n + picture_size - 1) / picture_size;
    auto const shown = get(plate(xt::range(std::int64_t{0}, n, step), xt::range(std::int64_t{0}, n, step)));
    example::draw_field(shown, 0, example::hottest).save(out / "solution.png");
  });
}

/// A vector as it is, and as a graph.
void save_vector(distributed_array<double, 1> const& x, fs::path const& out) {
  save_npy(x, out / "solution.npy");
  agree(world(), [&] {
    if (world().rank() != 0) return;
    auto const n = x.shape()[0];
    std::vector<example::extent> columns;
    for (std::int64_t c = 0, wide = std::min(n, picture_size); c < wide; ++c) {
      auto const part = get(x(xt::range(c * n / wide, (c + 1) * n / wide)));
      auto const [low, high] = std::minmax_element(part.begin(), part.end());
      columns.push_back({*low, *high});
    }
    if (!columns.empty()) example::draw_graph(columns, 400).save(out / "solution.png");
  });
}

/// The number of hosts. Collective.
int hosts() { return allreduce(world(), world().split_shared().rank() == 0 ? 1 : 0, std::plus{}); }

void report(solution const& solved, dense_product const& dense, std::string const& what, fs::path const& out) {
  auto const machines = hosts();
  if (world().rank() != 0) return;
  auto const line = [](std::string const& name, std::string const& value) { fmt::print("{:<20}{}\n", name, value); };
  auto const speed = [](double bytes, double seconds) {
    return fmt::format("{:7.2f} ms  {:6.1f} GB/s", seconds * 1e3, bytes / seconds / 1e9);
  };
  line(what, solved.matrix);
  line("ranks", fmt::format("{} on {} host{}", world().size(), machines, machines == 1 ? "" : "s"));
  line("solved in", fmt::format("{:.2f} s, {} iterations", solved.seconds, solved.iterations));
  line("true residual", fmt::format("{:.2e}", solved.residual));
  line("sparse product", speed(solved.product_bytes, solved.product_seconds));
  line("dense product", fmt::format("{}   ({} × {})", speed(dense.bytes, dense.product_seconds), dense.n, dense.n));
  line("memory read", speed(dense.bytes, dense.read_seconds));
  line("saved", fmt::format("{}, {}", (out / "solution.npy").string(), (out / "solution.png").string()));
}

void run(options const& chosen) {
  bool const plate = chosen.matrix.empty();
  auto solved = [&] {
    auto const system = plate ? example::plate_system(chosen.size) : file_system(chosen.matrix);
    prepare_folder(chosen.out);
    return solve(system, chosen.bar);
  }();
  auto const dense = multiply_dense(solved.product_bytes);
  if (plate)
    save_plate(solved.x, chosen.size, chosen.out);
  else
    save_vector(solved.x, chosen.out);
  report(solved, dense, plate ? fmt::format("plate {0} × {0}", chosen.size) : "matrix", chosen.out);
}

int complain(std::string const& what) {
  if (world().rank() == 0) fmt::print(stderr, "plate: {}\n", what);
  return 1;
}

} // namespace

int main(int argc, char** argv) {
  environment const env(argc, argv);
  options chosen;
  CLI::App app("The steady heat of a plate, by distributed conjugate gradients.", "plate");
  auto* const size = app.add_option("--size", chosen.size, "points along each side of the plate (default 1000)")
                         ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}));
  app.add_option("--matrix", chosen.matrix, "solve with this Matrix Market file instead, and a right-hand side of ones")
      ->excludes(size);
  app.add_option("--out", chosen.out, "folder for solution.npy and solution.png (default out)");
  app.add_flag("--bar", chosen.bar, "draw a progress bar on stderr");
  try {
    app.parse(argc, argv);
    run(chosen);
  } catch (CLI::CallForHelp const&) {
    if (world().rank() == 0) fmt::print("{}", app.help());
  } catch (CLI::ParseError const& e) {
    return complain(e.what());
  } catch (mpi_error const&) {
    throw; // known to this rank alone
  } catch (armada::error const& e) {
    return complain(e.what());
  }
  return 0;
}
