#!/usr/bin/env bash
# Programs whose ranks do not go together end in time, with an exit code that is not 0, and say which rank does what.
set -uo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

fault() {
  echo "$1"
  sed 's/^/  | /' "$scratch/out"
  failures=$((failures + 1))
}

# ends STATUS SETTING PROGRAM RANKS TEXT…: `good` or `bad`; each TEXT, an extended regular expression, is in the output.
ends() {
  local wanted=$1 setting=$2 program=$3 ranks=$4 got=bad status text
  shift 4
  env "$setting" timeout --kill-after=5 40 mpiexec.mpich -n "$ranks" tests/collectives/mismatch "$program" \
    >"$scratch/out" 2>&1 </dev/null
  status=$?
  [[ $status != 0 ]] || got=good
  [[ $status != 124 && $status != 137 ]] || got=hanging
  [[ $got == "$wanted" ]] || fault "$setting $program: exit status $status is not $wanted"
  for text; do
    grep -qE -e "$text" "$scratch/out" || fault "$setting $program: the output lacks: $text"
  done
}

check=ARMADA_CHECK=collectives
differ='collectives on "world" do not match: rank 2 called'
ends bad $check roots 3 "$differ bcast #0 \(root 1, 3 x double\), ranks 0 1 called bcast #0 \(root 0, 3 x double\)"
ends bad $check nonblocking_roots 3 \
  "$differ bcast #0 \(nonblocking, root 1, 3 x double\), ranks 0 1 called bcast #0 \(nonblocking, root 0, 3 x double\)"
ends bad $check plans 3 \
  "$differ bcast #0 \(persistent, root 1, 1 x double\), ranks 0 1 called bcast #0 \(persistent, root 0, 1 x double\)"
ends bad $check modes 3 "$differ barrier #0, ranks 0 1 called barrier #0 \(nonblocking\)"
ends bad ARMADA_CHECK=all works 2 'ARMADA_CHECK: "all" is nothing to check; there are: collectives, rma, none'
ends bad ARMADA_WATCHDOG=often works 2 'ARMADA_WATCHDOG: "often" is no number of seconds'
ends good $check caught 3 caught "and on"
ends good $check works 3 worked

watch=ARMADA_WATCHDOG=1
ends bad $watch waits_elsewhere 3 'rank [0-9] of 3: the watchdog ends the job after 1(\.[0-9]+)? s: rank 0 in barrier #1 of world' \
  'rank 2 in barrier #0 of other'
ends bad $watch never_comes 3 'rank [01] in barrier #1 of world for 1 s' \
  'rank 2 computing \(last left allreduce #0 of world\)'
ends bad $watch leaves_early 2 'rank 0 in barrier #0 of world for [01] s, rank 1 in finalise|rank 0 in barrier #0 of world, rank 1 in finalise'
ends bad $watch receives 2 'rank 0 in recv from rank 1, tag 3 of world' 'rank 1 in finalise'
ends bad $watch waits_for_a_pending 2 'rank 0 in wait for a receive' 'rank 1 in finalise'
ends bad $watch locks 2 "rank 0 in lock of rank 0's part of window \"mine\" for 1 s, rank 1 computing"
ends good $watch works 3 worked
export MPIR_CVAR_NOLOCAL=1
ends bad $watch leaves_early 2 'rank [01] in (barrier #0 of world|finalise).*, the others on another host'
ends bad $watch locks 2 "rank 0 in lock of rank 0's part of window \"mine\" for 1 s, the others on another host"
exit $((failures != 0))
