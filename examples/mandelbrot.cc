// The Mandelbrot set, whose parts differ in work by a thousand times: ranks begin with their own rows, and who is done
// takes chunks from others.
//   mpiexec -n 4 mandelbrot [PICTURE.png]

#include "picture.hpp"

#include <armada/armada.hpp>

#include <fmt/format.h>

#include <cmath>
#include <complex>

namespace {

constexpr std::int64_t rows = 400, columns = 600;
constexpr int most = 1000;

/// After how many steps a point is seen to leave; `most` where it stays.
int steps(std::int64_t row, std::int64_t column) {
  std::complex<double> const c(-2.2 + 3.2 * static_cast<double>(column) / columns,
                               -1.1 + 2.2 * static_cast<double>(row) / rows);
  std::complex<double> z = 0;
  int count = 0;
  while (count < most && std::norm(z) <= 4) {
    z = z * z + c;
    ++count;
  }
  return count;
}

} // namespace

int main(int argc, char** argv) {
  using namespace armada;
  environment env(argc, argv);

  distributed_array<int, 2> image(world(), {rows, columns});
  for_each_chunk(image, {20, 100}, [&](box<2> const& part) {
    auto const& [down, across] = part.dimensions;
    xt::xtensor<int, 2> values(section_of(image, part).shape());
    for (std::int64_t i = 0; i < down.count; ++i)
      for (std::int64_t j = 0; j < across.count; ++j) values(i, j) = steps(down[i], across[j]);
    section_of(image, part) = values; // a put, whoever owns it
  });

  auto const inside = histogram(image, {0, most - 0.5, most})[1];
  if (auto const all = to_serial(image, 0)) {
    if (argc > 1) {
      example::picture drawn(columns, rows, {0, 0, 0});
      for (std::size_t y = 0; y < rows; ++y)
        for (std::size_t x = 0; x < columns; ++x)
          if ((*all)(y, x) < most) drawn.set(x, y, example::heat(std::log2((*all)(y, x)) / std::log2(most)));
      drawn.save(argv[1]);
    }
    fmt::print("{} of {} points are in the set\n", inside, image.size());
  }
}
