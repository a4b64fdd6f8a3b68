# Signals at any moment: exit code 130 or 143, all files or none of them, and no temporary file; after a kill the next run
# removes what was left.
. "$(dirname "$0")/support.sh"
if ! timeout 5 true 2>err; then
  echo "no timeout here: signals were not sent"
  exit 0
fi

# The program with its four outputs in a folder, which it also replaces; OLD and NEW are what it writes by two seeds.
simulate() {
  folder=$1
  shift
  "$@" cardamom_simulate --network fn4 --timepoints 0,2,4 --cells "$cells" --seed "$seed" --burn-in 1 \
    --output "$folder/counts.tsv" --protein "$folder/protein.tsv" --trajectory "$folder/course.tsv" \
    --truth "$folder/edges.tsv" 2>err
}
content() { (cd "$1" && cksum counts.tsv protein.tsv course.tsv edges.tsv 2>/dev/null); }
now() { date +%s%N; }

mkdir old new runs
cells=500
seed=1
simulate old || fail "$(cat err)"
seed=2
while :; do
  begin=$(now)
  simulate new || fail "$(cat err)"
  took=$((($(now) - begin) / 1000000))
  # Long enough for signals in all of its stages.
  [ $took -lt 250 ] && [ "$cells" -lt 100000 ] || break
  cells=$((cells * 2))
done
old=$(content old)
new=$(content new)

interrupted=0
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  signal=INT
  want=130
  [ $((round % 2)) -eq 0 ] && { signal=TERM want=143; }
  cp old/*.tsv runs/
  delay=$(awk -v round=$round -v took=$took 'BEGIN { srand(round); printf "%.4f", took * (round - rand()) / 19000 }')
  simulate runs timeout --preserve-status -s $signal "$delay"
  code=$?
  case "$(content runs)" in
    "$old") state=nothing ;;
    "$new") state='all files' ;;
    *) fail "a mixture after SIG$signal at $delay s" ;;
  esac
  [ "$(ls -A runs | wc -l)" -eq 4 ] || fail "files left by SIG$signal at $delay s: $(ls -A runs)"
  if [ $code -eq 0 ]; then
    [ "$state" = 'all files' ] || fail "exit code 0, but $state was written"
    continue
  fi
  interrupted=$((interrupted + 1))
  # Before the program is there to take it, a signal is the system's.
  [ $code -eq $want ] || fail "exit code $code, not $want, after SIG$signal at $delay s: $(cat err)"
  grep -Eq "^cardamom_simulate: interrupted, ($state was|$state were) written\$" err || [ ! -s err ] ||
    fail "words of SIG$signal at $delay s, $state written: $(cat err)"
done
[ $interrupted -ge 10 ] || fail "only $interrupted runs were interrupted"

# The directories of cardamom_infer as well.
infer() {
  "$@" cardamom_infer new/counts.tsv --output all/edges.tsv --dot all/net.dot --model all/model --report all/report 2>err
}
mkdir all
cells=200
simulate new || fail "$(cat err)"
begin=$(now)
infer || fail "$(cat err)"
took=$((($(now) - begin) / 1000000))
whole=$(find all | sort)
for share in 0.1 0.5 0.8 0.9 0.95 1; do
  rm -r all
  mkdir all
  infer timeout --preserve-status -s INT "$(awk -v took=$took -v share=$share 'BEGIN { printf "%.4f", took * share / 1000 }')"
  code=$?
  left=$(find all | sort)
  [ "$left" = all ] || [ "$left" = "$whole" ] || fail "of the inference, exit code $code, there are: $left"
  [ $code -eq 130 ] || [ "$left" = "$whole" ] || fail "exit code $code of an interrupted inference"
done

# A kill leaves temporary files, where it comes while they are written; the next run with these outputs removes them.
for delay in 0.6 0.75 0.9 1; do
  at=$(awk -v took=$took -v share=$delay 'BEGIN { printf "%.4f", took * share / 1000 }')
  simulate runs timeout -s KILL "$at"
done
echo left >runs/counts.tsv.cardamom.part0
echo left >runs/edges.tsv.cardamom.part3
echo other >runs/counts.tsv.part0
simulate runs || fail "$(cat err)"
[ "$(content runs)" = "$(content new)" ] || fail "other files after a kill"
[ "$(echo $(ls -A runs))" = 'counts.tsv counts.tsv.part0 course.tsv edges.tsv protein.tsv' ] ||
  fail "after a kill there are: $(ls -A runs)"

# A pipe that nobody reads.
if mkfifo pipe 2>err; then
  timeout --preserve-status -s TERM 1 cardamom_simulate --network fn4 --timepoints 0 --cells 2 --output one.tsv \
    --truth pipe 2>err
  code=$?
  [ $code -eq 143 ] || fail "exit code $code of a run that waits for a reader"
  [ "$(ls -d one.tsv* 2>/dev/null)" = '' ] || fail "files left by a run that waits for a reader"
fi
finish
