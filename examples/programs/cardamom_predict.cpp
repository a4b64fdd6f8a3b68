// Predicts from fitted models: the shares of cell types over time, in the experiment of the data or with genes knocked
// out, knocked down or over-expressed; which single perturbation moves a type; where every cell of the data is heading.
// A model directory says what was fitted to its experiment: rates, what cells were at the first observation, depths and
// levels of inputs.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/io.hpp>
#include <cardamom/model.hpp>
#include <cardamom/prediction.hpp>
#include <cardamom/simulation.hpp>

#include "support/cell_labels.hpp"
#include "support/condition_option.hpp"
#include "support/distinct_files.hpp"
#include "support/formats.hpp"
#include "support/gene_files.hpp"
#include "support/input_option.hpp"
#include "support/perturbation_option.hpp"
#include "support/program.hpp"
#include "support/progress_bar.hpp"
#include "support/time_unit_option.hpp"

using cardamom::Index;

namespace {

constexpr const char* program = "cardamom_predict";

struct Options {
  std::vector<std::string> models;
  std::string counts;
  cardamom::ReadCountsOptions reading;
  std::vector<std::string> inputs;
  support::ConditionOptions conditions;
  std::string types = "4";
  std::string classifier;
  std::vector<double> time_points;
  Index cells = 1000;
  double confidence = 0.95;
  support::PerturbationTexts perturbations;
  std::string rank;
  std::string ranking;
  double over_expression = 1.0;
  std::string assigned;
  std::string velocity;
  std::string report;
  std::string output;
  Index threads = 0;
  std::uint64_t seed = 1;
};

void describe(CLI::App& app, Options& options) {
  app.add_option("MODEL", options.models,
                 "Model directories, as cardamom_infer --model writes them: of several the shares are means, and "
                 "intervals say what they disagree about; the first one says how the experiment began and of depths")
      ->required()
      ->type_name("DIR...");
  app.add_option("--counts", options.counts,
                 "The data that the models were fitted to, in any format of cardamom_infer: types are told by them")
      ->required()
      ->type_name("COUNTS");
  app.add_option("--genes", options.reading.gene_names,
                 "Gene names: a line `index name` for the first input (0) and for every gene, as for cardamom_infer")
      ->type_name("FILE");
  support::describe_inputs(app, options.inputs);
  app.add_option("--times", options.reading.times,
                 "Table `cell time`, in hours or with units, for tables that name their cells")
      ->type_name("FILE");
  app.add_option("--time-key", options.reading.time_key, "Column of obs with the times, for AnnData files")
      ->capture_default_str()
      ->type_name("KEY");
  support::describe_time_unit(app, options.reading.time_unit);
  app.add_option("--layer", options.reading.layer, "Layer with the counts, for AnnData files. Default: X")
      ->type_name("NAME");
  support::describe_conditions(app, options.conditions);
  app.add_option("--types", options.types,
                 "Types of cells. A number K: found by k-means on log(1 + count), 1 to K in the order of their mean "
                 "times; a column of obs, for AnnData files; or a file with a line per cell, in the order of the "
                 "counts")
      ->capture_default_str()
      ->type_name("K|COLUMN|FILE");
  app.add_option("--classifier", options.classifier,
                 "What tells the type of a simulated cell: nearest (the nearest mean of log(1 + count)) or logistic "
                 "(multinomial regression on it). Its error on cells held out is told on standard error. Default: "
                 "nearest for types that are found, else logistic")
      ->check(support::one_of({"nearest", "logistic"}))
      ->type_name("NAME");
  app.add_option("--timepoints", options.time_points,
                 "Times [h] to predict, increasing, separated by commas. Default: those of the data")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("T,T,...");
  app.add_option("--cells", options.cells, "Number of cells simulated at every time point, from each model")
      ->check(support::at_least(1))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--confidence", options.confidence, "Of the intervals of shares, between 0 and 1")
      ->check(support::positive())
      ->capture_default_str()
      ->type_name("X");
  support::describe_perturbations(app, options.perturbations);
  app.add_option(
         "--rank", options.rank,
         "Also try every single knock-out and over-expression, beside the perturbations above where there are "
         "any, and rank them by the change of the share of this type at the last time; needs --ranking or --report")
      ->type_name("TYPE");
  app.add_option(
         "--ranking", options.ranking,
         "Where the ranked perturbations go: gene, perturbation, bursts added [1/h], share, change, its standard "
         "error, and its standard deviation between models")
      ->type_name("RANKING.tsv");
  app.add_option("--over-expression", options.over_expression,
                 "Bursts that an over-expression of --rank adds, as a multiple of the gene's largest frequency")
      ->needs(app.get_option("--rank"))
      ->check(support::nonnegative())
      ->capture_default_str()
      ->type_name("X");
  app.add_option("--assigned", options.assigned,
                 "Also write the type of every cell of the data: a line per cell, which --types reads again")
      ->type_name("TYPES.txt");
  app.add_option(
         "--velocity", options.velocity,
         "Also write where every cell of the data is heading by the first model: a line per cell and gene, "
         "the expected mRNA [molecules] and protein and their changes per hour, given the cell's counts and time. "
         "Where the name ends in .h5ad: an AnnData file with the counts, obs type, layers Ms, velocity, protein, "
         "protein_velocity, obsm X_pca and velocity_pca")
      ->type_name("VELOCITY.tsv|.h5ad");
  app.add_option("--report", options.report,
                 "Also write DIR/index.html, a page of pictures: shares over time beside those of the data, the ranked "
                 "perturbations of --rank, and velocities on principal components")
      ->type_name("DIR");
  app.add_option("--output", options.output,
                 "Shares: condition (data, unperturbed, and perturbed where there are perturbations; with "
                 "--condition-key data:NAME and NAME of every condition in place of the first two), time [h], type, "
                 "share, lower and upper end of its interval, standard deviation between models, number of cells. "
                 "Default: standard output")
      ->type_name("SHARES.tsv");
  app.add_option("--threads", options.threads,
                 "Number of threads, 0 for all of the machine; the result does not depend on it")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--seed", options.seed, "Seed of all random numbers")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("S");
}

/// What is predicted from.
struct Source {
  cardamom::Counts counts;
  std::vector<cardamom::Model> models;
  cardamom::FittedExperiment experiment;
  double first_observation = 0.0;  ///< [h]
  cardamom::InputCourse inputs;
};

cardamom::Counts read_data(const Options& options) {
  cardamom::ReadCountsOptions reading = options.reading;
  reading.inputs = support::declared_inputs(options.inputs);
  reading.rates = false;
  cardamom::CountsFile file = support::read_counts(options.counts, reading);
  for (const std::string& remark : file.remarks) support::note(program, remark);
  cardamom::Counts counts = support::with_conditions(file.counts, options.counts, options.conditions);
  static_cast<void>(condition_groups(program, counts));  // refuses what was not inferred from
  return counts;
}

Source load(const Options& options) {
  Source source{read_data(options), {}, {}, 0.0, {}};
  const cardamom::Counts& counts = source.counts;
  for (const std::string& directory : options.models) {
    const cardamom::SavedModel saved = cardamom::read_model_directory(directory);
    if (saved.nodes() != counts.nodes() || saved.inputs() != counts.inputs()) {
      throw cardamom::IoError(directory, "the model has " + support::counted(saved.inputs(), "input", "inputs") +
                                             " and " + support::counted(saved.genes(), "gene", "genes") + ", " +
                                             options.counts + " has " + std::to_string(counts.inputs()) + " and " +
                                             std::to_string(counts.genes()));
    }
    cardamom::Model model = to_model(saved);
    model.names = counts.names();
    if (source.models.empty()) {
      source.experiment = saved.experiment;
      const bool known = !saved.schedule.empty();
      source.first_observation = known ? saved.first_observation : counts.time_points()[0];
      const cardamom::Vector times = counts.time_points();
      source.inputs = known ? cardamom::course_from(saved.schedule, saved.first_observation, saved.inputs())
                            : cardamom::observed_course(times, cardamom::mean_input_levels(counts));
    }
    source.models.push_back(std::move(model));
  }
  return source;
}

/// The times to predict.
std::vector<double> times_of(const Options& options, const Source& source) {
  if (options.time_points.empty()) {
    return {source.counts.time_points().begin(), source.counts.time_points().end()};
  }
  for (std::size_t k = 1; k < options.time_points.size(); ++k) {
    if (options.time_points[k] > options.time_points[k - 1]) continue;
    throw support::UsageError("--timepoints: time_points[" + std::to_string(k) + "] is " +
                              cardamom::to_text(options.time_points[k]) + ", must be above the one before, " +
                              cardamom::to_text(options.time_points[k - 1]));
  }
  return options.time_points;
}

/// The protocol of the experiment; its times count from the first observation of the data.
/// @param inputs their levels, in the time of the data
cardamom::Protocol protocol_of(const Options& options, const Source& source, const std::vector<double>& times,
                               cardamom::InputCourse inputs) {
  cardamom::Protocol protocol;
  protocol.time_points = times;
  for (double& time : protocol.time_points) time -= source.first_observation;
  protocol.cells_per_time_point = options.cells;
  for (cardamom::LevelChange& change : inputs.changes) change.time -= source.first_observation;
  start_from(protocol, source.experiment.first_state, source.models.front(), inputs);
  support::checked_usage([&] { validate(protocol, source.models.front().nodes(), source.models.front().inputs()); });
  return protocol;
}

/// Levels of the inputs of a condition: those of the models' experiment, or where the condition sets them what its
/// cells saw.
cardamom::InputCourse inputs_of(const Source& source, Index condition) {
  const cardamom::Counts& counts = source.counts;
  if (counts.conditions()[static_cast<std::size_t>(condition)].levels.empty()) return source.inputs;
  const cardamom::Counts own = counts.of_condition(condition);
  return cardamom::observed_course(own.time_points(), cardamom::mean_input_levels(own, counts));
}

/// Types of the cells of the data, and the classifier of k-means where they are found by it.
struct DataTypes {
  cardamom::CellTypes types;
  std::optional<cardamom::NearestCentre> found = {};
};

DataTypes types_of(const Options& options, const Source& source) {
  Index clusters = 0;
  if (!cardamom::parse_whole(options.types, clusters)) {
    const std::vector<std::string> labels =
        support::read_cell_labels(options.counts, options.types, source.counts.cells());
    return {cardamom::types_from_labels(labels)};
  }
  if (clusters < 1 || clusters > source.counts.cells()) {
    throw support::UsageError("--types: value is " + cardamom::in_quotes(options.types) +
                              ", must be at least 1 and at most the number of cells, " +
                              std::to_string(source.counts.cells()));
  }
  cardamom::FoundTypes found = find_types(source.counts, {.clusters = clusters, .seed = options.seed});
  return {std::move(found.types), std::move(found.classifier)};
}

/// The type that a fate is.
Index find_type(const cardamom::CellTypes& types, const std::string& name) {
  const auto found = std::find(types.names.begin(), types.names.end(), name);
  if (found == types.names.end()) {
    std::string known;
    for (const std::string& type : types.names) known += (known.empty() ? "" : ", ") + type;
    throw support::UsageError("--rank: there is no type " + cardamom::in_quotes(name) + "; there are " + known);
  }
  return found - types.names.begin();
}

std::string shares_rows(const std::string& condition, const cardamom::FateShares& fates) {
  using cardamom::to_text;
  std::string text;
  for (Index t = 0; t < fates.shares.rows(); ++t) {
    for (Index z = 0; z < fates.shares.cols(); ++z) {
      text += condition + '\t' + to_text(fates.time_points[t]) + '\t' +
              cardamom::table_field(fates.types[static_cast<std::size_t>(z)]) + '\t' + to_text(fates.shares(t, z)) +
              '\t' + to_text(fates.lower(t, z)) + '\t' + to_text(fates.upper(t, z)) + '\t' +
              to_text(fates.spread(t, z)) + '\t' + to_text(fates.cells) + '\n';
    }
  }
  return text;
}

/// The rows of the data themselves, with intervals of chance.
std::string data_rows(const std::string& condition, const cardamom::ObservedShares& seen,
                      const cardamom::CellTypes& types) {
  using cardamom::to_text;
  std::string text;
  for (Index t = 0; t < seen.shares.rows(); ++t) {
    for (Index z = 0; z < seen.shares.cols(); ++z) {
      text += condition + '\t' + to_text(seen.time_points[t]) + '\t' +
              cardamom::table_field(types.names[static_cast<std::size_t>(z)]) + '\t' + to_text(seen.shares(t, z)) +
              '\t' + to_text(seen.lower(t, z)) + '\t' + to_text(seen.upper(t, z)) + "\t0\t" +
              to_text(seen.cells[static_cast<std::size_t>(t)]) + '\n';
    }
  }
  return text;
}

std::string ranking_text(const cardamom::PerturbationRanking& ranking, const cardamom::NodeLabels& labels) {
  using cardamom::to_text;
  std::string text = "gene\tperturbation\tadded\tshare\tchange\tstandard_error\tspread\n";
  for (const cardamom::RankedPerturbation& ranked : ranking.ranked) {
    text += cardamom::table_field(labels.labels()[static_cast<std::size_t>(ranked.perturbation.gene)]) + '\t' +
            kind_of(ranked.perturbation) + '\t' + to_text(ranked.perturbation.extra) + '\t' + to_text(ranked.share) +
            '\t' + to_text(ranked.change) + '\t' + to_text(ranked.standard_error) + '\t' + to_text(ranked.spread) +
            '\n';
  }
  return text;
}

std::string velocity_text(const cardamom::CellVelocities& cells, const cardamom::Counts& counts,
                          const cardamom::NodeLabels& labels) {
  using cardamom::to_text;
  std::string text = "cell\ttime\tgene\tmRNA\tprotein\tmRNA_velocity\tprotein_velocity\n";
  for (Index cell = 0; cell < counts.cells(); ++cell) {
    for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
      text += to_text(cell + 1) + '\t' + to_text(counts.times()[cell]) + '\t' +
              cardamom::table_field(labels.labels()[static_cast<std::size_t>(gene)]);
      for (const cardamom::Matrix* const values :
           {&cells.mrna, &cells.protein, &cells.mrna_velocity, &cells.protein_velocity}) {
        text += '\t' + to_text((*values)(cell, gene));
      }
      text += '\n';
    }
  }
  return text;
}

/// The cells of the data with their velocities, as an AnnData file to come, where scVelo and CellRank look for them.
void add_velocities(cardamom::FileSet& files, const std::string& path, const Source& source,
                    const cardamom::CellTypes& types, const cardamom::CellVelocities& cells) {
  const cardamom::Counts& counts = source.counts;
  constexpr Index most_components = 50;
  const cardamom::VelocityEmbedding embedded =
      embed_velocities(counts, cells, std::min(most_components, counts.genes()));
  const auto of_genes = [&](const cardamom::Matrix& values) -> cardamom::Matrix {
    return values.rightCols(counts.genes());
  };
  std::vector<std::string> type;
  for (const Index z : types.of_cell) type.push_back(types.names[static_cast<std::size_t>(z)]);
  const cardamom::Kinetics& kinetics = source.models.front().kinetics;
  support::add_cells(files, path, counts, {kinetics.mrna_decay, kinetics.protein_decay},
                     {.texts = {{"type", type}},
                      .layers = {{"Ms", of_genes(cells.mrna)},
                                 {"velocity", of_genes(cells.mrna_velocity)},
                                 {"protein", of_genes(cells.protein)},
                                 {"protein_velocity", of_genes(cells.protein_velocity)}},
                      .embeddings = {{"X_pca", embedded.cells}, {"velocity_pca", embedded.velocities}}});
}

/// What was predicted; empty where it was not asked for.
struct Results {
  std::string shares;
  std::vector<cardamom::ConditionFates> conditions;
  cardamom::PerturbationRanking ranking;
  std::optional<cardamom::CellVelocities> velocities;
};

/// Predicts with a classifier.
template <class Classifier>
Results predict(const Options& options, const Source& source, const cardamom::CellTypes& types,
                const Classifier& classifier) {
  const cardamom::Model& model = source.models.front();
  const cardamom::NodeLabels labels(source.counts.names(), model.nodes(), model.inputs());
  const std::vector<double> times = times_of(options, source);
  const cardamom::Protocol protocol = protocol_of(options, source, times, source.inputs);
  const cardamom::PoissonCapture law{.log_depth_deviation = source.experiment.depth_deviation};
  const auto threads = support::executor(options.threads);
  cardamom::FateOptions settings{.seed = options.seed, .confidence = options.confidence};
  Results results;
  results.shares = "condition\ttime\ttype\tshare\tlower\tupper\tspread\tcells\n";
  const auto add_condition = [&](const std::string& condition, const cardamom::Protocol& experiment,
                                 std::optional<cardamom::ObservedShares> observed) {
    cardamom::FateShares fates =
        fate_shares(source.models, experiment, classifier, settings, law, threads, support::ProgressBar("simulating"));
    fates.time_points = cardamom::Vector::Map(times.data(), static_cast<Index>(times.size()));  // those of the data
    results.shares += shares_rows(cardamom::table_field(condition), fates);
    results.conditions.push_back({condition, std::move(fates), std::move(observed)});
  };
  const std::vector<cardamom::Condition>& conditions = source.counts.conditions();
  std::vector<cardamom::ObservedShares> seen;
  if (conditions.empty()) {
    seen.push_back(observed_shares(source.counts, types, options.confidence));
    results.shares += data_rows("data", seen.front(), types);
    add_condition("unperturbed", protocol, seen.front());
  }
  for (std::size_t c = 0; c < conditions.size(); ++c) {
    seen.push_back(observed_shares(source.counts, types, options.confidence, static_cast<Index>(c)));
    results.shares += data_rows(cardamom::table_field("data:" + conditions[c].name), seen.back(), types);
  }
  for (std::size_t c = 0; c < conditions.size(); ++c) {
    settings.perturbations = conditions[c].perturbations;
    add_condition(conditions[c].name, protocol_of(options, source, times, inputs_of(source, static_cast<Index>(c))),
                  seen[c]);
  }
  settings.perturbations = support::checked_usage(
      [&] { return support::read_perturbations(options.perturbations, labels, model.nodes(), model.inputs()); });
  if (!options.perturbations.none()) add_condition("perturbed", protocol, {});
  if (!options.rank.empty()) {
    std::vector<cardamom::Perturbation> candidates = single_knock_outs(model);
    const std::vector<cardamom::Perturbation> more = single_over_expressions(model, options.over_expression);
    candidates.insert(candidates.end(), more.begin(), more.end());
    results.ranking =
        rank_perturbations(source.models, candidates, protocol, classifier, find_type(types, options.rank), settings,
                           law, threads, support::ProgressBar("ranking"));
  }
  if (!options.velocity.empty() || (!options.report.empty() && conditions.empty())) {
    results.velocities = expected_velocity(model, source.experiment, source.counts, {.seed = options.seed}, threads,
                                           support::ProgressBar("velocities"));
  }
  return results;
}

std::string assigned_text(const cardamom::CellTypes& types) {
  std::string text;
  for (const Index type : types.of_cell) {
    text += cardamom::table_field(types.names[static_cast<std::size_t>(type)]) + '\n';
  }
  return text;
}

/// The page of --report, as a file to come.
void add_report(cardamom::FileSet& files, const Options& options, const Source& source,
                const cardamom::CellTypes& types, const Results& results, bool found, const std::string& classifier) {
  std::string models;
  for (const std::string& directory : options.models) models += (models.empty() ? "" : ", ") + directory;
  const cardamom::PredictionReportOptions page{
      .title = "Fates predicted from " + options.counts,
      .facts = {{"Models", models},
                {"Types", std::to_string(types.count()) + (found ? ", found by k-means" : " of " + options.types)},
                {"Classifier", classifier},
                {"Simulated cells", std::to_string(options.cells) + " per time and model"},
                {"Seed", std::to_string(options.seed)},
                {"Version", "cardamom " + support::version()}},
      .confidence = options.confidence};
  std::optional<cardamom::VelocityEmbedding> embedded;
  if (results.velocities) {
    embedded = embed_velocities(source.counts, *results.velocities, std::min<Index>(2, source.counts.genes()));
  }
  add_prediction_report(files, options.report,
                        {.counts = source.counts,
                         .types = types,
                         .conditions = results.conditions,
                         .ranking = options.rank.empty() ? nullptr : &results.ranking,
                         .fate = options.rank.empty() ? 0 : find_type(types, options.rank),
                         .velocity = embedded ? &*embedded : nullptr},
                        page);
}

/// Says how often a classifier is wrong about cells that it was not fitted to.
/// @returns its name and this
template <class Fit>
std::string tell_error(const Source& source, const cardamom::CellTypes& types, const Options& options,
                       const std::string& name, const Fit& fit) {
  constexpr Index folds = 10;
  if (source.counts.cells() < folds) return name;
  const cardamom::ClassifierError error =
      classifier_error(source.counts, types, fit, {.folds = folds, .seed = options.seed});
  const std::string wrong = support::rounded(100.0 * error.share) + " % (standard error " +
                            support::rounded(100.0 * error.standard_error) + ") of cells held out are of another type";
  support::note(program, name + " classifier: " + wrong);
  return name + "; " + wrong;
}

void predict_to_files(const Options& options) {
  std::vector<support::NamedPath> read{support::counts_path("--counts", options.counts),
                                       {"--genes", options.reading.gene_names, {}},
                                       {"--times", options.reading.times, {}},
                                       {"--types", support::label_file(options.types), {}},
                                       {"--condition-key", options.conditions.label_file(), {}},
                                       {"--conditions", options.conditions.table, {}}};
  for (const std::string& directory : options.models) read.push_back(support::model_path("MODEL", directory));
  require_distinct_files(read, {{"--output", options.output, {}},
                                {"--ranking", options.ranking, {}},
                                {"--assigned", options.assigned, {}},
                                {"--velocity", options.velocity, {}},
                                support::report_path("--report", options.report)});
  if (options.rank.empty() && !options.ranking.empty()) throw support::UsageError("--ranking needs --rank");
  if (!options.rank.empty() && options.ranking.empty() && options.report.empty()) {
    throw support::UsageError("--rank needs --ranking or --report");
  }
  if (!(options.confidence < 1.0)) {
    throw support::UsageError("--confidence: value is " + cardamom::to_text(options.confidence) +
                              ", must be between 0 and 1");
  }
  if (!options.conditions.none() && !options.velocity.empty()) {
    throw support::UsageError("--velocity is not for --condition-key: velocities are of cells of one condition");
  }
  const Source source = load(options);
  for (const cardamom::Condition& condition : source.counts.conditions()) {
    if (condition.name == "perturbed" && !options.perturbations.none()) {
      throw support::UsageError(
          "--condition-key: a condition of the data is called perturbed, as what the other options "
          "do to genes is; it needs another name");
    }
  }
  const DataTypes data = types_of(options, source);
  // What options say wrong is said before anything is computed.
  static_cast<void>(protocol_of(options, source, times_of(options, source), source.inputs));
  if (!options.rank.empty()) static_cast<void>(find_type(data.types, options.rank));
  const cardamom::NodeLabels labels(source.counts.names(), source.counts.nodes(), source.counts.inputs());
  support::checked_usage([&] {
    static_cast<void>(
        support::read_perturbations(options.perturbations, labels, source.counts.nodes(), source.counts.inputs()));
  });
  for (const std::string* const path : {&options.output, &options.ranking, &options.assigned, &options.velocity}) {
    support::require_writable(*path);
  }
  support::require_writable_directory(options.report);

  const bool nearest = options.classifier.empty() ? data.found.has_value() : options.classifier == "nearest";
  const auto means = [](const cardamom::Counts& c, const cardamom::CellTypes& t) { return class_means(c, t); };
  const auto logistic = [](const cardamom::Counts& c, const cardamom::CellTypes& t) { return fit_logistic(c, t); };
  Results results;
  std::string classifier;
  if (nearest) {
    classifier = tell_error(source, data.types, options, "nearest", means);
    results = predict(options, source, data.types, data.found ? *data.found : means(source.counts, data.types));
  } else {
    classifier = tell_error(source, data.types, options, "logistic", logistic);
    results = predict(options, source, data.types, logistic(source.counts, data.types));
  }
  support::write_together([&](cardamom::FileSet& files) {
    if (!options.output.empty()) files.add(options.output, results.shares);
    if (!options.ranking.empty()) files.add(options.ranking, ranking_text(results.ranking, labels));
    if (!options.assigned.empty()) files.add(options.assigned, assigned_text(data.types));
    if (options.velocity.ends_with(".h5ad")) {
      add_velocities(files, options.velocity, source, data.types, *results.velocities);
    } else if (!options.velocity.empty()) {
      files.add(options.velocity, velocity_text(*results.velocities, source.counts, labels));
    }
    if (!options.report.empty())
      add_report(files, options, source, data.types, results, data.found.has_value(), classifier);
  });
  if (options.output.empty()) std::cout << results.shares;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Predicts from fitted models: shares of cell types over time with intervals, under perturbations too, ranked\n"
      "perturbations, and where every cell of the data is heading.\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage; nothing is written unless 0. When\n"
      "interrupted, all files are written or none (130, or 143 when terminated).",
      program);
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] { predict_to_files(options); });
}
