// Faults of collectives, topologies and operations.

#include "tests/quirks/raw.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace raw {
namespace {

/// Starts a request that makes `out` of `in` twice, with other data: whether `out` is right both times.
bool right_twice(MPI_Request request, int& in, int const& out, int source) {
  bool right = true;
  for (int round = 1; round <= 2; ++round) {
    in = 10 * round + rank;
    right = MPI_Start(&request) == MPI_SUCCESS && MPI_Wait(&request, MPI_STATUS_IGNORE) == MPI_SUCCESS && right;
    right = right && out == 10 * round + source;
  }
  MPI_Request_free(&request);
  return right;
}

void ignore_operands(void*, void*, int*, MPI_Datatype*) {}

struct item { // 9 bytes of data: a piece of a message ends within one
  char letter;
  double number;
};
constexpr int many = 4000;

MPI_Datatype type_of_items() {
  int const ones[2] = {1, 1};
  MPI_Aint const places[2] = {0, offsetof(item, number)};
  MPI_Datatype const members[2] = {MPI_CHAR, MPI_DOUBLE};
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Type_create_struct(2, ones, places, members, &type);
  MPI_Type_commit(&type);
  return type;
}

bool all_from(int sender, std::vector<item>::const_iterator first) {
  return std::all_of(first, first + many, [&](item const& each) { return each.number == 1.0 * sender; });
}

} // namespace

bool displacement_on_one_rank() {
  int const in = 5;
  int out[3] = {-1, -1, -1};
  int const one = 1;
  MPI_Allgatherv(&in, 1, MPI_INT, out, &one, &one, MPI_INT, MPI_COMM_SELF);
  return out[0] == -1 && out[1] == 5;
}

bool user_operation_on_many() {
  MPI_Op op = MPI_OP_NULL;
  MPI_Op_create(ignore_operands, 1, &op);
  char in = 0;
  char inout = 0;
  MPI_Reduce_local_c(&in, &inout, (MPI_Count{1} << 31) + 8, MPI_CHAR, op);
  MPI_Op_free(&op);
  return true;
}

bool persistent_with_other_data() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  std::vector<int> all(static_cast<std::size_t>(ranks));
  int mine = 0;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Gather_init(&mine, 1, MPI_INT, all.data(), 1, MPI_INT, 0, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
  bool const gather = right_twice(request, mine, rank == 0 ? all.back() : mine, rank == 0 ? ranks - 1 : rank);
  MPI_Scatter_init(all.data(), 1, MPI_INT, &mine, 1, MPI_INT, 0, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
  bool const scatter =
      right_twice(request, all.back(), rank == ranks - 1 ? mine : all.back(), rank == ranks - 1 ? 0 : rank);
  MPI_Allgather_init(&mine, 1, MPI_INT, all.data(), 1, MPI_INT, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
  bool const allgather = right_twice(request, mine, all.back(), ranks - 1);
  int wrong[3] = {gather ? 0 : 1, scatter ? 0 : 1, allgather ? 0 : 1};
  MPI_Allreduce(MPI_IN_PLACE, static_cast<int*>(wrong), 3, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return wrong[0] + wrong[1] + wrong[2] < 3; // as long as all three are wrong
}

bool halos_on_a_ring_of_two() {
  MPI_Comm ring = MPI_COMM_NULL;
  int const periodic = 1;
  MPI_Cart_create(MPI_COMM_WORLD, 1, &ranks, &periodic, 0, &ring);
  int const in[2] = {10 * rank, 10 * rank + 1}; // for the neighbour below, and the one above
  int v[2] = {-1, -1};
  int w[2] = {-1, -1};
  int const ones[2] = {1, 1};
  int const places[2] = {0, 1};
  MPI_Aint const bytes[2] = {0, sizeof(int)};
  MPI_Datatype const types[2] = {MPI_INT, MPI_INT};
  MPI_Neighbor_alltoallv(in, ones, places, MPI_INT, v, ones, places, MPI_INT, ring);
  MPI_Neighbor_alltoallw(in, ones, bytes, types, w, ones, bytes, types, ring);
  MPI_Comm_free(&ring);
  int const other = 10 * (1 - rank);
  auto const right = [&](int const* out) { return out[0] == other + 1 && out[1] == other; };
  return right(v) || right(w); // as long as both are wrong
}

bool two_edges_between_two_ranks() {
  MPI_Comm graph = MPI_COMM_NULL;
  int const partners[2] = {1 - rank, 1 - rank};
  MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 2, partners, MPI_UNWEIGHTED, 2, partners, MPI_UNWEIGHTED,
                                 MPI_INFO_NULL, 0, &graph);
  int const in[2] = {10 * rank, 10 * rank + 1};
  int out[2] = {-1, -1};
  MPI_Neighbor_alltoall(in, 1, MPI_INT, out, 1, MPI_INT, graph);
  MPI_Comm_free(&graph);
  return out[0] == 10 * (1 - rank) && out[1] == 10 * (1 - rank) + 1;
}

bool items_with_gaps_in_place() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  auto type = type_of_items();
  std::vector<item> values(2UL * many, item{'x', 1.0 * rank});
  int const code = MPI_Alltoall(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, values.data(), many, type, MPI_COMM_WORLD);
  MPI_Type_free(&type);
  return code == MPI_SUCCESS && all_from(1 - rank, values.begin() + many * (1 - rank));
}

bool items_with_gaps_from_the_second_rank() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  auto type = type_of_items();
  int const root = 1;
  std::vector<item> const all(2UL * many, item{'x', 1.0 * rank});
  std::vector<item> now(many, item{'-', -1});
  std::vector<item> later = now;
  int const code = MPI_Scatter(all.data(), many, type, now.data(), many, type, root, MPI_COMM_WORLD);
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Iscatter(all.data(), many, type, later.data(), many, type, root, MPI_COMM_WORLD, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  MPI_Type_free(&type);
  int wrong[2] = {code == MPI_SUCCESS && all_from(root, now.begin()) ? 0 : 1, all_from(root, later.begin()) ? 0 : 1};
  MPI_Allreduce(MPI_IN_PLACE, static_cast<int*>(wrong), 2, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return wrong[0] + wrong[1] < 2; // as long as both are wrong
}

bool items_with_gaps_replaced() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  auto type = type_of_items();
  std::vector<item> values(many, item{'x', 1.0 * rank});
  int const code =
      MPI_Sendrecv_replace(values.data(), many, type, 1 - rank, 0, 1 - rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Type_free(&type);
  return code == MPI_SUCCESS && all_from(1 - rank, values.begin());
}

bool root_in_place_over_two_hosts() {
  int const root = 2;
  std::vector<int> values(4000, 1);
  if (rank == root)
    MPI_Reduce(MPI_IN_PLACE, values.data(), 4000, MPI_INT, MPI_SUM, root, MPI_COMM_WORLD);
  else
    MPI_Reduce(values.data(), nullptr, 4000, MPI_INT, MPI_SUM, root, MPI_COMM_WORLD);
  return rank != root || values.back() == ranks;
}

bool null_where_nothing_is_read() {
  MPI_Comm inter = MPI_COMM_NULL;
  MPI_Intercomm_create(MPI_COMM_SELF, 0, MPI_COMM_WORLD, 1 - rank, 0, &inter);
  MPI_Comm_set_errhandler(inter, MPI_ERRORS_RETURN);
  int const in = 1;
  int out = 0;
  int const code = rank == 0 ? MPI_Reduce(nullptr, &out, 1, MPI_INT, MPI_SUM, MPI_ROOT, inter)
                             : MPI_Reduce(&in, nullptr, 1, MPI_INT, MPI_SUM, 0, inter);
  return rank != 0 || code == MPI_SUCCESS;
}

bool persistent_blocks_between_two_sides() {
  MPI_Comm half = MPI_COMM_NULL;
  MPI_Comm inter = MPI_COMM_NULL;
  int const first = rank == 0 ? 1 : 0; // one side is the first rank alone
  MPI_Comm_split(MPI_COMM_WORLD, first, 0, &half);
  MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, first, 0, &inter);
  int const block = first != 0 ? ranks - 1 : 1;
  std::vector<int> in(static_cast<std::size_t>(ranks - 1), 1);
  std::vector<int> out(in.size(), -1);
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Reduce_scatter_block_init(in.data(), out.data(), block, MPI_INT, MPI_SUM, inter, MPI_INFO_NULL, &request);
  bool right = true;
  for (int round = 1; round <= 2; ++round) {
    std::fill(in.begin(), in.end(), round);
    MPI_Start(&request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    right = right && out[0] == round * (first != 0 ? ranks - 1 : 1);
  }
  MPI_Request_free(&request);
  MPI_Comm_free(&inter);
  MPI_Comm_free(&half);
  return right;
}

bool no_dimension_kept() {
  MPI_Comm grid = MPI_COMM_NULL;
  MPI_Comm part = MPI_COMM_NULL;
  int const none = 0;
  MPI_Cart_create(MPI_COMM_WORLD, 1, &ranks, &none, 0, &grid);
  MPI_Cart_sub(grid, &none, &part);
  bool const right = part != MPI_COMM_NULL;
  if (right) MPI_Comm_free(&part);
  MPI_Comm_free(&grid);
  return right;
}

bool partitioned_to_nobody() {
  int nothing = 0;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Psend_init(&nothing, 1, 1, MPI_INT, MPI_PROC_NULL, 0, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
  MPI_Request_free(&request);
  return true;
}

bool unsigned_by_size() {
  unsigned const large = ~0U;
  unsigned largest = 1;
  MPI_Reduce_local(&large, &largest, 1, MPI_UNSIGNED, MPI_MAX);
  return largest == large;
}

} // namespace raw
