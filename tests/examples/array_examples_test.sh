#!/usr/bin/env bash
# The short examples of arrays print the same on every number of ranks.
set -euo pipefail

expect() { # EXAMPLE OUTPUT
  local ranks output
  for ranks in 1 2 3 4; do
    output=$(mpiexec.mpich -n "$ranks" "examples/$1")
    [[ $output == "$2" ]] || { echo "$1 on $ranks ranks: $output"; exit 1; }
  done
}

expect_line() { # EXAMPLE PATTERN, where @ is the number of ranks
  local ranks output
  for ranks in 1 2 3 4; do
    output=$(mpiexec.mpich -n "$ranks" "examples/$1")
    [[ $output == ${2//@/$ranks} ]] || { echo "$1 on $ranks ranks: $output"; exit 1; }
  done
}

expect remote_slicing '{{  -1,   51,   52,   53},
 {  40,   41,  142,  143},
 {  -1,   31,   32,   33},
 {  20,   21,   22,   23}}
{ 45,  46, 147}'
expect_line histogram '@00000 numbers, 300 on average, each counted once'
expect jacobi 'error after 1000 steps: 0.00322, h^2: 0.00391'
expect life '168 cells live after 300 generations'
