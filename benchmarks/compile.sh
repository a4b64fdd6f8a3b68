#!/usr/bin/env bash
# What it costs to include the library: seconds and peak memory of the compiler for typical programs, and seconds as
# multiples of an include of <Eigen/Dense> in the same run, which carry over from machine to machine.
#
#   benchmarks/compile.sh [--compiler g++] [--runs 3] [--flags "-O2"]
#
# Prints a table for Markdown: medians of the runs, which take turns. Run it on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

compiler=g++
runs=3
flags=-O2
while [ $# -gt 0 ]; do
  case $1 in
    --compiler) compiler=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --flags) flags=$2; shift 2 ;;
    *) echo "usage: benchmarks/compile.sh [--compiler NAME] [--runs N] [--flags FLAGS]" >&2; exit 2 ;;
  esac
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
eigen=$(pkg-config --cflags-only-I eigen3 | sed 's/-I/-isystem /g')

echo '#include <Eigen/Dense>
int main() {}' >"$folder/eigen.cpp"
echo '#include <cardamom/cardamom.hpp>
int main() {}' >"$folder/umbrella.cpp"
echo '#include <cardamom/inference/inference.hpp>
int main() {}' >"$folder/results.cpp"
awk '/^```cpp$/ { inside = 1; next } /^```/ { if (inside) exit } inside' README.md >"$folder/readme.cpp"
cat >"$folder/estimators.cpp" <<'PROGRAM'
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/simulated_moments.hpp>
#include <cardamom/io/read_counts.hpp>

int main(int, char** argv) {
  const cardamom::Counts counts = cardamom::read_panel(argv[1]);
  const cardamom::DecayRates rates{cardamom::Vector::Constant(counts.nodes(), 0.2),
                                   cardamom::Vector::Constant(counts.nodes(), 0.04)};
  const auto paper = cardamom::infer(counts, {.rates = rates});
  const auto propagated = cardamom::infer(counts, {.rates = rates}, cardamom::PropagatedProteins{});
  const auto refined = cardamom::infer(counts, {.rates = rates}, cardamom::SimulatedMoments{});
  return paper.scores.rows() == propagated.scores.rows() && refined.scores.rows() > 0 ? 0 : 1;
}
PROGRAM

# name of the source | title | further flags
programs=(
  "eigen|\`<Eigen/Dense>\`, nothing used|"
  "results|\`inference/inference.hpp\`, the results of \`infer\`|"
  "umbrella|\`cardamom.hpp\`, nothing used|"
  "readme|README's program|"
  "estimators|three estimators|"
  "readme|README's program, linking \`cardamom::precompiled\`|-DCARDAMOM_PRECOMPILED"
  "estimators|three estimators, linking \`cardamom::precompiled\`|-DCARDAMOM_PRECOMPILED"
)
for run in $(seq "$runs"); do
  for i in "${!programs[@]}"; do
    IFS='|' read -r source _ further <<<"${programs[i]}"
    # shellcheck disable=SC2086
    /usr/bin/time -a -o "$folder/$i.times" -f '%U %S %M' \
      "$compiler" -std=c++20 $flags -Iinclude $eigen $further -c "$folder/$source.cpp" -o "$folder/object.o"
  done
done

median() { awk -v expression="$2" '{ print expression == "s" ? $1 + $2 : $3 / 1024 }' "$1" | sort -g |
  awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

unit=$(median "$folder/0.times" s)
echo "| $("$compiler" --version | head -n 1), $flags | seconds | times Eigen | MB |"
echo '| --- | --- | --- | --- |'
for i in "${!programs[@]}"; do
  IFS='|' read -r _ title _ <<<"${programs[i]}"
  seconds=$(median "$folder/$i.times" s)
  awk -v title="$title" -v s="$seconds" -v unit="$unit" -v mb="$(median "$folder/$i.times" mb)" \
    'BEGIN { printf "| %s | %.1f | %.1f | %.0f |\n", title, s, s / unit, mb }'
done
