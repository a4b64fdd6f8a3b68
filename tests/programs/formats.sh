# The same counts in every format give the same network; networks are written for other tools, and theirs are scored.
. "$(dirname "$0")/support.sh"

succeeds cardamom_simulate --network fn4 --timepoints 0,6,12,24,36,48,60,72,84,96 --cells 50 --output counts.tsv \
  --truth truth.tsv
printf '0 Stimulus\n1 Sox2\n2 Klf4\n3 Esrrb\n4 Nanog\n' >names.txt
succeeds cardamom_infer counts.tsv --genes names.txt
matches err '^cardamom_infer: note: counts.tsv: panel, 500 cells at 10 time points from 0 to 96 h, 4 genes$'
mv out expected.tsv

# BEELINE: genes x cells, and times beside them.
mkdir beeline
awk -F "$tab" 'BEGIN { split("Sox2 Klf4 Esrrb Nanog", name, " ") }
  NR == 1 { for (i = 2; i <= NF; i++) printf ",E_%d", i - 1; print "" }
  NR > 2 { printf "%s", name[NR - 2]; for (i = 2; i <= NF; i++) printf ",%s", $i; print "" }' \
  counts.tsv >beeline/ExpressionData.csv
awk -F "$tab" 'NR == 1 { print ",PseudoTime"; for (i = 2; i <= NF; i++) print "E_" i - 1 "," $i }' \
  counts.tsv >beeline/PseudoTime.csv
succeeds cardamom_infer beeline
same out expected.tsv
matches err 'beeline: BEELINE table, 500 cells at 10 time points from 0 to 96 h, 4 genes$'
succeeds cardamom_infer beeline/ExpressionData.csv
same out expected.tsv
mkdir elsewhere
mv beeline/PseudoTime.csv elsewhere/times.csv
succeeds cardamom_infer beeline --times elsewhere/times.csv
same out expected.tsv
succeeds cardamom_infer beeline --times elsewhere/times.csv --time-bins 5
matches err '500 cells at 5 time points'
refuses 1 'PseudoTime.csv: cannot be opened' cardamom_infer beeline
awk -F, -v OFS=, 'NR == 2 { $3 = 0.5 } { print }' beeline/ExpressionData.csv >normalised.csv
refuses 1 'gene "Sox2", cell 2: value is 0.5, .* raw counts of molecules' \
  cardamom_infer normalised.csv --times elsewhere/times.csv

# The same table turned, with its times in a column, in UTF-16 with decimal commas, and of logarithms.
awk -F, '{ for (i = 1; i <= NF; i++) cell[NR, i] = $i; n = NF }
  END { for (i = 1; i <= n; i++) { line = cell[1, i]; for (r = 2; r <= NR; r++) line = line "," cell[r, i]; print line } }' \
  beeline/ExpressionData.csv >turned.csv
succeeds cardamom_infer turned.csv --times elsewhere/times.csv
same out expected.tsv
matches err 'turned.csv: rows are taken for cells, since the table of times names them; --orientation genes-by-cells says otherwise$'
matches err 'turned.csv: table of cells x genes, 500 cells at 10 time points from 0 to 96 h, 4 genes$'
succeeds cardamom_infer turned.csv --times elsewhere/times.csv --orientation cells-by-genes
lacks err 'says otherwise'
same out expected.tsv
refuses 1 'times.csv: there is no time for cell "Sox2"' \
  cardamom_infer turned.csv --times elsewhere/times.csv --orientation genes-by-cells
refuses 2 'orientation: value is "rows", must be' cardamom_infer turned.csv --orientation rows
paste -d, elsewhere/times.csv turned.csv | awk -F, -v OFS=, 'NR == 1 { $2 = "time" } { $1 = $3 = ""; print }' |
  sed 's/^,//; s/,,/,/' >timed.csv
succeeds cardamom_infer timed.csv
same out expected.tsv
awk -F, -v OFS=, 'NR > 1 { for (i = 2; i <= NF; i++) $i = log(1 + $i) } { print }' beeline/ExpressionData.csv >log1p.csv
succeeds cardamom_infer log1p.csv --times elsewhere/times.csv --values log1p
same out expected.tsv
matches err 'log1p.csv: values are read as log1p, ln.1 . x., and undone: x are counts from 0 to [0-9]+$'
refuses 1 'log1p.csv: gene "Sox2", cell [0-9]*: value is .*, must be a whole number' \
  cardamom_infer log1p.csv --times elsewhere/times.csv
succeeds cardamom_infer log1p.csv --times elsewhere/times.csv --family gamma --output levels.tsv
matches err 'log1p.csv: values are read as continuous levels from 0 to '
refuses 2 'values continuous: --family nb is a law of counts; --family gamma' \
  cardamom_infer log1p.csv --times elsewhere/times.csv --values continuous --family nb
succeeds cardamom_infer log1p.csv --times elsewhere/times.csv --values continuous
refuses 2 'values: value is "log", must be counts, continuous, log2 or log1p' cardamom_infer counts.tsv --values log
if command -v iconv >/dev/null; then
  { printf '\377\376'; sed 's/,/;/g; s/;\([0-9]*\)$/;\1,0/' beeline/ExpressionData.csv | iconv -f UTF-8 -t UTF-16LE; } >utf16.csv
  succeeds cardamom_infer utf16.csv --times elsewhere/times.csv
  same out expected.tsv
  matches err 'utf16.csv: numbers such as "[0-9]*,0" have decimal commas$'
fi

# 10x: features x barcodes, and a table of times. Genes may be chosen, in any order.
mkdir tenx
awk -F "$tab" 'NR > 2 { for (i = 2; i <= NF; i++) if ($i > 0) line[++n] = NR - 2 " " i - 1 " " $i; cells = NF - 1 }
  END { print "%%MatrixMarket matrix coordinate integer general\n%"; print NR - 2, cells, n
        for (k = 1; k <= n; k++) print line[k] }' counts.tsv >tenx/matrix.mtx
printf 'ENS1\tSox2\tGene Expression\nENS2\tKlf4\tGene Expression\nENS3\tEsrrb\tGene Expression\nENS4\tNanog\tGene Expression\n' \
  >tenx/features.tsv
awk -F "$tab" 'NR == 1 { for (i = 2; i <= NF; i++) print "E_" i - 1 }' counts.tsv >tenx/barcodes.tsv
succeeds cardamom_infer tenx --times elsewhere/times.csv
same out expected.tsv
matches err 'tenx: 10x folder, 500 cells at 10 time points from 0 to 96 h, 4 genes$'
printf '0 Light\n1 Nanog\n2 ENS1\n' >some.txt
succeeds cardamom_infer tenx --times elsewhere/times.csv --genes some.txt
matches err ', 2 genes$'
lacks out 'Klf4|Esrrb'
# The same under the names that GEO gives.
mkdir geo
cp tenx/matrix.mtx geo/GSM1_matrix.mtx
cp tenx/features.tsv geo/GSM1_features.tsv
cp tenx/barcodes.tsv geo/GSM1_barcodes.tsv
succeeds cardamom_infer geo/GSM1_matrix.mtx --times elsewhere/times.csv
same out expected.tsv
refuses 1 'geo: there are no features of type "Peaks", but of Gene Expression' \
  cardamom_infer geo --times elsewhere/times.csv --feature-types Peaks
refuses 1 'genome "hg19" is asked for, but this is a 10x folder' cardamom_infer tenx --times elsewhere/times.csv --genome hg19
refuses 1 'only 10x tables have types' cardamom_infer counts.tsv --feature-types Peaks
refuses 2 'largest-content' cardamom_infer tenx --times elsewhere/times.csv --largest-content many
refuses 2 '--output would write over what COUNTS reads' \
  cardamom_infer geo --times elsewhere/times.csv --output geo/GSM1_barcodes.tsv
refuses 1 'tenx: a 10x folder does not say when its cells were taken' cardamom_infer tenx
refuses 1 'elsewhere: the folder holds neither matrix.mtx' cardamom_infer elsewhere
refuses 1 'tenx: an orientation is given, but this is of the format 10x folder' \
  cardamom_infer tenx --times elsewhere/times.csv --orientation genes-by-cells
printf '0 Light\n1 Oct4\n' >none.txt
refuses 1 'tenx: there is no gene "Oct4"' cardamom_infer tenx --times elsewhere/times.csv --genes none.txt
printf '0 Light\n1 Nanog\n2 Oct4\n3 ENS1\n4 Gata4\n' >more.txt
succeeds cardamom_infer tenx --times elsewhere/times.csv --genes some.txt
mv out some
succeeds cardamom_infer tenx --times elsewhere/times.csv --genes more.txt
same out some
matches err 'tenx: 2 of 4 genes that are asked for are not there, skipped; the first is "Oct4"$'
refuses 1 'tenx: there is no gene "Oct4"' cardamom_infer tenx --times elsewhere/times.csv --genes more.txt --strict
# Indices of other files count the list, whose genes 2 and 4 are not there.
printf 'source\ttarget\tweight\n3\t1\t2\n2\t1\t5\n' >by_index.tsv
printf 'source\ttarget\tweight\nENS1\tNanog\t2\n' >by_name.tsv
printf '.5\t.1\n9\t9\n.6\t.2\n9\t9\n' >by_line.tsv
printf 'gene\td0\td1\nENS1\t.6\t.2\nNanog\t.5\t.1\n' >by_gene.tsv
listed="tenx --times elsewhere/times.csv --genes more.txt --method propagated"
succeeds cardamom_infer $listed --prior by_name.tsv --rates by_gene.tsv
mv out some
succeeds cardamom_infer $listed --prior by_index.tsv --rates by_line.tsv
same out some
matches err 'by_index.tsv: 1 edge of genes that are not there, skipped; 1 edge used$'
matches err 'by_line.tsv: 2 lines of genes that are not there, skipped$'
refuses 1 'tenx: there is no gene "Oct4"' cardamom_infer $listed --rates by_line.tsv --strict

# Networks for other tools, and theirs. The method leaves scores to edges that have no weight in the end.
named="counts.tsv --genes names.txt --method paper"
succeeds cardamom_infer $named --output edges.tsv
succeeds cardamom_infer $named --titles arboreto --output arboreto.tsv
matches arboreto.tsv "^TF${tab}target${tab}importance$"
lacks arboreto.tsv "$tab-"
succeeds cardamom_infer $named --titles beeline --output beeline.tsv
matches beeline.tsv "^Gene1${tab}Gene2${tab}EdgeWeight$"
printf 'Gene1,Gene2,Type\nStimulus,Sox2,+\nNanog,Sox2,-\nSox2,Klf4,+\nSox2,Esrrb,+\nEsrrb,Nanog,+\n' >refNetwork.csv
succeeds cardamom_evaluate edges.tsv refNetwork.csv
mv out scores
matches scores '^sign_accuracy'
# Where the weight is a score with a sign there are no edges without one.
awk -F "$tab" 'NR == 1 || $3 != 0' edges.tsv >signed.tsv
[ "$(grep -c . signed.tsv)" -lt "$(grep -c . edges.tsv)" ] || fail "all edges have a sign"
succeeds cardamom_evaluate signed.tsv refNetwork.csv
mv out signed
succeeds cardamom_evaluate beeline.tsv refNetwork.csv
same out signed
succeeds cardamom_evaluate arboreto.tsv refNetwork.csv
grep -v sign_accuracy scores >unsigned
grep -v sign_accuracy out >unsigned_arboreto
same unsigned unsigned_arboreto
refuses 2 'titles' cardamom_infer counts.tsv --titles xml

# Networks and rates of more genes than the data have, in tables of other tools.
printf ',TF,target,importance,regulation\n0,Sox2,Nanog,3,-1\n1,Sox2,Gata4,2,1\n2,Esrrb,Klf4,1,0\n' >prior.csv
printf 'gene\thalf_life_mRNA\thalf_life_protein\nNanog\t3.5\t17\nGata4\t1\t1\nKlf4\t3.5\t17\nSox2\t3.5\t17\nEsrrb\t3.5\t17\n' \
  >half_lives.tsv
named="counts.tsv --genes names.txt --method propagated"
succeeds cardamom_infer $named --prior prior.csv --rates half_lives.tsv
matches err 'prior.csv: 1 edge of genes that are not there, skipped; 2 edges used'
matches err 'prior.csv: the sign of 1 edge is not known, taken for activation'
matches err 'half_lives.tsv: half-lives, 3.5 h .mRNA. and 17 h .protein. in the median'
matches err 'half_lives.tsv: 1 line of genes that are not there, skipped'
refuses 1 'prior.csv, line 3, column 3: unknown gene "Gata4"' cardamom_infer $named --prior prior.csv --strict
refuses 1 'half_lives.tsv, line 3, column 1: unknown gene "Gata4"' cardamom_infer $named --rates half_lives.tsv --strict
printf 'source\ttarget\nSox2\tStimulus\n' >into_input.tsv
refuses 1 'into_input.tsv, line 2: edge Sox2 -> Stimulus ends at an input' cardamom_infer $named --prior into_input.tsv
succeeds cardamom_evaluate expected.tsv prior.csv --genes names.txt
matches err 'prior.csv: 1 edge of genes that are not there, skipped; 2 edges used'
matches out "^true_edges${tab}2$"
refuses 1 'prior.csv, line 3, column 3: unknown gene "Gata4"' cardamom_evaluate expected.tsv prior.csv --genes names.txt --strict

# A reference decides its own nodes: where neither list names an input there is none, and no edge of it is a candidate.
printf 'Gene1\tGene2\tEdgeWeight\nSox2\tKlf4\t3\nKlf4\tEsrrb\t2\n' >ranked.tsv
printf 'Gene1,Gene2,Type\nSox2,Klf4,+\n' >reference.csv
succeeds cardamom_evaluate ranked.tsv reference.csv
matches out "^candidates${tab}6$"
printf 'Stimulus,Sox2,+\n' >>reference.csv
succeeds cardamom_evaluate ranked.tsv reference.csv
matches out "^candidates${tab}9$"

# Units of times are said, and asked for.
awk -F "$tab" -v OFS="$tab" 'NR == 1 { for (i = 2; i <= NF; i++) $i /= 24 } { print }' counts.tsv >days.tsv
succeeds cardamom_infer days.tsv --method paper --genes names.txt
matches err 'days.tsv: panel, 500 cells at 10 time points from 0 to 4 h, 4 genes$'
succeeds cardamom_infer days.tsv --method paper --genes names.txt --time-unit day
matches err 'days.tsv: panel, 500 cells at 10 time points from 0 to 96 h, 4 genes$'
matches err 'days.tsv: times such as "0.25" are read as 6 h, in the unit that is asked for, days$'
refuses 2 'time-unit: value is "fortnight", must be s, min, h, day or week' cardamom_infer days.tsv --time-unit fortnight

# A picture of the network, with the edges of the list that have a weight; Graphviz, where there is one, draws the names as they stand.
printf '0 Light\n1 Nanog "high"\n2 <Sox2>\n3 Klf4\\n\n4 Esrrb & co\n' >odd_names.txt
succeeds cardamom_infer counts.tsv --genes odd_names.txt --output odd.tsv --dot network.dot --dot-threshold 0
[ "$(grep -c -e '->' network.dot)" -eq "$(awk -F "$tab" 'NR > 1 && $3 != 0' odd.tsv | wc -l)" ] || fail "edges of the picture"
matches network.dot 'arrowhead=normal'
if command -v dot >/dev/null; then
  succeeds dot -Tplain network.dot
  matches out '^node 1 .*"Nanog \\"high\\""'
  succeeds dot -Tsvg network.dot
  [ ! -s err ] || fail "Graphviz complains: $(cat err)"
  matches out '>Nanog &quot;high&quot;<'
  matches out '>&lt;Sox2&gt;<'
  matches out '>Klf4\\n<'
  matches out '>Esrrb &amp; co<'
fi
succeeds cardamom_infer counts.tsv --dot strong.dot --dot-threshold 100
lacks strong.dot '->'
refuses 2 'dot-threshold: value is "-1"' cardamom_infer counts.tsv --dot bad.dot --dot-threshold -1
refuses 1 'none/network.dot: cannot be written' cardamom_infer counts.tsv --dot none/network.dot

# AnnData, where the programs were built with HDF5; its own checks against Python are in anndata_check.py.
cardamom_simulate --network fn4 --timepoints 0,6,12,24,36,48,60,72,84,96 --cells 50 --output counts.h5ad 2>err
code=$?
if grep -q 'built without' err; then
  [ $code -eq 1 ] || fail "exit code without HDF5"
  [ ! -e counts.h5ad ] || fail "a file without HDF5"
else
  [ $code -eq 0 ] || fail "exit code of an AnnData file: $(cat err)"
  # Rates of the file are read where the method has a use for them.
  succeeds cardamom_infer counts.h5ad --method paper
  mv out by_anndata
  succeeds cardamom_infer counts.tsv --method paper
  same out by_anndata
  matches err 'panel'
  # Its degradation rates are used when no others are given.
  printf '1\t1\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
  succeeds cardamom_infer counts.tsv --method propagated --rates rates.txt
  mv out with_rates
  succeeds cardamom_infer counts.h5ad --method propagated
  lacks err 'no --rates'
  same out with_rates
  refuses 1 'obs has no column "day"' cardamom_infer counts.h5ad --time-key day
fi
finish
