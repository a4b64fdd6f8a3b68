# cardamom_predict: shares of types, perturbations, ranking, velocities; what it refuses.
. "$(dirname "$0")/support.sh"

times=0,6,24,48
succeeds cardamom_simulate --network fn4 --timepoints $times --cells 40 --seed 2 --output counts.tsv
succeeds cardamom_infer counts.tsv --method paper --model model --output edges.tsv
predicts="cardamom_predict model --counts counts.tsv --types 2 --cells 60"

# Shares of every type at every time, of the data and of the model; they add up.
succeeds $predicts --output shares.tsv --assigned types.txt
matches err 'note: nearest classifier: [0-9.]+ % \(standard error [0-9.]+\) of cells held out'
matches shares.tsv "^condition${tab}time${tab}type${tab}share${tab}lower${tab}upper${tab}spread${tab}cells$"
[ "$(wc -l <shares.tsv)" -eq 17 ] || fail "rows of the shares: $(wc -l <shares.tsv)"
[ "$(wc -l <types.txt)" -eq 160 ] || fail "types of cells"
awk -F "$tab" 'NR > 1 { sum[$1 $2] += $4; if (!($5 <= $4 && $4 <= $6)) exit 1 }
  END { for (key in sum) if (sum[key] < 0.999999 || sum[key] > 1.000001) exit 1 }' shares.tsv || fail "shares or intervals"
succeeds $predicts --threads 2
same shares.tsv out

# Types from a file give the shares of the data again; the other classifier does.
succeeds cardamom_predict model --counts counts.tsv --types types.txt --cells 60 --output again.tsv
matches err 'note: logistic classifier'
grep '^data' shares.tsv >data.tsv
grep '^data' again.tsv >data_again.tsv
same data.tsv data_again.tsv

# A knock-out changes the shares and is ranked; one model more, and its spread is told.
succeeds $predicts --timepoints 12,48 --knock-out 1 --over-express 2:0.5 --rank 2 --ranking ranking.tsv --output knocked.tsv
[ "$(grep -c '^perturbed' knocked.tsv)" -eq 4 ] || fail "rows of the perturbed cells"
[ "$(wc -l <ranking.tsv)" -eq 9 ] || fail "rows of the ranking"
matches ranking.tsv "^gene${tab}perturbation${tab}added${tab}share${tab}change${tab}standard_error${tab}spread$"
matches ranking.tsv "^1${tab}knock-out${tab}0${tab}[0-9.]+${tab}0${tab}0${tab}0$"
awk -F "$tab" 'NR > 2 && $5 > last { exit 1 } { last = $5 }' ranking.tsv || fail "order of the ranking"
succeeds cardamom_infer counts.tsv --method propagated --model other --output edges.tsv
succeeds cardamom_predict model other --counts counts.tsv --types 2 --cells 60 --output both.tsv
awk -F "$tab" '$1 == "unperturbed" && $7 > 0 { ++spread } END { exit spread == 0 }' both.tsv || fail "spread between models"

# Where cells are heading.
succeeds $predicts --output shares.tsv --velocity velocity.tsv
[ "$(wc -l <velocity.tsv)" -eq 641 ] || fail "rows of the velocities"
matches velocity.tsv "^cell${tab}time${tab}gene${tab}mRNA${tab}protein${tab}mRNA_velocity${tab}protein_velocity$"
lacks velocity.tsv nan

# As a file of AnnData, when programs are built with HDF5: Python's anndata reads it in another test.
if cardamom_predict model --counts counts.tsv --types 2 --cells 60 --output shares.tsv --velocity cells.h5ad 2>err; then
  succeeds cardamom_predict model --counts cells.h5ad --types type --cells 60 --output again.tsv
  grep '^data' shares.tsv >data.tsv
  grep '^data' again.tsv >data_again.tsv
  same data.tsv data_again.tsv
else
  matches err 'AnnData files need HDF5'
fi

# The page of pictures: the same for any number of threads, well-formed, self-contained, with every section.
for threads in 1 2; do
  succeeds $predicts --knock-out 1 --rank 2 --output knocked.tsv --report report_$threads --threads $threads
done
same report_1/index.html report_2/index.html
[ "$(ls -A report_1)" = index.html ] || fail "files beside the page"
page=report_1/index.html
for section in summary fates perturbations velocity; do matches $page "<section id=\"$section\">"; done
for picture in 'over time, unperturbed' 'over time, perturbed' 'perturbations ranked' 'cells by type' 'cells by time'; do
  matches $page "aria-label=\"[a-z ]*$picture"
done
lacks $page '://'
lacks $page '<script|<link|<iframe|@import|src='
lacks $page '[^a-z](nan|inf)[^a-z]'
if command -v xmllint >/dev/null; then
  sed 1d $page | xmllint --noout - 2>err || fail "the page is not well-formed: $(head -n 3 err)"
elif command -v python3 >/dev/null; then
  python3 -c 'import sys, xml.dom.minidom as x; x.parseString(open(sys.argv[1], "rb").read().split(b"\n", 1)[1])' \
    $page 2>err || fail "the page is not well-formed: $(tail -n 1 err)"
fi
succeeds $predicts --timepoints 48 --output one.tsv --report one_time
lacks one_time/index.html '[^a-z](nan|inf)[^a-z]'
matches one_time/index.html 'No perturbations were ranked'

# Cells of conditions: shares of each, seen and predicted, and a knock-out that nobody has seen beside them.
printf 'condition,node,effect\ncontrol,,none\nno 2,2,knock-out\n' >screen.csv
succeeds cardamom_simulate --network fn4 --timepoints $times --cells 40 --seed 2 --conditions screen.csv --labels labels.txt \
  --output screen.tsv
screen="--condition-key labels.txt --conditions screen.csv"
succeeds cardamom_infer screen.tsv $screen --method paper --model screened --output edges.tsv
predicts_screen="cardamom_predict screened --counts screen.tsv $screen --types 2 --cells 60"
succeeds $predicts_screen --knock-out 1 --output shares.tsv --report screen_report
[ "$(cut -f 1 shares.tsv | sort -u | tr '\n' ,)" = 'condition,control,data:control,data:no 2,no 2,perturbed,' ] ||
  fail "conditions of the shares: $(cut -f 1 shares.tsv | sort -u)"
[ "$(wc -l <shares.tsv)" -eq 41 ] || fail "rows of the shares of conditions"
awk -F "$tab" '$1 == "data:no 2" && $8 != 40 { exit 1 }' shares.tsv || fail "cells of a condition"
# What is predicted of the knock-out in the data is what its perturbation alone gives.
succeeds cardamom_predict screened --counts screen.tsv --types 2 --cells 60 --knock-out 2 --output alone.tsv
grep '^no 2' shares.tsv | cut -f 2- >of_condition.tsv
grep '^perturbed' alone.tsv | cut -f 2- >of_perturbation.tsv
same of_condition.tsv of_perturbation.tsv
for picture in 'over time, control' 'over time, no 2' 'over time, perturbed'; do
  matches screen_report/index.html "aria-label=\"[a-z ]*$picture"
done
refuses 2 'velocity is not for --condition-key' $predicts_screen --velocity bad.tsv
refuses 2 '--condition-key is missing' $predicts --conditions screen.csv

# Refused.
refuses 2 'there is no gene "x"' $predicts --knock-out x --output bad.tsv
refuses 2 'gene is "9", must be in 1 to 4' $predicts --knock-out 9 --output bad.tsv
refuses 2 '--rank: there is no type "neuron"; there are 1, 2' $predicts --rank neuron --ranking bad.tsv --output bad2.tsv
refuses 2 '--rank needs --ranking or --report' $predicts --rank 1 --output bad.tsv
refuses 2 '--ranking needs --rank' $predicts --ranking bad2.tsv --output bad.tsv
refuses 1 'none/report: the directory cannot be made' $predicts --report none/report --output bad.tsv
refuses 2 '--timepoints: time_points\[1\] is 6, must be above the one before, 24' $predicts --timepoints 24,6 --output bad.tsv
refuses 2 '--timepoints: time_points\[1\] is 6, must be above' $predicts --timepoints 6,6 --output bad.tsv
refuses 2 'time_points\[0\] is -50' $predicts --timepoints=-50,6 --output bad.tsv
refuses 2 '--confidence: value is 1, must be between 0 and 1' $predicts --confidence 1 --output bad.tsv
refuses 2 '--types: value is "500", must be at least 1' cardamom_predict model --counts counts.tsv --types 500 --output bad.tsv
refuses 2 '--types: there is no file "celltype"' cardamom_predict model --counts counts.tsv --types celltype --output bad.tsv
head -n 3 types.txt >few.txt
refuses 1 'few.txt: there are types of 3 cells, must be 160' cardamom_predict model --counts counts.tsv --types few.txt
printf '1\n\n2\n' >hole.txt
refuses 1 'hole.txt, line 2: the line is empty' cardamom_predict model --counts counts.tsv --types hole.txt
refuses 2 '--output would write over what --types reads' cardamom_predict model --counts counts.tsv --types types.txt \
  --output types.txt
refuses 2 '--output and --assigned would both write' $predicts --output a.tsv --assigned a.tsv
refuses 1 'none/basal.npy: cannot be opened' cardamom_predict none --counts counts.tsv
succeeds cardamom_simulate --network cn5 --timepoints 0,48 --cells 5 --output five.tsv
refuses 1 'model: the model has 1 input and 4 genes, five.tsv has 1 and 5' cardamom_predict model --counts five.tsv

finish
