# What the programs say to bad data (exit code 1) and bad usage (2), and what they accept with a remark.
. "$(dirname "$0")/support.sh"

head='0\t0\t0\t6\t6\n0\t0\t0\t1\t1\n'
panel() { printf "$1" >counts.tsv; }
infers_not() { refuses 1 "^cardamom_infer: error: $1" cardamom_infer counts.tsv --output edges.tsv --model model; }

panel "${head}1\t3\t0\t-12\t7\n"
infers_not 'counts.tsv, line 3, column 4: value is "-12", must be a whole number'
panel "${head}1\t3\t0.5\t12\t7\n"
infers_not 'counts.tsv, line 3, column 3: value is "0.5", must be a whole number'
panel "${head}1\t3\t\t12\t7\n"
infers_not 'counts.tsv, line 3, column 3: value is missing'
panel "${head}1\t3\t1\t12\tNA\n"
infers_not 'counts.tsv, line 3, column 5: value is "NA", must be a whole number'
panel "${head}1\t3\t1\t12\tnan\n"
infers_not 'counts.tsv, line 3, column 5: value is "nan"'
panel "${head}1\t3\t1\t12\n"
infers_not 'counts.tsv, line 3, column 5: the row has 3 values, must have one per time of the first row: 4'
panel "${head}1\t3\t1\t12\t7\t9\n"
infers_not 'counts.tsv, line 3, column 6: the row has 5 values'
panel '0\t0\t0\t1\t1\n1\t3\t0\t12\t7\n2\t3\t0\t12\t7\n'
infers_not 'counts.tsv, line 2, column 1: .* is the row of times or of the stimulus missing\?'
panel ''
infers_not 'counts.tsv: the file is empty'
rm counts.tsv
infers_not 'counts.tsv: cannot be opened: No such file or directory'

panel "${head}1\t3\t0\t12\t7\n2\t0\t5\t0\t7\n"
names() { printf "$1" >names.txt; }
names_not() { refuses 1 "names.txt$1" cardamom_infer counts.tsv --genes names.txt --output edges.tsv; }
names '0 Light\n1 A\n'
names_not ': the file names 2 genes, the stimulus included, but the counts have 3'
names '0 Light\n1 A\n2 A\n'
names_not ', line 3, column 2: name "A" is given already in line 2'
names '0 Light\n1 A\n3 B\n'
names_not ', line 3, column 1: gene index is 3, but there are only 3 lines'
refuses 1 'none.txt: cannot be opened' cardamom_infer counts.tsv --genes none.txt
refuses 1 'none/edges.tsv: cannot be written: No such file' cardamom_infer counts.tsv --output none/edges.tsv
refuses 1 'none/model: the directory cannot be made' cardamom_infer counts.tsv --output edges.tsv --model none/model
if [ -c /dev/full ]; then
  cardamom_infer counts.tsv >/dev/full 2>err
  [ $? -eq 1 ] || fail "exit code on a full disk"
  matches err 'standard output: cannot be written'
  refuses 1 '/dev/full: cannot be written: No space left' cardamom_infer counts.tsv --model model --output /dev/full
fi

# Accepted, with a remark: one time point, one cell, genes without information.
panel '0\t6\t6\t6\t6\n0\t1\t1\t1\t1\n1\t3\t0\t12\t7\n2\t0\t0\t5\t9\n'
succeeds cardamom_infer counts.tsv --output edges.tsv
matches err 'single time point'
lacks edges.tsv 'nan|inf'
panel '0\t0\t0\t0\t6\n0\t0\t0\t0\t1\n1\t3\t0\t12\t7\n2\t0\t0\t5\t9\n'
succeeds cardamom_infer counts.tsv --output edges.tsv
matches err 'fewer than 10 cells: 0 h, 6 h'
lacks edges.tsv 'nan|inf'
panel '0\t0\n0\t0\n1\t3\n'
succeeds cardamom_infer counts.tsv --output edges.tsv
succeeds cardamom_simulate --network fn4 --timepoints 0,48,96 --cells 50 --output good.tsv
awk -F "$tab" -v OFS="$tab" 'NR == 3 || NR == 4 { for (i = 2; i <= NF; i++) $i = NR == 3 ? 0 : 4 } { print }' \
  good.tsv >constant.tsv
succeeds cardamom_infer constant.tsv --output edges.tsv --model model
matches err 'genes without information, left without edges: 1, 2$'
lacks edges.tsv 'nan|inf'
lacks edges.tsv "(^|$tab)[12]$tab"
succeeds cardamom_simulate --model model --timepoints 0,6 --cells 2 --output again.tsv
lacks again.tsv 'nan|inf'

# Model directories and rates.
simulate_model() { refuses 1 "$1" cardamom_simulate --model model --timepoints 0 --cells 2 --output new.tsv; }
succeeds cardamom_infer good.tsv --model model
cp -r model kept
cp model/basal.npy model/inter.npy
simulate_model 'model/inter.npy: the array has shape \(5,\), must be \(5, 5\)'
cp kept/inter.npy model/inter.npy
cp kept/kmin.npy model/kmax.npy
cp kept/kmax.npy model/kmin.npy
simulate_model 'model: SavedModel: shape_min\[[0-9]\] is [0-9.]+, must be in \[0, '
cp kept/kmax.npy model/kmax.npy
rm model/kmin.npy
simulate_model 'model/kmin.npy: cannot be opened'
head -c 100 kept/kmin.npy >model/kmin.npy
simulate_model 'model/kmin.npy: the header is truncated'
head -c 140 kept/kmin.npy >model/kmin.npy
simulate_model 'model/kmin.npy: the file is truncated'
cp kept/kmin.npy model/kmin.npy
refuses 1 'none/basal.npy: cannot be opened' cardamom_simulate --model none --timepoints 0 --cells 2 --output new.tsv

rates() {
  printf "$1" >rates.txt
  refuses 1 "rates.txt$2" cardamom_simulate --model model --rates rates.txt --timepoints 0 --cells 2 --output new.tsv
}
rates '1 1\n1 1\n0 1\n1 1\n1 1\n' ', line 3, column 1: rate of gene "2" is "0", must be a finite number > 0'
rates '1 1\n1 1\n1 -2\n1 1\n1 1\n' ', line 3, column 2: rate of gene "2" is "-2", must be a finite number > 0'
rates '1 1\n1 1\n' ': the file holds rates of 2 genes, the stimulus included, must be 5'

# Times and rates of different units: asked about, and refused where they cannot be meant.
awk -F "$tab" -v OFS="$tab" 'NR == 1 { for (i = 2; i <= NF; i++) $i *= 3600 } { print }' good.tsv >seconds.tsv
printf '1 1\n0.2 0.03\n0.2 0.03\n0.2 0.02\n0.2 0.03\n' >rates.txt
succeeds cardamom_infer seconds.tsv --rates rates.txt --output edges.tsv
matches err 'note: the median rate d1 is 0.03 per hour and the time points span 345600 hours, 10368 lives of a protein: are times in hours and rates per hour\?'
succeeds cardamom_infer good.tsv --rates rates.txt --output edges.tsv
lacks err 'are times in hours'
printf '1 1\n1 0.03\n1 0.03\n1 0.02\n1 0.03\n' >rates.txt
refuses 1 'infer: options.rates.mrna\[1\] is 1 per hour and the time points span 345600 hours, 345600 lives, must be in' \
  cardamom_infer seconds.tsv --method refined --rates rates.txt --output edges.tsv

# Edge lists.
edges() {
  printf "$1" >bad.tsv
  printf 'source\ttarget\n0\t1\n1\t2\n' >truth.tsv
  refuses 1 "$2" cardamom_evaluate bad.tsv truth.tsv
}
edges '0\t1\tx\n' 'bad.tsv, line 1, column 3: weight is "x"'
edges '0\t1\t1\n0\t1\t2\n' 'bad.tsv, line 2: edge 0 -> 1 is given already in line 1'
edges '0\n' 'bad.tsv, line 1: the line must hold source, target'
edges 'A\tB\t1\n' 'truth.tsv: nodes are indices, but names in bad.tsv'
printf '0\t1\t1\n' >some.tsv
printf 'Gata4\tNkx2-5\t1\n' >bad.tsv
printf 'Sox2\tKlf4\n' >truth.tsv
refuses 1 'truth.tsv: no gene is one of bad.tsv; the first ones are "Sox2" and "Gata4"' cardamom_evaluate bad.tsv truth.tsv
printf 'SOX2\tKlf4\t1\n' >bad.tsv
printf 'Sox2\tKlf4\n' >truth.tsv
refuses 1 'truth.tsv: gene "Sox2" is "SOX2" in bad.tsv: upper and lower case differ' cardamom_evaluate bad.tsv truth.tsv
printf 'source\ttarget\n' >truth.tsv
refuses 1 'truth.tsv: there is no true edge' cardamom_evaluate some.tsv truth.tsv
printf '0\t1\n' >truth.tsv
refuses 1 'truth.tsv: every possible edge is true' cardamom_evaluate some.tsv truth.tsv
refuses 1 'none.tsv: cannot be opened' cardamom_evaluate some.tsv none.tsv
printf '0 Light\n1 A\n2 B\n' >names.txt
printf 'Light\tC\t1\n' >some.tsv
refuses 1 'some.tsv, line 1, column 2: unknown gene "C"' cardamom_evaluate some.tsv truth.tsv --genes names.txt --strict

# Usage.
simulates_not() { refuses 2 "^cardamom_simulate: error: $1.*\(see cardamom_simulate --help\)$" cardamom_simulate $2 --output new.tsv; }
simulates_not '.*there is no network "nope"; known are .*fn4' '--network nope --timepoints 0 --cells 2'
simulates_not '.*tree:0' '--network tree:0 --timepoints 0 --cells 2'
simulates_not '--timepoints is required' '--network fn4 --cells 2'
simulates_not '--cells is required' '--network fn4 --timepoints 0'
simulates_not 'exactly one of --network and --model' '--network fn4 --model model --timepoints 0 --cells 2'
simulates_not 'exactly one of --network and --model' '--timepoints 0 --cells 2'
simulates_not '.*timepoints' '--network fn4 --timepoints 0,x --cells 2'
simulates_not '.*time_points\[1\] is 0, which is there already' '--network fn4 --timepoints 0,0 --cells 2'
simulates_not '.*time_points\[0\] is -6' '--network fn4 --timepoints=-6 --cells 2'
simulates_not '--cells: value is "0", must be a whole number >= 1' '--network fn4 --timepoints 0 --cells 0'
simulates_not '--burn-in: value is "-1", must be a number >= 0' '--network fn4 --timepoints 0 --cells 2 --burn-in -1'
simulates_not '.*hours is 1e\+300, must be in' '--network fn4 --timepoints 0 --cells 2 --burn-in 1e300'
simulates_not '.*time_points\[0\] is 1e\+300, must be in' '--network fn4 --timepoints 1e300 --cells 2'
simulates_not '.*depth_variation is 1e\+300' '--network fn4 --timepoints 0 --cells 2 --depth-variation 1e300'
simulates_not '.*extra is 1e\+300' '--network fn4 --timepoints 0 --cells 2 --over-express 1:1e300'
simulates_not '--threads: value is "x", must be a whole number >= 0' '--network fn4 --timepoints 0 --cells 2 --threads x'
simulates_not '.*--bogus' '--network fn4 --timepoints 0 --cells 2 --bogus'
refuses 2 'COUNTS is required' cardamom_infer
refuses 2 '--penalty: value is "0", must be a number > 0' cardamom_infer good.tsv --penalty 0 --output new.tsv
refuses 2 '--seed: value is "-1"' cardamom_infer good.tsv --seed -1 --output new.tsv
refuses 2 '--clusterer: value is "fixed:0", must be auto, binarize' cardamom_infer good.tsv --clusterer fixed:0 --output new.tsv
refuses 2 '--family: ' cardamom_infer good.tsv --family normal --output new.tsv
refuses 2 'EDGES is required' cardamom_evaluate
refuses 2 'TRUTH is required' cardamom_evaluate some.tsv
finish
