// The faults of core/quirks.hpp as plain MPI programs do them:   raw ROW
// Exits with 0 where MPI is right, with 3 where its result is wrong; or crashes, aborts or hangs, as the row says.

#include "tests/quirks/raw.hpp"

#include <algorithm>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace raw {

int rank = 0;
int ranks = 0;

} // namespace raw

namespace {

using namespace raw;

/// Memory of whole pages, zeroed.
char* pages(std::size_t bytes) {
  bytes = (bytes + 4095) / 4096 * 4096;
  auto* const memory = static_cast<char*>(std::aligned_alloc(4096, bytes));
  std::memset(memory, 0, bytes);
  return memory;
}

MPI_Win window_over(void* memory, std::size_t bytes) {
  MPI_Win window = MPI_WIN_NULL;
  MPI_Win_create(memory, static_cast<MPI_Aint>(bytes), 1, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
  MPI_Win_lock_all(0, window);
  return window;
}

bool end(MPI_Win window, bool right) {
  MPI_Win_unlock_all(window);
  MPI_Win_free(&window);
  return right;
}

bool unaligned_base() {
  void* base = nullptr;
  MPI_Win window = MPI_WIN_NULL;
  MPI_Win_allocate(8, 1, MPI_INFO_NULL, MPI_COMM_WORLD, static_cast<void*>(&base), &window);
  std::memset(base, 'a' + rank, 8);
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Win_lock_all(0, window);
  char got[8] = {};
  MPI_Get(got, 8, MPI_CHAR, 1, 0, 8, MPI_CHAR, window);
  MPI_Win_flush(1, window);
  MPI_Barrier(MPI_COMM_WORLD);
  return end(window, std::all_of(got, got + 8, [](char c) { return c == 'b'; }));
}

bool two_gibibytes() {
  constexpr std::size_t bytes = std::size_t{1} << 32;
  char* const memory = static_cast<char*>(std::malloc(bytes)); // touched at one place only
  memory[bytes - 1] = static_cast<char>('a' + rank);
  MPI_Win const window = window_over(memory, bytes);
  MPI_Barrier(MPI_COMM_WORLD);
  auto* const got = static_cast<char*>(std::calloc(bytes, 1));
  if (rank == 0) {
    MPI_Get_c(got, static_cast<MPI_Count>(bytes), MPI_CHAR, 1, 0, static_cast<MPI_Count>(bytes), MPI_CHAR, window);
    MPI_Win_flush(1, window);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  return end(window, rank != 0 || got[bytes - 1] == 'b');
}

bool strided_request() {
  constexpr int count = 1 << 20;
  auto* const memory = reinterpret_cast<double*>(pages(2 * count * sizeof(double)));
  std::fill_n(memory, 2 * count, 1.0 + rank);
  MPI_Win const window = window_over(memory, 2 * count * sizeof(double));
  MPI_Datatype every_second = MPI_DATATYPE_NULL;
  MPI_Type_vector(count, 1, 2, MPI_DOUBLE, &every_second);
  MPI_Type_commit(&every_second);
  std::vector<double> got(count, 0.0);
  MPI_Barrier(MPI_COMM_WORLD);
  bool right = true;
  if (rank == 0) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Rget(got.data(), count, MPI_DOUBLE, 1, 0, 1, every_second, window, &request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    right = std::all_of(got.begin(), got.end(), [](double value) { return value == 2.0; });
  }
  MPI_Type_free(&every_second);
  MPI_Barrier(MPI_COMM_WORLD);
  return end(window, right);
}

bool longer_origin() {
  auto* const memory = reinterpret_cast<int*>(pages(64));
  std::fill_n(memory, 16, 1 + rank);
  MPI_Win const window = window_over(memory, 64);
  MPI_Barrier(MPI_COMM_WORLD);
  int got[3] = {-1, -1, -1};
  MPI_Get(got, 3, MPI_INT, ranks - 1, 0, 2, MPI_INT, window);
  MPI_Win_flush(ranks - 1, window);
  MPI_Barrier(MPI_COMM_WORLD);
  return end(window, got[2] == -1);
}

bool beyond_the_end() {
  char* const memory = pages(4096);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Win const window = window_over(memory, 64);
  MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN);
  char const value = 'x';
  MPI_Put(&value, 1, MPI_CHAR, (rank + 1) % ranks, 128, 1, MPI_CHAR, window);
  MPI_Win_flush_all(window);
  MPI_Barrier(MPI_COMM_WORLD);
  return end(window, memory[128] == 0);
}

bool forbidden_operation() {
  auto* const memory = reinterpret_cast<std::complex<double>*>(pages(64));
  MPI_Win const window = window_over(memory, 64);
  MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN);
  std::complex<double> const value(1, 2);
  int const code = MPI_Accumulate(&value, 1, MPI_CXX_DOUBLE_COMPLEX, (rank + 1) % ranks, 0, 1, MPI_CXX_DOUBLE_COMPLEX,
                                  MPI_MAX, window);
  MPI_Win_flush_all(window);
  MPI_Barrier(MPI_COMM_WORLD);
  return end(window, code != MPI_SUCCESS);
}

bool more_than_dev_shm() {
  constexpr std::size_t bytes = 48 << 20; // the test gives /dev/shm 32 MB
  void* base = nullptr;
  MPI_Win window = MPI_WIN_NULL;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  int const code = MPI_Win_allocate_shared(bytes, 1, MPI_INFO_NULL, MPI_COMM_WORLD, static_cast<void*>(&base), &window);
  if (code != MPI_SUCCESS) return true;
  std::memset(base, 1, bytes);
  MPI_Win_free(&window);
  return true;
}

bool large_count_type_in_a_file() {
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Type_vector_c(2, 1, 2, MPI_INT, &type);
  MPI_Type_commit(&type);
  MPI_File file = MPI_FILE_NULL;
  char const* const path = std::getenv("RAW_FILE");
  MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_CREATE | MPI_MODE_RDWR | MPI_MODE_DELETE_ON_CLOSE, MPI_INFO_NULL, &file);
  int const code = MPI_File_set_view(file, 0, MPI_INT, type, "native", MPI_INFO_NULL);
  int const values[2] = {1, 2};
  MPI_File_write_all(file, values, 2, MPI_INT, MPI_STATUS_IGNORE);
  MPI_File_close(&file);
  MPI_Type_free(&type);
  return code == MPI_SUCCESS;
}

bool freed_in_an_epoch() {
  char* const memory = pages(4096);
  MPI_Win window = window_over(memory, 4096);
  char value = 0;
  MPI_Get(&value, 1, MPI_CHAR, (rank + 1) % ranks, 0, 1, MPI_CHAR, window);
  MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN);
  return MPI_Win_free(&window) != MPI_SUCCESS;
}

bool inherited_handler() {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
  char* const memory = pages(64);
  MPI_Win window = MPI_WIN_NULL;
  MPI_Win_create(memory, 64, 1, MPI_INFO_NULL, comm, &window);
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  MPI_Win_get_errhandler(window, &handler);
  bool const inherited = handler == MPI_ERRORS_RETURN;
  MPI_Errhandler_free(&handler);
  MPI_Win_free(&window);
  MPI_Comm_free(&comm);
  return inherited;
}

bool ends_over_tcp() { // Finalize is what hangs, once every pair of ranks has spoken
  std::vector<int> const out(static_cast<std::size_t>(ranks));
  std::vector<int> in(out.size());
  MPI_Alltoall(out.data(), 1, MPI_INT, in.data(), 1, MPI_INT, MPI_COMM_WORLD);
  return true;
}

bool handler_called = false;
void note_call(MPI_Comm*, int*, ...) { handler_called = true; }

bool handler_of_wait() {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
  MPI_Errhandler noting = MPI_ERRHANDLER_NULL;
  MPI_Comm_create_errhandler(note_call, &noting);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, noting);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, noting);
  double const out[4] = {};
  double in[2] = {};
  MPI_Request requests[2];
  MPI_Irecv(in, 2, MPI_DOUBLE, (rank + 1) % ranks, 0, comm, &requests[0]);
  MPI_Isend(out, 4, MPI_DOUBLE, (rank + ranks - 1) % ranks, 0, comm, &requests[1]);
  MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
  MPI_Wait(&requests[1], MPI_STATUS_IGNORE);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
  MPI_Errhandler_free(&noting);
  MPI_Comm_free(&comm);
  return !handler_called;
}

bool part_of_an_element_to_oneself() {
  char const out[12] = {};
  double in[4] = {};
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Isend(out, 12, MPI_CHAR, rank, 0, MPI_COMM_WORLD, &request);
  MPI_Recv(in, 4, MPI_DOUBLE, rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  return true;
}

bool status_of_a_truncated_receive() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  std::vector<char> const out(1000);
  std::vector<char> in(1000);
  bool right = true;
  for (auto const& [sent, room] : {std::pair{864, 1000}, std::pair{40, 16}}) {
    if (rank == 1) MPI_Send(out.data(), sent, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
    if (rank != 0) continue;
    MPI_Status status{};
    MPI_Recv(in.data(), room, MPI_CHAR, 1, 0, MPI_COMM_WORLD, &status);
    int count = 0;
    MPI_Get_count(&status, MPI_CHAR, &count);
    right = count == sent || count == room;
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
  return right;
}

bool status_of_a_receive_from_nobody() {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Status status{};
  MPI_Irecv(nullptr, 0, MPI_INT, MPI_PROC_NULL, MPI_ANY_TAG, MPI_COMM_WORLD, &request);
  MPI_Wait(&request, &status);
  return status.MPI_SOURCE == MPI_PROC_NULL;
}

bool errors_abort_as_handler() {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_ABORT);
  MPI_Comm_free(&comm);
  return true;
}

bool process_set_behind_the_last() {
  MPI_Session session = MPI_SESSION_NULL;
  MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &session);
  int count = 0;
  MPI_Session_get_num_psets(session, MPI_INFO_NULL, &count);
  char name[MPI_MAX_PSET_NAME_LEN + 1] = {};
  int room = MPI_MAX_PSET_NAME_LEN;
  int const code = MPI_Session_get_nth_pset(session, MPI_INFO_NULL, count, &room, name);
  MPI_Session_finalize(&session);
  return code != MPI_SUCCESS;
}

bool two_sessions() {
  for (int round = 0; round < 2; ++round) {
    MPI_Session session = MPI_SESSION_NULL;
    if (MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &session) != MPI_SUCCESS) return false;
    MPI_Session_finalize(&session);
  }
  return true;
}

bool code_removed_before_its_text() {
  int error_class = 0;
  int code = 0;
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Add_error_class(&error_class);
  MPI_Add_error_code(error_class, &code);
  MPI_Add_error_string(code, "text");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
#if MPI_VERSION > 4 || MPI_SUBVERSION > 0
  if (MPI_Remove_error_code(code) == MPI_SUCCESS) MPI_Error_string(code, text, &length);
#else
  if (MPIX_Delete_error_code(code) == MPI_SUCCESS) MPI_Error_string(code, text, &length);
#endif
  return std::string_view(text).empty();
}

bool code_of_a_class_of_mpi() {
  int code = 0;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (MPI_Add_error_code(MPI_ERR_TAG, &code) != MPI_SUCCESS) return true;
  MPI_Add_error_string(code, "text");
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(code, text, &length);
  return std::string_view(text) == "text";
}

void ask_for_a_name(MPI_Comm* comm, int*, ...) {
  char name[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  MPI_Comm_get_name(*comm, name, &length);
}

bool call_in_an_error_handler() {
  int granted = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &granted);
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Errhandler asking = MPI_ERRHANDLER_NULL;
  MPI_Comm_create_errhandler(ask_for_a_name, &asking);
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_set_errhandler(comm, asking);
  int const nothing = 0;
  MPI_Send(&nothing, 1, MPI_INT, 1000, 0, comm);
  MPI_Errhandler_free(&asking);
  MPI_Comm_free(&comm);
  MPI_Finalize();
  return true;
}

bool more_memory_than_there_is() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  void* memory = nullptr;
  return MPI_Alloc_mem(MPI_Aint{1} << 62, MPI_INFO_NULL, static_cast<void*>(&memory)) != MPI_SUCCESS;
}

struct program {
  std::string_view row;
  bool (*run)();
  bool in_mpi = true; // runs between MPI_Init and MPI_Finalize
};
constexpr program programs[] = {
    {"1", unaligned_base},
    {"2", two_gibibytes},
    {"3", strided_request},
    {"4", persistent_with_other_data},
    {"5", halos_on_a_ring_of_two},
    {"5b", no_dimension_kept},
    {"8b", longer_origin},
    {"9", beyond_the_end},
    {"10", forbidden_operation},
    {"11", more_than_dev_shm},
    {"12", large_count_type_in_a_file},
    {"13", freed_in_an_epoch},
    {"14", errors_abort_as_handler},
    {"14b", process_set_behind_the_last},
    {"14c", two_sessions, false},
    {"14d", code_removed_before_its_text},
    {"14e", code_of_a_class_of_mpi},
    {"14f", call_in_an_error_handler, false},
    {"14g", more_memory_than_there_is},
    {"26", inherited_handler},
    {"27", ends_over_tcp},
    {"28", handler_of_wait},
    {"29", part_of_an_element_to_oneself},
    {"30", status_of_a_truncated_receive},
    {"31", displacement_on_one_rank},
    {"32", status_of_a_receive_from_nobody},
    {"33", partitioned_to_nobody},
    {"40", user_operation_on_many},
    {"41", external_struct},
    {"42", external_complex_long_double},
    {"50", two_edges_between_two_ranks},
    {"51", null_where_nothing_is_read},
    {"52", persistent_blocks_between_two_sides},
    {"53", items_with_gaps_in_place},
    {"54", root_in_place_over_two_hosts},
    {"55", items_with_gaps_from_the_second_rank},
    {"56", items_with_gaps_replaced},
    {"57", unsigned_by_size},
};

} // namespace

int main(int argc, char** argv) {
  auto const* const wanted = std::find_if(std::begin(programs), std::end(programs),
                                          [&](program const& each) { return argc == 2 && each.row == argv[1]; });
  if (wanted == std::end(programs)) return 2;
  if (!wanted->in_mpi) return wanted->run() ? 0 : 3;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int right = wanted->run() ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &right, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  MPI_Finalize();
  return right != 0 ? 0 : 3;
}
