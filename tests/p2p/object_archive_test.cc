/// Objects in an archive of the caller's or the type's choice, on their way.

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/throws.hpp"
#include "tests/support/values.hpp"

#include <armada/core/boost_archives.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/xtensor_types.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>

namespace garage {

struct vehicle {
  virtual ~vehicle() = default;
  [[nodiscard]] virtual int wheels() const { return 0; }
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};
struct bus final : vehicle {
  explicit bus(int n = 0) : count(n) {}
  [[nodiscard]] int wheels() const override { return count; }
  int count;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& boost::serialization::base_object<vehicle>(*this);
    archive& count;
  }
};

using fleet = std::map<std::string, std::vector<std::shared_ptr<vehicle>>>;

} // namespace garage

BOOST_CLASS_EXPORT(garage::bus)

template <>
inline constexpr auto armada::archive_of<garage::fleet> = armada::tracked;

namespace armada {
namespace {

using namespace support;

template <class T>
concept receivable_as = requires(communicator const& c) {
  recv<T>(c, {.source = 0});
};
static_assert(receivable_as<as_object<std::vector<int>>> && receivable_as<as_object<std::string, tracked_t>>);
static_assert(!receivable_as<std::string_view> && !receivable_as<std::span<int>>, "they have no memory of their own");
static_assert(!receivable_as<std::span<int const>>);
template <class T>
concept receivable_into = requires(communicator const& c, T&& value) {
  recv(c, std::forward<T>(value), {.source = 0});
};
static_assert(!receivable_into<std::string_view&> && !receivable_into<std::string_view>);
static_assert(receivable_into<as_object<std::string, portable_t>>);
static_assert(!receivable_into<as_object<std::string const, portable_t>>);

garage::fleet fleet_of(int rank) {
  auto const shared = std::make_shared<garage::bus>(rank + 4);
  return {{"a", {shared, std::make_shared<garage::vehicle>(), shared}}, {"b", {shared}}, {"none", {}}};
}

void expect_fleet_of(int rank, garage::fleet const& fleet) {
  ASSERT_EQ(fleet.size(), 3U);
  auto const& a = fleet.at("a");
  ASSERT_EQ(a.size(), 3U);
  EXPECT_EQ(a[0]->wheels(), rank + 4);
  EXPECT_EQ(a[1]->wheels(), 0);
  EXPECT_EQ(a[0], a[2]);
  EXPECT_EQ(a[0], fleet.at("b").at(0));
  EXPECT_EQ(a[0].use_count(), 3);
}

TEST(object_archive, a_type_has_its_own) {
  auto incoming = recv<garage::fleet>(world(), {.source = left(), .tag = 1}, nonblocking);
  send(world(), fleet_of(world().rank()), {.dest = right(), .tag = 1});
  expect_fleet_of(left(), incoming.wait());
  auto outgoing = send(world(), fleet_of(world().rank()), {.dest = right(), .tag = 2}, nonblocking);
  expect_fleet_of(left(), recv<garage::fleet>(world(), {.source = left(), .tag = 2}));
  expect_fleet_of(world().rank(), outgoing.wait());
  auto const again = send(world(), fleet_of(world().rank()), {.dest = right(), .tag = 3}, nonblocking);
  garage::fleet existing;
  static_cast<void>(recv(world(), existing, {.source = left(), .tag = 3}));
  expect_fleet_of(left(), existing);
}

template <class T, class Archive>
void expect_ring(Archive archive, auto const& value_of) {
  T const mine = value_of(world().rank());
  T const expected = value_of(left());
  auto posted = recv<as_object<T, Archive>>(world(), {.source = left(), .tag = 1}, nonblocking);
  send(world(), as_object(mine, archive), {.dest = right(), .tag = 1});
  EXPECT_EQ(posted.wait(), expected);
  auto outgoing = send(world(), as_object(mine, archive), {.dest = right(), .tag = 2}, nonblocking);
  EXPECT_EQ((recv<as_object<T, Archive>>(world(), {.source = left(), .tag = 2})), expected);
  outgoing.wait();
  T existing{};
  T later{};
  auto incoming = recv(world(), as_object(later, archive), {.source = left(), .tag = 4}, nonblocking);
  auto const third = send(world(), as_object(mine, archive), {.dest = right(), .tag = 3}, nonblocking);
  auto const fourth = send(world(), as_object(mine, archive), {.dest = right(), .tag = 4}, nonblocking);
  EXPECT_EQ(recv(world(), as_object(existing, archive), {.source = left(), .tag = 3}).source, left());
  EXPECT_EQ(incoming.wait().count, 1);
  EXPECT_EQ(existing, expected);
  EXPECT_EQ(later, expected);
}

TEST(object_archive, a_call_chooses) {
  for (std::size_t length : {0U, 3U, 5000U, 100'000U}) {
    auto const numbers = [&](int rank) { return std::vector<double>(length, rank); };
    expect_ring<std::vector<double>>(compact, numbers);
    expect_ring<std::vector<double>>(portable, numbers);
    expect_ring<std::vector<double>>(tracked, numbers);
    using table = std::map<std::string, std::vector<int>>;
    auto const map = [&](int rank) { return table{{"a", std::vector<int>(length, rank)}, {std::to_string(rank), {}}}; };
    expect_ring<table>(compact, map);
    expect_ring<table>(portable, map);
    expect_ring<table>(tracked, map);
  }
  limits_guard const limits(64, 50);
  expect_ring<std::string>(tracked, [](int rank) { return text_of(rank, 777); });
}

using rich = std::map<std::string, std::variant<int, std::optional<std::string>, xt::xtensor<double, 2>>>;

TEST(object_archive, nested_standard_types_and_tensors) {
  for (std::size_t n : {1U, 30U, 200U}) {
    auto const value = [n](int rank) {
      return rich{{"number", rank},
                  {"text", std::optional<std::string>(text_of(rank, n))},
                  {"nothing", std::optional<std::string>()},
                  {"matrix", xt::xtensor<double, 2>({n, n + 1}, rank)}};
    };
    expect_ring<rich>(compact, value);
    expect_ring<rich>(portable, value);
    expect_ring<rich>(tracked, value);
  }
  expect_ring<std::vector<xt::xarray<int>>>(compact, [](int rank) {
    return std::vector<xt::xarray<int>>{xt::xarray<int>({300, 10}, rank), xt::xarray<int>(rank)};
  });
}

TEST(object_archive, sender_and_receiver_that_differ_are_told) {
  std::string const text = text_of(world().rank(), 30);
  auto const outgoing = send(world(), as_object(text, tracked), {.dest = right()}, nonblocking);
  EXPECT_TRUE(throws<type_error>([] { return recv<as_object<std::string>>(world(), {.source = left()}); },
                                 {"another type", "rank " + std::to_string(world().rank())}));
  auto const again = send(world(), fleet_of(1), {.dest = right()}, nonblocking);
  std::string room;
  EXPECT_THROW(static_cast<void>(recv(world(), as_object(room, portable), {.source = left()})), type_error);
}

struct unknown_bus : garage::vehicle {};

TEST(object_archive, what_cannot_be_written_is_not_sent) {
  std::shared_ptr<garage::vehicle> const stranger = std::make_shared<unknown_bus>();
  EXPECT_TRUE(throws<format_error>(
      [&] {
        send(world(), as_object(stranger, tracked), {.dest = right()});
        return 0;
      },
      {"std::shared_ptr<garage::vehicle>", "rank " + std::to_string(world().rank()), "unregistered class"}));
  auto const outgoing = send(world(), 5, {.dest = right()}, nonblocking);
  EXPECT_EQ(recv<int>(world(), {.source = left()}), 5) << "nothing came before it";
}

TEST(object_archive, damage_that_its_checksum_fits_is_a_format_error) {
  std::map<std::string, int> const value{{"key", 5}};
  auto bytes = encode(as_object(value, tracked));
  bytes.resize(bytes.size() - 4);
  detail::frame head;
  std::memcpy(&head, bytes.data(), sizeof(head));
  detail::seal(head, std::span<std::byte const>(bytes).subspan(sizeof(head)));
  std::memcpy(bytes.data(), &head, sizeof(head));
  auto const outgoing = send(world(), bytes, {.dest = right()}, nonblocking);
  std::map<std::string, int> room;
  EXPECT_TRUE(throws<format_error>([&] { return recv(world(), as_object(room, tracked), {.source = left()}).bytes; },
                                   {"object of type std::map<", "rank " + std::to_string(world().rank()) + " of " +
                                                                    std::to_string(world().size())}));
}

} // namespace
} // namespace armada
