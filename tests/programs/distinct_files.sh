# What a program writes is not what it reads, nor written twice: bad usage, told before anything else is looked at.
. "$(dirname "$0")/support.sh"

cardamom_simulate --network fn4 --timepoints 0,12,24 --cells 20 --seed 1 --output counts.tsv --truth prior.tsv || exit 1
succeeds cardamom_infer counts.tsv --output edges.tsv --model model
printf '1\t1\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
printf '0 Light\n1 A\n2 B\n3 C\n4 D\n' >names.txt
for cell in $(seq 60); do echo "$cell"; done >depths.txt
printf 'cell time\n' >times.txt
mkdir sub
ln -s sub other
ln counts.tsv hard.tsv
ln -s counts.tsv soft.tsv
ln -s new.tsv dangling.tsv

# Every input of cardamom_infer against every output of it.
infer='cardamom_infer counts.tsv --genes names.txt --rates rates.txt --prior prior.tsv --depth depths.txt'
for written in --output --dot --fit --model --report; do
  refuses 2 "$written would write over what COUNTS reads, \"counts.tsv\"" $infer $written counts.tsv
  refuses 2 "$written would write over what --genes reads, \"names.txt\"" $infer $written names.txt
  refuses 2 "$written would write over what --rates reads" $infer $written rates.txt
  refuses 2 "$written would write over what --prior reads" $infer $written prior.tsv
  refuses 2 "$written would write over what --depth reads" $infer $written depths.txt
  refuses 2 "$written would write over what --times reads" $infer --times times.txt $written times.txt
done
# However it is spelled.
for spelling in ./counts.tsv sub/../counts.tsv "$scratch/counts.tsv" hard.tsv soft.tsv other/../counts.tsv; do
  refuses 2 '--output would write over what COUNTS reads' $infer --output $spelling
done

# Outputs that meet, where they exist and where they do not yet.
for first in --output --dot --fit; do
  for second in --output --dot --fit --model --report; do
    [ $first = $second ] && continue
    refuses 2 "($first and $second|$second and $first) would both write" $infer $first new.tsv $second ./new.tsv
  done
done
refuses 2 '--output and --dot would both write' $infer --output new.tsv --dot dangling.tsv
refuses 2 '--output and --dot would both write' $infer --output sub/new.tsv --dot other/new.tsv
refuses 2 '--model and --report would both write' $infer --model both --report both/

# Files of directories.
cp rates.txt model/rates.tsv
refuses 2 '--model would write over what --rates reads, "model/rates.tsv"' \
  cardamom_infer counts.tsv --rates model/rates.tsv --model model
refuses 2 '--model would write over what --rates reads' cardamom_infer counts.tsv --rates model/rates.tsv --model ./model/
refuses 2 '--output and --model would both write' $infer --model model --output model/basal.npy
refuses 2 '--output and --model would both write' $infer --model none --output none/basal.npy
mkdir page
cp prior.tsv page/index.html
refuses 2 '--report would write over what --prior reads' cardamom_infer counts.tsv --prior page/index.html --report page
mkdir tenx
touch tenx/matrix.mtx tenx/features.tsv.gz
refuses 2 '--output would write over what COUNTS reads' cardamom_infer tenx --output tenx/features.tsv.gz
refuses 2 '--output would write over what COUNTS reads' cardamom_infer tenx/matrix.mtx --output tenx/features.tsv.gz

# cardamom_simulate.
simulate='cardamom_simulate --timepoints 0,6 --cells 2'
refuses 2 '--output would write over what --rates reads' $simulate --network fn4 --rates rates.txt --output rates.txt
refuses 2 '--output would write over what --model reads' $simulate --model model --output model/basal.npy
for written in --truth --protein --trajectory; do
  refuses 2 "--output and $written would both write" $simulate --network fn4 --output new.tsv $written new.tsv
  refuses 2 "$written would write over what --rates reads" \
    $simulate --network fn4 --rates rates.txt --output new.tsv $written ./rates.txt
done
refuses 2 '--protein and --trajectory would both write' \
  $simulate --network fn4 --output new.tsv --protein course.tsv --trajectory course.tsv

# Devices may be shared, and what merely lies beside is no clash.
succeeds $simulate --network fn4 --output /dev/null --truth /dev/null
succeeds cardamom_infer counts.tsv --output model/edges.tsv --dot model/net.dot --model model
succeeds cardamom_infer counts.tsv --output model/edges.tsv --dot model/net.dot --model model
finish
