#pragma once

/// How one dimension of an array is cut into parts, before extent and parts are known: what a user writes in
/// `{block_cyclic(64), whole}`.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <armada/core/error.hpp>

namespace armada {

struct block_t {};
struct cyclic_t {};
struct whole_t {};

/// Balanced blocks, one for each part.
inline constexpr block_t block{};
/// Single indices, dealt out in turns.
inline constexpr cyclic_t cyclic{};
/// Not cut.
inline constexpr whole_t whole{};

/// `block`, `cyclic`, `whole`, `block_cyclic(length)` or `irregular({0, …, extent})`.
class cut {
public:
  enum class kind : std::int64_t { balanced, dealt, bounded, undivided };

  cut(block_t = {}) noexcept {}                              // NOLINT(*-explicit-*)
  cut(cyclic_t) noexcept : what_(kind::dealt), length_(1) {} // NOLINT(*-explicit-*)
  cut(whole_t) noexcept : what_(kind::undivided) {}          // NOLINT(*-explicit-*)

  [[nodiscard]] kind what() const noexcept { return what_; }
  /// Of the blocks, for `kind::dealt`.
  [[nodiscard]] std::int64_t length() const noexcept { return length_; }
  /// For `kind::bounded`; at an address that copies share.
  [[nodiscard]] std::span<std::int64_t const> boundaries() const noexcept {
    return boundaries_ ? std::span<std::int64_t const>(*boundaries_) : std::span<std::int64_t const>();
  }
  /// The number of parts that it must have; 0 for any.
  [[nodiscard]] std::int64_t fixed_parts() const noexcept {
    if (what_ == kind::bounded) return std::ssize(boundaries()) - 1;
    return what_ == kind::undivided ? 1 : 0;
  }
  /// As the user writes it.
  [[nodiscard]] std::string text() const {
    switch (what_) {
    case kind::balanced: return "block";
    case kind::dealt: return length_ == 1 ? "cyclic" : detail::text("block_cyclic(", length_, ")");
    case kind::undivided: return "whole";
    case kind::bounded: break;
    }
    if (boundaries().size() > 8) return detail::text("irregular in ", fixed_parts(), " parts");
    return "irregular" + detail::tuple_text(boundaries());
  }

  friend bool operator==(cut const& a, cut const& b) {
    return a.what_ == b.what_ && a.length_ == b.length_ && std::ranges::equal(a.boundaries(), b.boundaries());
  }

  /// Blocks of `length` indices, dealt out in turns: ScaLAPACK's distribution.
  [[nodiscard]] friend cut block_cyclic(std::int64_t length) {
    cut made = cyclic;
    made.length_ = length;
    return made;
  }
  /// Blocks between given boundaries, the first of which is 0 and the last the extent: part p has the indices from
  /// boundaries[p] to boundaries[p + 1], the latter excluded.
  [[nodiscard]] friend cut irregular(std::vector<std::int64_t> boundaries) {
    cut made;
    made.what_ = kind::bounded;
    made.boundaries_ = std::make_shared<std::vector<std::int64_t> const>(std::move(boundaries));
    return made;
  }

private:
  kind what_ = kind::balanced;
  std::int64_t length_ = 0;
  std::shared_ptr<std::vector<std::int64_t> const> boundaries_;
};

[[nodiscard]] cut block_cyclic(std::int64_t length);
[[nodiscard]] cut irregular(std::vector<std::int64_t> boundaries);

} // namespace armada
