#include <armada/core/xtensor_types.hpp>

#include <armada/core/error.hpp>
#include <armada/core/job.hpp>

namespace armada::detail {

std::size_t checked_tensor_size(std::span<std::uint64_t const> shape, std::uint64_t most) {
  constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
  std::uint64_t product = 1; // strides come of it even where another extent is 0
  bool empty = false;
  for (auto const extent : shape) {
    empty = empty || extent == 0;
    if (extent > limit / product) throw_bad_archive(text("no tensor has the shape ", tuple_text(shape)));
    product *= std::max<std::uint64_t>(extent, 1);
  }
  if (empty) return 0;
  if (product > most) throw_short_archive(product, most);
  return static_cast<std::size_t>(product);
}

} // namespace armada::detail
