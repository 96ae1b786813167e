#!/usr/bin/env bash
# Every C++ snippet of a page is in one of the programs beside it, line by line but for the indentation, so that it
# compiles and runs as printed:   snippets_test.sh PAGE PROGRAM...
set -euo pipefail
page=$1
shift

cat "$@" | awk '
  { gsub(/^[ \t]+|[ \t]+$/, "") }
  FNR == NR { program[++lines] = $0; next }
  /^```cpp$/ { inside = 1; count = 0; start = FNR + 1; next }
  /^```$/ && inside {
    inside = 0
    ++snippets
    found = 0
    for (at = 0; at + count <= lines && !found; ++at) {
      for (i = 1; i <= count && snippet[i] == program[at + i]; ++i);
      found = i > count
    }
    if (!found) { print FILENAME ":" start ": this snippet is in no program"; failed = 1 }
    next
  }
  inside { snippet[++count] = $0 }
  END {
    if (snippets == 0) { print "there is no snippet"; exit 1 }
    print snippets " snippets"
    exit failed
  }
' - "$page"
