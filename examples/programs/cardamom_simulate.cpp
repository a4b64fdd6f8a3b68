// Simulates a time-stamped experiment and writes its counts: exact simulation of the bursty mRNA-protein process (1),
// or of the two-state or protein-only model, independent cells at every time point, Poisson counts; of the wild type or
// with genes knocked out, knocked down or over-expressed. A model directory says what was fitted to its experiment:
// rates, what cells were at the first observation, depths and levels of inputs; options decide otherwise.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/io.hpp>
#include <cardamom/model.hpp>
#include <cardamom/simulation.hpp>

#include "support/distinct_files.hpp"
#include "support/formats.hpp"
#include "support/gene_files.hpp"
#include "support/input_option.hpp"
#include "support/perturbation_option.hpp"
#include "support/program.hpp"
#include "support/progress_bar.hpp"
#include "support/start_option.hpp"

using cardamom::Index;

namespace {

constexpr const char* program = "cardamom_simulate";

struct Options {
  std::string network;
  std::string model;
  std::string rates;
  bool strict = false;
  std::vector<double> time_points;
  Index cells = 0;
  std::optional<double> burn_in;
  std::string start;
  Index threads = 0;
  std::uint64_t seed = 1;
  std::string output;
  std::string truth;
  support::PerturbationTexts perturbations;
  std::string conditions;
  std::string labels;
  bool common_random_numbers = false;
  std::string process = "bursty";
  double off_rate = 50.0;
  double capture = 1.0;
  std::optional<double> depth_variation;
  std::string protein;
  std::string trajectory;
  std::vector<std::string> inputs;
};

void describe(CLI::App& app, Options& options) {
  app.add_option("--network", options.network,
                 "What to simulate, unless it is --model: a named network: " + std::string(cardamom::named_networks) +
                     ", N being a number of genes; trees are drawn by --seed")
      ->type_name("NAME");
  app.add_option("--model", options.model,
                 "What to simulate, unless it is --network: a model directory, as cardamom_infer --model or the Python "
                 "package CARDAMOM writes it")
      ->type_name("DIR");
  app.add_option(
         "--rates", options.rates,
         "Degradation rates: a line `d0 d1` [1/h] for every gene, in their order, after one for every input or none, "
         "or "
         "in any order under titles such as `gene d0 d1` or `gene half_life_mRNA half_life_protein` [h]; "
         "burst frequencies keep their ratio to d0. Default: those of the named network or of the model directory; "
         "for a directory without any, half-lives of 9 h and 46 h")
      ->type_name("FILE");
  support::describe_strict(app, options.strict, "--rates", "the model");
  app.add_option("--timepoints", options.time_points,
                 "Times [h] at which cells are read, separated by commas; inputs are on from 0, unless --input or the "
                 "model directory says otherwise")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required()
      ->type_name("T,T,...");
  app.add_option("--cells", options.cells, "Number of cells read at every time point, each of them independent")
      ->required()
      ->check(support::at_least(1))
      ->type_name("N");
  support::describe_input_levels(app, options.inputs);
  auto* burn_in =
      app.add_option("--burn-in", options.burn_in,
                     "Time [h] from empty cells on before the first observation, which is at 0 unless the model "
                     "directory says otherwise. Default: what the model directory says cells were, else 5")
          ->check(support::nonnegative())
          ->type_name("H");
  app.add_option("--start", options.start,
                 "What cells are at the first observation. rest: they begin where their mean would rest under the "
                 "inputs before it, and chance has spread them for 300 h; burn-in:H: as --burn-in H, and not beside it")
      ->excludes(burn_in)
      ->type_name("rest|burn-in:H");
  app.add_option("--threads", options.threads,
                 "Number of threads, 0 for all of the machine; the result does not depend on it")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--seed", options.seed, "Seed of all random numbers")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("S");
  app.add_option("--output", options.output,
                 "Counts: a row of times [h], a row per input, a row per gene; or, where the name ends in .h5ad, an "
                 "AnnData file, degradation rates included")
      ->required()
      ->type_name("COUNTS");
  app.add_option("--truth", options.truth, "Also write the network's edges: source, target, weight")
      ->type_name("EDGES.tsv");

  support::describe_perturbations(app, options.perturbations);
  app.add_option("--conditions", options.conditions,
                 "Simulate the experiment under several conditions, so many cells at every time point in each: a line "
                 "`condition node effect time` for every gene or input that something is done to, which may be "
                 "knock-out, knock-down:SHARE, over-express:RATE or clamp:LEVEL of a gene, the level of an input from "
                 "the time [h] on, or none. For --process bursty")
      ->type_name("TABLE");
  app.add_option("--labels", options.labels,
                 "Also write the condition of every cell, a line each in the order of the counts, for cardamom_infer "
                 "--condition-key")
      ->type_name("LABELS");
  app.add_flag("--common-random-numbers", options.common_random_numbers,
               "Give every gene random numbers of its own: with the same seed, genes that are not downstream of a "
               "perturbed gene keep their counts exactly");
  app.add_option("--process", options.process,
                 "bursty: mRNA bursts, model (1); protein: protein bursts, model (3), mRNA drawn given the proteins; "
                 "two-state: promoters that switch on and off")
      ->check(support::one_of({"bursty", "protein", "two-state"}))
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
                 "Coefficient of variation of the sequencing depth between cells, Gamma distributed. Default: the "
                 "log-normal depths of the model directory, else 0")
      ->check(support::nonnegative())
      ->type_name("CV");
  app.add_option("--protein", options.protein, "Also write the cells' protein levels, in the layout of the counts")
      ->type_name("PROTEIN.tsv");
  app.add_option("--trajectory", options.trajectory,
                 "Also write the course of the first cell at 1000 steps from the start to the last time point: a row "
                 "per time [h] with its mRNA and protein levels")
      ->type_name("COURSE.tsv");
}

/// What is simulated.
struct Source {
  cardamom::Model model;
  cardamom::FittedExperiment experiment = {};
  double first_observation = 0.0;                    ///< [h]
  std::optional<cardamom::InputCourse> inputs = {};  ///< none where nothing is known
  std::vector<std::string> remarks = {};             ///< on the files read
};

/// The rates of --rates, none without it.
cardamom::DecayRates read_rates(const Options& options, const cardamom::Network& network,
                                std::vector<std::string>& remarks) {
  if (options.rates.empty()) return {};
  const cardamom::KnownNodes nodes{network.names(), network.nodes(), network.inputs(),
                                   support::unknown_genes(options.strict)};
  return support::read_rates(options.rates, nodes, remarks);
}

Source load(const Options& options) {
  if (options.network.empty() == options.model.empty()) {
    throw support::UsageError("exactly one of --network and --model must be given");
  }
  std::vector<std::string> remarks;
  if (!options.network.empty()) {
    cardamom::Model model =
        support::checked_usage([&] { return cardamom::named_model(options.network, options.seed); });
    if (options.rates.empty()) return {.model = std::move(model)};
    const cardamom::SavedModel saved = cardamom::to_saved(model);
    Source source{.model = to_model(saved, read_rates(options, saved.network, remarks))};
    source.remarks = std::move(remarks);
    return source;
  }
  const cardamom::SavedModel saved = cardamom::read_model_directory(options.model);
  Source source{to_model(saved, read_rates(options, saved.network, remarks)), saved.experiment,
                saved.first_observation};
  source.remarks = std::move(remarks);
  if (!saved.schedule.empty()) {
    source.inputs = cardamom::course_from(saved.schedule, saved.first_observation, saved.inputs());
  }
  return source;
}

/// What cells are at the first observation, by --start and --burn-in, else as was fitted.
cardamom::FirstState first_state(const Options& options, const Source& source) {
  if (options.burn_in) {
    const cardamom::FirstState burn_in = cardamom::BurnIn{*options.burn_in};
    support::checked_usage([&] { validate(burn_in); });
    return burn_in;
  }
  if (options.start.empty()) return source.experiment.first_state;
  return support::parse_start(options.start);
}

/// Log-normal depths as they were fitted, unless --depth-variation says otherwise.
cardamom::PoissonCapture capture_of(const Options& options, const Source& source) {
  return {.efficiency = options.capture,
          .depth_variation = options.depth_variation.value_or(0.0),
          .log_depth_deviation = options.depth_variation ? 0.0 : source.experiment.depth_deviation};
}

/// How files and options call the nodes of a model.
cardamom::NodeLabels labels_of(const cardamom::Model& model) {
  return cardamom::NodeLabels(model.names, model.nodes(), model.inputs());
}

std::string trajectory_text(const cardamom::Trajectory& course, const std::vector<std::string>& names, Index inputs) {
  std::string text = "time";
  for (const char* const kind : {"mRNA ", "protein "}) {
    for (auto gene = static_cast<std::size_t>(inputs); gene < names.size(); ++gene)
      text += '\t' + cardamom::table_field(kind + names[gene]);
  }
  text += '\n';
  for (Index k = 0; k < course.times.size(); ++k) {
    text += cardamom::to_text(course.times[k]);
    for (const cardamom::Matrix* const values : {&course.mrna, &course.protein}) {
      for (Index gene = inputs; gene < values->cols(); ++gene) text += '\t' + cardamom::to_text((*values)(k, gene));
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
Result run(const Process& process, const cardamom::Protocol& protocol, const Options& options,
           const cardamom::PoissonCapture& law, const cardamom::Model& model) {
  const cardamom::SimulateOptions settings{
      .seed = options.seed, .keep_latent = !options.protein.empty(), .names = model.names};
  Result result{simulate(process, protocol, settings, law, support::executor(options.threads),
                         support::ProgressBar("simulating")),
                {}};
  if (!options.trajectory.empty()) {
    const double end = *std::max_element(protocol.time_points.begin(), protocol.time_points.end());
    std::vector<double> times;
    for (int step = 0; step <= 1000; ++step) {
      times.push_back(-protocol.burn_in + (end + protocol.burn_in) * step / 1000.0);
    }
    result.course = follow_cell(process, protocol, times, {.seed = options.seed});
  }
  return result;
}

/// The conditions of --conditions, none without it. Their times count as those of the protocol.
std::vector<cardamom::Condition> read_conditions(const Options& options, const Source& source) {
  if (options.conditions.empty()) {
    if (!options.labels.empty()) throw support::UsageError("--labels is for --conditions");
    return {};
  }
  if (!options.perturbations.none()) {
    throw support::UsageError("--conditions: what is done to genes is in the table, not in options of its own");
  }
  if (options.process != "bursty") throw support::UsageError("--conditions is for --process bursty");
  if (!options.trajectory.empty()) throw support::UsageError("--trajectory is not for --conditions");
  const cardamom::Model& model = source.model;
  std::vector<cardamom::Condition> conditions = cardamom::read_conditions(
      options.conditions, {labels_of(model).names(), model.nodes(), model.inputs()}, support::file_reader());
  for (cardamom::Condition& condition : conditions) {
    for (cardamom::LevelChange& change : condition.levels) change.time -= source.first_observation;
  }
  return conditions;
}

/// The condition of every cell, a line each.
std::string labels_text(const cardamom::Counts& counts) {
  std::string text;
  for (const Index condition : counts.condition_of_cell()) {
    text += counts.conditions()[static_cast<std::size_t>(condition)].name + '\n';
  }
  return text;
}

/// The protocol of the options; its times count from the first observation of the data that the model is from.
cardamom::Protocol protocol_of(const Options& options, const Source& source) {
  const cardamom::Model& model = source.model;
  cardamom::Protocol protocol;
  protocol.time_points = options.time_points;
  for (double& time : protocol.time_points) time -= source.first_observation;
  protocol.cells_per_time_point = options.cells;
  cardamom::InputCourse inputs = support::input_levels(options.inputs, labels_of(model), model.inputs(), source.inputs);
  for (cardamom::LevelChange& change : inputs.changes) change.time -= source.first_observation;
  start_from(protocol, first_state(options, source), model, inputs);
  for (std::size_t k = 0; k < protocol.time_points.size(); ++k) {
    if (protocol.time_points[k] >= -protocol.burn_in) continue;
    throw support::UsageError("--timepoints: time_points[" + std::to_string(k) + "] is " +
                              cardamom::to_text(options.time_points[k]) + ", must be at least " +
                              cardamom::to_text(source.first_observation - protocol.burn_in) + ", where cells begin");
  }
  return protocol;
}

/// A result of such a protocol in the times of the options.
void restore_times(Result& result, const Options& options, const Source& source) {
  if (source.first_observation == 0.0) return;
  result.course.times.array() += source.first_observation;
  const cardamom::Counts& counts = result.population.counts;
  cardamom::Vector times(counts.cells());
  for (Index cell = 0; cell < times.size(); ++cell) {
    const auto place = static_cast<std::size_t>(cell / options.cells);  // conditions follow one another
    times[cell] = options.time_points[place % options.time_points.size()];
  }
  result.population.counts =
      cardamom::Counts(counts.values(), times, counts.names(), counts.depth(), counts.inputs()).annotated_as(counts);
}

void simulate_to_files(const Options& options) {
  support::require_distinct_files({support::model_path("--model", options.model),
                                   {"--rates", options.rates, {}},
                                   {"--conditions", options.conditions, {}}},
                                  {{"--output", options.output, {}},
                                   {"--labels", options.labels, {}},
                                   {"--truth", options.truth, {}},
                                   {"--protein", options.protein, {}},
                                   {"--trajectory", options.trajectory, {}}});
  const Source source = load(options);
  const cardamom::Model& model = source.model;
  const cardamom::Protocol protocol = protocol_of(options, source);
  const cardamom::PoissonCapture law = capture_of(options, source);
  cardamom::ProcessOptions process;
  if (options.common_random_numbers) process.path = cardamom::Path::clocks;
  support::checked_usage([&] {
    validate(protocol, model.nodes(), model.inputs());
    validate(law);
  });
  const cardamom::Sigmoid rate = support::checked_usage([&] {
    return perturb(model.rate,
                   support::read_perturbations(options.perturbations, labels_of(model), model.nodes(), model.inputs()));
  });
  if (options.common_random_numbers && options.process == "two-state") {
    throw support::UsageError("--common-random-numbers is not for --process two-state");
  }
  const std::vector<cardamom::Condition> conditions = read_conditions(options, source);
  for (const std::string* const path :
       {&options.labels, &options.output, &options.truth, &options.protein, &options.trajectory}) {
    support::require_writable(*path);
  }

  Result result = [&] {
    if (options.process == "protein") {
      return run(cardamom::ProteinProcess(model.kinetics, rate, process), protocol, options, law, model);
    }
    if (options.process == "two-state") {
      const cardamom::Vector off_rate = cardamom::Vector::Constant(model.nodes(), options.off_rate);
      return run(cardamom::TwoStateProcess(model.kinetics, off_rate, rate), protocol, options, law, model);
    }
    if (!conditions.empty()) {
      const cardamom::SimulateOptions settings{
          .seed = options.seed, .keep_latent = !options.protein.empty(), .process = process};
      return Result{simulate_conditions(model, protocol, conditions, settings, law, cardamom::Threads(options.threads),
                                        support::ProgressBar("simulating")),
                    {}};
    }
    return run(cardamom::BurstyProcess(model.kinetics, rate, process), protocol, options, law, model);
  }();
  restore_times(result, options, source);

  const cardamom::Counts& counts = result.population.counts;
  support::write_together([&](cardamom::FileSet& files) {
    support::add_counts(files, options.output, counts, {model.kinetics.mrna_decay, model.kinetics.protein_decay});
    if (!options.labels.empty()) files.add(options.labels, labels_text(counts));
    if (!options.protein.empty()) {
      files.add(options.protein,
                cardamom::panel_text({result.population.protein, counts.times(), counts.names(), {}, counts.inputs()}));
    }
    if (!options.trajectory.empty()) {
      files.add(options.trajectory, trajectory_text(result.course, counts.names(), model.inputs()));
    }
    if (!options.truth.empty()) {
      files.add(options.truth, cardamom::edges_text(model.network().edges(), labels_of(model).labels()));
    }
  });
  for (const std::string& remark : source.remarks) support::note(program, remark);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Simulates a time-stamped single-cell experiment: cells of a gene regulatory network, exactly, as counts.\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage; nothing is written unless 0. When\n"
      "interrupted, all files are written or none (130, or 143 when terminated).",
      program);
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] {
    if (app.count("--koff") > 0 && options.process != "two-state") {
      throw support::UsageError("--koff is the rate of promoters, which only --process two-state has");
    }
    simulate_to_files(options);
  });
}
