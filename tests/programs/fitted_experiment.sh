# What was fitted goes with the model directory: degradation rates, what cells were at the first observation, their
# depths, levels of inputs over time; options of cardamom_simulate decide otherwise.
. "$(dirname "$0")/support.sh"

cardamom_simulate --network fn4 --timepoints 0,6,12,24,48,96 --cells 100 --seed 2 --output counts.tsv || exit 1
printf '0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
succeeds cardamom_infer counts.tsv --method paper --output edges.tsv --model plain
[ ! -e plain/rates.tsv ] || fail "rates that are not known"
printf 'version\t1\nfirst_observation\t0\nfirst_state\tburn-in\t5\ndepth_deviation\t0\nlevel\t-5\t0\t0\nlevel\t0\t0\t1\n' \
  >expected.tsv
same plain/experiment.tsv expected.tsv
succeeds cardamom_infer counts.tsv --method paper --rates rates.txt --output edges.tsv --model model
printf 'd0\td1\n1\t1\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >expected.tsv
same model/rates.tsv expected.tsv

# Rates of the directory, and those of the command line in their place.
cells="--timepoints 0,6,48 --cells 40 --seed 3"
succeeds cardamom_simulate --model model $cells --output own.tsv
succeeds cardamom_simulate --model plain --rates rates.txt $cells --output given.tsv
same own.tsv given.tsv
printf '0.4\t0.08\n0.4\t0.08\n0.4\t0.08\n0.4\t0.08\n' >fast.txt
succeeds cardamom_simulate --model model --rates fast.txt $cells --output fast.tsv
if cmp -s own.tsv fast.tsv; then fail "--rates do not decide"; fi
# A directory without either file says nothing: the defaults.
cp -r plain bare
rm bare/experiment.tsv
succeeds cardamom_simulate --model bare --rates rates.txt $cells --output bare.tsv
same own.tsv bare.tsv

# The first state.
first() { # NAME FIRST_STATE...: a copy of the model with that line.
  rm -rf "$1"
  cp -r model "$1"
  sed "s/^first_state.*/first_state$tab$2$tab$3/" model/experiment.tsv >"$1/experiment.tsv"
}
total() { awk -F "$tab" 'NR > 2 { for (i = 2; i <= 41; i++) sum += $i } END { print sum }' "$1"; } # at the first time
first rest rest 60
first burnt burn-in 2
succeeds cardamom_simulate --model rest $cells --output rest.tsv
succeeds cardamom_simulate --model burnt $cells --output burnt.tsv
succeeds cardamom_simulate --model model $cells --burn-in 2 --output said.tsv
same burnt.tsv said.tsv
for from in rest model; do
  succeeds cardamom_simulate --model $from $cells --start burn-in:2 --output said.tsv
  same burnt.tsv said.tsv
done
first long rest 300
succeeds cardamom_simulate --model long $cells --output long.tsv
succeeds cardamom_simulate --model model $cells --start rest --output said.tsv
same long.tsv said.tsv
[ "$(total rest.tsv)" -gt "$(total burnt.tsv)" ] || fail "cells at rest have $(total rest.tsv), young ones $(total burnt.tsv)"
refuses 2 '--start: value is "asleep", must be rest or burn-in:H' \
  cardamom_simulate --model model $cells --start asleep --output bad.tsv
refuses 2 '--start: value is "burn-in:-1"' cardamom_simulate --model model $cells --start burn-in:-1 --output bad.tsv
refuses 2 '--start' cardamom_simulate --model model $cells --start rest --burn-in 3 --output bad.tsv
# At rest there is no first time: cells live before whatever comes first.
succeeds cardamom_simulate --model rest --timepoints=-20,6 --cells 3 --output early.tsv
refuses 2 'time_points\[0\] is -20, must be at least -2, where cells begin' \
  cardamom_simulate --model burnt --timepoints=-20,6 --cells 3 --output bad.tsv
succeeds cardamom_simulate --network fn4 --start rest --timepoints 0 --cells 3 --output network.tsv

# Levels of inputs: those of the directory are before the first observation what they are from the beginning.
printf 'version\t1\nfirst_observation\t6\nfirst_state\tburn-in\t2\ndepth_deviation\t0\nlevel\t-9\t0\t0.5\nlevel\t6\t0\t0\nlevel\t12\t0\t1\n' \
  >model/experiment.tsv
succeeds cardamom_simulate --model model --timepoints 5,6,12,24 --cells 1 --output levels.tsv --trajectory course.tsv
[ "$(sed -n 1,2p levels.tsv | cut -f 2-)" = "$(printf '5\t6\t12\t24\n0.5\t0.5\t0\t1')" ] ||
  fail "levels of the directory: $(sed -n 1,2p levels.tsv)"
[ "$(sed -n 2p course.tsv | cut -f 1) $(tail -n 1 course.tsv | cut -f 1)" = "4 24" ] || fail "times of a course"
refuses 2 'time_points\[0\] is 3, must be at least 4, where cells begin' \
  cardamom_simulate --model model --timepoints 3,6 --cells 1 --output bad.tsv
succeeds cardamom_simulate --model model --timepoints 5,6,12,24 --cells 1 --input 0=5.5:0.25 --output levels.tsv
[ "$(sed -n 2p levels.tsv | cut -f 2-)" = "$(printf '0\t0.25\t0.25\t0.25')" ] || fail "levels of the command line"
# Those of a table go with its model, times of any origin.
awk -F "$tab" -v OFS="$tab" 'NR == 1 { for (i = 2; i <= NF; i++) $i += 48 }
  NR == 2 { for (i = 2; i <= NF; i++) $i = i <= 101 ? 2 : i <= 201 ? 0 : 4 } { print }' counts.tsv >doses.tsv
succeeds cardamom_infer doses.tsv --method paper --output edges.tsv --model doses
printf 'version\t1\nfirst_observation\t48\nfirst_state\tburn-in\t5\ndepth_deviation\t0\nlevel\t43\t0\t0.5\nlevel\t48\t0\t0\nlevel\t54\t0\t1\n' \
  >expected.tsv
same doses/experiment.tsv expected.tsv

# Depths.
sed "s/^depth_deviation.*/depth_deviation${tab}1/" plain/experiment.tsv >deep.tsv
cp -r model deep
cp deep.tsv deep/experiment.tsv
succeeds cardamom_simulate --model deep $cells --output deep_cells.tsv
if cmp -s own.tsv deep_cells.tsv; then fail "depths of the directory do not matter"; fi
succeeds cardamom_simulate --model deep --depth-variation 0 $cells --output alike.tsv
same own.tsv alike.tsv

# Files that cannot be understood.
bad() {
  printf "$1" >deep/experiment.tsv
  refuses 1 "^cardamom_simulate: error: deep/experiment.tsv$2" cardamom_simulate --model deep $cells --output bad.tsv
}
bad 'version\t2\n' ', line 1, column 2: version of the file is "2", must be 1'
bad 'version\t1\nfirst_state\tasleep\t5\n' ', line 2, column 2: first state is "asleep", must be burn-in or rest'
bad 'version\t1\n' ': there is no line first_observation'
cp deep.tsv deep/experiment.tsv
printf '1\t1\n' >deep/rates.tsv
refuses 1 'deep/rates.tsv: the file holds rates of 1 genes' cardamom_simulate --model deep $cells --output bad.tsv
# Nothing of an older model survives.
succeeds cardamom_infer counts.tsv --method paper --output edges.tsv --model deep
[ ! -e deep/rates.tsv ] || fail "rates of an older model"
finish
