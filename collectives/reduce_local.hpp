#pragma once

#include <armada/collectives/detail/reductions.hpp>
#include <armada/core/call.hpp>
#include <armada/core/job.hpp>

#include <utility>

namespace armada {

/// Combines two buffers of this rank with `op`, element by element: `inout[i]` becomes `op(in[i], inout[i])`, as
/// within a reduction. Shapes: in (n), inout (n). `op` as for `allreduce`. Local. Throws `argument_error` when the
/// lengths differ. MPI-4.0, section 6.9.7.
template <source In, writable InOut, reducer<element_t<InOut>> Op>
  requires std::same_as<element_t<In>, element_t<InOut>>
void reduce_local(In&& in, InOut&& inout, Op op) {
  auto const from = detail::side_of(in);
  auto const to = detail::side_of(inout);
  if (from.count() != to.count())
    throw argument_error(
        detail::text("reduce_local on ", job::whoami(), ": in has ", from.count(), " elements and inout ", to.count()));
  auto const kept = detail::kept_operation<element_t<InOut>>(std::move(op));
  call<MPI_Reduce_local_c>(from.address(), to.address(), to.count(), to.type(), kept.raw());
}

} // namespace armada
