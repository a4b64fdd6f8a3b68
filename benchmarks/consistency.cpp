// Whether more cells find more of the network: areas by the number of cells per time point.
//
//   consistency [--cells N,N,...] [--network NAME]... [--seeds N] [--random N] [--genes A..B] [--first-seed S]
//               [--method paper|propagated|refined] [--tsv]
//
// A line per number of cells: the mean area under the precision-recall curve over the seeds of each named network
// (named_networks.hpp; FN8 and BN8 without --network), over N random ones (random_networks.hpp), and over all, and the
// mean seconds of a fit. `refined` is that of the programs. --tsv writes a line per fit.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/simulation/population.hpp>

#include "random_networks.hpp"

namespace {

using namespace cardamom;

struct Arguments {
  std::vector<Index> cells = {100, 300, 1000, 3000, 10000};
  std::vector<std::string> networks;  // none: FN8 and BN8
  int seeds = 3;
  int random = 8;
  Index fewest_genes = 5;
  Index most_genes = 10;
  int first_seed = 401;
  std::string method = "refined";
  bool tsv = false;
};

struct Score {
  double area = 0.0, seconds = 0.0, fits = 0.0;

  void add(const Score& other) {
    area += other.area;
    seconds += other.seconds;
    fits += other.fits;
  }
};

Inference<> run(const std::string& method, const Counts& counts, const InferenceOptions& options) {
  if (method == "paper") return infer(counts, options);
  if (method == "propagated") return infer(counts, options, PropagatedProteins{});
  return infer(counts, options, SelectAndFit{});
}

Score score(const Arguments& arguments, const std::string& name, const Model& model, Protocol protocol, Index cells,
            std::uint64_t seed) {
  protocol.cells_per_time_point = cells;
  const Counts counts = simulate(model, protocol, {.seed = seed}).counts;
  const auto start = std::chrono::steady_clock::now();
  const Inference<> result =
      run(arguments.method, counts, {.rates = {model.kinetics.mrna_decay, model.kinetics.protein_decay}});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const Matrix truth = Matrix(model.network().interactions()).cwiseAbs();
  const Score found{aupr(rank_edges(result.scores, truth)), seconds, 1.0};
  if (arguments.tsv) {
    std::printf("%s\t%llu\t%ld\t%s\t%.4f\t%.3f\t%.3f\n", name.c_str(), static_cast<unsigned long long>(seed),
                static_cast<long>(cells), arguments.method.c_str(), found.area, result.fit.objective, seconds);
    std::fflush(stdout);
  }
  return found;
}

void run_cells(const Arguments& arguments, Index cells) {
  std::vector<Score> scores;
  for (const std::string& name : arguments.networks) {
    scores.emplace_back();
    for (int seed = 1; seed <= arguments.seeds; ++seed) {
      const auto number = static_cast<std::uint64_t>(seed);
      const NamedExperiment experiment = named_experiment(name, number);
      const Protocol protocol{.time_points = {experiment.time_points.begin(), experiment.time_points.end()},
                              .burn_in = experiment.burn_in};
      scores.back().add(score(arguments, name, experiment.model, protocol, cells, number));
    }
  }
  if (arguments.random > 0) scores.emplace_back();
  for (int seed = arguments.first_seed; seed < arguments.first_seed + arguments.random; ++seed) {
    const Index genes = benchmarks::genes_of(seed, arguments.fewest_genes, arguments.most_genes);
    const auto number = static_cast<std::uint64_t>(seed);
    const auto experiment = benchmarks::random_experiment(genes, number);
    scores.back().add(score(arguments, "random", experiment.model, experiment.protocol, cells, number));
  }
  if (arguments.tsv) return;
  std::printf("%8ld", static_cast<long>(cells));
  Score all;
  for (const Score& one : scores) {
    std::printf(" %8.3f", one.area / one.fits);
    all.add(one);
  }
  std::printf(" %8.3f %8.1f\n", all.area / all.fits, all.seconds / all.fits);
  std::fflush(stdout);
}

int usage(const std::string& problem) {
  std::cerr << "consistency: " << problem
            << "\nusage: consistency [--cells N,N,...] [--network NAME]... [--seeds N] [--random N] [--genes A..B] "
               "[--first-seed S] [--method paper|propagated|refined] [--tsv]\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (option == "--cells") {
      arguments.cells.clear();
      std::istringstream list(value());
      for (std::string number; std::getline(list, number, ',');) arguments.cells.push_back(std::atol(number.c_str()));
    } else if (option == "--network") {
      arguments.networks.push_back(value());
    } else if (option == "--seeds") {
      arguments.seeds = std::atoi(value().c_str());
    } else if (option == "--random") {
      arguments.random = std::atoi(value().c_str());
    } else if (option == "--genes") {
      if (!benchmarks::read_range(value(), arguments.fewest_genes, arguments.most_genes)) {
        return usage("--genes must be A..B");
      }
    } else if (option == "--first-seed") {
      arguments.first_seed = std::atoi(value().c_str());
    } else if (option == "--method") {
      arguments.method = value();
    } else if (option == "--tsv") {
      arguments.tsv = true;
    } else {
      return usage("unknown option " + option);
    }
  }
  if (arguments.networks.empty()) arguments.networks = {"fn8", "bn8"};
  if (arguments.cells.empty()) return usage("--cells must list numbers");
  for (const Index cells : arguments.cells) {
    if (cells < 1) return usage("--cells must be numbers of at least 1");
  }
  if (arguments.seeds < 1) return usage("--seeds must be at least 1");
  if (arguments.random < 0 || arguments.first_seed < 0) return usage("--random and --first-seed must be at least 0");
  if (arguments.method != "paper" && arguments.method != "propagated" && arguments.method != "refined") {
    return usage("unknown method " + arguments.method);
  }
  try {
    if (!arguments.tsv) {
      std::printf("%8s", "cells");
      for (const std::string& name : arguments.networks) std::printf(" %8s", name.c_str());
      if (arguments.random > 0) std::printf(" %8s", "random");
      std::printf(" %8s %8s\n", "all", "seconds");
    }
    for (const Index cells : arguments.cells) run_cells(arguments, cells);
  } catch (const std::exception& error) {
    std::cerr << "consistency: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
