# cardamom_infer --stability --checkpoint: killed at any moment and run again, it writes what one that was never stopped
# writes; a checkpoint of other data or options is refused.
. "$(dirname "$0")/support.sh"

cardamom_simulate --network fn4 --timepoints 0,6,12,24,48,96 --cells 60 --seed 4 --output counts.tsv || exit 1
printf '0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
infers="cardamom_infer counts.tsv --method propagated --rates rates.txt --stability 40"
succeeds $infers --threads 1 --output whole.tsv

kills=0
left=0
while [ $kills -lt 12 ]; do
  rm -f edges.tsv
  # Killed once so many resamples are kept, by one of two signals.
  enough=$((left + 2 + kills % 3))
  $infers --threads 2 --output edges.tsv --checkpoint kept 2>err &
  process=$!
  until [ "$(grep -cs '^resample_' kept/pieces)" -ge $enough ] 2>/dev/null || ! kill -0 $process 2>/dev/null; do :; done
  if [ $((kills % 2)) -eq 0 ]; then kill -s KILL $process 2>/dev/null; else kill -s TERM $process 2>/dev/null; fi
  { wait $process; } 2>/dev/null
  kills=$((kills + 1))
  left=$(grep -c '^resample_' kept/pieces)
  [ ! -e edges.tsv ] || break
done
[ $kills -ge 3 ] || fail "all was done after $kills kills"
succeeds $infers --threads 2 --output edges.tsv --checkpoint kept
same edges.tsv whole.tsv
# More resamples go on from those that there are; other outputs are no other run.
succeeds $infers --output edges.tsv --checkpoint kept --dot network.dot
same edges.tsv whole.tsv
more=$(echo "$infers" | sed 's/--stability 40/--stability 44/')
succeeds $more --output all.tsv
succeeds $more --output edges.tsv --checkpoint kept
same edges.tsv all.tsv
[ "$(grep -c '^resample_' kept/pieces)" -eq 44 ] || fail "resamples that are kept"
[ "$(echo $(ls -A kept))" = "identity pieces" ] || fail "files of the checkpoint: $(ls -A kept)"

# Refused: another option, another file under the same name, other counts, no --stability.
refuses 1 'kept/identity, line 4: the checkpoint is of another run: --rates was .*, is .*' \
  cardamom_infer counts.tsv --method propagated --stability 40 --checkpoint kept --output bad.tsv
refuses 1 'the checkpoint is of another run: --seed was "", is "2"' $infers --seed 2 --checkpoint kept --output bad.tsv
printf '0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.05\n' >rates.txt
refuses 1 'the checkpoint is of another run: --rates was "rates.txt .CRC' $infers --checkpoint kept --output bad.tsv
printf '0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
cp counts.tsv mine.tsv
cardamom_simulate --network fn4 --timepoints 0,6,12,24,48,96 --cells 60 --seed 5 --output counts.tsv || exit 1
refuses 1 'stability: the checkpoint is of another call' $infers --checkpoint kept --output bad.tsv
refuses 2 '--checkpoint keeps what --stability does' cardamom_infer mine.tsv --checkpoint kept --output bad.tsv
mkdir full
echo mine >full/notes.txt
refuses 1 'full: the directory is neither empty nor a checkpoint' $infers --checkpoint full --output bad.tsv
finish
