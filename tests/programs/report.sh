# The HTML report of cardamom_infer: self-contained, well-formed, complete, and no wider than the window it is shown in.
. "$(dirname "$0")/support.sh"

cardamom_simulate --network fn4 --timepoints 0,6,12,24,48,96 --cells 50 --seed 1 --output counts.tsv || exit 1
printf '0 Light\n1 Nanog "high" & low\n2 <Sox2>\n3 A-gene-with-a-name-that-goes-on-and-on-and-on\n4 Esrrb\n' >names.txt
printf '1\t1\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n0.2\t0.04\n' >rates.txt
for threads in 1 2; do
  succeeds cardamom_infer counts.tsv --genes names.txt --rates rates.txt --output edges.tsv --report report_$threads \
    --threads $threads
done
same report_1/index.html report_2/index.html
[ "$(ls -A report_1)" = index.html ] || fail "files beside the page"
cardamom_simulate --network tree:100 --timepoints 0,6,12,24,36,48,60,72,84,96 --cells 30 --seed 2 --output large.tsv ||
  exit 1
succeeds cardamom_infer large.tsv --method paper --output ranked.tsv --report large
succeeds cardamom_infer counts.tsv --clusterer each-cell --output edges.tsv --report each_cell
awk -F "$tab" -v OFS="$tab" 'NR > 2 { for (i = 2; i <= NF; i++) $i *= 1.5 } { print }' counts.tsv >levels.tsv
succeeds cardamom_infer levels.tsv --method paper --family gamma --output edges.tsv --report levels
printf '0\t-5\n0\t0\n1\t3\n' >cell.tsv
succeeds cardamom_infer cell.tsv --method paper --output edges.tsv --report one_cell

for page in report_1 large each_cell levels one_cell; do
  file=$page/index.html
  for section in summary network edges weights modes basins marginals moments; do matches $file "<section id=\"$section\">"; done
  lacks $file '://'
  lacks $file '<script|<link|<iframe|@import|src='
  lacks $file '[^a-z](nan|inf)[^a-z]'
  # XML after the first line, so that any parser of the machine can judge.
  if command -v xmllint >/dev/null; then
    sed 1d $file | xmllint --noout - 2>err || fail "$page is not well-formed: $(head -n 3 err)"
  elif command -v python3 >/dev/null; then
    python3 -c 'import sys, xml.dom.minidom as x; x.parseString(open(sys.argv[1], "rb").read().split(b"\n", 1)[1])' \
      $file 2>err || fail "$page is not well-formed: $(tail -n 1 err)"
  fi
done
# The page ranks as the table does, edges without a sign included.
sed -n 's|^<tr><td class="number">[0-9]*</td><td>\([^<]*\)</td><td[^>]*>\([a-z ]*\)</td><td>\([^<]*\)</td>.*|\1 \2 \3|p' \
  large/index.html | sed 's/^Stimulus/0/' >page
awk -F "$tab" 'NR > 1 && $1 != $2 { print $1, ($3 > 0 ? "activates" : $3 < 0 ? "represses" : "sign not known"), $2 }' ranked.tsv |
  sed 40q >table
same page table
[ "$(grep -c . page)" -eq 40 ] || fail "the page lists $(grep -c . page) edges"
matches report_1/index.html 'Nanog &quot;high&quot; &amp; low'
matches report_1/index.html '&lt;Sox2&gt;'
# One method has a network per time point, the other one for all.
matches large/index.html 'aria-label="weights of edges over time"'
matches report_1/index.html 'The method fits one network to all time points'
matches report_1/index.html 'simulated from the inferred model with degradation rates rates.txt'
matches large/index.html 'assumed half-lives of 9 h \(mRNA\) and 46 h \(protein\)'
matches large/index.html 'Shown are 48 of 100 genes'

refuses 1 'none/report: the directory cannot be made' cardamom_infer counts.tsv --report none/report

# In a browser: the page's width in frames of two widths, told by a script that only this test adds.
show() {
  timeout 100 "$1" --headless --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" --virtual-time-budget=20000 \
    --window-size=1400,1000 --dump-dom "file://$scratch/$2" 2>err
}
echo '<p>shown</p>' >probe.html
browser=
for name in google-chrome chromium chromium-browser; do
  # A browser in a container of its own may be unable to read files here.
  if [ -z "$browser" ] && command -v $name >/dev/null && show $name probe.html | grep -q shown; then browser=$name; fi
done
if [ -z "$browser" ]; then
  echo "no chromium here: the pages were not shown in a browser"
  finish
  exit 0
fi
frames=
for page in report_1 large each_cell levels; do
  for width in 400 1280; do
    sed 's|</body>|<script>parent.postMessage("'$page' '$width': " + document.documentElement.scrollWidth + " " + \
document.querySelectorAll("svg[role=img]").length + " " + \
document.querySelector("svg[role=img]").getBoundingClientRect().width, "*")</script></body>|' \
      $page/index.html >${page}_$width.html
    frames="$frames<iframe src=\"${page}_$width.html\" style=\"width:${width}px;height:900px;border:0\"></iframe>"
  done
done
cat >frames.html <<END
<!DOCTYPE html><html><body><pre></pre><script>addEventListener("message",
e => document.querySelector("pre").append(e.data + "\n"))</script>$frames</body></html>
END
show $browser frames.html >dom || fail "the browser: $(tail -n 3 err)"
for page in report_1 large each_cell levels; do
  for width in 400 1280; do
    measured=$(grep -Eo "$page $width: [0-9]+ [0-9]+ [0-9.]+" dom | head -n 1)
    set -- $measured
    [ $# -eq 5 ] || { fail "$page at $width pixels was not shown"; continue; }
    [ "$3" -le $width ] || fail "$page is $3 pixels wide in a window of $width"
    [ "$4" -ge 5 ] || fail "$page at $width pixels has $4 pictures"
    [ "${5%.*}" -ge 150 ] || fail "the first picture of $page at $width pixels is $5 pixels wide"
  done
done
finish
