#include <armada/core/byte_buffer.hpp>

#include <algorithm>
#include <cstdint>
#include <new>

namespace armada::detail {

void byte_buffer::grow(std::size_t more) {
  constexpr std::size_t smallest = 512;
  auto const used = size();
  if (more > PTRDIFF_MAX - used) throw std::bad_alloc();
  auto const capacity = static_cast<std::size_t>(end_ - begin_);
  auto const wanted =
      used == 0 ? std::max(more, smallest) : std::max(used + more, std::min<std::size_t>(2 * capacity, PTRDIFF_MAX));
  auto* const memory = static_cast<std::byte*>(std::realloc(begin_, wanted));
  if (memory == nullptr) throw std::bad_alloc();
  begin_ = memory;
  next_ = memory + used;
  end_ = memory + wanted;
}

} // namespace armada::detail
