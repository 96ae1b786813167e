#!/usr/bin/env bash
# The runner and main.cc notice what goes wrong on any rank, and lose no report.
set -uo pipefail
export ARMADA_TEST_TIMEOUT=2
unset TESTBRIDGE_TEST_ONLY

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# expect STATUS CASE TEXT… [-- ARGUMENT…]: on two ranks, CASE gives this exit status and each TEXT is in the output.
expect() {
  local status=$1 name=$2 texts=()
  shift 2
  while (($#)) && [[ $1 != -- ]]; do
    texts+=("$1")
    shift
  done
  [[ ${1:-} == -- ]] && shift
  rm -f "$scratch/report.xml"
  XML_OUTPUT_FILE=$scratch/report.xml tests/support/run 2 "$@" tests/support/misbehaviour --gtest_filter="$name" \
    >"$scratch/out" 2>&1
  local got=$? text
  [[ $got == "$status" ]] || fault "$name: exit status $got instead of $status"
  for text in "${texts[@]}"; do
    grep -qF "$text" "$scratch/out" || fault "$name: the output lacks: $text"
  done
}

fault() {
  echo "$1"
  sed 's/^/  | /' "$scratch/out"
  failures=$((failures + 1))
}

expect_in_report() {
  grep -qF "$1" "$scratch/report.xml" || fault "the report lacks: $1"
}

expect 0 Behaviour.Passes '1 test from 1 test suite ran'
expect 1 Misbehaviour.FailsOnAll 'rank 0 of 2' 'rank 1 of 2' '[  FAILED  ] Misbehaviour.FailsOnAll'
expect 1 Misbehaviour.FailsOnRank1 'rank 1 of 2' 'the report of one rank' '[  FAILED  ] Misbehaviour.FailsOnRank1'
expect_in_report 'failures="1"'
expect_in_report 'the report of one rank'
expect 1 Misbehaviour.ThrowsOnRank1 'rank 1 of 2' 'the exception of one rank'
expect 1 Misbehaviour.FailsAndHangs 'rank 1 of 2: timeout in Misbehaviour.FailsAndHangs' 'the report of one rank'
expect 1 Misbehaviour.Hangs 'rank 0 of 2: timeout in Misbehaviour.Hangs' 'rank 1 of 2: timeout in Misbehaviour.Hangs'
expect 1 Misbehaviour.Crashes 'rank 1 of 2: signal SIGSEGV in Misbehaviour.Crashes'
expect 1 Misbehaviour.Exits 'run: ' # that a rank left early, or what mpiexec makes of it, whichever is noticed first
expect 1 Misbehaviour.LeaksDatatype 'the program passed, but'
[[ -e $scratch/report.xml ]] && fault 'a leak leaves a report that says that all is well'
expect 1 Misbehaviour.WritesToStderr 'a complaint' 'the program passed, but wrote to stderr'
expect 0 Misbehaviour.WritesToStderr 'a complaint' -- ARMADA_TEST_STDERR=expected
expect 0 No.Such 'Running 0 tests'

exit $((failures != 0))
