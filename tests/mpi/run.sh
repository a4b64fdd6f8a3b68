#!/bin/sh
# The bytes of verbs, and of the programs where they are built with MPI, on 1 to 4 processes of 1 and 2 threads; errors.
#   run.sh MPIRUN PROCESSES [FOLDER OF PROGRAMS]
set -u
mpirun=$1
processes=$2
programs=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# More processes than processors, which give way while they wait, and as root where the machine of a check is a
# container.
start() { # number of processes, command
  count=$1
  shift
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 \
    "$mpirun" -n "$count" "$@"
}
fail() {
  echo "FAILED: $*"
  exit 1
}

alone=$("$processes" 1) || fail "one process without mpirun"
for ranks in 1 2 3 4; do
  for threads in 1 2; do
    found=$(start $ranks "$processes" $threads | sort -u) || fail "$ranks processes of $threads threads"
    [ "$found" = "$alone" ] || fail "$ranks processes of $threads threads: $found instead of $alone"
  done
done

start 3 "$processes" 2 error > "$work/error" 2>&1 && fail "an error in one process is no success"
grep -q '^rank 1: piece 1 is ill' "$work/error" || fail "the error of rank 1 is not told elsewhere: $(cat "$work/error")"
begin=$(date +%s)
start 3 "$processes" 2 killed > "$work/killed" 2>&1 && fail "a process that is killed is no success"
[ $(($(date +%s) - begin)) -le 20 ] || fail "a process that is killed holds the others up"

[ -n "$programs" ] || exit 0

simulate() { # number of processes (0: without mpirun), threads
  folder=$work/simulate$1_$2
  mkdir "$folder"
  set -- "$1" "$2" "$programs/cardamom_simulate" --network fn4 --timepoints 0,6,12,24,48 --cells 40 --seed 5 --threads "$2" \
    --output "$folder/counts.tsv" --protein "$folder/protein.tsv"
  launch "$@"
}
launch() {
  ranks=$1
  shift 2
  if [ "$ranks" = 0 ]; then "$@"; else start "$ranks" "$@"; fi
}
infer() { # number of processes, threads, options
  ranks=$1
  threads=$2
  shift 2
  launch "$ranks" "$threads" "$programs/cardamom_infer" "$work/simulate0_1/counts.tsv" --threads "$threads" "$@"
}

for gene in 0 1 2 3 4; do echo '0.2 0.04'; done > "$work/rates.tsv"
simulate 0 1 || fail "cardamom_simulate"
for ranks in 1 2 3 4; do
  simulate $ranks 2 || fail "cardamom_simulate on $ranks processes"
  diff -r "$work/simulate0_1" "$work/simulate${ranks}_2" || fail "cardamom_simulate on $ranks processes"
done
for options in "--method paper --stability 8" "--method propagated --rates $work/rates.tsv" "--method paper --clusterer rjmcmc"; do
  infer 0 1 $options > "$work/alone" 2> "$work/notes" || fail "cardamom_infer $options: $(cat "$work/notes")"
  for ranks in 2 4; do
    infer $ranks 2 $options > "$work/shared" 2> "$work/shared_notes" || fail "cardamom_infer $options on $ranks"
    cmp "$work/alone" "$work/shared" || fail "cardamom_infer $options on $ranks processes"
    cmp "$work/notes" "$work/shared_notes" || fail "remarks of cardamom_infer $options on $ranks processes"
  done
done

start 3 "$programs/cardamom_infer" "$work/nothing.tsv" > "$work/out" 2>&1 && fail "no data are no success"
[ "$(grep -c 'error: .*nothing.tsv' "$work/out")" = 1 ] || fail "an error is told once: $(cat "$work/out")"
