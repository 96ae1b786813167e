#!/usr/bin/env bash
# The environment closes windows that were forgotten, and an exception that passes a window does not hang the job.
set -uo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# run STATUS SETTING ARGUMENT…: on two ranks, and the output into $scratch/out
run() {
  local status=$1 setting=$2 got
  shift 2
  env "$setting" timeout 60 mpiexec.mpich -n 2 tests/rma/forgotten "$@" >"$scratch/out" 2>&1 </dev/null
  got=$?
  [[ $status == any && $got != 0 && $got != 124 ]] || [[ $got == "$status" ]] ||
    fault "$setting $*: exit status $got instead of $status"
}
fault() {
  echo "$1"
  sed 's/^/  | /' "$scratch/out"
  failures=$((failures + 1))
}
has() {
  grep -qF "$1" "$scratch/out" || fault "the output lacks: $1"
}

for setting in ROAD=near MPIR_CVAR_NOLOCAL=1; do
  run 0 "$setting"
  has 'rank 0 of 2: window "forgotten one" was still open when the environment ended; closed now'
  has 'rank 1 of 2: window "forgotten one" was still open'
  has 'rank 1 of 2: window "counter" was still open'
  has 'after the environment'
  has 'this counter is closed, on rank 0'
  grep -qE 'Assertion|leaked|UCX +(ERROR|WARN)' "$scratch/out" && fault 'MPI complains'
done
run any MPIR_CVAR_NOLOCAL=1 throws # after ten seconds, in which the others may end as well
has 'rank 1 of 2: an exception on this rank ended window'
exit $((failures != 0))
