// How well networks are inferred when what the method assumes is wrong: random networks (random_networks.hpp) under one
// misfit at a time.
//
//   robustness [--random N] [--genes A..B] [--first-seed S] [--method M] [--row NAME]... [--tsv]
//
// M is paper, propagated, refined or consensus. A line per row: mean area under the precision-recall curve, and how
// many of the edges with a probability above .95 are true, and of those below .05. `refined` is that of the programs,
// edges by simulated moments and the model by gradients. Without --row all rows. --tsv writes a line per network: row,
// seed, method, area, objective, edges above .95, how many of them are true, those below .05, how many are true,
// seconds.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/hill.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/two_state_process.hpp>

#include "random_networks.hpp"

namespace {

using namespace cardamom;

struct Arguments {
  int random = 16;
  Index fewest_genes = 5;
  Index most_genes = 10;
  int first_seed = 301;
  std::string method = "refined";
  std::vector<std::string> rows;  // none: all
  bool tsv = false;
};

// What a method is given, and the edges it should find.
struct Task {
  Counts counts;
  Matrix truth;  // nodes × nodes, not 0: an edge
  DecayRates rates;
  std::optional<double> burn_in = std::nullopt;  // told [h]
};

// Turns an experiment into a task; random numbers from the stream.
using Misfit = std::function<Task(const benchmarks::RandomExperiment&, RandomStream&)>;

struct Row {
  std::string name;
  Misfit misfit;
};

Task plain_task(const benchmarks::RandomExperiment& experiment) {
  const Kinetics& kinetics = experiment.model.kinetics;
  return {experiment.counts,
          Matrix(experiment.model.network().interactions()),
          {kinetics.mrna_decay, kinetics.protein_decay}};
}

// The rates that the method is given are not those of the cells.
Misfit wrong_rates(double mrna_factor, double protein_factor) {
  return [=](const auto& experiment, RandomStream&) {
    Task task = plain_task(experiment);
    task.rates.mrna *= mrna_factor;
    task.rates.protein *= protein_factor;
    return task;
  };
}

// Other kinetics, of which the method knows nothing, and other protocols: simulated anew.
Misfit other_cells(std::function<void(Model&, Protocol&, RandomStream&)> change, const PoissonCapture& law = {}) {
  return [change = std::move(change), law](const auto& experiment, RandomStream& random) {
    Task task = plain_task(experiment);
    Model model = experiment.model;
    Protocol protocol = experiment.protocol;
    change(model, protocol, random);
    task.counts = simulate(model, protocol, {.seed = random()}, law).counts;
    return task;
  };
}

void nothing(Model&, Protocol&, RandomStream&) {}

// Cells of a depth of its own each, of coefficient of variation .5.
Misfit depths(bool known) {
  return [known](const auto& experiment, RandomStream& random) {
    constexpr double shape = 4.0;  // of a Gamma law: 1/CV²
    Task task = plain_task(experiment);
    const Population molecules =
        simulate(experiment.model, experiment.protocol, {.seed = random()}, ExactMeasurement{});
    Matrix values = molecules.counts.values();
    Vector depth(values.rows());
    for (Index c = 0; c < values.rows(); ++c) {
      depth[c] = random.gamma(shape) / shape;
      for (Index i = 1; i < values.cols(); ++i) {
        values(c, i) = static_cast<double>(random.poisson(values(c, i) * depth[c]));
      }
    }
    task.counts = Counts(values, molecules.counts.times(), {}, known ? depth : Vector());
    return task;
  };
}

// Genes follow products of Hill responses of exponent 4 in place of a sigmoid; no gene acts on itself, which with AND
// logic would never let it turn on.
Task hill_task(const benchmarks::RandomExperiment& experiment, RandomStream& random) {
  Task task = plain_task(experiment);
  const Kinetics& kinetics = experiment.model.kinetics;
  std::vector<HillEdge> edges;
  for (const Edge& edge : experiment.model.network().edges()) {
    if (edge.source != edge.target) edges.push_back({edge.source, edge.target, 0.5, edge.weight > 0.0 ? 4.0 : -4.0});
  }
  const BasicModel model{kinetics, Hill(kinetics.frequency_min, kinetics.frequency_max, edges)};
  task.counts = simulate(model, experiment.protocol, {.seed = random()}).counts;
  return task;
}

// Promoters that stay on for a while: koff = `ratio` times d0.
Misfit slow_promoter(double ratio) {
  return [ratio](const auto& experiment, RandomStream& random) {
    Task task = plain_task(experiment);
    const Vector off_rate = ratio * experiment.model.kinetics.mrna_decay;
    task.counts = simulate(TwoStateProcess(experiment.model, off_rate), experiment.protocol, {.seed = random()}).counts;
    return task;
  };
}

// The gene that regulates most others is not observed.
Task hidden_task(const benchmarks::RandomExperiment& experiment, RandomStream&) {
  const Task whole = plain_task(experiment);
  const Index nodes = whole.counts.nodes();
  Index busiest = 1;
  const auto targets = [&](Index j) { return (whole.truth.col(j).array() != 0.0).count(); };
  for (Index j = 2; j < nodes; ++j) {
    if (targets(j) > targets(busiest)) busiest = j;
  }
  std::vector<Index> seen;
  for (Index j = 0; j < nodes; ++j) {
    if (j != busiest) seen.push_back(j);
  }
  return {Counts(whole.counts.values()(Eigen::all, seen), whole.counts.times()),
          whole.truth(seen, seen),
          {whole.rates.mrna(seen), whole.rates.protein(seen)}};
}

double log_normal(RandomStream& random, double deviation) { return std::exp(deviation * random.normal()); }

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  rows.push_back({"none", [](const auto& experiment, RandomStream&) { return plain_task(experiment); }});
  const std::vector<std::pair<std::string, double>> factors{{"1.5", 1.5},       {"2", 2.0},   {"4", 4.0},
                                                            {"2/3", 2.0 / 3.0}, {"1/2", 0.5}, {"1/4", 0.25}};
  for (const auto& [word, factor] : factors) rows.push_back({"d1 x " + word, wrong_rates(1.0, factor)});
  for (const auto& [word, factor] : factors) {
    if (factor == 1.5 || factor == 2.0 / 3.0) continue;
    rows.push_back({"d0 x " + word, wrong_rates(factor, 1.0)});
    rows.push_back({"both x " + word, wrong_rates(factor, factor)});
  }
  rows.push_back({"rates x e^N(0,.5)", [](const auto& experiment, RandomStream& random) {
                    Task task = plain_task(experiment);
                    for (double& rate : task.rates.mrna) rate *= log_normal(random, 0.5);
                    for (double& rate : task.rates.protein) rate *= log_normal(random, 0.5);
                    return task;
                  }});
  rows.push_back({"9 h and 46 h", [](const auto& experiment, RandomStream&) {
                    Task task = plain_task(experiment);
                    task.rates.mrna.setConstant(std::log(2.0) / 9.0);
                    task.rates.protein.setConstant(std::log(2.0) / 46.0);
                    return task;
                  }});
  rows.push_back({"no rates", [](const auto& experiment, RandomStream&) {
                    Task task = plain_task(experiment);
                    task.rates = {};
                    return task;
                  }});
  const auto long_burn_in = [](Model& model, Protocol& protocol, RandomStream&) {
    protocol.burn_in = 5.0 / model.kinetics.protein_decay[1];
  };
  rows.push_back({"burn-in untold", other_cells(long_burn_in)});
  rows.push_back({"burn-in told", [misfit = other_cells(long_burn_in)](const auto& experiment, RandomStream& random) {
                    Task task = misfit(experiment, random);
                    task.burn_in = 5.0 / experiment.model.kinetics.protein_decay[1];
                    return task;
                  }});
  for (const auto& [word, efficiency] : {std::pair{"capture .3", 0.3}, {"capture .2", 0.2}, {"capture .1", 0.1}}) {
    rows.push_back({word, other_cells(nothing, PoissonCapture{.efficiency = efficiency})});
  }
  rows.push_back({"depth known", depths(true)});
  rows.push_back({"depth unknown", depths(false)});
  rows.push_back({"k1, burst x e^N(0,.7)", other_cells([](Model& model, Protocol&, RandomStream& random) {
                    for (Index i = 1; i < model.nodes(); ++i) {
                      model.kinetics.frequency_max[i] *= log_normal(random, 0.7);
                      model.kinetics.inverse_burst_size[i] *= log_normal(random, 0.7);
                    }
                    model.kinetics.frequency_min = model.kinetics.frequency_min.cwiseMin(model.kinetics.frequency_max);
                    model.kinetics.scale_proteins();
                    model = make_model(model.kinetics, model.network());
                  })});
  rows.push_back({"k0 = .1 k1", other_cells([](Model& model, Protocol&, RandomStream&) {
                    model.kinetics.frequency_min = 0.1 * model.kinetics.frequency_max;
                    model = make_model(model.kinetics, model.network());
                  })});
  rows.push_back({"Hill, AND", hill_task});
  rows.push_back({"koff = 10 d0", slow_promoter(10.0)});
  rows.push_back({"koff = 2 d0", slow_promoter(2.0)});
  rows.push_back({"regulator hidden", hidden_task});
  return rows;
}

Inference<> run(const std::string& method, const Task& task) {
  const InferenceOptions options{.rates = task.rates};
  if (method == "paper") return infer(task.counts, options);
  if (method == "propagated") return infer(task.counts, options, PropagatedProteins{});
  if (method == "consensus") return infer(task.counts, options, RobustConsensus{});
  MomentsOptions moments;
  DistanceOptions distance;
  if (task.burn_in) {
    moments.burn_in = *task.burn_in;
    distance.first_state = BurnIn{*task.burn_in};
  }
  return infer(task.counts, options, SelectAndFit(SimulatedMoments(moments), SimulatedDistance<>(distance)));
}

// Edges above and below a probability, and how many of them are true.
struct Counted {
  long sure = 0, sure_true = 0, denied = 0, denied_true = 0;

  void add(const Counted& other) {
    sure += other.sure;
    sure_true += other.sure_true;
    denied += other.denied;
    denied_true += other.denied_true;
  }

  void add(const Matrix& probabilities, const Matrix& truth) {
    constexpr double high = 0.95;
    constexpr double low = 0.05;
    for (Index i = 1; i < probabilities.rows(); ++i) {
      for (Index j = 0; j < probabilities.cols(); ++j) {
        if (i == j) continue;
        const bool is_true = truth(i, j) != 0.0;
        sure += probabilities(i, j) > high;
        sure_true += probabilities(i, j) > high && is_true;
        denied += probabilities(i, j) < low;
        denied_true += probabilities(i, j) < low && is_true;
      }
    }
  }
};

void run_row(const Arguments& arguments, const Row& row) {
  double sum = 0.0;
  Counted counted;
  for (int seed = arguments.first_seed; seed < arguments.first_seed + arguments.random; ++seed) {
    const Index genes = benchmarks::genes_of(seed, arguments.fewest_genes, arguments.most_genes);
    const auto experiment = benchmarks::random_experiment(genes, static_cast<std::uint64_t>(seed));
    RandomStream random(static_cast<std::uint64_t>(seed), Purpose::user);
    const Task task = row.misfit(experiment, random);
    const auto start = std::chrono::steady_clock::now();
    const Inference<> result = run(arguments.method, task);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double area = aupr(rank_edges(result.scores, task.truth.cwiseAbs()));
    sum += area;
    Counted here;
    if (result.probabilities.size() > 0) here.add(result.probabilities, task.truth);
    counted.add(here);
    if (arguments.tsv) {
      std::printf("%s\t%d\t%s\t%.4f\t%.3f\t%ld\t%ld\t%ld\t%ld\t%.2f\n", row.name.c_str(), seed,
                  arguments.method.c_str(), area, result.fit.objective, here.sure, here.sure_true, here.denied,
                  here.denied_true, seconds);
      std::fflush(stdout);
    }
  }
  if (arguments.tsv) return;
  std::printf("%-22s %6.3f %9ld/%-4ld %9ld/%-5ld\n", row.name.c_str(), sum / arguments.random, counted.sure_true,
              counted.sure, counted.denied_true, counted.denied);
  std::fflush(stdout);
}

int usage(const std::string& problem) {
  std::cerr << "robustness: " << problem
            << "\nusage: robustness [--random N] [--genes A..B] [--first-seed S] "
               "[--method paper|propagated|refined|consensus] [--row NAME]... [--tsv]\nrows:";
  for (const Row& row : all_rows()) std::cerr << " '" << row.name << "'";
  std::cerr << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (option == "--random") {
      arguments.random = std::atoi(value().c_str());
    } else if (option == "--genes") {
      if (!benchmarks::read_range(value(), arguments.fewest_genes, arguments.most_genes)) {
        return usage("--genes must be A..B");
      }
    } else if (option == "--first-seed") {
      arguments.first_seed = std::atoi(value().c_str());
    } else if (option == "--method") {
      arguments.method = value();
    } else if (option == "--row") {
      arguments.rows.push_back(value());
    } else if (option == "--tsv") {
      arguments.tsv = true;
    } else {
      return usage("unknown option " + option);
    }
  }
  if (arguments.random < 1) return usage("--random must be at least 1");
  if (arguments.first_seed < 0) return usage("--first-seed must be at least 0");
  const std::set<std::string> methods{"paper", "propagated", "refined", "consensus"};
  if (!methods.contains(arguments.method)) {
    return usage("unknown method " + arguments.method);
  }
  const bool all = arguments.rows.empty();
  std::vector<Row> chosen;
  for (const Row& row : all_rows()) {
    if (all || std::erase(arguments.rows, row.name) > 0) chosen.push_back(row);
  }
  if (!arguments.rows.empty()) return usage("unknown row '" + arguments.rows.front() + "'");
  try {
    if (!arguments.tsv) std::printf("%-22s %6s %14s %15s\n", "misfit", "AUPR", "p>.95 true", "p<.05 true");
    for (const Row& row : chosen) run_row(arguments, row);
  } catch (const std::exception& error) {
    std::cerr << "robustness: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
