# Which edges may be there, and which are likelier: --regulators and --prior-odds.
. "$(dirname "$0")/support.sh"

succeeds cardamom_simulate --network fn4 --timepoints 0,6,12,24,36,48,60,72,84,96 --cells 40 --output counts.tsv
printf '0 Stimulus\n1 Sox2\n2 Klf4\n3 Esrrb\n4 Nanog\n' >names.txt
named="counts.tsv --genes names.txt"
# How many edges a list has from a gene.
from() { awk -F "$tab" -v gene="$2" 'NR > 1 && $1 == gene' "$1" | wc -l; }

# All genes: the same bytes. Without one of them: none of its edges, those of others and of the stimulus.
printf 'TF\nNanog\nSox2\nKlf4\nEsrrb\n' >all.txt
printf 'Klf4\nEsrrb\nNanog\nGata4\n' >some.txt
for method in paper propagated; do
  succeeds cardamom_infer $named --method $method
  mv out free.tsv
  [ "$(from free.tsv Sox2)" -gt 0 ] || fail "$method finds no edge of Sox2"
  succeeds cardamom_infer $named --method $method --regulators all.txt
  same out free.tsv
  matches err 'all.txt: 4 of 4 genes may regulate$'
  succeeds cardamom_infer $named --method $method --regulators some.txt --model $method
  [ "$(from out Sox2)" -eq 0 ] || fail "$method has edges of Sox2"
  [ "$(from out Stimulus)" -gt 0 ] || fail "$method has no edges of the stimulus"
  matches err 'some.txt: 3 of 4 genes may regulate$'
  matches err 'some.txt: 1 name of genes that are not there, skipped$'
done
succeeds cardamom_infer $named --method refined --regulators some.txt --output refined.tsv
[ "$(from refined.tsv Sox2)" -eq 0 ] || fail "refined has edges of Sox2"
[ "$(from refined.tsv Stimulus)" -gt 0 ] || fail "refined has no edges of the stimulus"
succeeds cardamom_infer $named --method propagated --regulators names.txt
same out free.tsv

# Other tools' tables: their sources. A network to start from loses the edges of genes that are not listed.
printf 'source\ttarget\tweight\nKlf4\tNanog\t1\nNanog\tEsrrb\t-1\nEsrrb\tKlf4\t1\n' >edges.tsv
succeeds cardamom_infer $named --regulators edges.tsv
mv out by_table.tsv
succeeds cardamom_infer $named --regulators some.txt
same out by_table.tsv
printf 'source\ttarget\tweight\nSox2\tNanog\t2\nKlf4\tNanog\t2\n' >prior.tsv
succeeds cardamom_infer $named --regulators some.txt --prior prior.tsv
matches err 'prior.tsv: 1 edge of genes that are no regulators, left out$'
[ "$(from out Sox2)" -eq 0 ] || fail "a prior network brings edges of Sox2"

# Prior odds: 1 changes nothing, more makes an edge stronger, 0 leaves it out.
succeeds cardamom_infer $named
mv out free.tsv
weight() { awk -F "$tab" '$1 == "Stimulus" && $2 == "Sox2" { print ($4 == "" ? 0 : $4) }' "$1"; }
printf 'Stimulus\tSox2\t-1\n' >odds.tsv
succeeds cardamom_infer $named --prior-odds odds.tsv --odds-factor 1
same out free.tsv
succeeds cardamom_infer $named --prior-odds odds.tsv
awk -v likely="$(weight out)" -v free="$(weight free.tsv)" 'BEGIN { exit !(likely > free) }' ||
  fail "score $(weight out) with odds, $(weight free.tsv) without"
printf 'Stimulus\tSox2\t0\nSox2\tGata4\t1\n' >odds.tsv
succeeds cardamom_infer $named --prior-odds odds.tsv
[ -z "$(weight out)" ] || fail "an edge of odds 0"
matches err 'odds.tsv: 1 edge of genes that are not there, skipped; 1 edge used$'

# What is wrong.
refuses 1 'some.txt, line 4, column 1: unknown gene "Gata4"' cardamom_infer $named --regulators some.txt --strict
refuses 1 'odds.tsv, line 2, column 2: unknown gene "Gata4"' cardamom_infer $named --prior-odds odds.tsv --strict
refuses 1 'none.txt: cannot be opened' cardamom_infer $named --regulators none.txt
printf 'SOX2\n' >bad.txt
refuses 1 'bad.txt, line 1, column 1: unknown gene "SOX2", but there is "Sox2"' cardamom_infer $named --regulators bad.txt
printf 'Gata4\n' >bad.txt
refuses 1 'bad.txt: no regulator is a known gene, of all 1' cardamom_infer $named --regulators bad.txt
: >bad.txt
refuses 1 'bad.txt: the file names no regulator' cardamom_infer $named --regulators bad.txt
printf 'Sox2\tStimulus\t1\n' >bad.txt
refuses 1 'bad.txt, line 1: edge Sox2 -> Stimulus ends at an input' cardamom_infer $named --prior-odds bad.txt
refuses 2 '--odds-factor: value is "0", must be a number > 0' cardamom_infer $named --prior-odds odds.tsv --odds-factor 0
refuses 2 '--regulators' cardamom_infer $named --regulators some.txt --output some.txt
finish
