# Reads a test report in JUnit's XML, as GoogleTest and Bazel write it, and prints a line `OUTCOME PROGRAM CASE` for every
# case; OUTCOME is passed, failed, skipped or disabled. PROGRAM is given by -v program=…

function attribute(key) {
  if (!match($0, " " key "=\"[^\"]*\"")) return ""
  return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 4)
}

function finish() {
  if (name != "") print outcome, program, name
  name = ""
}

/^ *<testcase / && !in_message {
  finish()
  suite = attribute("classname")
  name = (suite == "" ? "" : suite ".") attribute("name")
  outcome = "passed"
  if (attribute("status") == "notrun") outcome = "disabled"
  if (attribute("result") == "skipped") outcome = "skipped"
}
/<(failure|error)[ >]/ && !in_message { outcome = "failed"; in_message = 1 }
/<\/(failure|error)>/ { in_message = 0 }
/^ *<\/testsuite>/ { finish() }
END { finish() }
