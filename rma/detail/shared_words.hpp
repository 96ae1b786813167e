#pragma once

/// The memory of the tools: words on each rank of a communicator that every rank updates atomically, near or far.

#include <armada/core/resource.hpp>
#include <armada/rma/detail/shared_word.hpp>
#include <armada/rma/window.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace armada::detail {

class shared_words final : public resource {
public:
  class word;
  /// Words that different ranks update lie this many apart: a cache line.
  static constexpr std::int64_t line = 8;

  /// `count` words on this rank, all zero; `name` is so short that it takes no memory. Collective over `comm`; all
  /// ranks throw or none.
  shared_words(communicator const& comm, std::int64_t count, std::string name);
  ~shared_words() override { release(); }

  void release() noexcept override;
  [[nodiscard]] std::string describe() const override { return {}; } // the window is named

  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int ranks() const noexcept { return ranks_; }
  [[nodiscard]] word at(int rank, std::int64_t index) const noexcept;

  /// Writes a word that is there by the time the next update of that rank's words is; one at a time.
  void store_later(int rank, std::int64_t index, std::int64_t value);

private:
  [[nodiscard]] epoch<std::int64_t>& access() const;

  std::string name_;
  int rank_;
  int ranks_;
  window<std::int64_t> window_;
  std::vector<std::int64_t*> near_; ///< every rank's words, when all ranks are near and this is open
  mutable std::optional<epoch<std::int64_t>> epoch_;
  std::int64_t stored_later_ = 0;
};

/// A word of any rank: the processor's when all ranks are near, MPI's otherwise. Throws `lifecycle_error` once the
/// words are gone.
class shared_words::word {
public:
  word(shared_words const& words, std::int64_t* near, int rank, std::int64_t index) noexcept
      : words_(&words), near_(near), rank_(rank), index_(index) {}

  [[nodiscard]] std::int64_t load() const { return near_ != nullptr ? memory_word(near_).load() : far_load(); }
  void store(std::int64_t value) const { near_ != nullptr ? memory_word(near_).store(value) : far_store(value); }
  std::int64_t add(std::int64_t value) const {
    return near_ != nullptr ? memory_word(near_).add(value) : far_add(value);
  }
  bool store_if(std::int64_t expected, std::int64_t desired) const {
    return near_ != nullptr ? memory_word(near_).store_if(expected, desired) : far_store_if(expected, desired);
  }
  /// Meanwhile MPI and everything in the background move on: the rank that is waited for may need this one for it.
  void wait_beyond(std::int64_t value) const;
  void wake(std::int64_t from, std::int64_t to) const noexcept {
    if (near_ != nullptr) memory_word(near_).wake(from, to);
  }

private:
  [[nodiscard]] std::int64_t far_load() const;
  void far_store(std::int64_t value) const;
  std::int64_t far_add(std::int64_t value) const;
  bool far_store_if(std::int64_t expected, std::int64_t desired) const;

  shared_words const* words_;
  std::int64_t* near_;
  int rank_;
  std::int64_t index_;
};

inline shared_words::word shared_words::at(int rank, std::int64_t index) const noexcept {
  return {*this, near_.empty() ? nullptr : near_[static_cast<std::size_t>(rank)] + index, rank, index};
}

/// The words of a tool that lives on rank `home`, each `line` from the one before and with its first value. Collective:
/// throws `argument_error` on all ranks when `home` is not a rank, or when not all ranks ask for the same.
[[nodiscard]] std::shared_ptr<shared_words> words_at_home(communicator const& comm, std::string const& name, int home,
                                                          std::initializer_list<std::int64_t> values);

/// Throws `lifecycle_error` naming operation and tool unless `state`, which a tool keeps, is there.
template <class State>
[[nodiscard]] State& require_open(std::shared_ptr<State> const& state, char const* operation, char const* tool) {
  if (!state) throw lifecycle_error(text(operation, ": this ", tool, " was moved from"));
  return *state;
}

} // namespace armada::detail
