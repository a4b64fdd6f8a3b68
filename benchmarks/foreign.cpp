// How well networks are inferred from data of other makes: folders in the layout of BEELINE, each with
// ExpressionData.csv, PseudoTime.csv and refNetwork.csv.
//
//   foreign DIR [--method consensus|paper|propagated|refined] [--set PREFIX]... [--times FILE] [--tsv]
//
// One recipe for all: values that are not whole numbers are levels (Gamma), many times are grouped, no rates are given.
// As BEELINE does, candidates are the ordered pairs of different genes of the reference network, and areas and early
// precisions are divided by those of a random ranking. A line per family of sets (the name up to its replicate), beside
// the best method of DIR/peers.tsv on the same files; --tsv writes a line per set. --times reads another table of times
// than PseudoTime.csv, where a folder has it.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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
  bool tsv = false;
};

Arguments parse(int count, char** words) {
  Arguments result;
  const auto usage = [] {
    std::cerr << "usage: foreign DIR [--method consensus|paper|propagated|refined] [--set PREFIX]... [--times FILE] "
                 "[--tsv]\n";
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

// Ratios over a random ranking but for `auroc` and the share of true edges whose sign is right, NaN where none is
// known.
struct Scores {
  double area = 0, early = 0, auroc = 0, signs = 0, seconds = 0;
};

template <class Family>
InferenceBase infer_by(const std::string& method, const Counts& counts, const Family& family) {
  if (method == "paper") return infer(counts, {}, family);
  if (method == "propagated") return infer(counts, {}, PropagatedProteins<>{}, family);
  if (method == "refined") return infer(counts, {}, SelectAndFit<>{}, family);
  return infer(counts, {}, RobustConsensus{}, family);
}

// The square of the matrix among some nodes.
Matrix among(const Matrix& matrix, const std::vector<Index>& nodes) { return matrix(nodes, nodes); }

Scores score(const Arguments& arguments, const std::filesystem::path& folder) {
  ReadCountsOptions reading;
  reading.times = (folder / arguments.times).string();
  reading.fractions = true;
  reading.time_bins = automatic_bins;
  const Counts counts = read_counts((folder / "ExpressionData.csv").string(), reading).counts;

  const auto begin = std::chrono::steady_clock::now();
  const InferenceBase result = holds_whole_numbers(counts) ? infer_by(arguments.method, counts, NegativeBinomial{})
                                                           : infer_by(arguments.method, counts, gamma_for(counts));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  Matrix truth = Matrix::Zero(counts.nodes(), counts.nodes());
  std::set<Index> genes;

  for (const Edge& edge : read_edges((folder / "refNetwork.csv").string(), counts.names(), counts.nodes())) {
    genes.insert({edge.source, edge.target});
    truth(edge.target, edge.source) = edge.weight;
  }
  const std::vector<Index> nodes(genes.begin(), genes.end());
  const EdgeRanking ranking = rank_edges(among(result.scores, nodes), among(truth, nodes), {.inputs = 0});
  const double random = static_cast<double>(ranking.positives) / static_cast<double>(ranking.candidates);
  return {aupr(ranking) / random, early_precision(ranking) / random, auroc(ranking),
          sign_accuracy(among(result.weights, nodes), among(truth, nodes), {.inputs = 0}).among_true(), seconds};
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
  if (arguments.tsv) std::printf("set\tmethod\tauprc_ratio\tepr_ratio\tauroc\tsigns\tseconds\n");
  for (const std::string& set : sets) {
    const Scores s = score(arguments, arguments.directory / set);
    families[family_of(set)].push_back(s);
    replicates[family_of(set)].push_back(std::atoi(set.substr(set.rfind('_') + 1).c_str()));
    if (!arguments.tsv) continue;
    std::printf("%s\t%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.3f\n", set.c_str(), arguments.method.c_str(), s.area, s.early,
                s.auroc, s.signs, s.seconds);
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
} catch (const std::exception& error) {
  std::cerr << "foreign: " << error.what() << '\n';
  return 1;
}
