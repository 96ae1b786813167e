// Writes to an array; tests/arrays/traced_test.sh looks at the trace.

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>

int main(int argc, char** argv) {
  armada::environment const env(argc, argv);
  armada::distributed_array<int, 1> a(armada::world(), {8});
  a(armada::world().rank()) = 1;
  a.fence();
}
