#!/usr/bin/env bash
# Arrays that outlive the environment, or that one rank ends before the others: never a hang, never a crash at the end.
set -uo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# run STATUS SETTING MODE TEXT…: on two ranks; each TEXT is in the output
run() {
  local status=$1 setting=$2 mode=$3 got text
  shift 3
  env "$setting" ARMADA_WATCHDOG=5 timeout 60 mpiexec.mpich -n 2 tests/arrays/forgotten_array "$mode" \
    >"$scratch/out" 2>&1 </dev/null
  got=$?
  [[ $status == bad && $got != 0 && $got != 124 ]] || [[ $got == "$status" ]] ||
    fault "$setting $mode: exit status $got instead of $status"
  for text; do
    grep -qF "$text" "$scratch/out" || fault "$setting $mode: the output lacks: $text"
  done
  [[ $status == bad ]] || ! grep -qE 'Assertion|leaked|UCX +(ERROR|WARN)' "$scratch/out" ||
    fault "$setting $mode: MPI complains"
}
fault() {
  echo "$1"
  sed 's/^/  | /' "$scratch/out"
  failures=$((failures + 1))
}

for setting in ROAD=near MPIR_CVAR_NOLOCAL=1; do
  run 0 "$setting" all 'window "distributed_array" was still open' 'after the environment'
  run 0 "$setting" one 'rank 1 of 2: window "distributed_array" was still open' 'after the environment'
done
run 0 ROAD=near waits 'after the environment'
run bad MPIR_CVAR_NOLOCAL=1 waits 'the end of window "distributed_array"'
exit $((failures != 0))
