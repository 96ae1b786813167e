#pragma once

/// Receives that nobody has waited for: an environment that ends takes them back and names the place in the program
/// where each was posted.

#include <armada/core/resource.hpp>
#include <armada/p2p/endpoint.hpp>

#include <string>

namespace armada::detail {

/// A posted receive. Listed until it has ended.
class posted_receive : public resource {
public:
  explicit posted_receive(from const& origin) noexcept : posted_from_(origin) {}
  [[nodiscard]] std::string describe() const override;

protected:
  from posted_from_;
};

} // namespace armada::detail
