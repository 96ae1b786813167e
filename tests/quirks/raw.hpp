#pragma once

/// The plain programs of raw.cc that are elsewhere: each says whether MPI is right.

#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

namespace raw {

/// Of MPI_COMM_WORLD.
extern int rank;
extern int ranks;

// raw_collectives.cc
bool displacement_on_one_rank();
bool user_operation_on_many();
bool persistent_with_other_data();
bool halos_on_a_ring_of_two();
bool two_edges_between_two_ranks();
bool null_where_nothing_is_read();
bool persistent_blocks_between_two_sides();
bool items_with_gaps_in_place();
bool items_with_gaps_from_the_second_rank();
bool items_with_gaps_replaced();
bool root_in_place_over_two_hosts();
bool no_dimension_kept();
bool partitioned_to_nobody();
bool unsigned_by_size();

// raw_packing.cc
bool external_struct();
bool external_complex_long_double();

} // namespace raw
