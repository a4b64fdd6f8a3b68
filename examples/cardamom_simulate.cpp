// Simulates a time-stamped experiment and writes its counts: exact simulation of the bursty mRNA-protein process (1),
// or of the two-state or protein-only model, burn-in without stimulus, stimulus on at t = 0, independent cells at every
// time point, Poisson counts; of the wild type or with genes knocked out, knocked down or over-expressed.
#include <algorithm>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/burst_rate/perturbed_rate.hpp>
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
  std::vector<std::string> knock_out;
  std::vector<std::string> knock_down;
  std::vector<std::string> over_express;
  bool common_random_numbers = false;
  std::string process = "bursty";
  double off_rate = 50.0;
  double capture = 1.0;
  double depth_variation = 0.0;
  std::string protein;
  std::string trajectory;
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
  app.add_option(
         "--rates", options.rates,
         "Degradation rates: a line `d0 d1` [1/h] for the stimulus and for every gene; burst frequencies keep "
         "their ratio to d0. Default: those of the named network; for a model directory half-lives of 9 h and 46 h")
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
  app.add_option(
         "--output", options.output,
         "Counts: a row of times [h], a row for the stimulus, a row per gene; or, where the name ends in .h5ad, an "
         "AnnData file, degradation rates included")
      ->required()
      ->type_name("COUNTS");
  app.add_option("--truth", options.truth, "Also write the network's edges: source, target, weight")
      ->type_name("EDGES.tsv");

  app.add_option("--knock-out", options.knock_out, "Genes (name or index) that never burst")
      ->delimiter(',')
      ->type_name("GENE,...");
  app.add_option("--knock-down", options.knock_down, "Genes that burst at this share, in [0, 1], of their rate")
      ->delimiter(',')
      ->type_name("GENE:SHARE,...");
  app.add_option("--over-express", options.over_express, "Genes that burst so many times per hour more")
      ->delimiter(',')
      ->type_name("GENE:RATE,...");
  app.add_flag("--common-random-numbers", options.common_random_numbers,
               "Give every gene random numbers of its own: with the same seed, genes that are not downstream of a "
               "perturbed gene keep their counts exactly");
  app.add_option("--process", options.process,
                 "bursty: mRNA bursts, model (1); protein: protein bursts, model (3), mRNA drawn given the proteins; "
                 "two-state: promoters that switch on and off")
      ->check(CLI::IsMember({"bursty", "protein", "two-state"}))
      ->capture_default_str()
      ->type_name("MODEL");
  app.add_option("--koff", options.off_rate, "Rate [1/h] at which promoters switch off, for --process two-state")
      ->check(support::positive())
      ->capture_default_str()
      ->type_name("RATE");
  app.add_option("--capture", options.capture, "Share of the molecules that is counted, in (0, 1]")
      ->check(support::positive())
      ->capture_default_str()
      ->type_name("SHARE");
  app.add_option("--depth-variation", options.depth_variation,
                 "Coefficient of variation of the sequencing depth between cells")
      ->check(support::nonnegative())
      ->capture_default_str()
      ->type_name("CV");
  app.add_option("--protein", options.protein, "Also write the cells' protein levels, in the layout of the counts")
      ->type_name("PROTEIN.tsv");
  app.add_option("--trajectory", options.trajectory,
                 "Also write the course of the first cell at 1000 steps from the start to the last time point: a row "
                 "per time [h] with its mRNA and protein levels")
      ->type_name("COURSE.tsv");
}

cardamom::Model load_model(const Options& options) {
  if (!options.network.empty()) {
    const cardamom::Model model =
        support::checked_usage([&] { return cardamom::named_model(options.network, options.seed); });
    if (options.rates.empty()) return model;
    return to_model(cardamom::to_saved(model), cardamom::read_decay_rates(options.rates, model.genes()));
  }
  const cardamom::SavedModel saved = cardamom::read_model_directory(options.model);
  return to_model(
      saved, options.rates.empty() ? cardamom::DecayRates{} : cardamom::read_decay_rates(options.rates, saved.genes()));
}

/// The index of a gene given by its name or its index.
Index find_gene(const cardamom::Model& model, const std::string& text) {
  const std::vector<std::string>& names = model.network.names();
  const auto place = std::find(names.begin(), names.end(), text);
  Index gene = 0;
  if (place != names.end()) {
    gene = static_cast<Index>(place - names.begin());
  } else if (!cardamom::detail::parse_whole(text, gene)) {
    throw support::UsageError("there is no gene " + cardamom::detail::in_quotes(text));
  }
  if (gene < 1 || gene >= model.genes()) {
    throw support::UsageError("gene is " + cardamom::detail::in_quotes(text) + ", must be in 1 to " +
                              std::to_string(model.genes() - 1));
  }
  return gene;
}

/// "GENE:NUMBER".
std::pair<Index, double> find_gene_and_number(const cardamom::Model& model, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  double number = 0.0;
  if (colon == std::string::npos || !cardamom::detail::parse_number(text.substr(colon + 1), number)) {
    throw support::UsageError("value is " + cardamom::detail::in_quotes(text) + ", must be GENE:NUMBER");
  }
  return {find_gene(model, text.substr(0, colon)), number};
}

std::vector<cardamom::Perturbation> read_perturbations(const Options& options, const cardamom::Model& model) {
  std::vector<cardamom::Perturbation> list;
  for (const std::string& text : options.knock_out) list.push_back(cardamom::knock_out(find_gene(model, text)));
  for (const std::string& text : options.knock_down) {
    const auto [gene, share] = find_gene_and_number(model, text);
    list.push_back(cardamom::knock_down(gene, share));
  }
  for (const std::string& text : options.over_express) {
    const auto [gene, rate] = find_gene_and_number(model, text);
    list.push_back(cardamom::over_express(gene, rate));
  }
  return list;
}

std::string trajectory_text(const cardamom::Trajectory& course, const std::vector<std::string>& names) {
  std::string text = "time";
  for (const char* const kind : {"mRNA ", "protein "}) {
    for (std::size_t gene = 1; gene < names.size(); ++gene) text += '\t' + (kind + names[gene]);
  }
  text += '\n';
  for (Index k = 0; k < course.times.size(); ++k) {
    text += cardamom::detail::to_text(course.times[k]);
    for (const cardamom::Matrix* const values : {&course.mrna, &course.protein}) {
      for (Index gene = 1; gene < values->cols(); ++gene) text += '\t' + cardamom::detail::to_text((*values)(k, gene));
    }
    text += '\n';
  }
  return text;
}

struct Result {
  cardamom::Population population;
  cardamom::Trajectory course;
};

template <class Process>
Result run(const Process& process, const cardamom::Experiment& experiment, const Options& options,
           const cardamom::Model& model) {
  Result result{simulate(process, experiment, options.seed, cardamom::Threads(options.threads),
                         support::ProgressBar("simulating"), model.network.names()),
                {}};
  if (!options.trajectory.empty()) {
    const double end = *std::max_element(experiment.time_points.begin(), experiment.time_points.end());
    std::vector<double> times;
    for (int step = 0; step <= 1000; ++step) {
      times.push_back(-experiment.burn_in + (end + experiment.burn_in) * step / 1000.0);
    }
    result.course = follow_cell(process, experiment, times, options.seed);
  }
  return result;
}

void simulate_to_files(const Options& options) {
  const cardamom::Model model = load_model(options);
  cardamom::Experiment experiment;
  experiment.time_points = options.time_points;
  experiment.cells_per_time_point = options.cells;
  experiment.burn_in = options.burn_in;
  experiment.capture_efficiency = options.capture;
  experiment.depth_variation = options.depth_variation;
  experiment.keep_latent = !options.protein.empty();
  if (options.common_random_numbers) experiment.process.path = cardamom::Path::clocks;
  support::checked_usage([&] { validate(experiment, model.genes()); });
  const cardamom::Sigmoid rate =
      support::checked_usage([&] { return perturb(sigmoid(model), read_perturbations(options, model)); });
  if (options.common_random_numbers && options.process == "two-state") {
    throw support::UsageError("--common-random-numbers is not for --process two-state");
  }
  for (const std::string* const path : {&options.output, &options.truth, &options.protein, &options.trajectory}) {
    support::require_writable(*path);
  }

  const Result result = [&] {
    if (options.process == "protein") {
      return run(cardamom::ProteinProcess(model.kinetics, rate, experiment.process), experiment, options, model);
    }
    if (options.process == "two-state") {
      const cardamom::Vector off_rate = cardamom::Vector::Constant(model.genes(), options.off_rate);
      return run(cardamom::TwoStateProcess(model.kinetics, off_rate, rate), experiment, options, model);
    }
    return run(cardamom::BurstyProcess(model.kinetics, rate, experiment.process), experiment, options, model);
  }();

  const cardamom::Counts& counts = result.population.counts;
  cardamom::FileSet files;
  if (options.output.ends_with(".h5ad")) {
    const cardamom::DecayRates rates{model.kinetics.mrna_decay, model.kinetics.protein_decay};
    add_anndata(files, options.output, {counts, {}, rates});
  } else {
    files.add(options.output, cardamom::panel_text(counts));
  }
  if (!options.protein.empty()) {
    files.add(options.protein, cardamom::panel_text({result.population.protein, counts.times(), counts.names()}));
  }
  if (!options.trajectory.empty()) files.add(options.trajectory, trajectory_text(result.course, counts.names()));
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
