# Depths of cells: from a table in order or by name, from totals over all genes, from a column of an AnnData file.
. "$(dirname "$0")/support.sh"

simulate="--network fn4 --timepoints 24,48,96 --cells 40 --seed 1"
succeeds cardamom_simulate $simulate --depth-variation 0.5 --output counts.tsv
succeeds cardamom_infer counts.tsv --method paper --output none.tsv
succeeds cardamom_infer counts.tsv --method paper --depth none --output said.tsv
same none.tsv said.tsv

# Totals, and a table of them.
awk -F "$tab" 'NR > 2 { for (i = 2; i <= NF; i++) sum[i] += $i } END { for (i = 2; i <= NF; i++) print sum[i] + 1 }' \
  counts.tsv >more.txt
awk '{ print $1 - 1 }' more.txt >totals.txt
grep -qx 0 totals.txt && fail "a cell without molecules: choose another seed"
succeeds cardamom_infer counts.tsv --method paper --depth totals --output by_totals.tsv
succeeds cardamom_infer counts.tsv --method paper --depth totals.txt --output by_table.tsv
same by_totals.tsv by_table.tsv
cmp -s none.tsv by_totals.tsv && fail "depths change nothing"
succeeds cardamom_infer counts.tsv --method paper --depth more.txt --output by_more.tsv
cmp -s by_totals.tsv by_more.tsv && fail "the table is not read"
# A file may be called as a word.
cp more.txt totals
succeeds cardamom_infer counts.tsv --method paper --depth ./totals --output again.tsv
same by_more.tsv again.tsv
rm totals again.tsv

# Genes are chosen after totals are taken; cells are found by name.
mkdir beeline
awk -F "$tab" 'BEGIN { split("Sox2 Klf4 Esrrb Nanog", name, " ") }
  NR == 1 { for (i = 2; i <= NF; i++) printf ",E_%d", i - 1; print "" }
  NR > 2 { printf "%s", name[NR - 2]; for (i = 2; i <= NF; i++) printf ",%s", $i; print "" }' \
  counts.tsv >beeline/ExpressionData.csv
awk -F "$tab" 'NR == 1 { print ",PseudoTime"; for (i = 2; i <= NF; i++) print "E_" i - 1 "," $i }' \
  counts.tsv >beeline/PseudoTime.csv
printf '0 Light\n1 Nanog\n2 Sox2\n' >some.txt
succeeds cardamom_infer beeline --genes some.txt --depth totals --output some_totals.tsv
succeeds cardamom_infer beeline --genes some.txt --depth totals.txt --output some_table.tsv
same some_totals.tsv some_table.tsv
printf 'cell\tdepth\n' >named.txt
awk '{ print "E_" NR "\t" $1 }' totals.txt | sort -r >>named.txt
succeeds cardamom_infer beeline --genes some.txt --depth named.txt --output some_named.tsv
same some_totals.tsv some_named.tsv

# What is wrong with a table.
depth_not() { refuses 1 "$1" cardamom_infer $2 --depth bad.txt --output bad.tsv; }
sed '7s/.*/0/' totals.txt >bad.txt
depth_not 'bad.txt, line 7, column 1: depth is "0", must be a finite number > 0' counts.tsv
sed '7s/.*/-3/' totals.txt >bad.txt
depth_not 'bad.txt, line 7, column 1: depth is "-3"' counts.tsv
sed '7s/.*/inf/' totals.txt >bad.txt
depth_not 'bad.txt, line 7, column 1: depth is "inf"' counts.tsv
sed 1d totals.txt >bad.txt
depth_not 'bad.txt: the file holds 119 depths, must hold one per cell: 120' counts.tsv
cat totals.txt more.txt >bad.txt
depth_not 'bad.txt, line 121: the file holds 240 depths' counts.tsv
grep -v 'E_77' named.txt >bad.txt
depth_not 'bad.txt: there is no depth for cell "E_77"' beeline
cp named.txt bad.txt
depth_not 'bad.txt, line 2: the line names a cell, but the counts do not name theirs' counts.tsv
refuses 1 'counts.tsv: the format has no column "none.txt" of depths, only AnnData files have columns' \
  cardamom_infer counts.tsv --depth none.txt --output bad.tsv
awk -F "$tab" -v OFS="$tab" 'NR > 2 { $5 = 0 } { print }' counts.tsv >empty.tsv
refuses 1 'empty.tsv: cell 4: the total over its genes is 0, must be finite and > 0' \
  cardamom_infer empty.tsv --depth totals --output bad.tsv

# Totals that differ between time points are remarked on, unless depths are given.
awk -F "$tab" -v OFS="$tab" 'NR == 1 { n = NF } NR > 2 { for (i = 2; i <= n; i++) $i = i > 81 ? 50 + i % 7 : 9 + i % 5 } { print }' \
  counts.tsv >deep.tsv
remark='^cardamom_infer: note: the mean total of a cell is [0-9.]+ at 24 h, but [0-9.]+ at 96 h: '
for depth in "" "--depth none" "--depth fitted"; do
  succeeds cardamom_infer deep.tsv $depth --output deep_edges.tsv
  matches err "$remark"
done
succeeds cardamom_infer deep.tsv --depth totals --output deep_edges.tsv
lacks err 'mean total'
awk -F "$tab" -v OFS="$tab" 'NR > 2 { for (i = 2; i <= NF; i++) $i = 9 + i % 5 } { print }' counts.tsv >alike.tsv
succeeds cardamom_infer alike.tsv --output alike_edges.tsv
lacks err 'mean total'

# Depths to be fitted are for methods that simulate.
succeeds cardamom_infer counts.tsv --method paper --depth fitted --output fitted.tsv
matches err '--depth fitted: the method does not simulate'
same none.tsv fitted.tsv

# A column of an AnnData file, where the programs were built with HDF5: the depths of the simulation, written with it.
if cardamom_simulate $simulate --depth-variation 0.5 --output counts.h5ad 2>err; then
  succeeds cardamom_infer counts.h5ad --method paper --output plain_edges.tsv
  same none.tsv plain_edges.tsv
  succeeds cardamom_infer counts.h5ad --method paper --depth depth --output column.tsv
  cmp -s none.tsv column.tsv && fail "the column is not read"
  succeeds cardamom_infer counts.h5ad --method paper --depth totals --output anndata_totals.tsv
  same by_totals.tsv anndata_totals.tsv
  refuses 1 'obs has no column "n_counts" of depths, but _index, depth, stimulus, time' \
    cardamom_infer counts.h5ad --depth n_counts --output bad.tsv
  refuses 1 'counts.h5ad: obs/_index: depth of cell 1, "cell_0", is "cell_0", must be a finite number > 0' \
    cardamom_infer counts.h5ad --depth _index --output bad.tsv
fi
finish
