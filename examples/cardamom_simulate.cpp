// Simulates a time-stamped experiment and writes its counts: exact simulation of the bursty mRNA-protein process (1),
// burn-in without stimulus, stimulus on at t = 0, independent cells at every time point, Poisson counts.
#include <cmath>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/executor.hpp>
#include <cardamom/io.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation.hpp>

#include "support/program.hpp"
#include "support/progress_bar.hpp"

using cardamom::Index;

namespace {

struct Options {
  std::string network;
  std::string model;
  std::string rates;
  std::vector<double> time_points;
  Index cells = 0;
  double burn_in = 5.0;
  Index threads = 0;
  std::uint64_t seed = 1;
  std::string output;
  std::string truth;
};

void describe(CLI::App& app, Options& options) {
  auto* source = app.add_option_group("model", "What to simulate: one of");
  source
      ->add_option("--network", options.network,
                   "A named network: " + std::string(cardamom::named_networks) +
                       ", N being a number of genes; trees are drawn by --seed")
      ->type_name("NAME");
  source
      ->add_option("--model", options.model,
                   "A model directory, as cardamom_infer --model or the Python package CARDAMOM writes it")
      ->type_name("DIR");
  source->require_option(1);
  app.add_option("--rates", options.rates,
                 "Degradation rates: a line `d0 d1` [1/h] for the stimulus and for every gene; burst frequencies keep "
                 "their ratio to d0. Default: those of the named network; for a model directory ln(2)/9 and ln(2)/46")
      ->type_name("FILE");
  app.add_option("--timepoints", options.time_points,
                 "Times [h] at which cells are read, separated by commas; the stimulus is on from 0")
      ->delimiter(',')
      ->required()
      ->type_name("T,T,...");
  app.add_option("--cells", options.cells, "Number of cells read at every time point, each of them independent")
      ->required()
      ->check(support::at_least(1))
      ->type_name("N");
  app.add_option("--burn-in", options.burn_in, "Time [h] without stimulus before 0, from empty cells on")
      ->check(support::nonnegative())
      ->capture_default_str()
      ->type_name("H");
  app.add_option("--threads", options.threads,
                 "Number of threads, 0 for all of the machine; the result does not depend on it")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--seed", options.seed, "Seed of all random numbers")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("S");
  app.add_option("--output", options.output, "Counts: a row of times [h], a row for the stimulus, a row per gene")
      ->required()
      ->type_name("COUNTS.tsv");
  app.add_option("--truth", options.truth, "Also write the network's edges: source, target, weight")
      ->type_name("EDGES.tsv");
}

/// The Python package's assumption about genes whose rates are not known: half-lives of 9 h and 46 h.
cardamom::DecayRates default_rates(Index genes) {
  return {cardamom::Vector::Constant(genes, std::log(2.0) / 9.0),
          cardamom::Vector::Constant(genes, std::log(2.0) / 46.0)};
}

cardamom::Model load_model(const Options& options) {
  if (!options.network.empty()) {
    const cardamom::Model model =
        support::checked_usage([&] { return cardamom::named_model(options.network, options.seed); });
    if (options.rates.empty()) return model;
    return to_model(cardamom::to_saved(model), cardamom::read_decay_rates(options.rates, model.genes()));
  }
  const cardamom::SavedModel saved = cardamom::read_model_directory(options.model);
  return to_model(saved, options.rates.empty() ? default_rates(saved.genes())
                                               : cardamom::read_decay_rates(options.rates, saved.genes()));
}

void simulate_to_files(const Options& options) {
  const cardamom::Model model = load_model(options);
  cardamom::Experiment experiment;
  experiment.time_points = options.time_points;
  experiment.cells_per_time_point = options.cells;
  experiment.burn_in = options.burn_in;
  support::checked_usage([&] { validate(experiment, model.genes()); });
  support::require_writable(options.output);
  support::require_writable(options.truth);

  const cardamom::Population population =
      simulate(model, experiment, options.seed, cardamom::Threads(options.threads), support::ProgressBar("simulating"));

  cardamom::FileSet files;
  files.add(options.output, cardamom::panel_text(population.counts));
  if (!options.truth.empty()) files.add(options.truth, cardamom::edges_text(model.network.edges()));
  files.commit();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Simulates a time-stamped single-cell experiment: cells of a gene regulatory network, exactly, as counts.\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage; nothing is written unless 0.",
      "cardamom_simulate");
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] { simulate_to_files(options); });
}
