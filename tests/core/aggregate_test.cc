#include <armada/core/aggregate.hpp>

#include "zoo.hpp"

#include <atomic>
#include <bitset>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

#include <xtensor/xtensor.hpp>

#include <gtest/gtest.h>

namespace armada {
namespace {

/// A registration names members; what cannot be found is left alone, and none of it is an error.
struct empty {};
struct incomplete;
struct with_base : zoo::one {
  int more;
};
struct with_empty_base : empty {
  int more;
};
struct polymorphic {
  virtual ~polymorphic() = default;
  int x = 0;
};
union number_or_text {
  int i;
  char c[4];
};
struct with_union {
  int kind;
  number_or_text value;
};
struct with_unnamed_union {
  int kind;
  union {
    int i;
    float f;
  };
  char last;
};
struct with_bit_fields {
  int whole;
  unsigned low : 3;
  unsigned high : 5;
};
struct [[gnu::packed]] packed {
  char c;
  double d;
};
struct with_constant {
  int const fixed = 3;
  int x = 0;
};
struct with_volatile {
  int volatile x;
};
int somewhere = 0;
struct with_reference {
  int& x = somewhere;
  int y = 0;
};
struct with_constant_reference {
  int const& x = somewhere;
};
struct with_pointer {
  int n;
  double* data;
};
struct with_serialize {
  int x;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& x;
  }
};
struct some_archive {
  void operator&(int&) {}
};
struct with_serialize_for_one_archive {
  int x;
  void serialize(some_archive& archive, unsigned) { archive& x; }
};
struct with_serialize_of_two_halves {
  int x;
  template <class Archive>
  void save(Archive& archive, unsigned) const {
    archive << x;
  }
  template <class Archive>
  void load(Archive& archive, unsigned) {
    archive >> x;
  }
  template <class Archive>
  auto serialize(Archive& archive, unsigned version) {
    if constexpr (Archive::is_saving::value)
      save(archive, version);
    else
      load(archive, version);
  }
};
struct too_many {
  char a[1];
  int m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23, m24,
      m25, m26, m27, m28, m29, m30, m31, m32;
};
struct without_default {
  explicit without_default(int n) : x(n) {}
  int x;
};
struct holds_one_without_default {
  int before;
  without_default inner;
};
struct holds_one_that_was_made {
  int before = 1;
  without_default inner = without_default(3);
  int after = 2;
};
struct a_range {
  int values[3];
  [[nodiscard]] int const* begin() const { return values; }
  [[nodiscard]] int const* end() const { return values + 3; }
};
struct pair_like {
  int first;
  int second;
};
class hidden {
  int x = 0;

public:
  [[nodiscard]] int get() const { return x; }
};
struct holds_hidden {
  hidden h;
  int x;
};
struct with_mutex {
  std::mutex mutex;
  int n;
};
struct with_optional {
  std::optional<int> first;
  int second;
  std::optional<double> last;
};
struct with_any_taker { // takes anything, and so its count must not be guessed from conversions
  std::function<void()> f;
  std::variant<int, double> v;
  std::string_view text;
};
using lambda = decltype([] {});
using lambda_with_state = decltype([n = 3] { return n; });

} // namespace
} // namespace armada

template <>
struct std::tuple_size<armada::pair_like> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I>
struct std::tuple_element<I, armada::pair_like> {
  using type = int;
};

namespace armada {
namespace {

using detail::reflected;

template <class... T>
inline constexpr bool none_is_reflected = !(reflected<T> || ...);
template <class... T>
inline constexpr bool none_is_wire = !(wire<T> || ...);

static_assert(none_is_reflected<int, void, int&, int*, int[3], void(), std::nullptr_t, zoo::side>);
static_assert(none_is_reflected<std::string, std::vector<int>, std::span<int>, std::string_view, std::map<int, int>,
                                xt::xtensor<double, 2>, std::array<int, 3>, std::pair<int, int>, std::tuple<int>>);
static_assert(none_is_reflected<std::mutex, std::optional<int>, std::variant<int>, std::unique_ptr<int>, std::bitset<8>,
                                std::chrono::seconds, std::atomic<int>, std::thread::id, std::function<void()>,
                                std::monostate, std::complex<double>, std::initializer_list<int>>);
static_assert(none_is_reflected<empty, incomplete, with_base, with_empty_base, polymorphic, number_or_text, with_union,
                                with_unnamed_union, with_bit_fields, packed, with_reference>);
static_assert(none_is_reflected<with_serialize, with_serialize_for_one_archive, with_serialize_of_two_halves>);
static_assert(none_is_reflected<too_many, without_default, holds_one_without_default, holds_one_that_was_made, a_range,
                                pair_like, hidden, lambda, lambda_with_state>);

static_assert(none_is_reflected<zoo::flags, zoo::lone_bits, zoo::either>, "they travel as bytes");

// Members are known, and yet it cannot travel as memory.
static_assert(reflected<with_constant> && !wire<with_constant>);
static_assert(reflected<with_volatile> && !wire<with_volatile>);
static_assert(reflected<with_pointer> && !wire<with_pointer>);
static_assert(reflected<holds_hidden> && !wire<holds_hidden>);
static_assert(reflected<with_mutex> && !wire<with_mutex>);
static_assert(reflected<with_optional> && !wire<with_optional>);
static_assert(reflected<with_any_taker> && !wire<with_any_taker>);
static_assert(!wire<with_constant_reference>);

static_assert(none_is_wire<void, void(), int&, int*, int[3], std::nullptr_t, int zoo::one::*>);
static_assert(none_is_wire<std::string, std::vector<int>, std::span<int>, std::string_view, std::map<int, int>,
                           xt::xtensor<double, 2>, std::array<int, 0>, std::tuple<>, std::tuple<int, std::string>,
                           std::tuple<int&>, std::pair<int, int*>>);
static_assert(none_is_wire<std::mutex, std::optional<int>, std::variant<int>, std::unique_ptr<int>, std::bitset<8>,
                           std::chrono::seconds, std::atomic<int>, std::thread::id, std::function<void()>,
                           std::monostate, std::initializer_list<int>, std::reference_wrapper<int>>);
static_assert(none_is_wire<empty, incomplete, with_base, with_empty_base, polymorphic, number_or_text, with_union,
                           with_unnamed_union, with_bit_fields, packed, with_reference>);
static_assert(none_is_wire<with_serialize, with_serialize_for_one_archive, with_serialize_of_two_halves>);
static_assert(none_is_wire<too_many, without_default, holds_one_without_default, holds_one_that_was_made, a_range,
                           pair_like, hidden, lambda, lambda_with_state>);

template <class T>
inline constexpr auto members = std::tuple_size_v<decltype(detail::members_of(std::declval<T&>()))>;
static_assert(members<zoo::particle> == 4 && members<zoo::one> == 1 && members<zoo::tables> == 4);
static_assert(members<zoo::widest> == 32 && members<zoo::nested> == 4 && members<zoo::with_standard_types> == 5);
static_assert(members<with_optional> == 3 && members<with_any_taker> == 3 && members<with_mutex> == 2);
static_assert(members<zoo::secret> == 2 && members<zoo::derived> == 2, "as registered");
static_assert(members<zoo::particle const> == 4);
static_assert(std::same_as<decltype(detail::members_of(std::declval<zoo::particle const&>())),
                           std::tuple<double const&, int const&, std::array<float, 3> const&, char const (&)[5]>>);

TEST(aggregate, members_are_references_in_order) {
  zoo::particle p{1.5, 7, {1, 2, 3}, "abcd"};
  auto const found = detail::members_of(p);
  EXPECT_EQ(&std::get<0>(found), &p.x);
  EXPECT_EQ(&std::get<1>(found), &p.id);
  EXPECT_EQ(&std::get<2>(found), &p.v);
  EXPECT_EQ(&std::get<3>(found), &p.tag);
  struct person {
    std::string name;
    std::vector<int> numbers;
    std::optional<int> age;
  };
  person const someone{"Ada", {1, 2}, 36};
  auto const& [name, numbers, age] = detail::members_of(someone);
  EXPECT_EQ(&name, &someone.name);
  EXPECT_EQ(&numbers, &someone.numbers);
  EXPECT_EQ(&age, &someone.age);
}

TEST(aggregate, registered_members) {
  zoo::derived d{{5}, "ab", 2.5};
  auto const found = detail::members_of(d);
  EXPECT_EQ(&std::get<0>(found), &d.only);
  EXPECT_EQ(&std::get<1>(found), &d.letters);
}

TEST(aggregate, every_number_of_members) {
  zoo::widest w{};
  auto const found = detail::members_of(w);
  EXPECT_EQ(&std::get<0>(found), &w.a0);
  EXPECT_EQ(&std::get<15>(found), &w.b5);
  EXPECT_EQ(&std::get<31>(found), &w.d1);
}

} // namespace
} // namespace armada
