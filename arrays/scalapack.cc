#include <armada/arrays/scalapack.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace armada {
namespace {

/// The length of the blocks in which a dimension is dealt out to its parts in turns; nothing where it is not.
std::optional<std::int64_t> block_length(dimension const& along, cut const& how) {
  if (how.what() == cut::kind::dealt) return how.length();
  auto const length = std::max<std::int64_t>(along.count(0), 1);
  for (std::int64_t part = 0; part < along.parts(); ++part)
    if (along.count(part) != std::clamp<std::int64_t>(along.extent() - part * length, 0, length)) return std::nullopt;
  return length;
}

} // namespace

std::array<int, 9> detail::scalapack_descriptor(distribution<2> const& spread, int rank, int context,
                                                std::string const& what) {
  auto const refuse = [&](auto const&... why) {
    throw unsupported(text("scalapack_descriptor of ", what, ": ", why...));
  };
  if (spread.order() != storage_order::column_major)
    refuse("its tiles are row-major; ScaLAPACK needs storage_order::column_major");
  if (!spread.ghosts().none()) refuse("its tiles have ghost cells");
  auto const narrow = [&](std::int64_t number, char const* name) {
    if (number > std::numeric_limits<int>::max()) refuse(name, " is ", number, ", and ScaLAPACK counts in int");
    return static_cast<int>(number);
  };
  auto const tile = spread.tile_shape(rank), shape = spread.shape();
  std::array<std::int64_t, 2> lengths{};
  for (std::size_t d = 0; d < 2; ++d) {
    auto const length = block_length(spread.along(d), spread.cuts()[d]);
    if (!length)
      refuse("dimension ", d, ", ", spread.cuts()[d].text(), " in ", spread.along(d).parts(),
             " parts, is not dealt out in blocks of one length; block_cyclic is");
    lengths[d] = *length;
  }
  return {1,
          context,
          narrow(shape[0], "the number of rows"),
          narrow(shape[1], "the number of columns"),
          narrow(lengths[0], "the length of a block"),
          narrow(lengths[1], "the length of a block"),
          0,
          0,
          narrow(std::max<std::int64_t>(tile[0], 1), "the number of rows of the tile")};
}

} // namespace armada
