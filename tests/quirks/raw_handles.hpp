#pragma once

/// The faults of communicators, sessions, error codes and memory, as plain MPI programs do them.

#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <string_view>

namespace raw {

inline int rank = 0;
inline int ranks = 0;

inline bool no_dimension_kept() {
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

inline bool errors_abort_as_handler() {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  MPI_Comm_set_errhandler(comm, MPI_ERRORS_ABORT);
  MPI_Comm_free(&comm);
  return true;
}

inline bool process_set_behind_the_last() {
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

inline bool two_sessions() {
  for (int round = 0; round < 2; ++round) {
    MPI_Session session = MPI_SESSION_NULL;
    if (MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &session) != MPI_SUCCESS) return false;
    MPI_Session_finalize(&session);
  }
  return true;
}

inline bool code_removed_before_its_text() {
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

inline bool code_of_a_class_of_mpi() {
  int code = 0;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (MPI_Add_error_code(MPI_ERR_TAG, &code) != MPI_SUCCESS) return true;
  MPI_Add_error_string(code, "text");
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(code, text, &length);
  return std::string_view(text) == "text";
}

inline void ask_for_a_name(MPI_Comm* comm, int*, ...) {
  char name[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  MPI_Comm_get_name(*comm, name, &length);
}

inline bool call_in_an_error_handler() {
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

inline bool more_memory_than_there_is() {
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  void* memory = nullptr;
  return MPI_Alloc_mem(MPI_Aint{1} << 62, MPI_INFO_NULL, static_cast<void*>(&memory)) != MPI_SUCCESS;
}

} // namespace raw
