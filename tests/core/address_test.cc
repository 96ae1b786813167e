#include <armada/core/address.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

namespace armada {
namespace {

/// Takes its own address for something else.
struct tricky {
  int value = 0;
  tricky* operator&() { return nullptr; }             // NOLINT(google-runtime-operator)
  tricky const* operator&() const { return nullptr; } // NOLINT(google-runtime-operator)
};

TEST(address, of_objects) {
  std::array<double, 10> values{};
  auto const base = address_of(values);
  EXPECT_EQ(base, static_cast<MPI_Aint>(reinterpret_cast<std::intptr_t>(values.data())));
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto const each = address_of(values[i]);
    EXPECT_EQ(displacement_diff(each, base), static_cast<MPI_Aint>(i * sizeof(double)));
    EXPECT_EQ(displacement_add(base, displacement_diff(each, base)), each);
    EXPECT_EQ(displacement_diff(base, each), -static_cast<MPI_Aint>(i * sizeof(double)));
  }
  tricky const odd;
  EXPECT_EQ(address_of(odd), address_of(odd.value));
  int volatile changing = 0;
  EXPECT_EQ(address_of(changing) % static_cast<MPI_Aint>(alignof(int)), 0);
}

} // namespace
} // namespace armada
