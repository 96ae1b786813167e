#include <armada/io/npy.hpp>

namespace armada::detail {

std::string npy_header(std::string const& descr, std::span<std::int64_t const> shape) {
  std::string extents;
  for (auto const extent : shape) extents += (extents.empty() ? "" : ", ") + std::to_string(extent);
  if (shape.size() == 1) extents += ',';
  auto dictionary = text("{'descr': '", descr, "', 'fortran_order': False, 'shape': (", extents, "), }");
  constexpr std::size_t preamble = 10; // magic string, version, length of the rest
  auto const padded = (preamble + dictionary.size() + 1 + 63) / 64 * 64 - preamble;
  dictionary.resize(padded - 1, ' ');
  dictionary += '\n';
  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(padded % 256);
  result += static_cast<char>(padded / 256);
  return result + dictionary;
}

} // namespace armada::detail
