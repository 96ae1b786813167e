#!/usr/bin/env bash
# docs/mpi_coverage.md names every function of mpi.h once, and none that is not there.
set -uo pipefail

header() { echo '#include <mpi.h>' | mpicxx.mpich -DMPICH_SKIP_MPICXX -E "$@" -x c++ -; }
declared=$({ header; header -dM; } | grep -oE '\bMPI_[A-Z][A-Za-z0-9_]*\(' | grep '[a-z]' |
  sed 's/^MPI_//; s/($//; s/_c$//' | sort -u)
[[ $(wc -l <<<"$declared") -gt 400 ]] || { echo "mpi.h is not to be read"; exit 1; }
named=$(grep '^| `' docs/mpi_coverage.md | cut -d'|' -f2 | grep -oE '`[A-Za-z0-9_]+`' | tr -d '`' | sort)

failed=0
complain() { # TEXT NAMES
  [[ -z $2 ]] && return
  echo "$1:" $2
  failed=1
}
complain 'in mpi.h and not on the page' "$(comm -23 <(echo "$declared") <(sort -u <<<"$named"))"
complain 'on the page and not in mpi.h' "$(comm -13 <(echo "$declared") <(sort -u <<<"$named"))"
complain 'on the page twice' "$(uniq -d <<<"$named")"
exit "$failed"
