// What knock-outs say about networks that snapshots leave ambiguous, and what the models fitted to them predict.
//
//   experiments [--first-seed S] [--last-seed S] [--networks N] [--genes A..B] [--threshold X] [--models M]
//               [--method moments|refined] [--fates]
//
// Random networks (random_networks.hpp) of A to B genes in turn, from seed S on: the first N on whose wild type
// `SelectAndFit` has an area under the precision-recall curve below X. For each: three knock-outs that
// `rank_experiments` proposes from models fitted to M bootstrap samples of the wild type, three drawn at random, and as
// many more cells of the wild type. Each knock-out has half the cells of the wild type at the same times, 500 in all.
// With --fates, models fitted to M bootstrap samples of the wild type and the proposed knock-outs predict the shares of
// four types of cells (k-means on all these cells) under every other knock-out; the truth is 4000 cells per time point.
// A row is printed as soon as it is known.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/data.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/prediction.hpp>
#include <cardamom/simulation.hpp>

#include "random_networks.hpp"

namespace {

using namespace cardamom;

struct Arguments {
  int first_seed = 601;
  int last_seed = 1000;
  int networks = 20;
  Index fewest_genes = 8;
  Index most_genes = 12;
  double threshold = 0.85;
  Index models = 5;
  bool refined = false;
  bool fates = false;
};

constexpr Index knock_outs = 3;
constexpr Index cells_per_time_point = 50;  // of a knock-out

// Means of differences with their standard errors, and of values.
class Mean {
 public:
  void add(double x) { values_.push_back(x); }
  [[nodiscard]] double mean() const {
    double sum = 0.0;
    for (const double x : values_) sum += x;
    return sum / static_cast<double>(values_.size());
  }
  [[nodiscard]] double standard_error() const {
    double squares = 0.0;
    for (const double x : values_) squares += (x - mean()) * (x - mean());
    const auto n = static_cast<double>(values_.size());
    return n > 1.0 ? std::sqrt(squares / (n * (n - 1.0))) : 0.0;
  }

 private:
  std::vector<double> values_;
};

struct Network {
  benchmarks::RandomExperiment drawn;
  std::uint64_t seed = 0;
  [[nodiscard]] DecayRates rates() const {
    return {drawn.model.kinetics.mrna_decay, drawn.model.kinetics.protein_decay};
  }
  [[nodiscard]] Protocol protocol(Index cells) const {
    Protocol result = drawn.protocol;
    result.cells_per_time_point = cells;
    return result;
  }
};

double area(const Network& network, const Inference<>& result) {
  return aupr(rank_edges(result.scores, Matrix(network.drawn.model.rate.interactions())));
}

Inference<> infer_by(const Arguments& arguments, const Network& network, const Counts& counts) {
  const InferenceOptions options{.rates = network.rates()};
  return arguments.refined ? infer(counts, options, SelectAndFit{}) : infer(counts, options, SimulatedMoments{});
}

// The wild type with the cells of more conditions.
Counts with(const Network& network, const std::vector<Condition>& conditions, Index cells, std::uint64_t seed) {
  const Counts& wild = network.drawn.counts;
  const Counts more =
      simulate_conditions(network.drawn.model, network.protocol(cells), conditions, {.seed = seed}).counts;
  Matrix values(wild.cells() + more.cells(), wild.nodes());
  values << wild.values(), more.values();
  Vector times(values.rows());
  times << wild.times(), more.times();
  std::vector<Condition> all{{"wild"}};
  all.insert(all.end(), conditions.begin(), conditions.end());
  std::vector<Index> of_cell(static_cast<std::size_t>(wild.cells()), 0);
  for (const Index c : more.condition_of_cell()) of_cell.push_back(1 + c);
  return Counts(std::move(values), std::move(times)).with_conditions(std::move(all), std::move(of_cell));
}

// As many cells, drawn with replacement from those of the same condition and time.
Counts resample(const Counts& counts, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user, 1);
  const std::size_t conditions = std::max<std::size_t>(counts.conditions().size(), 1);
  std::vector<Index> rows;
  for (std::size_t c = 0; c < conditions; ++c) {
    for (Index k = 0; k < counts.time_points().size(); ++k) {
      std::vector<Index> own;
      for (const Index cell : counts.cells_at(k)) {
        if (counts.conditions().empty() ||
            counts.condition_of_cell()[static_cast<std::size_t>(cell)] == static_cast<Index>(c)) {
          own.push_back(cell);
        }
      }
      for (std::size_t n = 0; n < own.size(); ++n) {
        rows.push_back(own[static_cast<std::size_t>(random.below(static_cast<Index>(own.size())))]);
      }
    }
  }
  return counts.select_cells(rows);
}

std::vector<Model> ensemble(const Arguments& arguments, const Network& network, const Counts& counts) {
  std::vector<Model> models;
  for (Index m = 0; m < arguments.models; ++m) {
    const Counts drawn = resample(counts, static_cast<std::uint64_t>(m));
    models.push_back(infer(drawn, {.rates = network.rates()}, SimulatedMoments{}).model);
  }
  return models;
}

std::vector<Condition> proposed(const Network& network, const std::vector<Model>& models) {
  const ExperimentRanking ranking = rank_experiments(models, knock_out_conditions(network.drawn.model),
                                                     network.protocol(200), {.cells = cells_per_time_point});
  std::vector<Condition> result;
  for (Index k = 0; k < knock_outs; ++k) result.push_back(ranking.ranked[static_cast<std::size_t>(k)].condition);
  std::fprintf(stderr, "  uncertainty %.2f, gains:", ranking.uncertainty);
  for (const RankedExperiment& each : ranking.ranked) {
    std::fprintf(stderr, " %s %.3f,", each.condition.name.c_str(), each.gain);
  }
  std::fprintf(stderr, "\n");
  return result;
}

std::vector<Condition> drawn_at_random(const Network& network) {
  std::vector<Condition> all = knock_out_conditions(network.drawn.model);
  RandomStream random(network.seed, Purpose::user);
  for (Index k = 0; k < knock_outs; ++k) {
    const Index other = k + random.below(static_cast<Index>(all.size()) - k);
    std::swap(all[static_cast<std::size_t>(k)], all[static_cast<std::size_t>(other)]);
  }
  all.resize(knock_outs);
  return all;
}

std::string names_of(const std::vector<Condition>& conditions) {
  std::string text;
  for (const Condition& condition : conditions) text += (text.empty() ? "" : ",") + condition.name.substr(3);
  return text;
}

struct Fates {
  Mean total_variation;  // of a held-out knock-out at one time
  double held = 0.0, shares = 0.0;

  void add(const FateShares& predicted, const FateShares& truth) {
    for (Index t = 0; t < truth.shares.rows(); ++t) {
      total_variation.add(0.5 * (predicted.shares.row(t) - truth.shares.row(t)).cwiseAbs().sum());
      for (Index z = 0; z < truth.shares.cols(); ++z) {
        const double share = truth.shares(t, z);
        held += share >= predicted.lower(t, z) && share <= predicted.upper(t, z) ? 1.0 : 0.0;
        shares += 1.0;
      }
    }
  }
};

void predict_held_out(const Arguments& arguments, const Network& network, const Counts& counts, Fates& all) {
  const FoundTypes found = find_types(counts, {.clusters = 4, .seed = 1});
  const std::vector<Model> models = ensemble(arguments, network, counts);
  Fates own;
  for (const Condition& condition : knock_out_conditions(network.drawn.model)) {
    const auto same = [&](const Condition& known) { return known.perturbations == condition.perturbations; };
    if (std::any_of(counts.conditions().begin(), counts.conditions().end(), same)) continue;
    FateOptions options{.seed = 5, .perturbations = condition.perturbations, .confidence = 0.9};
    const FateShares predicted = fate_shares(models, network.protocol(500), found.classifier, options);
    options.seed = 6;
    const FateShares truth =
        fate_shares(std::vector<Model>{network.drawn.model}, network.protocol(4000), found.classifier, options);
    own.add(predicted, truth);
    all.add(predicted, truth);
  }
  std::printf("  fates: total variation %.3f, intervals of 90 %% hold %.3f\n", own.total_variation.mean(),
              own.held / own.shares);
}

void run(const Arguments& arguments) {
  std::printf("%5s %5s %7s %9s %7s %7s  %s\n", "seed", "genes", "wild", "proposed", "random", "more", "knocked out");
  Mean wild, chosen, random, more, above_random, above_more;
  Fates fates;
  int found = 0;
  for (int seed = arguments.first_seed; seed <= arguments.last_seed && found < arguments.networks; ++seed) {
    const Index genes = benchmarks::genes_of(seed, arguments.fewest_genes, arguments.most_genes);
    const Network network{benchmarks::random_experiment(genes, static_cast<std::uint64_t>(seed)),
                          static_cast<std::uint64_t>(seed)};
    const Inference<> refined = infer(network.drawn.counts, {.rates = network.rates()}, SelectAndFit{});
    const double before = area(network, refined);
    if (before >= arguments.threshold) {
      std::fprintf(stderr, "seed %d: %.3f\n", seed, before);
      continue;
    }
    ++found;
    const std::vector<Condition> best = proposed(network, ensemble(arguments, network, network.drawn.counts));
    const std::vector<Condition> any = drawn_at_random(network);
    const auto data_seed = static_cast<std::uint64_t>(seed);
    const auto measure = [&](const Counts& counts) { return area(network, infer_by(arguments, network, counts)); };
    const Counts with_best = with(network, best, cells_per_time_point, data_seed);
    const double by_best = measure(with_best);
    const double by_any = measure(with(network, any, cells_per_time_point, data_seed));
    const double by_more = measure(with(network, {{"more"}}, knock_outs * cells_per_time_point, data_seed));
    wild.add(before);
    chosen.add(by_best);
    random.add(by_any);
    more.add(by_more);
    above_random.add(by_best - by_any);
    above_more.add(by_best - by_more);
    std::printf("%5d %5d %7.3f %9.3f %7.3f %7.3f  %s; %s\n", seed, static_cast<int>(genes), before, by_best, by_any,
                by_more, names_of(best).c_str(), names_of(any).c_str());
    if (arguments.fates) predict_held_out(arguments, network, with_best, fates);
    std::fflush(stdout);
  }
  if (found == 0) return;
  std::printf("%5s %5d %7.3f %9.3f %7.3f %7.3f\n", "mean", found, wild.mean(), chosen.mean(), random.mean(),
              more.mean());
  std::printf("proposed above random %.3f, standard error %.3f; above the wild type %.3f, %.3f\n", above_random.mean(),
              above_random.standard_error(), above_more.mean(), above_more.standard_error());
  if (arguments.fates) {
    std::printf("fates: total variation %.3f, intervals of 90 %% hold %.3f\n", fates.total_variation.mean(),
                fates.held / fates.shares);
  }
}

int usage() {
  std::cerr << "usage: experiments [--first-seed S] [--last-seed S] [--networks N] [--genes A..B] [--threshold X] "
               "[--models M] [--method moments|refined] [--fates]\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  for (int k = 1; k < argc; ++k) {
    const std::string option = argv[k];
    if (option == "--fates") {
      arguments.fates = true;
      continue;
    }
    if (k + 1 == argc) return usage();
    const std::string value = argv[++k];
    if (option == "--first-seed") {
      arguments.first_seed = std::atoi(value.c_str());
    } else if (option == "--last-seed") {
      arguments.last_seed = std::atoi(value.c_str());
    } else if (option == "--networks") {
      arguments.networks = std::atoi(value.c_str());
    } else if (option == "--threshold") {
      arguments.threshold = std::atof(value.c_str());
    } else if (option == "--models") {
      arguments.models = std::max(2, std::atoi(value.c_str()));
    } else if (option == "--method" && (value == "moments" || value == "refined")) {
      arguments.refined = value == "refined";
    } else if (option != "--genes" || !benchmarks::read_range(value, arguments.fewest_genes, arguments.most_genes)) {
      return usage();
    }
  }
  try {
    run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "experiments: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
