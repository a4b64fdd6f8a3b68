// How far the probabilities of edges depend on what should not matter: the seed of the inference and the order of the
// genes.
//
//   repeats COUNTS [--rates FILE] [--seeds N] [--list]
//
// COUNTS in the panel format, FILE a line `d0 d1` per node. Infers by the `refined` of the programs with the seeds 0 …
// N − 1, with genes in their order and in the reverse one. Of edges with p > .1 in any run: the share whose standard
// deviation of p over the runs is at most .1, and the largest one. --list writes a line per such edge.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include <cardamom/inference.hpp>
#include <cardamom/io/decay_rates.hpp>
#include <cardamom/io/panel.hpp>

namespace {

using namespace cardamom;

// Probabilities of edges in the order of the table, inferred in another.
// @param order node numbers, inputs first
Matrix probabilities(const Counts& counts, const DecayRates& rates, const std::vector<Index>& order,
                     std::uint64_t seed) {
  const Counts ordered(counts.values()(Eigen::all, order), counts.times());
  InferenceOptions options{.seed = seed};
  if (rates.mrna.size() > 0) options.rates = {rates.mrna(order), rates.protein(order)};
  const Matrix found = infer(ordered, options, SelectAndFit{}).probabilities;
  Matrix result(found.rows(), found.cols());
  result(order, order) = found;
  return result;
}

double deviation(const std::vector<Matrix>& runs, Index i, Index j) {
  const auto n = static_cast<double>(runs.size());
  double sum = 0.0;
  double squares = 0.0;
  for (const Matrix& run : runs) sum += run(i, j);
  for (const Matrix& run : runs) squares += (run(i, j) - sum / n) * (run(i, j) - sum / n);
  return std::sqrt(squares / (n - 1.0));
}

void print_spread(const std::vector<Matrix>& runs, Index inputs, bool list) {
  constexpr double mentioned = 0.1;
  constexpr double steady = 0.1;
  long edges = 0;
  long steady_edges = 0;
  double largest = 0.0;
  for (Index i = inputs; i < runs[0].rows(); ++i) {
    for (Index j = 0; j < runs[0].cols(); ++j) {
      const auto above = [&](const Matrix& run) { return run(i, j) > mentioned; };
      if (i == j || std::none_of(runs.begin(), runs.end(), above)) continue;
      const double spread = deviation(runs, i, j);
      ++edges;
      steady_edges += spread <= steady;
      largest = std::max(largest, spread);
      if (!list) continue;
      std::printf("%ld\t%ld\t%.3f", static_cast<long>(j), static_cast<long>(i), spread);
      for (const Matrix& run : runs) std::printf("\t%.3f", run(i, j));
      std::printf("\n");
    }
  }
  std::printf("edges %ld, standard deviation at most %.1f: %ld (%.2f), largest %.2f\n", edges, steady, steady_edges,
              edges > 0 ? static_cast<double>(steady_edges) / static_cast<double>(edges) : 1.0, largest);
}

int usage(const std::string& problem) {
  std::cerr << "repeats: " << problem << "\nusage: repeats COUNTS [--rates FILE] [--seeds N] [--list]\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::string counts_file;
  std::string rates_file;
  int seeds = 5;
  bool list = false;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (option == "--rates") {
      rates_file = value();
    } else if (option == "--seeds") {
      seeds = std::atoi(value().c_str());
    } else if (option == "--list") {
      list = true;
    } else if (counts_file.empty() && !option.starts_with("--")) {
      counts_file = option;
    } else {
      return usage("unknown option " + option);
    }
  }
  if (counts_file.empty()) return usage("COUNTS is missing");
  if (seeds < 1) return usage("--seeds must be at least 1");
  try {
    const Counts counts = read_panel(counts_file);
    DecayRates rates;
    if (!rates_file.empty()) rates = read_decay_rates(rates_file, counts.nodes(), counts.inputs());
    std::vector<Index> order(static_cast<std::size_t>(counts.nodes()));
    std::iota(order.begin(), order.end(), Index{0});
    std::vector<Index> reversed = order;
    std::reverse(reversed.begin() + counts.inputs(), reversed.end());
    std::vector<Matrix> runs;
    for (int seed = 0; seed < seeds; ++seed) {
      for (const std::vector<Index>& genes : {order, reversed}) {
        runs.push_back(probabilities(counts, rates, genes, static_cast<std::uint64_t>(seed)));
        std::fprintf(stderr, "run %zu of %d\n", runs.size(), 2 * seeds);
      }
    }
    print_spread(runs, counts.inputs(), list);
  } catch (const std::exception& error) {
    std::cerr << "repeats: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
