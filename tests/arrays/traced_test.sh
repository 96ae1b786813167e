#!/usr/bin/env bash
# ARMADA_TRACE: a program that knows nothing of it leaves a trace, and a path that cannot be written is an error.
set -uo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

fault() {
  echo "$1"
  head -c 2000 "$scratch/out" "$scratch/trace.json" 2>&1
  failures=$((failures + 1))
}
run() {
  timeout 60 mpiexec.mpich -n 2 tests/arrays/traced >"$scratch/out" 2>&1 </dev/null
}
count() { # NUMBER PATTERN
  local got
  got=$(grep -cE "$2" "$scratch/trace.json")
  [[ $got == "$1" ]] || fault "$got lines instead of $1 have: $2"
}

ARMADA_TRACE=$scratch/trace.json run || fault 'the program failed'
count 1 '^\{"traceEvents":\[$'
count 1 '^\],"displayTimeUnit":"ns","otherData":\{"dropped":0\}\}$'
for rank in 0 1; do
  count 1 "\"name\":\"put\",\"ph\":\"X\",.*\"pid\":$rank,.*\"bytes\":4,"
  count 1 "\"name\":\"fence\",\"ph\":\"X\",.*\"pid\":$rank,"
done
[[ -s $scratch/out ]] && fault 'something was printed'
[[ $(ls "$scratch") == $'out\ntrace.json' ]] || fault "files were left: $(ls "$scratch")"

ARMADA_TRACE=/nowhere/trace.json run && fault 'the program did not fail'
grep -qF '/nowhere/trace.json: cannot be written' "$scratch/out" || fault 'the path is not named'
exit $((failures != 0))
