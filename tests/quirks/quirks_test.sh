#!/usr/bin/env bash
# Every fault of core/quirks.hpp shows in a plain MPI program exactly when the table says so for this library; and where
# the fault is a crash or a hang of the whole job, an Armada program gets through.
#
# Row 22 is about time alone: scripts/bench crowd shows it beside its cure, which core/progress_test proves to be linked.
set -uo pipefail

failed=0
complain() {
  echo "$1"
  failed=1
}

known() { # ROW: whether the table says that this library has the fault
  sed -n "s/^$1 //p" <<<"$table"
}

check() { # ROW RANKS [COMMAND …]: runs the plain program of the row under the command
  local row=$1 ranks=$2 status shows=yes attempt
  shift 2
  for ((attempt = 0; attempt < ${attempts:-1}; ++attempt)); do
    RAW_FILE=$TEST_TMPDIR/raw timeout 5 "$@" mpiexec.mpich -n "$ranks" tests/quirks/raw "$row" &>"$TEST_TMPDIR/log"
    status=$?
    [[ $status == 0 ]] || break
  done
  [[ $status != 2 ]] || complain "row $row: has no plain program"
  [[ $status != 0 ]] || shows=no
  echo "row $row: exit status $status on $ranks ranks"
  [[ $shows == "$(known "$row")" ]] && return
  if [[ $shows == no ]]; then
    complain "row $row no longer shows with this library: retire its workaround or narrow the row"
  else
    complain "row $row shows with this library, and the table does not know: $(tail -n 3 "$TEST_TMPDIR/log")"
  fi
}

gets_through() { # RANKS [COMMAND …]: an Armada program ends well under the command
  local ranks=$1
  shift
  timeout 20 "$@" mpiexec.mpich -n "$ranks" tests/quirks/known window || complain "Armada does not get through: $*"
}

table=$(tests/quirks/known)
[[ $(wc -l <<<"$table") -ge 34 ]] || complain "the table is short: $table"

for row in 1 2 3 4 5 5b 8b 9 28 30 50 51 53 55 56; do check "$row" 2; done
for row in 10 12 13 14 14b 14c 14d 14e 14f 14g 26 29 31 32 33 40 41 42 57; do check "$row" 1; done
check 52 3
check 54 4 env MPIR_CVAR_NUM_CLIQUES=2
attempts=10 check 27 4 env UCX_TLS=tcp,self # most runs hang, not all
gets_through 4 env UCX_TLS=tcp,self

cat >"$TEST_TMPDIR/small_shm" <<'END'
mount -t tmpfs -o size=32m tmpfs /dev/shm && exec "$@"
END
small_shm=(unshare --map-root-user --mount bash "$TEST_TMPDIR/small_shm")
if "${small_shm[@]}" true 2>/dev/null; then
  check 11 2 "${small_shm[@]}"
  gets_through 2 "${small_shm[@]}"
else
  echo 'row 11: not tried, because this user may not mount a small /dev/shm'
fi
exit "$failed"
