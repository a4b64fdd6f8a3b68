# Several inputs and none: schedules of levels, panels, model directories, edge lists, rates, names.
. "$(dirname "$0")/support.sh"

# The default schedule of the one input, said aloud.
fn4="--network fn4 --timepoints 0,6,24 --cells 20 --seed 5"
succeeds cardamom_simulate $fn4 --output default.tsv
for name in 0 input:Stimulus; do
  succeeds cardamom_simulate $fn4 --input $name=0:1 --output said.tsv
  same default.tsv said.tsv
done
# Another schedule: the row of the stimulus is its level just before the cells are read.
succeeds cardamom_simulate $fn4 --input 0=0:0.5,10:2 --output levels.tsv
[ "$(sed -n 2p levels.tsv | tr '\t' '\n' | sort -u | tr '\n' ' ')" = "0 0.5 2 " ] || fail "levels of the stimulus"

refuses 2 'there is no input "dose"' cardamom_simulate $fn4 --input dose=0:1 --output bad.tsv
refuses 2 'there is no input "1"' cardamom_simulate $fn4 --input 1=0:1 --output bad.tsv
refuses 2 'must be NAME=TIME:LEVEL' cardamom_simulate $fn4 --input 0 --output bad.tsv
refuses 2 'change is "5", must be TIME:LEVEL' cardamom_simulate $fn4 --input 0=5 --output bad.tsv
refuses 2 'change is "0:-1", must be TIME:LEVEL' cardamom_simulate $fn4 --input 0=0:-1 --output bad.tsv
refuses 2 'input "Stimulus" is given twice|input "0" is given twice' \
  cardamom_simulate $fn4 --input 0=0:1 --input 0=1:1 --output bad.tsv

# Two inputs: their model is written by the inference from a panel with two rows of inputs.
awk -F '\t' -v OFS='\t' 'NR == 3 { $1 = "input:dose"; for (i = 2; i <= NF; i++) $i = i % 3 }
  NR > 3 { $1 = NR - 3 } { print }' levels.tsv >two.tsv
succeeds cardamom_infer two.tsv --output two_edges.tsv --model two --dot two.dot
matches err ': panel, 60 cells at 3 time points from [0-9.]+ to [0-9.]+ h, 3 genes$'
matches two/inputs.tsv "^input:dose${tab}dose\$"
lacks two_edges.tsv "^[^$tab]*$tab(0|input:dose)${tab}"
# The same rows without a mark, named by an option.
sed 's/^input:dose/dose/' two.tsv >bare.tsv
succeeds cardamom_infer bare.tsv --inputs Stimulus,dose --output bare_edges.tsv
same two_edges.tsv bare_edges.tsv
refuses 1 'bare.tsv, line 3, column 1: the row is that of "dose", must be that of input heat' \
  cardamom_infer bare.tsv --inputs Stimulus,heat --output bad.tsv
# Names of genes, with and without a line for the input that names itself; rates with and without lines of inputs.
printf '0 Light\n1 A\n2 B\n3 C\n' >names.txt
succeeds cardamom_infer two.tsv --genes names.txt --output named.tsv
printf 'input:dose\n0 Light\n1 A\n2 B\n3 C\n' >names.txt
succeeds cardamom_infer two.tsv --genes names.txt --output again.tsv
same named.tsv again.tsv
printf '0.5 0.1\n0.5 0.1\n0.5 0.1\n' >rates.txt
printf '0 0\n0 0\n0.5 0.1\n0.5 0.1\n0.5 0.1\n' >more_rates.txt

# Cells of that model: a row per input, each with its own schedule.
two="--model two --timepoints 0,6,24 --cells 10 --rates rates.txt"
succeeds cardamom_simulate $two --input dose=3:2 --input 0=0:1,20:0 --output cells.tsv --truth truth.tsv
[ "$(sed -n 2p cells.tsv | cut -f 2,12,22)" = "0${tab}1${tab}0" ] || fail "level of the first input"
[ "$(sed -n 3p cells.tsv | cut -f 1,2,12,22)" = "input:dose${tab}0${tab}2${tab}2" ] || fail "level of the second input"
[ "$(wc -l <cells.tsv)" -eq 6 ] || fail "rows of the panel"
succeeds cardamom_simulate --model two --timepoints 0,6,24 --cells 10 --rates more_rates.txt --input dose=3:2 \
  --input 0=0:1,20:0 --output same_cells.tsv
same cells.tsv same_cells.tsv
refuses 2 'gene is "dose", must be in 1 to 3' cardamom_simulate $two --knock-out dose --output bad.tsv
refuses 2 'gene is "4", must be in 1 to 3' cardamom_simulate $two --knock-out 4 --output bad.tsv

# Edge lists with a marked input: it is a source only.
printf '0\t1\t3\ninput:dose\t2\t2\n1\t2\t1\n' >some.tsv
printf 'source\ttarget\tweight\n0\t1\t1\ninput:dose\t2\t-1\n' >true.tsv
succeeds cardamom_evaluate some.tsv true.tsv
matches out "^candidates${tab}6\$"
matches out "^auroc${tab}1\$"
matches out "^sign_accuracy${tab}0.5\$"
printf 'Stimulus\tA\t3\ninput:dose\tB\t2\nA\tB\t1\n' >some.tsv
printf 'Stimulus\tA\t1\ninput:dose\tB\t-1\n' >true.tsv
cp out by_index
succeeds cardamom_evaluate some.tsv true.tsv
same out by_index

# No inputs at all.
sed 2d default.tsv >none.tsv
refuses 1 'must be that of the stimulus' cardamom_infer none.tsv --output bad.tsv
succeeds cardamom_infer none.tsv --inputs none --output none_edges.tsv --model none
lacks none_edges.tsv "^0${tab}"
[ "$(cat none/inputs.tsv)" = "input${tab}name" ] || fail "inputs of a model without any"
succeeds cardamom_simulate --model none --timepoints 0,6 --cells 5 --output none_cells.tsv
[ "$(sed -n 2p none_cells.tsv | cut -f 1)" = 1 ] || fail "the first row of a panel without inputs"
refuses 2 'there is no input "0"' cardamom_simulate --model none --timepoints 0 --cells 1 --input 0=0:1 --output bad.tsv
finish
