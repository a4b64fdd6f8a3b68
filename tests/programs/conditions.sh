# A screen from the same table to cells and back to a network: --conditions, --labels, --condition-key, --guide-effect.
. "$(dirname "$0")/support.sh"

fn4="--network fn4 --timepoints 0,12,24,48 --cells 40 --seed 3"
cat >screen.csv <<END
condition,node,effect,time
control,,none,
no 2,2,knock-out,
little 1,1,knock-down:0.1,
late,Stimulus,1,20
END

succeeds cardamom_simulate $fn4 --conditions screen.csv --labels labels.txt --output cells.tsv
[ "$(wc -l <labels.txt)" -eq 640 ] || fail "labels of cells"
[ "$(sort -u labels.txt | wc -l)" -eq 4 ] || fail "names of conditions"
# Gene 2 is the fourth row; cells of "no 2" follow the 160 of the control.
awk -F "$tab" 'NR == 4 { for (i = 162; i <= 321; ++i) sum += $i } END { exit sum != 0 }' cells.tsv ||
  fail "the knocked gene is counted"
awk -F "$tab" 'NR == 4 { for (i = 2; i <= 161; ++i) sum += $i } END { exit sum == 0 }' cells.tsv ||
  fail "the gene is not counted in the control"
# The stimulus of "late" is on from 20 h on: at the last two of four times.
awk -F "$tab" 'NR == 2 { for (i = 482; i <= 641; ++i) sum += $i } END { exit sum != 80 }' cells.tsv ||
  fail "the stimulus of a condition"
succeeds cardamom_simulate $fn4 --conditions screen.csv --output again.tsv --threads 2
same cells.tsv again.tsv

for gene in 1 2 3 4; do echo 0.5 0.1; done >rates.txt
screen="--condition-key labels.txt --conditions screen.csv"
for method in paper propagated refined; do
  succeeds cardamom_infer cells.tsv --rates rates.txt --method $method $screen --output $method.tsv
  matches err "4 genes, 4 conditions"
done
for method in paper propagated; do
  succeeds cardamom_infer cells.tsv --rates rates.txt --method $method --output pooled.tsv
  if cmp -s $method.tsv pooled.tsv; then fail "$method does not tell conditions apart"; fi
done
succeeds cardamom_infer cells.tsv --rates rates.txt --method paper $screen --fit fit.tsv --model model --output edges.tsv
same paper.tsv edges.tsv

# Cells of two of the conditions, labelled as a pooled screen labels them.
cut -f 1-321 cells.tsv >two.tsv
head -n 320 labels.txt | sed 's/control/non-targeting_1/; s/no 2/2/' >guides.txt
head -n 320 labels.txt >two.txt
succeeds cardamom_infer two.tsv --method paper --condition-key guides.txt --output guided.tsv
succeeds cardamom_infer two.tsv --method paper --condition-key two.txt --conditions screen.csv --output named.tsv
same guided.tsv named.tsv
succeeds cardamom_infer two.tsv --method paper --condition-key guides.txt --guide-effect knock-down:0.5 --output half.tsv

refuses 2 '--condition-key is missing' cardamom_infer cells.tsv --method paper --conditions screen.csv --output bad.tsv
refuses 2 'there is no file "none.txt"' cardamom_infer cells.tsv --method paper --condition-key none.txt --output bad.tsv
refuses 1 'conditions of 320 cells, must be 640' cardamom_infer cells.tsv --method paper --condition-key two.txt \
  --conditions screen.csv --output bad.tsv
sed 's/^2$/Sox2/' guides.txt >sox.txt
refuses 1 'sox.txt: cell 161 has guide "Sox2"' cardamom_infer two.tsv --method paper --condition-key sox.txt --output bad.tsv
refuses 2 'guide-effect: value is "burn"' cardamom_infer two.tsv --method paper --condition-key guides.txt \
  --guide-effect burn --output bad.tsv
sed 's/^no 2$/other/' labels.txt >renamed.txt
refuses 1 'renamed.txt: cell 161 is of condition "other"' cardamom_infer cells.tsv --method paper \
  --condition-key renamed.txt --conditions screen.csv --output bad.tsv
# A condition without the times of the others.
{ head -n 280 labels.txt; sed -n '281,320s/.*/control/p' labels.txt; tail -n 320 labels.txt; } >early.txt
refuses 1 '"no 2"\) has no cells at time 48' cardamom_infer cells.tsv --method paper --condition-key early.txt \
  --conditions screen.csv --output bad.tsv
echo 'x,9,knock-out' >unknown.csv
refuses 1 'unknown.csv, line 1, column 2: unknown gene "9"' cardamom_simulate $fn4 --conditions unknown.csv --output bad.tsv
refuses 2 '--labels is for --conditions' cardamom_simulate $fn4 --labels bad.txt --output bad.tsv
refuses 2 'what is done to genes is in the table' cardamom_simulate $fn4 --conditions screen.csv --knock-out 1 --output bad.tsv
finish
