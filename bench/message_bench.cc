// Messages and small collectives of two ranks, buffers and objects.

#include "compare.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <map>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  armada::environment env(argc, argv);
  bench::table table(argc, argv);
  auto const& world = armada::world();
  if (world.size() != 2) throw armada::argument_error("message_bench runs on 2 ranks");
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

  for (auto const& [label, count] : {std::pair{"8 B", 1L}, std::pair{"8 MB", 1000000L}}) {
    std::vector<double> out(static_cast<std::size_t>(count), 1.0), in(out);
    auto const armada_send = [&, other] { armada::send(world, out, {.dest = other}); };
    auto const armada_recv = [&, other] { armada::recv(world, in, {.source = other}); };
    auto const raw_send = [&, count = static_cast<int>(count)] {
      MPI_Send(out.data(), count, MPI_DOUBLE, other, 0, raw);
    };
    auto const raw_recv = [&, count = static_cast<int>(count)] {
      MPI_Recv(in.data(), count, MPI_DOUBLE, other, MPI_ANY_TAG, raw, MPI_STATUS_IGNORE);
    };
    bool const small = count == 1;
    table.compare(std::string("message of ") + label + ", MPI_Send", small ? "ns" : "GB/s",
                  small ? bench::difference(50) : bench::ratio(0.98), ping_pong(armada_send, armada_recv),
                  ping_pong(raw_send, raw_recv), static_cast<double>(count) * sizeof(double), 2);
    if (small) continue;
    auto const object_send = [&, other] { armada::send(world, armada::as_object(out), {.dest = other}); };
    auto const object_recv = [&, other] { armada::recv(world, armada::as_object(in), {.source = other}); };
    table.compare("vector<double> of 8 MB as an object, MPI_Send", "GB/s", bench::ratio(0.9),
                  ping_pong(object_send, object_recv), ping_pong(raw_send, raw_recv),
                  static_cast<double>(count) * sizeof(double), 2);
  }

  // What Boost.MPI took on the same kind of machine: 330 us and 1360 us.
  auto const objects = [&](std::string const& name, auto const& out, double expected) {
    auto in = out;
    std::vector<char> bytes(armada::encode(out).size());
    auto const send = [&, other] { armada::send(world, out, {.dest = other}); };
    auto const receive = [&, other] { armada::recv(world, in, {.source = other}); };
    auto const raw_send = [&, other] {
      MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_CHAR, other, 0, raw);
    };
    auto const raw_recv = [&, other] {
      MPI_Recv(bytes.data(), static_cast<int>(bytes.size()), MPI_CHAR, other, 0, raw, MPI_STATUS_IGNORE);
    };
    table.compare(name + ", MPI_Send of as many bytes", "us", bench::value(expected), ping_pong(send, receive),
                  ping_pong(raw_send, raw_recv), 0, 2);
  };
  objects("10000 strings", std::vector<std::string>(10000, "a string of some length"), 330.0 / 2);
  std::map<std::string, double> entries;
  for (int i = 0; i < 10000; ++i) entries["key " + std::to_string(i)] = i;
  objects("10000 map entries", entries, 1360.0 / 2);

  double value = 1;
  double total = 0;
  auto const repeat = [](auto once) {
    return [once](long times) {
      for (long k = 0; k < times; ++k) once();
    };
  };
  table.compare("bcast of 8 B, MPI_Bcast", "ns", bench::difference(50), repeat([&] { armada::bcast(world, value, 0); }),
                repeat([&] { MPI_Bcast(&value, 1, MPI_DOUBLE, 0, raw); }));
  table.compare("allreduce of 8 B, MPI_Allreduce", "ns", bench::difference(50),
                repeat([&] { armada::allreduce(world, value, total, std::plus{}); }),
                repeat([&] { MPI_Allreduce(&value, &total, 1, MPI_DOUBLE, MPI_SUM, raw); }));
}
