#pragma once

/// Values as bytes on their way through a collective, and what is said of them before.

#include <armada/core/communicator.hpp>
#include <armada/core/error.hpp>
#include <armada/core/job.hpp>
#include <armada/core/object.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

namespace armada::detail {

/// Containers whose elements are their bytes; other values are encoded as objects.
template <class T>
concept flat = resizable<T> && predefined<element_t<T>>;

/// The bytes that stand for a value: its own memory when they can be, or else `storage`, which is always used when they
/// have to outlive the value.
template <class T>
[[nodiscard]] std::span<std::byte const> to_bytes(T const& value, std::vector<std::byte>& storage, bool outlive) {
  if constexpr (flat<T>) {
    auto const bytes = std::as_bytes(view(value));
    if (!outlive) return bytes;
    storage.assign(bytes.begin(), bytes.end());
  } else {
    storage = armada::encode(value);
  }
  return storage;
}

/// Makes the value that `bytes` stand for.
template <class T>
void from_bytes(std::span<std::byte const> bytes, T& value) {
  if constexpr (flat<T>) {
    value.resize(bytes.size() / sizeof(element_t<T>));
    if (!bytes.empty()) std::memcpy(view(value).data(), bytes.data(), bytes.size());
  } else {
    armada::decode(bytes, value);
  }
}

/// What a rank says of its value: its length in bytes and its type. Two MPI_INT64_T. A rank that has no value takes
/// part all the same and says so, that the others do not wait for it: with the length -1, and how many values it was
/// given instead of one for each rank, or -1 when its value could not be encoded.
struct announcement {
  std::int64_t bytes = 0;
  std::int64_t type = 0;
  static constexpr MPI_Count words = 2;

  [[nodiscard]] static announcement not_encoded() noexcept { return {-1, -1}; }
  [[nodiscard]] static announcement wrong_number(std::size_t given) noexcept {
    return {-1, static_cast<std::int64_t>(given)};
  }
  /// The bytes that follow.
  [[nodiscard]] std::int64_t length() const noexcept { return std::max<std::int64_t>(bytes, 0); }
};

template <class T>
[[nodiscard]] announcement announcement_of(std::span<std::byte const> bytes) noexcept {
  return {static_cast<std::int64_t>(bytes.size()), static_cast<std::int64_t>(type_hash<T>())};
}

/// Throws what a rank says that was given another number of values than one for each rank.
[[noreturn]] inline void throw_wrong_number(std::string_view operation, int rank, std::int64_t given) {
  throw argument_error(text(operation, " on ", job::whoami(), ": the vector of values of rank ", rank, " has ", given,
                            " elements, and needs one for each rank"));
}

/// Throws `type_error` when `rank` announced another type than T, and what it says when it has no value.
template <class T>
void check_announced(announcement const& said, int rank, std::string_view operation) {
  if (said.bytes < 0 && said.type >= 0) throw_wrong_number(operation, rank, said.type);
  if (said.bytes < 0)
    throw error(text(operation, " on ", job::whoami(), ": the value of rank ", rank, " could not be encoded there"));
  if (said.type != static_cast<std::int64_t>(type_hash<T>()))
    throw type_error(text(operation, " on ", job::whoami(), ": the value of rank ", rank,
                          " is of another type than the ", type_name<T>(), " here"));
}

/// The values of all ranks on their way to one place: bytes one behind the other, in rank order.
template <class T>
class gathered_values {
public:
  /// `here` ranks receive.
  gathered_values(std::string_view operation, communicator const& comm, T const& value, bool outlive, bool here)
      : operation_(operation), all_(here ? static_cast<std::size_t>(comm.peers()) : 0) {
    try {
      bytes_ = to_bytes(value, storage_, outlive);
      said_ = announcement_of<T>(bytes_);
    } catch (...) {
      failure_ = std::current_exception();
      said_ = announcement::not_encoded();
    }
  }

protected:
  /// The first phase's arguments up to the receive type, and the second's, whose memory is made now.
  [[nodiscard]] auto announcing() {
    return std::tuple(static_cast<void const*>(&said_), announcement::words, MPI_INT64_T,
                      static_cast<void*>(all_.data()), announcement::words, MPI_INT64_T);
  }
  [[nodiscard]] auto transferring() {
    places_.assign(1, 0);
    for (auto const& each : all_) {
      lengths_.push_back(each.length());
      places_.push_back(places_.back() + each.length());
    }
    everything_.resize(static_cast<std::size_t>(places_.back()));
    return std::tuple(static_cast<void const*>(bytes_.data()), MPI_Count{said_.length()}, MPI_BYTE,
                      static_cast<void*>(everything_.data()), lengths_.data(), places_.data(), MPI_BYTE);
  }
  /// Throws what encoding this rank's value threw.
  void require_encoded() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  /// The values, checked; the first `most` of them.
  [[nodiscard]] std::vector<T> values(std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    require_encoded();
    std::vector<T> result;
    std::span<std::byte const> left(everything_);
    for (std::size_t rank = 0; rank < std::min(all_.size(), most); ++rank) {
      check_announced<T>(all_[rank], static_cast<int>(rank), operation_);
      T value{};
      from_bytes(left.first(static_cast<std::size_t>(lengths_[rank])), value);
      left = left.subspan(static_cast<std::size_t>(lengths_[rank]));
      result.push_back(std::move(value));
    }
    return result;
  }

private:
  std::string_view operation_;
  std::vector<std::byte> storage_;
  std::span<std::byte const> bytes_;
  announcement said_;
  std::exception_ptr failure_;
  std::vector<announcement> all_; // where this rank receives
  std::vector<MPI_Count> lengths_;
  std::vector<MPI_Aint> places_;
  std::vector<std::byte> everything_;
};

/// The values of one rank on their way to all, a different one for each: bytes one behind the other, in rank order.
template <class T>
class spread_values {
public:
  /// This rank sends nothing.
  spread_values() = default;
  /// One value for each of `ranks` from `rank`; when that cannot be, each of them hears so.
  spread_values(std::string_view operation, int rank, std::vector<T> const& values, int ranks) {
    auto const needed = static_cast<std::size_t>(ranks);
    try {
      if (values.size() != needed) throw_wrong_number(operation, rank, static_cast<std::int64_t>(values.size()));
      append(values);
    } catch (...) {
      failure_ = std::current_exception();
      refuse(needed, values.size() != needed ? announcement::wrong_number(values.size()) : announcement::not_encoded());
    }
  }
  /// Throws what is wrong with the values here.
  void require_sent() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  /// The first phase's arguments up to the send type, and the second's.
  [[nodiscard]] auto announcing() const {
    return std::tuple(static_cast<void const*>(said_.data()), announcement::words, MPI_INT64_T);
  }
  [[nodiscard]] auto transferring() const {
    return std::tuple(static_cast<void const*>(everything_.data()), lengths_.data(), places_.data(), MPI_BYTE);
  }

private:
  void append(std::vector<T> const& values) {
    std::vector<std::byte> storage;
    for (T const& value : values) {
      auto const bytes = to_bytes(value, storage, false);
      said_.push_back(announcement_of<T>(bytes));
      lengths_.push_back(said_.back().bytes);
      places_.push_back(static_cast<MPI_Aint>(everything_.size()));
      everything_.insert(everything_.end(), bytes.begin(), bytes.end());
    }
  }
  void refuse(std::size_t ranks, announcement const& why) {
    said_.assign(ranks, why);
    lengths_.assign(ranks, 0);
    places_.assign(ranks, 0);
    everything_.clear();
  }

  std::vector<announcement> said_;
  std::vector<MPI_Count> lengths_;
  std::vector<MPI_Aint> places_;
  std::vector<std::byte> everything_;
  std::exception_ptr failure_;
};

} // namespace armada::detail
