#!/usr/bin/env bash
# The first program of the README is examples/first.cc to the letter, and says what it should on several numbers of ranks.
set -euo pipefail

diff <(awk '/^```cpp$/ {inside = 1; next} /^```$/ && inside {exit} inside' README.md) <(sed 1,2d examples/first.cc) ||
  { echo 'README.md and examples/first.cc differ'; exit 1; }
for ranks in 1 3 4; do
  output=$(mpiexec.mpich -n "$ranks" examples/first)
  [[ $output == 'column 3 ends with 1, the sum is 48' ]] || { echo "on $ranks ranks: $output"; exit 1; }
done
