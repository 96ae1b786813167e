#!/usr/bin/env bash
# Every way in and out of an environment ends in time, with the right exit status and the right words.
set -uo pipefail
export LEVEL= # what the mode `threads` asks for

failures=0
fault() {
  echo "$1"
  sed 's/^/  | /' "$2"
  failures=$((failures + 1))
}

# ends STATUS RANKS MODE TEXT…: `good` or `bad`; each TEXT is in the output, and a good one writes nothing to stderr
# unless a TEXT begins with `stderr: `.
ends() {
  local wanted=$1 ranks=$2 mode=$3 log=$TEST_TMPDIR/$3.$2 launcher=(mpiexec.mpich -n "$2") status got=bad text complaints=0
  shift 3
  ((ranks > 0)) || launcher=()
  timeout --kill-after=5 40 "${launcher[@]}" tests/core/ending "$mode" >"$log" 2>"$log.err" </dev/null
  status=$?
  sed 's/^/stderr: /' "$log.err" >>"$log"
  [[ $status != 0 ]] || got=good
  [[ $status != 124 && $status != 137 ]] || got='hanging'
  [[ $got == "$wanted" ]] || fault "$mode on $ranks ranks: exit status $status is not $wanted" "$log"
  for text; do
    grep -qF -e "$text" "$log" || fault "$mode on $ranks ranks: the output lacks: $text" "$log"
    [[ $text != 'stderr: '* ]] || complaints=1
  done
  [[ $wanted == bad || $complaints == 1 || ! -s $log.err ]] || fault "$mode on $ranks ranks: writes to stderr" "$log"
}

# These two wait ten seconds, beside all others.
(
  ends bad 2 leaves_alone \
    "stderr: rank 1 of 2: an exception ended this rank's environment while other ranks were still at work"
  exit "$failures"
) &
alone=$!
(
  ends bad 2 drops_a_send_that_nobody_takes \
    'stderr: rank 1 of 2: an exception passed a pending whose peer did not come within 10 s'
  exit "$failures"
) &
untaken=$!

ends good 0 in_order 'owner 1, thread level 1'
for ranks in 1 2 3; do
  last=$((ranks - 1))
  ends good "$ranks" in_order 'owner 1, thread level 1'
  ends bad "$ranks" throws "stderr: rank $last of $ranks: nobody catches this"
  ends bad "$ranks" throws_an_int "stderr: rank $last of $ranks: an exception that is no std::exception"
  ends bad "$ranks" throws_in_a_thread "stderr: rank $last of $ranks: in a thread"
  ends bad "$ranks" terminates "stderr: rank $last of $ranks: terminated without an exception"
  ends bad "$ranks" exits "stderr: rank $last of $ranks: the program called exit before its environment ended"
  ends bad "$ranks" aborts "stderr: rank $last of $ranks: this is the end"
  ends bad "$ranks" drops_a_failure "stderr: rank $last of $ranks: a pending that nobody waited for failed: MPI_Wait on"
  ends good "$ranks" leaves_together 'everybody leaves'
  ends good "$ranks" forgets \
    "stderr: rank $last of $ranks: communicator \"world/0\" was still open when the environment ended; closed now"
  ends good "$ranks" adopts 'owner 0' "largest $ranks" 'handler as before'
  ends good "$ranks" outlives
  ends bad "$ranks" operation_throws \
    "stderr: rank $last of $ranks: the operation of a reduction threw: these cannot be added, says rank $last"
  ends good "$ranks" forgets_a_type_and_an_operation \
    "stderr: rank $last of $ranks: an operation was still open when the environment ended; closed now" \
    "stderr: rank $last of $ranks: datatype \"three\" was still open when the environment ended; closed now"
done

second='on rank 0 of 1: called from a second thread, but MPI granted'
LEVEL=0 ends good 1 threads 'granted 1 1' 'main 0' "error 5: MPI_Comm_size $second MPI_THREAD_SINGLE" 'no error'
LEVEL=1 ends good 1 threads 'granted 1 1' 'main 0' "error 5: MPI_Comm_size $second MPI_THREAD_FUNNELED" 'no error'
for level in 2 3; do
  LEVEL=$level ends good 1 threads 'granted 1 1' 'main 0' 'no error'
  ! grep -q 'second thread' "$TEST_TMPDIR/threads.1" || fault "a second thread at level $level" "$TEST_TMPDIR/threads.1"
done
ends good 1 adopts_with_one_thread \
  'error 5: environment: MPI was started by another thread, and does not let this one call it' \
  'called from a second thread, but MPI granted MPI_THREAD_FUNNELED'
for ranks in 1 2; do
  ends good "$ranks" progress_thread_serves arrived \
    'error 1: environment: a progress thread needs MPI_THREAD_MULTIPLE, and less is asked for'
done
for ranks in 1 2; do
  last=$((ranks - 1))
  ends bad "$ranks" aborts_with_a_code "stderr: rank $last of $ranks: code seven"
  ends bad "$ranks" aborts_with_zero "stderr: rank $last of $ranks: code zero"
  ends bad "$ranks" aborts_on_an_error "stderr: rank $last of $ranks: MPI met an error on \"world\": Invalid rank"
  ends bad "$ranks" erases_badly 'the erase callback of an attribute threw while its communicator was freed: not to be erased'
done
mpiexec.mpich -n 1 tests/core/ending aborts_with_a_code &>/dev/null
[[ $? == 7 ]] || fault 'the exit code of an abort is lost' /dev/null

ends good 1 late
[[ $(grep -c 'error 5: .*MPI is not initialised yet' "$TEST_TMPDIR/late.1") == 11 ]] ||
  fault 'something before MPI does not throw' "$TEST_TMPDIR/late.1"
[[ $(grep -c 'error 5: .*MPI is already finalised' "$TEST_TMPDIR/late.1") == 14 ]] ||
  fault 'something after MPI does not throw' "$TEST_TMPDIR/late.1"

ends good 1 twice 'error 5: environment: MPI was finalised and cannot start again'
ends good 1 before_and_after \
  'error 5: world: there is no environment' \
  'error 5: self: there is no environment' \
  'error 5: this: MPI is not initialised yet; it runs while an armada::environment lives' \
  'error 5: datatype_of: MPI is not initialised yet' \
  'error 5: communicator::borrow: MPI is not initialised yet' \
  '0 0 process ' \
  'error 5: communicator "world" was closed' \
  'error 5: communicator "MPI_COMM_WORLD" was closed' \
  'error 5: this: MPI is already finalised' \
  '0 1 process '

# Started by a launcher that speaks to another MPI, every rank finds itself alone.
export OMPI_COMM_WORLD_SIZE=3
ends bad 0 in_order 'main: environment: the launcher started 3 ranks, but each of them is alone' 'start it with mpiexec.mpich'
unset OMPI_COMM_WORLD_SIZE

wait "$alone" || failures=1
wait "$untaken" || failures=1
exit $((failures != 0))
