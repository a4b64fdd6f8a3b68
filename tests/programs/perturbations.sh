# Every option of cardamom_simulate beyond the first experiment: perturbations, processes, capture, proteins, one course.
. "$(dirname "$0")/support.sh"

fn8="--network fn8 --timepoints 0,12,48 --cells 40 --seed 3"

# Genes that are not downstream of the knocked one keep their counts: 5 and 8 of fn8 act on 1, 8 on nobody but itself.
succeeds cardamom_simulate $fn8 --common-random-numbers --output wild.tsv
succeeds cardamom_simulate $fn8 --common-random-numbers --knock-out 8 --output mutant.tsv --threads 2
head -n 9 wild.tsv >wild_others.tsv
head -n 9 mutant.tsv >mutant_others.tsv
same wild_others.tsv mutant_others.tsv
tail -n 1 mutant.tsv | awk -F "$tab" '{ for (i = 2; i <= NF; ++i) sum += $i } END { exit sum != 0 }' ||
  fail "the knocked gene is counted"

total() { awk -F "$tab" -v row="$2" 'NR == row { for (i = 2; i <= NF; ++i) sum += $i } END { print sum + 0 }' "$1"; }

succeeds cardamom_simulate $fn8 --knock-down 1:0.1,2:0 --over-express 8:2 --output changed.tsv
[ "$(total changed.tsv 4)" -eq 0 ] || fail "a gene at share 0 is counted"
[ "$(total changed.tsv 10)" -gt 2000 ] || fail "the over-expressed gene is not"

for process in bursty protein two-state; do
  succeeds cardamom_simulate $fn8 --process $process --output $process.tsv --protein protein_$process.tsv
  [ "$(total $process.tsv 3)" -gt 1000 ] || fail "$process: gene 1 is not counted"
  [ "$(wc -l <protein_$process.tsv)" -eq 10 ] || fail "$process: rows of the proteins"
done
succeeds cardamom_simulate $fn8 --process two-state --koff 500 --output sharp.tsv

succeeds cardamom_simulate $fn8 --capture 0.1 --depth-variation 0.3 --output thin.tsv
[ "$(total thin.tsv 3)" -lt "$(($(total bursty.tsv 3) / 5))" ] || fail "capture does not thin the counts"

succeeds cardamom_simulate $fn8 --trajectory course.tsv --output counts.tsv
[ "$(wc -l <course.tsv)" -eq 1002 ] || fail "rows of the course"
matches course.tsv "^time${tab}mRNA 1${tab}"
matches course.tsv "^-5(${tab}0){16}$"
lacks course.tsv nan

refuses 2 'there is no gene "x"' cardamom_simulate $fn8 --knock-out x --output bad.tsv
refuses 2 'gene is "9", must be in 1 to 8' cardamom_simulate $fn8 --knock-out 9 --output bad.tsv
refuses 2 'must be GENE:NUMBER' cardamom_simulate $fn8 --knock-down 1 --output bad.tsv
refuses 2 'remaining is 2, must be in \[0, 1\]' cardamom_simulate $fn8 --knock-down 1:2 --output bad.tsv
refuses 2 'efficiency is 1.5' cardamom_simulate $fn8 --capture 1.5 --output bad.tsv
refuses 2 'process' cardamom_simulate $fn8 --process fast --output bad.tsv
# A rate of promoters has no use where there are none.
refuses 2 'error: --koff is the rate of promoters, which only --process two-state has' \
  cardamom_simulate $fn8 --koff 500 --output bad.tsv
finish
