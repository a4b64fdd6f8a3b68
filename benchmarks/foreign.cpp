// How well networks are inferred from data of other makes: folders in the layout of BEELINE, each with
// ExpressionData.csv, PseudoTime.csv and refNetwork.csv.
//
//   foreign DIR [--method consensus|paper|propagated|refined] [--set PREFIX]... [--times FILE] [--regulators] [--tsv]
//
// One recipe for all: values that are not whole numbers are levels (Gamma), many times are grouped, no rates are given;
// a few cells at every time, equally many, are time series, each under an input of its own.
// As BEELINE does, candidates are the ordered pairs of different genes of the reference network, and areas and early
// precisions are divided by those of a random ranking. A line per family of sets (the name up to its replicate), beside
// the best method of DIR/peers.tsv on the same files; --tsv writes a line per set. --times reads another table of times
// than PseudoTime.csv, where a folder has it. --regulators says which genes regulate, those that do in the reference
// network; candidates are the same, and areas are printed as they are. Of `refined`, whose edges have probabilities,
// further columns say how many edges are at least .95 and how many of them true, and how many are below .05 and how
// many of those true; a second table says it for all probabilities. Seconds are those of the processor.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <cardamom/data/series_inputs.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/io.hpp>
#include <cardamom/mixture/gamma_for.hpp>

namespace {

using namespace cardamom;

struct Arguments {
  std::filesystem::path directory;
  std::string method = "consensus";
  std::vector<std::string> sets;  // none: all
  std::string times = "PseudoTime.csv";
  bool regulators = false;
  bool tsv = false;
};

Arguments parse(int count, char** words) {
  Arguments result;
  const auto usage = [] {
    std::cerr << "usage: foreign DIR [--method consensus|paper|propagated|refined] [--set PREFIX]... [--times FILE] "
                 "[--regulators] [--tsv]\n";
    std::exit(2);
  };
  for (int k = 1; k < count; ++k) {
    const std::string word = words[k];
    const auto value = [&]() -> std::string {
      if (k + 1 == count) usage();
      return words[++k];
    };
    if (word == "--method") {
      result.method = value();
    } else if (word == "--set") {
      result.sets.push_back(value());
    } else if (word == "--times") {
      result.times = value();
    } else if (word == "--regulators") {
      result.regulators = true;
    } else if (word == "--tsv") {
      result.tsv = true;
    } else if (result.directory.empty() && word.rfind("--", 0) != 0) {
      result.directory = word;
    } else {
      usage();
    }
  }
  const std::set<std::string> methods{"consensus", "paper", "propagated", "refined"};
  if (result.directory.empty() || !methods.contains(result.method)) usage();
  return result;
}

// Edges of some range of probabilities, and how many of them are true.
struct Calls {
  Index edges = 0, found = 0;
  double expected = 0;  // sum of their probabilities

  void operator+=(const Calls& other) {
    edges += other.edges;
    found += other.found;
    expected += other.expected;
  }
};

// Probabilities up to each of these are told apart from those before.
constexpr std::array<double, 9> probability_bins = {.02, .05, .1, .2, .4, .6, .8, .95, 1.0};
using Reliability = std::array<Calls, probability_bins.size()>;

Reliability reliability(const Matrix& probabilities, const Matrix& truth) {
  Reliability result;
  for (Index i = 0; i < truth.rows(); ++i) {
    for (Index j = 0; j < truth.cols(); ++j) {
      if (i == j) continue;
      std::size_t bin = 0;
      while (bin + 1 < result.size() && !(probabilities(i, j) < probability_bins[bin])) ++bin;
      result[bin] += {1, truth(i, j) != 0.0 ? 1 : 0, probabilities(i, j)};
    }
  }
  return result;
}

// Ratios over a random ranking but for `auroc` and the share of true edges whose sign is right, NaN where none is
// known.
struct Scores {
  double area = 0, early = 0, auroc = 0, signs = 0, seconds = 0;
  Reliability probabilities = {};
};

template <class Family>
InferenceBase infer_by(const std::string& method, const Counts& counts, const InferenceOptions& options,
                       const Family& family) {
  if (method == "paper") return infer(counts, options, family);
  if (method == "propagated") return infer(counts, options, PropagatedProteins<>{}, family);
  if (method == "refined") return infer(counts, options, SelectAndFit<>{}, family);
  return infer(counts, options, RobustConsensus{}, family);
}

// The square of the matrix among some nodes.
Matrix among(const Matrix& matrix, const std::vector<Index>& nodes) { return matrix(nodes, nodes); }

// Where a few cells were measured at every time, equally many, they are time series, in their order: the k-th cells of
// all times are one series, perturbed from the first time on in a way of its own.
Counts with_series_told_apart(const Counts& counts) {
  constexpr Index most = 30;  // fewer than this are no population
  const auto series = static_cast<Index>(counts.cells_at(0).size());
  if (counts.lineages() > 0 || series < 2 || series >= most) return counts;
  std::vector<Index> of_cell(static_cast<std::size_t>(counts.cells()));
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    const auto cells = counts.cells_at(k);
    if (static_cast<Index>(cells.size()) != series) return counts;
    for (Index s = 0; s < series; ++s) of_cell[static_cast<std::size_t>(cells[static_cast<std::size_t>(s)])] = s;
  }
  return with_series_inputs(counts, of_cell, counts.time_points()[0], std::numeric_limits<double>::infinity());
}

Scores score(const Arguments& arguments, const std::filesystem::path& folder) {
  ReadCountsOptions reading;
  reading.times = (folder / arguments.times).string();
  reading.fractions = true;
  reading.time_bins = automatic_bins;
  const Counts counts = with_series_told_apart(read_counts((folder / "ExpressionData.csv").string(), reading).counts);

  Matrix truth = Matrix::Zero(counts.nodes(), counts.nodes());
  std::set<Index> genes;
  std::set<Index> regulators;
  for (const Edge& edge : read_edges((folder / "refNetwork.csv").string(), counts.names(), counts.nodes())) {
    genes.insert({edge.source, edge.target});
    regulators.insert(edge.source);
    truth(edge.target, edge.source) = edge.weight;
  }
  InferenceOptions options;
  if (arguments.regulators) {
    options.edge_prior = only_from({regulators.begin(), regulators.end()}, counts.nodes(), counts.inputs());
  }
  const std::clock_t begin = std::clock();
  const InferenceBase result = holds_whole_numbers(counts)
                                   ? infer_by(arguments.method, counts, options, NegativeBinomial{})
                                   : infer_by(arguments.method, counts, options, gamma_for(counts));
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const std::vector<Index> nodes(genes.begin(), genes.end());
  const EdgeRanking ranking = rank_edges(among(result.scores, nodes), among(truth, nodes), {.inputs = 0});
  const double random =
      arguments.regulators ? 1.0 : static_cast<double>(ranking.positives) / static_cast<double>(ranking.candidates);
  Scores scores{aupr(ranking) / random, early_precision(ranking) / random, auroc(ranking),
                sign_accuracy(among(result.weights, nodes), among(truth, nodes), {.inputs = 0}).among_true(), seconds};
  if (result.probabilities.size() > 0) {
    scores.probabilities = reliability(among(result.probabilities, nodes), among(truth, nodes));
  }
  return scores;
}

// The name of a set without its replicate: "dyn-BF_500" of "dyn-BF_500_0".
std::string family_of(const std::string& set) { return set.substr(0, set.rfind('_')); }

// The best of other methods in the mean over the replicates that were scored.
struct Peers {
  std::map<std::string, std::map<std::string, std::map<int, double>>> ratios;  // family, method, replicate

  explicit Peers(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string kind, set, variant, method;
      int replicate = 0;
      double area = 0, ratio = 0;
      if (!(fields >> kind >> set >> variant >> replicate >> method >> area >> ratio)) continue;
      // Sets without dropout alone: 500 cells of the synthetic, 2000 of the curated networks.
      if (variant == "500") ratios[set + "_500"][method][replicate] = ratio;
      if (variant == "q0") ratios[set + "_2000"][method][replicate] = ratio;
    }
  }

  [[nodiscard]] std::string best(const std::string& family, const std::vector<int>& replicates) const {
    const auto found = ratios.find(family);
    if (found == ratios.end()) return "-";
    std::string name;
    double largest = 0;
    for (const auto& [method, by_replicate] : found->second) {
      double sum = 0;
      for (const int replicate : replicates) {
        const auto ratio = by_replicate.find(replicate);
        sum += ratio == by_replicate.end() || std::isnan(ratio->second) ? 0.0 : ratio->second;
      }
      if (sum > largest) {
        largest = sum;
        name = method;
      }
    }
    std::ostringstream text;
    text.precision(3);
    text << name << ' ' << largest / static_cast<double>(replicates.size());
    return text.str();
  }
};

// Edges at least .95, those below .05, and the true ones of both.
void print_calls(const Reliability& reliability) {
  Calls low = reliability[0];
  low += reliability[1];
  const Calls& high = reliability.back();
  std::printf("\t%td\t%td\t%td\t%td", high.edges, high.found, low.edges, low.found);
}

void print_reliability(const std::string& family, const Reliability& reliability) {
  std::printf("\n%-18s %8s %8s %8s\n", family.c_str(), "edges", "mean", "true");
  for (std::size_t bin = 0; bin < reliability.size(); ++bin) {
    const Calls& calls = reliability[bin];
    if (calls.edges == 0) continue;
    const auto n = static_cast<double>(calls.edges);
    std::printf("below %-12.2f %8td %8.3f %8.3f\n", probability_bins[bin], calls.edges, calls.expected / n,
                static_cast<double>(calls.found) / n);
  }
}

}  // namespace

int main(int count, char** words) try {
  const Arguments arguments = parse(count, words);
  std::vector<std::string> sets;
  for (const auto& entry : std::filesystem::directory_iterator(arguments.directory)) {
    const std::string name = entry.path().filename().string();
    if (!std::filesystem::exists(entry.path() / "refNetwork.csv")) continue;
    if (!std::filesystem::exists(entry.path() / arguments.times)) continue;
    bool chosen = arguments.sets.empty();
    for (const std::string& prefix : arguments.sets) chosen = chosen || name.rfind(prefix, 0) == 0;
    if (chosen) sets.push_back(name);
  }
  std::sort(sets.begin(), sets.end());
  std::map<std::string, std::vector<Scores>> families;
  std::map<std::string, std::vector<int>> replicates;
  if (arguments.tsv)
    std::printf("set\tmethod\tauprc_ratio\tepr_ratio\tauroc\tsigns\tseconds%s\n",
                arguments.method == "refined" ? "\tsure\tsure_true\tunlikely\tunlikely_true" : "");
  for (const std::string& set : sets) {
    const Scores s = score(arguments, arguments.directory / set);
    families[family_of(set)].push_back(s);
    replicates[family_of(set)].push_back(std::atoi(set.substr(set.rfind('_') + 1).c_str()));
    if (!arguments.tsv) continue;
    std::printf("%s\t%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.3f", set.c_str(), arguments.method.c_str(), s.area, s.early, s.auroc,
                s.signs, s.seconds);
    if (arguments.method == "refined") print_calls(s.probabilities);
    std::printf("\n");
    std::fflush(stdout);
  }
  if (arguments.tsv) return 0;
  const Peers peers(arguments.directory / "peers.tsv");
  std::printf("%-18s %4s %7s %7s %7s %7s %8s   %s\n", "family", "sets", "AUPRC/r", "EPR/r", "AUROC", "signs", "seconds",
              "best peer, AUPRC/r");
  for (const auto& [family, all] : families) {
    Scores mean;
    for (const Scores& s : all) {
      const auto n = static_cast<double>(all.size());
      mean.area += s.area / n;
      mean.early += s.early / n;
      mean.auroc += s.auroc / n;
      mean.signs += s.signs / n;
      mean.seconds += s.seconds / n;
    }
    std::printf("%-18s %4zu %7.2f %7.2f %7.3f %7.3f %8.2f   %s\n", family.c_str(), all.size(), mean.area, mean.early,
                mean.auroc, mean.signs, mean.seconds, peers.best(family, replicates[family]).c_str());
  }
  if (arguments.method != "refined") return 0;
  for (const auto& [family, all] : families) {
    Reliability sum = {};
    for (const Scores& s : all) {
      for (std::size_t bin = 0; bin < sum.size(); ++bin) sum[bin] += s.probabilities[bin];
    }
    print_reliability(family, sum);
  }
} catch (const std::exception& error) {
  std::cerr << "foreign: " << error.what() << '\n';
  return 1;
}
