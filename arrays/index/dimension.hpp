#pragma once

/// One distributed dimension, cut in any of the ways of `cut`.

#include <cstdint>

#include <armada/arrays/index/block.hpp>
#include <armada/arrays/index/cut.hpp>
#include <armada/arrays/index/cyclic.hpp>
#include <armada/arrays/index/irregular.hpp>

namespace armada {

/// Answers what its policy answers: `block_dimension`, of which the hot path sees no more than that it is one,
/// `cyclic_dimension` or `irregular_dimension`. Boundaries outlive it.
class dimension {
  enum class policy { balanced, dealt, bounded };

  template <class Question>
  [[nodiscard]] constexpr auto ask(Question question) const {
    if (policy_ == policy::balanced) [[likely]]
      return question(block_);
    return policy_ == policy::dealt ? question(cyclic_) : question(irregular_);
  }

public:
  constexpr dimension() : policy_(policy::balanced), block_() {}

  constexpr explicit dimension(block_dimension const& blocks) : policy_(policy::balanced), block_(blocks) {}
  constexpr explicit dimension(cyclic_dimension const& dealt) : policy_(policy::dealt), cyclic_(dealt) {}
  constexpr explicit dimension(irregular_dimension const& given) : policy_(policy::bounded), irregular_(given) {}

  /// Throws `argument_error` for an extent or parts that the policy refuses, and for boundaries that end elsewhere than
  /// at the extent or are of another number of parts.
  dimension(std::int64_t extent, std::int64_t parts, cut const& how) : dimension(block_dimension(extent, parts)) {
    if (how.what() == cut::kind::bounded) *this = dimension(irregular_dimension(how.boundaries()));
    if (how.what() == cut::kind::dealt)
      if (cyclic_dimension const dealt(extent, parts, how.length()); parts > 1) *this = dimension(dealt);
    if (this->extent() != extent || this->parts() != parts || (how.what() == cut::kind::undivided && parts != 1))
      throw argument_error(detail::text(how.text(), " does not cut extent ", extent, " into ", parts, " parts"));
  }

  /// The balanced blocks that it is cut into; null if it is cut in another way.
  [[nodiscard]] constexpr block_dimension const* blocks() const {
    return policy_ == policy::balanced ? &block_ : nullptr;
  }

  [[nodiscard]] constexpr std::int64_t extent() const {
    return ask([](auto const& each) { return each.extent(); });
  }
  [[nodiscard]] constexpr std::int64_t parts() const {
    return ask([](auto const& each) { return each.parts(); });
  }
  /// The number of indices of part p in [0, parts).
  [[nodiscard]] constexpr std::int64_t count(std::int64_t p) const {
    return ask([=](auto const& each) { return each.count(p); });
  }
  /// The place of index i in [0, extent), which is not checked.
  [[nodiscard]] constexpr place locate(std::int64_t i) const {
    return ask([=](auto const& each) { return each.locate(i); });
  }
  /// The index that is number `local` of part p: the inverse of `locate`.
  [[nodiscard]] constexpr std::int64_t global(std::int64_t p, std::int64_t local) const {
    return ask([=](auto const& each) { return each.global(p, local); });
  }
  /// How many of the indices from i on are neighbours in the same part, i included; `at` is where i is.
  [[nodiscard]] constexpr std::int64_t together(std::int64_t i, place const& at) const {
    return ask([&](auto const& each) { return each.together(i, at); });
  }
  /// After how many indices the pattern of parts repeats; 0 if it does not.
  [[nodiscard]] constexpr std::int64_t period() const { return policy_ == policy::dealt ? cyclic_.period() : 0; }
  /// The distance of two neighbours in a part that has them all at one distance; 0 where it differs.
  [[nodiscard]] constexpr std::int64_t spacing() const {
    if (policy_ != policy::dealt) return 1;
    return cyclic_.length() == 1 ? cyclic_.parts() : 0;
  }

  friend constexpr bool operator==(dimension const& a, dimension const& b) {
    if (a.policy_ != b.policy_) return false;
    if (a.policy_ == policy::balanced) return a.block_ == b.block_;
    return a.policy_ == policy::dealt ? a.cyclic_ == b.cyclic_ : a.irregular_ == b.irregular_;
  }

private:
  policy policy_;
  union {
    block_dimension block_;
    cyclic_dimension cyclic_;
    irregular_dimension irregular_;
  };
};

} // namespace armada
