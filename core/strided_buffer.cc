#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/strided_buffer.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace armada::detail {
namespace {

/// `count` blocks of `length` items of `old`, `step` bytes apart; `old` is freed if it was made here.
MPI_Datatype repeat(MPI_Datatype old, bool made, std::int64_t count, std::int64_t length, std::int64_t step) {
  MPI_Datatype made_now = MPI_DATATYPE_NULL;
  if (std::in_range<int>(count) && std::in_range<int>(length)) // quirk 12
    call<MPI_Type_create_hvector>(static_cast<int>(count), static_cast<int>(length), MPI_Aint{step}, old, &made_now);
  else
    call<MPI_Type_create_hvector_c>(MPI_Count{count}, MPI_Count{length}, MPI_Count{step}, old, &made_now);
  if (made) MPI_Type_free(&old);
  return made_now;
}

} // namespace

MPI_Datatype make_strided(std::vector<byte_loop> const& loops, MPI_Datatype element, std::int64_t element_bytes) {
  // Dense neighbours are one loop; the innermost first.
  std::vector<byte_loop> merged;
  for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
    if (!merged.empty() && loop->step == merged.back().count * merged.back().step)
      merged.back().count *= loop->count;
    else
      merged.push_back(*loop);
  }
  // Dense rows are the blocks of the loop around them: MPICH moves rows whole, but loops of loops element by element.
  std::int64_t length = 1;
  auto loop = merged.begin();
  if (loop != merged.end() && loop->step == element_bytes) length = loop++->count;
  MPI_Datatype type = element;
  bool made = false;
  for (; loop != merged.end(); ++loop) {
    type = repeat(type, made, loop->count, length, loop->step);
    made = true;
    length = 1;
  }
  if (!made) type = repeat(element, false, 1, length, element_bytes);
  call<MPI_Type_commit>(&type);
  return type;
}

std::size_t gather_first_bytes(std::byte const* first, std::span<std::int64_t const> extents,
                               std::span<std::int64_t const> strides, std::size_t element_bytes,
                               std::span<std::byte> head) noexcept {
  std::int64_t elements = 1;
  for (auto const extent : extents) elements *= extent;
  std::size_t filled = 0;
  for (std::int64_t k = 0; k < elements && filled < head.size(); ++k) {
    std::int64_t place = 0;
    for (std::size_t d = extents.size(), rest = static_cast<std::size_t>(k); d-- > 0;) {
      auto const extent = static_cast<std::size_t>(extents[d]);
      place += static_cast<std::int64_t>(rest % extent) * strides[d];
      rest /= extent;
    }
    auto const bytes = std::min(element_bytes, head.size() - filled);
    std::memcpy(head.data() + filled, first + place * static_cast<std::int64_t>(element_bytes), bytes);
    filled += bytes;
  }
  return filled;
}

void throw_repeated_elements() {
  throw argument_error(
      text("buffer on ", job::whoami(), ": a view that shows one element many times cannot be written"));
}

} // namespace armada::detail
