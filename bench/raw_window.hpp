#pragma once

/// The twin of one-sided access: a window of raw MPI over memory of its own, in a passive epoch for its whole life.

#include <armada/core/call.hpp>
#include <armada/core/communicator.hpp>

#include <cstdlib>
#include <cstring>

namespace bench {

template <class T>
class raw_window {
public:
  explicit raw_window(long count) : bytes_((static_cast<std::size_t>(count) * sizeof(T) + 4095) / 4096 * 4096) {
    data_ = static_cast<T*>(std::aligned_alloc(4096, bytes_));
    std::memset(static_cast<void*>(data_), 0, bytes_);
    armada::call<MPI_Win_create>(data_, static_cast<MPI_Aint>(bytes_), static_cast<int>(sizeof(T)), MPI_INFO_NULL,
                                 armada::world().raw(), &raw_);
    armada::call<MPI_Win_lock_all>(0, raw_);
  }
  ~raw_window() {
    MPI_Win_unlock_all(raw_);
    MPI_Win_free(&raw_);
    std::free(data_);
  }
  raw_window(raw_window const&) = delete;
  raw_window& operator=(raw_window const&) = delete;

  [[nodiscard]] MPI_Win raw() const { return raw_; }
  void flush(int rank) const { armada::call<MPI_Win_flush>(rank, raw_); }

private:
  std::size_t bytes_;
  T* data_;
  MPI_Win raw_ = MPI_WIN_NULL;
};

/// A committed subarray type of doubles: `count` of `extent` rows and columns.
class subarray {
public:
  subarray(int rows, int columns, int of_rows, int of_columns) {
    int const sizes[] = {of_rows, of_columns}, counts[] = {rows, columns}, starts[] = {0, 0};
    armada::call<MPI_Type_create_subarray>(2, sizes, counts, starts, MPI_ORDER_C, MPI_DOUBLE, &raw_);
    armada::call<MPI_Type_commit>(&raw_);
  }
  ~subarray() { MPI_Type_free(&raw_); }
  subarray(subarray const&) = delete;
  subarray& operator=(subarray const&) = delete;
  [[nodiscard]] MPI_Datatype raw() const { return raw_; }

private:
  MPI_Datatype raw_ = MPI_DATATYPE_NULL;
};

} // namespace bench
