# Names that break tables: what is written under them is read under them, and nothing of them acts on a terminal or a page.
. "$(dirname "$0")/support.sh"

escape=$(printf '\033')
# quiet FILE...: no control characters but tabs and ends of lines.
quiet() {
  for file in "$@"; do
    LC_ALL=C tr -d '\t\n\040-\176\200-\377' <"$file" >rest
    [ ! -s rest ] || fail "$file has control characters: $(od -c rest | head -n 2)"
  done
}

cardamom_simulate --network fn4 --timepoints 0,6,12,24,48,96 --cells 50 --seed 1 --output counts.tsv || exit 1
# named NAME1 NAME2 NAME3 NAME4: ./named.tsv, the panel with these fields as labels of its genes.
named() { awk -F "$tab" -v OFS="$tab" 'FNR == NR { name[FNR] = $0; next } FNR > 2 { $1 = name[FNR - 2] } { print }' - counts.tsv >named.tsv; }

# Quotes, separators, formulas, the names of the input and of columns.
printf '%s\n' '"tab'"$tab"'name"' '"a ""quoted"" one"' '"=1+1"' Stimulus | named
succeeds cardamom_infer named.tsv --output edges.tsv --fit fit.tsv --dot net.dot --model model --report report
quiet err edges.tsv fit.tsv net.dot report/index.html
matches edges.tsv '^input:Stimulus	'
matches edges.tsv '^"a ""quoted"" one"	'
[ "$(grep -c . fit.tsv)" -eq 25 ] || fail "the table of fits has another number of lines"
matches net.dot '\[label="tab\\\\tname"\]'
matches net.dot '\[label="a \\"quoted\\" one"\]'
matches report/index.html 'tab\\tname'
succeeds cardamom_infer named.tsv --prior edges.tsv --strict --output again.tsv
awk -F "$tab" 'NR == 1 || ($1 != $2 && count++ < 3)' edges.tsv >truth.tsv
succeeds cardamom_evaluate edges.tsv truth.tsv
cp out by_name
printf '0 input:Stimulus\n1 "tab\tname"\n2 "a ""quoted"" one"\n3 "=1+1"\n4 Stimulus\n' >genes.txt
succeeds cardamom_evaluate edges.tsv truth.tsv --genes genes.txt
same out by_name

# Genes that are called as indices are.
printf '%s\n' 3 0 2 1 | named
succeeds cardamom_infer named.tsv --output edges.tsv
awk -F "$tab" 'NR == 1 || $1 == "Stimulus" || ($1 != $2 && count++ < 3)' edges.tsv >truth.tsv
succeeds cardamom_evaluate edges.tsv truth.tsv
cp out by_name
printf '0 Stimulus\n1 3\n2 0\n3 2\n4 1\n' >genes.txt
succeeds cardamom_evaluate edges.tsv truth.tsv --genes genes.txt
same out by_name

# What no table can hold is told, in characters that do nothing, before anything is done.
printf '%s\n' A "${escape}[2J" C D | named
refuses 1 'named.tsv: gene 2 is called "\\x1b\[2J", which a table cannot hold: it holds a control character' \
  cardamom_infer named.tsv --output edges.tsv --model none
printf 'A\nB\n\342\200\256\nD\n' | named
refuses 1 'gene 3 is called "\\u202e"' cardamom_infer named.tsv
printf 'A\nB\n\377\nD\n' | named
refuses 1 'gene 3 is called "\\xff", which a table cannot hold: it is not UTF-8' cardamom_infer named.tsv
# Files and values of options are named as well.
refuses 1 'no\\x1b\]0;t\\nfile: cannot be opened' cardamom_infer "no${escape}]0;t
file"
refuses 2 'value is "\\x1b\[2J"' cardamom_infer counts.tsv --penalty "${escape}[2J"
cp counts.tsv "a${escape}[2Jb"
succeeds cardamom_infer "a${escape}[2Jb" --output edges.tsv --report report
quiet err report/index.html
matches report/index.html 'Network inferred from a\\x1b\[2Jb'
finish
