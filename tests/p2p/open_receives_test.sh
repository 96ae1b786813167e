#!/usr/bin/env bash
# The environment names receives that nobody waited for, and the job ends well without their messages.
set -uo pipefail
failures=0
for ranks in 1 2 3; do
  output=$(timeout 60 mpiexec.mpich -n "$ranks" tests/p2p/open_receives 2>&1 </dev/null) || failures=$((failures + 1))
  has() {
    grep -qE "$1" <<<"$output" && return
    printf '%s ranks: the output lacks: %s\n%s\n' "$ranks" "$1" "$output"
    failures=$((failures + 1))
  }
  for ((rank = 0; rank < ranks; ++rank)); do
    has "^rank $rank of $ranks: a receive from rank $rank, tag 5, posted at .*open_receives.cc:33, was still open when the environment ended; closed now$"
    has "^rank $rank of $ranks: a receive from any rank, any tag, posted at .*open_receives.cc:34, was still open"
  done
  [[ $(grep -c 'still open' <<<"$output") == $((2 * ranks)) ]] || has "two receives for each rank"
  has 'the environment that this pending began in has ended'
  grep -E 'Assertion|leaked|UCX +(ERROR|WARN)' <<<"$output" && failures=$((failures + 1))
done
exit $((failures != 0))
