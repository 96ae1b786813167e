// Messages of two ranks, buffers and objects, beside the C calls.

#include "compare.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <map>
#include <string>
#include <vector>

#include <boost/serialization/map.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

namespace {

/// A vector as one member of several.
struct reading {
  std::string name;
  std::vector<double> values;
  template <class Archive>
  void serialize(Archive& archive, unsigned /*version*/) {
    archive& name& values;
  }
};

} // namespace

template <>
inline constexpr bool armada::serializes_in_place<reading> = true;

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  if (world.size() != 2) throw armada::argument_error("p2p_bench runs on 2 ranks");
  int const other = 1 - world.rank();
  bool const serves = world.rank() == 0;
  MPI_Comm const raw = world.raw();

  /// Half a round trip is a message.
  auto const ping_pong = [&](auto send, auto receive) {
    return [=](long times) {
      for (long k = 0; k < times; ++k) {
        if (serves)
          send(), receive();
        else
          receive(), send();
      }
    };
  };
  auto const raw_ping_pong = [&](double* out, double* in, int count) {
    return ping_pong([=] { MPI_Send(out, count, MPI_DOUBLE, other, 0, raw); },
                     [=] { MPI_Recv(in, count, MPI_DOUBLE, other, MPI_ANY_TAG, raw, MPI_STATUS_IGNORE); });
  };

  // Buffers.
  for (auto const& [label, count] : {std::pair{"8 B", 1}, std::pair{"64 KiB", 8192}, std::pair{"8 MB", 1'000'000}}) {
    std::vector<double> out(static_cast<std::size_t>(count), 1.0), in(out);
    bool const small = count == 1;
    double const bytes = small ? 0 : 8.0 * count;
    table.compare(std::string("message of ") + label + ", MPI_Send", small ? "ns" : "GB/s",
                  small ? bench::difference(50) : bench::ratio(0.98),
                  ping_pong([&, other] { armada::send(world, out, {.dest = other}); },
                            [&, other] { armada::recv(world, in, {.source = other}); }),
                  raw_ping_pong(out.data(), in.data(), count), bytes, 2);
  }

  // A strided view beside packing and unpacking by hand.
  {
    constexpr std::size_t side = 1024;
    auto whole = xt::xtensor<double, 2>::from_shape({2 * side, 2 * side});
    whole.fill(1);
    std::vector<double> packed(side * side);
    auto const pack = [&](bool out) {
      for (std::size_t i = 0; i < side; ++i) {
        double* const row = &whole(i, 0);
        double* const place = packed.data() + i * side;
        std::copy_n(out ? row : place, side, out ? place : row);
      }
      bench::touch(packed.data());
    };
    table.compare("view 1024 x 1024 of 2048 x 2048, packed by hand", "GB/s", bench::ratio(1),
                  ping_pong(
                      [&, other] {
                        armada::send(world, xt::view(whole, xt::range(0, side), xt::range(0, side)), {.dest = other});
                      },
                      [&, other] {
                        armada::recv(world, xt::view(whole, xt::range(0, side), xt::range(0, side)), {.source = other});
                      }),
                  ping_pong(
                      [&, other] {
                        pack(true);
                        MPI_Send(packed.data(), side * side, MPI_DOUBLE, other, 0, raw);
                      },
                      [&, other] {
                        MPI_Recv(packed.data(), side * side, MPI_DOUBLE, other, 0, raw, MPI_STATUS_IGNORE);
                        pack(false);
                      }),
                  8.0 * side * side, 2);
  }

  // Objects, received into existing ones.
  auto const object = [&](std::string const& name, char const* unit, bench::bound limit, auto const& out, auto twin,
                          double bytes) {
    auto in = out;
    table.compare(name, unit, limit,
                  ping_pong([&, other] { armada::send(world, armada::as_object(out), {.dest = other}); },
                            [&, other] { armada::recv(world, armada::as_object(in), {.source = other}); }),
                  twin, bytes, 2);
  };
  {
    std::vector<double> out(1'000'000, 1.0), in(out);
    auto const twin = raw_ping_pong(out.data(), in.data(), 1'000'000);
    object("vector<double> of 8 MB as an object, MPI_Send", "GB/s", bench::ratio(0.9), out, twin, 8e6);
    object("vector<double> of 8 MB as a member, MPI_Send", "GB/s", bench::ratio(0.9), reading{"sensor", out}, twin,
           8e6);
  }
  // What Boost.MPI took on the same kind of machine for the last two: 330 us and 1360 us.
  auto const as_many_bytes = [&](std::string const& name, auto const& out, bench::bound limit) {
    std::vector<char> bytes(armada::encode(out).size());
    auto const count = static_cast<int>(bytes.size());
    auto const twin =
        ping_pong([&, other] { MPI_Send(bytes.data(), count, MPI_CHAR, other, 0, raw); },
                  [&, other] { MPI_Recv(bytes.data(), count, MPI_CHAR, other, 0, raw, MPI_STATUS_IGNORE); });
    object(name + ", MPI_Send of as many bytes", "us", limit, out, twin, 0);
  };
  as_many_bytes("map of 2 entries", std::map<std::string, double>{{"a", 7}, {"b", 3.14}}, bench::difference(2));
  as_many_bytes("10000 strings", std::vector<std::string>(10000, "a string of some length"), bench::value(330.0 / 2));
  std::map<std::string, double> entries;
  for (int i = 0; i < 10000; ++i) entries["key " + std::to_string(i)] = i;
  as_many_bytes("10000 map entries", entries, bench::value(1360.0 / 2));
}
