#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/strided_buffer.hpp>

#include <limits>

namespace armada::detail {
namespace {

/// `count` items of `old`, `step` bytes apart; `old` is freed if it was made here.
MPI_Datatype repeat(MPI_Datatype old, bool made, std::int64_t count, std::int64_t step) {
  MPI_Datatype made_now = MPI_DATATYPE_NULL;
  if (count <= std::numeric_limits<int>::max()) // quirk 12
    call<MPI_Type_create_hvector>(static_cast<int>(count), 1, MPI_Aint{step}, old, &made_now);
  else
    call<MPI_Type_create_hvector_c>(MPI_Count{count}, MPI_Count{1}, MPI_Count{step}, old, &made_now);
  if (made) MPI_Type_free(&old);
  return made_now;
}

} // namespace

MPI_Datatype make_strided(std::vector<byte_loop> const& loops, MPI_Datatype element, std::int64_t element_bytes) {
  // Dense inner loops are one.
  std::vector<byte_loop> merged;
  for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
    if (!merged.empty() && loop->step == merged.back().count * merged.back().step)
      merged.back().count *= loop->count;
    else
      merged.push_back(*loop);
  }
  MPI_Datatype type = element;
  bool made = false;
  for (auto const& loop : merged) { // the innermost first
    type = repeat(type, made, loop.count, loop.step);
    made = true;
  }
  if (!made) type = repeat(element, false, 1, element_bytes);
  call<MPI_Type_commit>(&type);
  return type;
}

void throw_repeated_elements() {
  throw argument_error(
      text("buffer on ", job::whoami(), ": a view that shows one element many times cannot be written"));
}

} // namespace armada::detail
