#pragma once

/// Hints: pairs of strings that MPI's constructors and files take.

#include <armada/core/mpi.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace armada {

/// A map from strings to strings, in the order that MPI keeps. Move-only; `dup` copies. An empty one is MPI_INFO_NULL
/// until something is set. Every member is local and throws `lifecycle_error` where MPI is needed and does not run.
///
/// Keys have 1 to 254 bytes and values at most 1023 (MPICH's limits less their terminator), without a NUL among them;
/// `argument_error` otherwise, before MPI is called. MPI-4.0, chapter 10.
class info {
public:
  using value_type = std::pair<std::string, std::string>;
  class iterator;

  info() noexcept = default;
  info(std::initializer_list<std::pair<std::string_view, std::string_view>> items);
  info(info&& other) noexcept : raw_(std::exchange(other.raw_, MPI_INFO_NULL)) {}
  info& operator=(info&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~info();

  /// A copy of what MPI knows of how this job was started: MPI_INFO_ENV. MPI-4.0, section 11.2.1.
  [[nodiscard]] static info environment();
  /// The same for a command line, whatever MPI can tell from it. MPI-4.0, section 10.
  [[nodiscard]] static info environment(int argc, char** argv);
  /// Takes over a handle that MPI gave, and frees it.
  [[nodiscard]] static info adopt(MPI_Info raw) noexcept;
  [[nodiscard]] info dup() const;

  /// The value of a key; nothing when it is not set.
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
  /// Sets a key, which may be there already.
  void set(std::string_view key, std::string_view value);
  /// Takes a key away, and says whether it was there.
  bool erase(std::string_view key);

  [[nodiscard]] bool contains(std::string_view key) const { return get(key).has_value(); }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::vector<std::string> keys() const;

  /// Pairs of key and value, by value; changing the map ends an iteration.
  [[nodiscard]] iterator begin() const;
  [[nodiscard]] iterator end() const;

  /// MPI's own handle, MPI_INFO_NULL for an empty one; valid while this object lives and is not changed.
  [[nodiscard]] MPI_Info raw() const noexcept { return raw_; }

private:
  [[nodiscard]] std::string nth_key(std::size_t n) const;

  MPI_Info raw_ = MPI_INFO_NULL;
};

/// Walks over the pairs of an `info`.
class info::iterator {
public:
  using iterator_concept = std::input_iterator_tag;
  using value_type = info::value_type;
  using difference_type = std::ptrdiff_t;

  iterator() = default;
  iterator(info const& hints, std::size_t at) noexcept : hints_(&hints), at_(at) {}
  [[nodiscard]] value_type operator*() const;
  iterator& operator++() noexcept {
    ++at_;
    return *this;
  }
  iterator operator++(int) noexcept { return {*hints_, at_++}; }
  [[nodiscard]] bool operator==(iterator const& other) const noexcept { return at_ == other.at_; }

private:
  info const* hints_ = nullptr;
  std::size_t at_ = 0;
};

inline info::iterator info::begin() const { return {*this, 0}; }
inline info::iterator info::end() const { return {*this, size()}; }

} // namespace armada
