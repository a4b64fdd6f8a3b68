# --version and --help, and arguments that the programs do not take; the second argument is the version of the library.
. "$(dirname "$0")/support.sh"
version=$2

for program in cardamom_infer cardamom_simulate cardamom_evaluate; do
  succeeds $program --version
  [ "$(cat out)" = "$program $version" ] || fail "version of $program: $(cat out)"
  [ ! -s err ] || fail "$program --version writes to standard error: $(cat err)"

  succeeds $program --help
  matches out '--version  '
  matches out '\(required\)'
  # Words of the parser, not of the programs.
  for word in TEXT UINT INT FLOAT REQUIRED Excludes 'Option Group' '[:=] *[{]' '->' ' \.\.\. '; do
    if grep -Eq -e "$word" out; then fail "help of $program has $word: $(grep -E -e "$word" out | head -n 1)"; fi
  done
done

# An option that there is not; a word too many, also after a list, which takes its values separated by commas.
printf '0\t1\t1\n' >edges.tsv
cp edges.tsv truth.tsv
simulate='cardamom_simulate --network fn4 --cells 2 --output cells.tsv'
refuses 2 '^cardamom_infer: error: .*--bogus.*\(see cardamom_infer --help\)$' cardamom_infer counts.tsv --bogus
refuses 2 '^cardamom_simulate: error: .*--bogus.*\(see cardamom_simulate --help\)$' $simulate --timepoints 0 --bogus
refuses 2 '^cardamom_evaluate: error: .*--bogus.*\(see cardamom_evaluate --help\)$' \
  cardamom_evaluate edges.tsv truth.tsv --bogus
refuses 2 'extra' cardamom_evaluate edges.tsv truth.tsv extra
refuses 2 'extra' cardamom_infer counts.tsv extra
refuses 2 'extra' $simulate --timepoints 0,6 extra
refuses 2 'extra' $simulate --timepoints 0,6 --knock-out 1 extra
# Words of a choice.
refuses 2 '--method: value is "best", must be consensus, paper, propagated or refined' cardamom_infer counts.tsv --method best
refuses 2 '--method: value is "0"' cardamom_infer counts.tsv --method 0
refuses 2 '--process: value is "x", must be bursty, protein or two-state' $simulate --timepoints 0 --process x
# What is given is done, or an error: nothing is passed over.
refuses 2 'error: --genes: the value is empty' cardamom_infer none.tsv --genes ''
refuses 2 'error: --output: the value is empty' cardamom_infer none.tsv --output ''
refuses 2 '--dot-threshold requires --dot' cardamom_infer none.tsv --dot-threshold 2
refuses 2 '--odds-factor requires --prior-odds' cardamom_infer none.tsv --odds-factor 2
refuses 2 '--over-expression requires --rank' cardamom_predict model --counts none.tsv --over-expression 2
refuses 2 '--largest-content: value is "-5", must be >= 0' cardamom_infer none.tsv --largest-content -5
finish
