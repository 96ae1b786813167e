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

expect_picture() { # EXAMPLE
  local ranks
  for ranks in 1 3; do
    mpiexec.mpich -n "$ranks" "examples/$1" "$TEST_TMPDIR/$1_$ranks.png" >"$TEST_TMPDIR/log"
  done
  cmp "$TEST_TMPDIR/$1_1.png" "$TEST_TMPDIR/$1_3.png" || { echo "$1: two pictures"; exit 1; }
  [[ $(head -c 4 "$TEST_TMPDIR/$1_1.png" | tail -c 3) == PNG ]] || { echo "$1: no picture"; exit 1; }
}

expect remote_slicing '{{  -1,   51,   52,   53},
 {  40,   41,  142,  143},
 {  -1,   31,   32,   33},
 {  20,   21,   22,   23}}
{ 45,  46, 147}'
expect_line histogram '@00000 numbers, 300 on average, each counted once'
expect sort '200000 numbers, in order, 181322 different ones
from 1e-06 (which was number 80505) over 0.499803 to 0.999995 (number 21638)
of each tenth: 20045 20067 19881 20084 19962 19761 19923 20184 19994 20099'
expect mandelbrot '51588 of 240000 points are in the set'
expect_picture mandelbrot
expect jacobi 'error after 1000 steps: 0.00322, h^2: 0.00391'
expect life '168 cells live after 300 generations'
expect_picture life
expect transpose 'a matrix of 900 x 700, transposed: 0 elements are wrong
a cube, turned and turned back: as it was'
