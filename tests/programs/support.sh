# For the scripts beside it, each called with the folder of the programs: a scratch directory as working directory, and
# checks that say what failed.
set -u
programs=$(cd "$1" && pwd)
PATH=$programs:$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0
tab=$(printf '\t')

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# succeeds COMMAND...: exit code 0; standard output goes to ./out, standard error to ./err.
succeeds() {
  "$@" >out 2>err
  code=$?
  [ $code -eq 0 ] || fail "exit code $code of: $* -- $(cat err)"
}

# refuses CODE REGEX COMMAND...: that exit code, one line on standard error that matches, nothing on standard output, and
# no file made, removed or changed.
refuses() {
  want=$1
  regex=$2
  shift 2
  rm -f out err
  before=$(find . -type f -exec cksum {} + | sort)
  output=$("$@" 2>"$programs/refused.$$")
  code=$?
  message=$(cat "$programs/refused.$$")
  rm -f "$programs/refused.$$"
  after=$(find . -type f -exec cksum {} + | sort)
  [ $code -eq "$want" ] || fail "exit code $code, not $want, of: $* -- $message"
  [ "$(printf '%s\n' "$message" | wc -l)" -eq 1 ] || fail "not one line: $message"
  printf '%s\n' "$message" | grep -Eq -- "$regex" || fail "message of: $* -- $message -- does not match $regex"
  [ -z "$output" ] || fail "output of: $*"
  [ "$before" = "$after" ] || fail "files changed by: $*"
}

same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }
matches() { grep -Eq -- "$2" "$1" || fail "$1 has no line that matches $2: $(head -c 1000 "$1")"; }
lacks() { if grep -Eiq -- "$2" "$1"; then fail "$1 has a line that matches $2: $(grep -Ei -- "$2" "$1" | head -n 3)"; fi; }

finish() {
  [ $failures -eq 0 ] || exit 1
  echo "all checks passed"
}
