#!/usr/bin/env bash
# A program that uses an installed Armada compiles without a warning, links and runs, with nothing but pkg-config.
set -euo pipefail

prefix="$TEST_TMPDIR/some where"
mkdir "$prefix"
tar -xf armada.tar -C "$prefix"
eval "flags=($(PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --cflags --libs armada))"
g++ -std=c++20 -Wall -Wextra -Werror tests/consumer/consumer.cc -o "$TEST_TMPDIR/consumer" "${flags[@]}"
for ranks in 1 4; do
  output=$(mpiexec.mpich -n "$ranks" "$TEST_TMPDIR/consumer" 2>&1)
  [[ $output == works ]] || { echo "on $ranks ranks: $output"; exit 1; }
done
