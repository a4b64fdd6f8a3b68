# Cells from a known network, the network from the cells, its score, and cells from the inferred network.
. "$(dirname "$0")/support.sh"

times=0,6,12,24,36,48,60,72,84,96
for threads in 1 2; do
  succeeds cardamom_simulate --network fn4 --timepoints $times --cells 100 --seed 3 --threads $threads \
    --output counts_$threads.tsv --truth truth_$threads.tsv
  lacks err .
done
same counts_1.tsv counts_2.tsv
same truth_1.tsv truth_2.tsv
[ "$(wc -l <counts_1.tsv)" -eq 6 ] || fail "rows of the counts"
[ "$(head -n 1 counts_1.tsv | awk -F "$tab" '{ print NF }')" -eq 1001 ] || fail "cells of the counts"
matches truth_1.tsv "^4${tab}1${tab}-10$"
succeeds cardamom_simulate --network fn4 --timepoints $times --cells 100 --seed 4 --output other.tsv
if cmp -s counts_1.tsv other.tsv; then fail "two seeds give the same cells"; fi

for threads in 1 2; do
  succeeds cardamom_infer counts_1.tsv --threads $threads --output edges_$threads.tsv --model model_$threads
  [ ! -s out ] || fail "edges on standard output as well"
done
same edges_1.tsv edges_2.tsv
for array in basal inter kmin kmax bet data_bool basal_t inter_t; do
  same model_1/$array.npy model_2/$array.npy
done
succeeds cardamom_infer counts_1.tsv
same out edges_1.tsv
matches edges_1.tsv "^source${tab}target${tab}weight${tab}score$"
lacks edges_1.tsv 'nan|inf'

for gene in 0 1 2 3 4; do echo '0.2 0.04'; done >rates.tsv
succeeds cardamom_infer counts_1.tsv --method refined --rates rates.tsv --output refined.tsv
matches refined.tsv "^source${tab}target${tab}weight${tab}score${tab}probability$"
awk 'NR > 1 && !($5 >= 0 && $5 <= 1) { exit 1 }' refined.tsv || fail "probabilities: $(cat refined.tsv)"
matches err '^cardamom_infer: note: fit: simulated cells are [0-9.]+ molecules from the data \(chance [0-9.]+, floor'

# How close simulated cells come: a line per gene and time; any method, any number of threads.
for threads in 1 2; do
  succeeds cardamom_infer counts_1.tsv --rates rates.tsv --fit fit_$threads.tsv --threads $threads
  matches err 'note: fit: simulated cells are .* gene-times fail'
done
same fit_1.tsv fit_2.tsv
matches fit_1.tsv "^gene${tab}time${tab}distance${tab}spreads${tab}chance${tab}floor${tab}unchanged${tab}verdict$"
genes=$(($(wc -l <counts_1.tsv) - 2))
times=$(head -n 1 counts_1.tsv | tr "$tab" '\n' | sed 1d | sort -u | wc -l)
[ "$(wc -l <fit_1.tsv)" -eq $((genes * times + 1)) ] || fail "lines of the fit: $(cat fit_1.tsv)"
awk -F "$tab" 'NR > 1 && !($3 >= 0 && $8 ~ /^(fits|fails)$/) { exit 1 }' fit_1.tsv || fail "fit: $(cat fit_1.tsv)"
lacks fit_1.tsv 'nan|inf'
refuses 1 'none/fit.tsv: cannot be written' cardamom_infer counts_1.tsv --fit none/fit.tsv

# Time points that take no part: a line each, and the edges of all cells.
last=$(head -n 1 counts_1.tsv | tr "$tab" '\n' | sed 1d | sort -gu | tail -n 1)
succeeds cardamom_infer counts_1.tsv --hold-out $last
same out edges_1.tsv
matches err "^cardamom_infer: note: held out $last h: predicted cells are [0-9.]+ molecules from the data \\(chance [0-9.]+"
refuses 2 'error: --hold-out: times\[0\] is 0, the first time point' cardamom_infer counts_1.tsv --hold-out 0
refuses 2 'error: --hold-out: times\[1\] is 7.5, must be a later time point' cardamom_infer counts_1.tsv --hold-out $last,7.5
refuses 2 'error: --hold-out: times\[0\] is nan, must be finite' cardamom_infer counts_1.tsv --hold-out nan

succeeds cardamom_evaluate edges_1.tsv truth_1.tsv
for measure in auroc aupr average_precision early_precision sign_accuracy; do
  awk -v name=$measure '$1 == name && $2 >= 0.5 && $2 <= 1 { found = 1 } END { exit !found }' out ||
    fail "$measure: $(cat out)"
done
matches out "^true_edges${tab}5$"
matches out "^candidates${tab}16$"
succeeds cardamom_evaluate truth_1.tsv truth_1.tsv
matches out "^aupr${tab}1$"
succeeds cardamom_evaluate --undirected truth_1.tsv truth_1.tsv
matches out "^candidates${tab}10$"

# Names, from a file and in the table itself, change nothing but the names.
printf '0   Light\n1\tA\n2\tB\n3\tC\n4\tD\n' >names.txt
succeeds cardamom_infer counts_1.tsv --genes names.txt --output named.tsv
awk -F "$tab" -v OFS="$tab" 'BEGIN { split("Light A B C D", name, " ") }
  NR > 1 { $1 = name[$1 + 1]; $2 = name[$2 + 1] } { print }' edges_1.tsv >expected.tsv
same named.tsv expected.tsv
awk -F "$tab" -v OFS="$tab" 'BEGIN { split("Light A B C D", name, " ") } NR > 1 { $1 = name[NR - 1] } { print }' \
  counts_1.tsv >labelled.tsv
succeeds cardamom_infer labelled.tsv
same out expected.tsv
awk -F "$tab" -v OFS="$tab" 'BEGIN { split("Light A B C D", name, " ") }
  NR > 1 { $1 = name[$1 + 1]; $2 = name[$2 + 1] } { print }' truth_1.tsv >named_truth.tsv
succeeds cardamom_evaluate edges_1.tsv truth_1.tsv
mv out by_index
succeeds cardamom_evaluate named.tsv named_truth.tsv --genes names.txt
same out by_index
succeeds cardamom_evaluate named.tsv truth_1.tsv --genes names.txt
same out by_index

# The inferred network makes cells again, with rates given and without.
printf '1\t1\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
succeeds cardamom_simulate --model model_1 --rates rates.txt --timepoints 0,96 --cells 50 --burn-in 10 --output again.tsv
[ "$(wc -l <again.tsv)" -eq 6 ] || fail "rows of the counts made again"
succeeds cardamom_simulate --model model_1 --timepoints 0,96 --cells 50 --output slow.tsv
if cmp -s again.tsv slow.tsv; then fail "degradation rates do not matter"; fi
# Rates equal to the network's own change nothing.
succeeds cardamom_simulate --network fn4 --rates rates.txt --timepoints 0,6 --cells 20 --output rates.tsv
succeeds cardamom_simulate --network fn4 --timepoints 0,6 --cells 20 --output no_rates.tsv
same rates.tsv no_rates.tsv

for network in toggles cn5 fn8 bn8 tree:7 cascade:3; do
  succeeds cardamom_simulate --network $network --timepoints 0,5.5 --cells 3 --output network.tsv --truth network_truth.tsv
  [ "$(head -n 1 network.tsv | awk -F "$tab" '{ print NF }')" -eq 7 ] || fail "cells of $network"
done
[ "$(wc -l <network_truth.tsv)" -eq 4 ] || fail "edges of a cascade"

for program in cardamom_simulate cardamom_infer cardamom_evaluate; do
  succeeds $program --help
  matches out 'Usage: '
  matches out 'Exit code'
done
finish
