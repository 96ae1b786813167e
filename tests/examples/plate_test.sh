#!/usr/bin/env bash
# The demonstration solves what can be solved, and says in one line what is wrong with anything else.
set -uo pipefail
plate=$PWD/examples/plate
cd "$TEST_TMPDIR" || exit 1
failures=0

fault() {
  echo "$1"
  sed 's/^/  | /' stdout stderr
  failures=$((failures + 1))
}

run() { # RANKS ARGUMENT…
  echo "run on $*"
  timeout 60 mpiexec.mpich -n "$1" "$plate" "${@:2}" >stdout 2>stderr </dev/null
}

expect_solved() { # RANKS ARGUMENT…: the table is there, nothing is on stderr, and both files are whole
  rm -rf out
  run "$@" || fault "exit status $?"
  [[ -s stderr ]] && fault 'something is on stderr'
  local name
  for name in ranks 'solved in' 'true residual' 'sparse product' 'dense product' 'memory read'; do
    grep -q "^$name  " stdout || fault "the table lacks: $name"
  done
  awk '/^true residual/ {exit !($3 >= 0 && $3 <= 1e-8)}' stdout || fault 'the residual is too large'
  [[ $(head -c 6 out/solution.npy | tail -c 5) == NUMPY ]] || fault 'solution.npy is no .npy file'
  [[ $(head -c 4 out/solution.png | tail -c 3) == PNG ]] || fault 'solution.png is no picture'
  [[ $(ls -A out) == $'solution.npy\nsolution.png' ]] || fault 'there is something else in the folder'
}

expect_error() { # TEXT ARGUMENT…: on 1 to 3 ranks, one line with this text and a failure
  local text=$1 ranks status
  shift
  for ranks in 1 2 3; do
    run $ranks "$@"
    status=$?
    [[ $status != 0 && $status != 124 ]] || fault "exit status $status"
    [[ -s stdout ]] && fault 'something is on stdout'
    [[ $(wc -l <stderr) == 1 ]] || fault 'not one line'
    grep -qF -- "$text" stderr || fault "the error lacks: $text"
  done
}

matrix() { # NAME CONTENT
  printf "$2" >"$1"
}
real='%%%%MatrixMarket matrix coordinate real general\n'

expect_solved 2 --size 60
data_begins=$(($(stat -c %s out/solution.npy) - 60 * 60 * 8))
((data_begins % 64 == 0 && data_begins > 0)) || fault 'solution.npy has the wrong length'
expect_solved 3 --size 1
matrix good.mtx '%%%%MatrixMarket matrix coordinate real symmetric\n3 3 5\n1 1 4\n2 2 5\n3 3 6\n2 1 1\n3 2 -1\n'
expect_solved 3 --matrix good.mtx
run 2 --help || fault '--help fails'
grep -q -- --matrix stdout || fault '--help does not tell of --matrix'

expect_error 'size' --size -3
expect_error 'size' --size 0
expect_error 'size' --size abc
expect_error 'size' --size
expect_error '--colour' --colour
expect_error 'matrix' --size 3 --matrix good.mtx
touch file
expect_error '--out file/folder' --size 3 --out file/folder
expect_error '--out /proc/nothing' --size 3 --out /proc/nothing
expect_error 'missing.mtx' --matrix missing.mtx
: >empty.mtx
expect_error 'empty.mtx, line 1' --matrix empty.mtx
matrix text.mtx 'no matrix\n'
expect_error 'text.mtx, line 1' --matrix text.mtx
matrix truncated.mtx "${real}2 2 3\n1 1 1.0000\n2 2 1.0000\n"
expect_error 'truncated.mtx, line 4' --matrix truncated.mtx
matrix wide.mtx "${real}2 3 1\n1 1 1\n"
expect_error 'wide.mtx, line 2: the matrix has 2 rows and 3 columns' --matrix wide.mtx
matrix index.mtx "${real}2 2 2\n1 1 1\n2 3 1\n"
expect_error 'index.mtx, line 4: column index 3' --matrix index.mtx
matrix forged.mtx "${real}2 2 1000000000000000\n1 1 1\n"
expect_error 'forged.mtx, line 2: there should be 1000000000000000 entries' --matrix forged.mtx
matrix indefinite.mtx '%%%%MatrixMarket matrix coordinate real symmetric\n2 2 3\n1 1 1\n2 2 1.5\n2 1 -4\n'
expect_error 'not positive definite: in iteration 1' --matrix indefinite.mtx
matrix zero.mtx "${real}3 3 2\n1 1 1\n3 3 1\n"
expect_error 'is 0 in row 1' --matrix zero.mtx

exit $((failures != 0))
