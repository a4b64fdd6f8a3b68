// How well networks are inferred from the published data sets: areas per network beside those of published methods.
//
//   accuracy --data DIR [--method M] [--network NAME]... [--sets N] [--seed S] [--tsv]
//            [--unknown-rates | --wrong-rates F [--draws N]]
//   accuracy --random N [--genes A..B] [--first-seed S] [--method M] [--seed S] [--unknown-rates] [--tsv]
//
// M is paper, propagated, moments (`SimulatedMoments`), refined (`SelectAndFit`, as in the programs) or consensus
// (`RobustConsensus`, made for --unknown-rates).
// DIR holds NAME/data_R.tsv and NAME/truth_R.tsv, and peers.tsv with the published methods' scores. The second form
// simulates N random networks instead (random_networks.hpp), of A to B genes in turn. `moments` and `refined`
// give edges probabilities; a second table says how often they are right. --wrong-rates adds a normal error of F times
// the mean to every protein decay rate, which stays at least .002 per hour, anew in each of N draws.
#include <algorithm>
#include <chrono>
#include <cstdint>
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
#include <cardamom/io/edges.hpp>
#include <cardamom/io/panel.hpp>

#include "random_networks.hpp"

namespace {

using namespace cardamom;

struct Arguments {
  std::filesystem::path data = CARDAMOM_DATA_DIR "/benchmark";
  std::string method = "paper";
  std::vector<std::string> networks = {"FN4",     "CN5",     "FN8",     "BN8",     "Trees5",
                                       "Trees10", "Trees20", "Trees50", "Trees100"};
  int sets = 5;
  std::uint64_t seed = 0;  // of the inference
  bool known_rates = true;
  double rate_error = 0.0;  // of protein decay, relative to its mean
  int draws = 3;            // of wrong rates per set
  bool tsv = false;
  int random = 0;  // networks to simulate; 0: the published ones
  Index fewest_genes = 5;
  Index most_genes = 15;
  int first_seed = 1;
};

// d0 and d1 with which the published data were simulated [1/h].
std::pair<double, double> published_rates(const std::string& network) {
  if (network == "FN4") return {0.2, 0.04};
  if (network == "CN5") return {0.5, 0.1};
  if (network == "FN8") return {0.4, 0.08};
  if (network == "BN8" || network == "Trees5") return {0.25, 0.05};
  return {1.0, 0.2};
}

struct Scores {
  double aupr = 0, ap = 0, auroc = 0, undirected = 0, seconds = 0;
};

Scores operator+(const Scores& a, const Scores& b) {
  return {a.aupr + b.aupr, a.ap + b.ap, a.auroc + b.auroc, a.undirected + b.undirected, a.seconds + b.seconds};
}
Scores operator/(const Scores& a, double n) {
  return {a.aupr / n, a.ap / n, a.auroc / n, a.undirected / n, a.seconds / n};
}

Inference<> run(const Arguments& arguments, const Counts& counts, const DecayRates& rates) {
  const InferenceOptions options{.seed = arguments.seed, .rates = arguments.known_rates ? rates : DecayRates{}};
  if (arguments.method == "paper") return infer(counts, options);
  if (arguments.method == "propagated") return infer(counts, options, PropagatedProteins{});
  if (arguments.method == "consensus") return infer(counts, options, RobustConsensus{});
  if (arguments.method == "moments") return infer(counts, options, SimulatedMoments{});
  return infer(counts, options, SelectAndFit{});
}

bool gives_probabilities(const std::string& method) { return method == "moments" || method == "refined"; }

// Protein decay with a normal error per gene.
DecayRates wrong(DecayRates rates, Index inputs, double error, std::uint64_t draw) {
  constexpr double least = 0.002;  // [1/h]
  auto genes = rates.protein.tail(rates.protein.size() - inputs);
  const double deviation = error * genes.mean();
  RandomStream random(draw, Purpose::user);
  for (double& rate : genes) rate = std::max(least, rate + deviation * random.normal());
  return rates;
}

// Edges by the probability they were given: how many, and the share of them that are true.
class Calibration {
 public:
  void add(const Matrix& probabilities, const Matrix& truth) {
    for (Index i = 1; i < probabilities.rows(); ++i) {
      for (Index j = 0; j < probabilities.cols(); ++j) {
        if (i == j) continue;
        std::size_t bin = 0;
        while (probabilities(i, j) > bins_[bin].most) ++bin;
        bins_[bin].edges += 1.0;
        bins_[bin].expected += probabilities(i, j);
        bins_[bin].found += truth(i, j) != 0.0 ? 1.0 : 0.0;
      }
    }
  }

  void print() const {
    std::printf("\n%-12s %8s %8s %8s\n", "probability", "edges", "mean", "true");
    for (const Bin& bin : bins_) {
      if (bin.edges == 0.0) continue;
      std::printf("up to %-6.2f %8.0f %8.3f %8.3f\n", bin.most, bin.edges, bin.expected / bin.edges,
                  bin.found / bin.edges);
    }
  }

 private:
  struct Bin {
    double most;
    double edges = 0.0, expected = 0.0, found = 0.0;
  };
  std::vector<Bin> bins_{{0.02}, {0.05}, {0.1}, {0.2}, {0.4}, {0.6}, {0.8}, {0.95}, {1.0}};
};

// |truth| > 0: an edge.
Scores score(const Arguments& arguments, const Counts& counts, const Matrix& truth, const DecayRates& rates,
             Calibration& calibration) {
  const auto start = std::chrono::steady_clock::now();
  const Inference result = run(arguments, counts, rates);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (result.probabilities.size() > 0) calibration.add(result.probabilities, truth);
  const EdgeRanking directed = rank_edges(result.scores, truth);
  const EdgeRanking undirected = rank_edges(result.scores, truth, {.direction = EdgeDirection::undirected});
  return {aupr(directed), average_precision(directed), auroc(directed), aupr(undirected), seconds};
}

Scores evaluate(const Arguments& arguments, const std::string& network, int set, Calibration& calibration) {
  const auto base = arguments.data / network;
  const std::string number = std::to_string(set);
  const Counts counts = read_panel((base / ("data_" + number + ".tsv")).string());
  Matrix truth = Matrix::Zero(counts.nodes(), counts.nodes());
  for (const Edge& edge : read_edges((base / ("truth_" + number + ".tsv")).string(), {}, counts.nodes())) {
    truth(edge.target, edge.source) = 1.0;
  }
  const auto [mrna, protein] = published_rates(network);
  const DecayRates rates{Vector::Constant(counts.nodes(), mrna), Vector::Constant(counts.nodes(), protein)};
  if (arguments.rate_error == 0.0) return score(arguments, counts, truth, rates, calibration);
  Scores sum;
  for (int draw = 1; draw <= arguments.draws; ++draw) {
    const std::uint64_t stream = 1000 * static_cast<std::uint64_t>(draw) + static_cast<std::uint64_t>(set);
    sum =
        sum + score(arguments, counts, truth, wrong(rates, counts.inputs(), arguments.rate_error, stream), calibration);
  }
  return sum / arguments.draws;
}

void print_tsv(const Arguments& arguments, const std::string& network, int set, const Scores& scores) {
  std::printf("%s\t%d\t%s\t%.4f\t%.4f\t%.4f\t%.4f\n", network.c_str(), set, arguments.method.c_str(), scores.aupr,
              scores.ap, scores.auroc, scores.seconds);
  std::fflush(stdout);
}

void print_row(const std::string& network, const Scores& scores) {
  std::printf("%-18s %6.3f %6.3f %6.3f %6.3f %8.4f |", network.c_str(), scores.aupr, scores.ap, scores.auroc,
              scores.undirected, scores.seconds);
}

void print_header() {
  std::printf("%-18s %6s %6s %6s %6s %8s |", "network", "AUPR", "AP", "AUROC", "undir.", "seconds");
}

// Random networks: one line each, then the mean.
void run_random(const Arguments& arguments) {
  Calibration calibration;
  Scores total;
  if (!arguments.tsv) {
    print_header();
    std::printf("\n");
  }
  for (int seed = arguments.first_seed; seed < arguments.first_seed + arguments.random; ++seed) {
    const Index genes = benchmarks::genes_of(seed, arguments.fewest_genes, arguments.most_genes);
    const auto drawn = benchmarks::random_experiment(genes, static_cast<std::uint64_t>(seed));
    const Kinetics& kinetics = drawn.model.kinetics;
    const Scores scores = score(arguments, drawn.counts, Matrix(drawn.model.network().interactions()).cwiseAbs(),
                                {kinetics.mrna_decay, kinetics.protein_decay}, calibration);
    total = total + scores;
    const std::string name = "random_" + std::to_string(genes) + "_seed" + std::to_string(seed);
    if (arguments.tsv) {
      print_tsv(arguments, name, 1, scores);
    } else {
      print_row(name, scores);
      std::printf("\n");
      std::fflush(stdout);
    }
  }
  if (!arguments.tsv) {
    print_row("mean", total / arguments.random);
    std::printf("\n");
    if (gives_probabilities(arguments.method)) calibration.print();
  }
}

// Mean directed AUPR over the sets per method and network.
std::map<std::string, std::map<std::string, double>> read_peers(const std::filesystem::path& file, int sets) {
  std::map<std::string, std::map<std::string, double>> sums;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string network, method;
    int set = 0;
    double aupr = 0;
    fields >> network >> set >> method >> aupr;
    if (set <= sets) sums[method][network] += aupr / sets;
  }
  return sums;
}

// The published networks: one line each beside the published methods, then the mean.
void run_published(const Arguments& arguments) {
  Calibration calibration;
  const auto peers = read_peers(arguments.data / "peers.tsv", arguments.sets);
  const std::vector<std::string> shown = {"CARDAMOM", "CARDAMOM2", "HARISSA", "GENIE3"};
  if (!arguments.tsv) {
    print_header();
    for (const auto& name : shown) std::printf(" %9s", name.c_str());
    std::printf("\n");
  }
  Scores total;
  for (const std::string& network : arguments.networks) {
    Scores sum;
    for (int set = 1; set <= arguments.sets; ++set) {
      const Scores scores = evaluate(arguments, network, set, calibration);
      sum = sum + scores;
      if (arguments.tsv) print_tsv(arguments, network, set, scores);
    }
    const Scores mean = sum / arguments.sets;
    total = total + mean;
    if (arguments.tsv) continue;
    print_row(network, mean);
    for (const auto& name : shown) {
      const auto method = peers.find(name);
      const bool known = method != peers.end() && method->second.count(network) > 0;
      std::printf(" %9.3f", known ? method->second.at(network) : 0.0);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  if (!arguments.tsv) {
    print_row("mean", total / static_cast<double>(arguments.networks.size()));
    std::printf("\n");
    if (gives_probabilities(arguments.method)) calibration.print();
  }
}

int usage(const char* problem) {
  std::cerr
      << "accuracy: " << problem
      << "\nusage: accuracy [--data DIR] [--method paper|propagated|moments|refined|consensus] [--network NAME]... "
         "[--sets N] [--seed S] [--tsv] [--unknown-rates | --wrong-rates F [--draws N]]\n"
         "       accuracy --random N [--genes A..B] [--first-seed S] [--method ...] [--seed S] "
         "[--unknown-rates] [--tsv]\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  std::vector<std::string> chosen;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (option == "--data") {
      arguments.data = value();
    } else if (option == "--method") {
      arguments.method = value();
    } else if (option == "--network") {
      chosen.push_back(value());
    } else if (option == "--sets") {
      arguments.sets = std::atoi(value().c_str());
    } else if (option == "--random") {
      arguments.random = std::atoi(value().c_str());
      if (arguments.random < 1) return usage("--random must be at least 1");
    } else if (option == "--genes") {
      if (!benchmarks::read_range(value(), arguments.fewest_genes, arguments.most_genes))
        return usage("--genes must be A..B");
    } else if (option == "--first-seed") {
      arguments.first_seed = std::atoi(value().c_str());
      if (arguments.first_seed < 0) return usage("--first-seed must be at least 0");
    } else if (option == "--seed") {
      arguments.seed = std::strtoull(value().c_str(), nullptr, 10);
    } else if (option == "--wrong-rates") {
      arguments.rate_error = std::atof(value().c_str());
      if (!(arguments.rate_error > 0.0)) return usage("--wrong-rates must be above 0");
    } else if (option == "--draws") {
      arguments.draws = std::atoi(value().c_str());
      if (arguments.draws < 1) return usage("--draws must be at least 1");
    } else if (option == "--unknown-rates") {
      arguments.known_rates = false;
    } else if (option == "--tsv") {
      arguments.tsv = true;
    } else {
      return usage(("unknown option " + option).c_str());
    }
  }
  if (!chosen.empty()) arguments.networks = chosen;
  const std::set<std::string> methods{"paper", "propagated", "moments", "refined", "consensus"};
  if (!methods.contains(arguments.method)) return usage("unknown method");
  if (arguments.method == "moments" && !arguments.known_rates) return usage("--method moments needs the rates");
  if (arguments.rate_error > 0.0 && (arguments.random > 0 || !arguments.known_rates))
    return usage("--wrong-rates is for the published networks with known rates");
  if (arguments.sets < 1) return usage("--sets must be at least 1");
  try {
    if (arguments.random > 0) {
      run_random(arguments);
    } else {
      run_published(arguments);
    }
  } catch (const std::exception& error) {
    std::cerr << "accuracy: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
