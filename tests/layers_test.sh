#!/usr/bin/env bash
# The layers of this library are in order, and the check that says so can fail.
set -uo pipefail
check=$PWD/tests/layers_check

expect_fault() { # FILE CONTENT FAULT: a tree with this one file has this fault
  local tree
  tree=$(mktemp -d)
  mkdir -p "$tree/${1%/*}"
  printf "$2" >"$tree/$1"
  if "$check" "$tree" >"$tree/out" || ! grep -qF "$3" "$tree/out"; then
    echo "layers_check does not find: $3"
    exit 1
  fi
  rm -r "$tree"
}

expect_fault rma/window.hpp '\n#include <armada/p2p/send.hpp>\n' 'rma/window.hpp:2: rma must not include p2p'
expect_fault core/error.cc '#include <armada/arrays/index/box.hpp>\n' 'core/error.cc:1: core must not include arrays/index'
expect_fault arrays/detail/halo.hpp '#include <armada/io/npy.hpp>\n' 'arrays/detail/halo.hpp:1: arrays must not include io'
expect_fault io/file.cc "$(printf '\\n%.0s' {1..401})" 'io/file.cc:401: more than 400 lines'
expect_fault p2p/send.hpp '  MPI_Send(buffer);\n' 'p2p/send.hpp:1:'
expect_fault rma/window.cc '  MPI_Put(buffer);\n' 'rma/window.cc:1:'
expect_fault arrays/linalg/dot.hpp 'call<MPI_Allreduce>(1);\n' 'arrays/linalg/dot.hpp:1:'

"$check" "$PWD"
