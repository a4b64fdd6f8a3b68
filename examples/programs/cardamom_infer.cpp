// Infers a gene regulatory network from time-stamped single-cell counts.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/executor.hpp>
#include <cardamom/inference/hold_out.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/stability.hpp>
#include <cardamom/inference/verdict/text.hpp>
#include <cardamom/io.hpp>
#include <cardamom/io/directory_checkpoint.hpp>

#include "support/checkpoint_option.hpp"
#include "support/clusterer_option.hpp"
#include "support/condition_option.hpp"
#include "support/depth_option.hpp"
#include "support/distinct_files.hpp"
#include "support/fitted.hpp"
#include "support/formats.hpp"
#include "support/gene_files.hpp"
#include "support/input_option.hpp"
#include "support/methods.hpp"
#include "support/network_remarks.hpp"
#include "support/program.hpp"
#include "support/progress_bar.hpp"
#include "support/resimulate.hpp"
#include "support/saved_inference.hpp"
#include "support/start_option.hpp"
#include "support/time_scale.hpp"
#include "support/time_unit_option.hpp"

using cardamom::Index;

namespace {

constexpr const char* program = "cardamom_infer";

struct Options {
  std::string counts;
  std::vector<std::string> inputs;
  cardamom::ReadCountsOptions reading;
  std::string orientation = "detect";
  std::string values;
  std::string time_bins = "auto";
  std::uint64_t largest_content = cardamom::largest_content;
  support::ConditionOptions conditions;
  std::string depth;
  std::string start = "auto";
  std::string output;
  std::string titles = "cardamom";
  std::string model;
  std::string dot;
  cardamom::GraphvizOptions picture{.threshold = 1.0};
  std::string report;
  std::string fit;
  std::vector<double> hold_out;
  std::string rates;
  std::string prior;
  std::string regulators;
  std::string prior_odds;
  double odds_factor = cardamom::usual_odds_factor;
  bool strict = false;
  Index threads = 0;
  Index stability = 0;
  std::string checkpoint;
  cardamom::CheckpointIdentity identity;  ///< of the run that the checkpoint is of
  support::MethodSettings settings;
};

const std::map<std::string, cardamom::EdgeTitles> titles_by_name = {{"cardamom", cardamom::EdgeTitles::cardamom},
                                                                    {"arboreto", cardamom::EdgeTitles::arboreto},
                                                                    {"beeline", cardamom::EdgeTitles::beeline}};

const std::map<std::string, cardamom::TableOrientation> orientation_by_name = {
    {"detect", cardamom::TableOrientation::detect},
    {"genes-by-cells", cardamom::TableOrientation::genes_by_cells},
    {"cells-by-genes", cardamom::TableOrientation::cells_by_genes}};

void describe(CLI::App& app, Options& options) {
  app.add_option("COUNTS", options.counts,
                 "Raw molecule counts, not normalised: a panel (a row of times [h], a row per input, 0 while off, "
                 "a row per gene; a column per cell, after one of gene indices), an AnnData file (.h5ad), a 10x folder "
                 "or the matrix.mtx in it, 10x's HDF5 file (.h5), or a table that names genes and cells, such as "
                 "BEELINE's ExpressionData.csv")
      ->required()
      ->type_name("COUNTS");
  app.add_option(
         "--genes", options.reading.gene_names,
         "Gene names: a line `index name` for the first input (0) and for every gene, or a name per gene. They name "
         "the rows of a panel; "
         "of other formats they choose the genes to use; those that the counts lack are skipped. Indices in "
         "--rates, --prior, --regulators and --prior-odds count this list")
      ->type_name("FILE");
  support::describe_inputs(app, options.inputs);
  app.add_option("--times", options.reading.times,
                 "Table `cell time`, in hours or with units, for 10x tables and tables that name their cells (default "
                 "there: a column `time` of the table, or PseudoTime.csv beside it)")
      ->type_name("FILE");
  app.add_option("--orientation", options.orientation,
                 "What a table of text is: genes-by-cells (a row per gene) or cells-by-genes (a row per cell). detect: "
                 "told by the names of cells in the table of times, of genes in --genes, and by a column of times; a "
                 "panel has genes in rows")
      ->check(support::one_of({"detect", "genes-by-cells", "cells-by-genes"}))
      ->capture_default_str()
      ->type_name("NAME");
  app.add_option(
         "--values", options.values,
         "What the values of genes are: counts (whole numbers); continuous (levels >= 0: then --family is gamma); "
         "log2 (x is 2^value) or log1p (x is e^value - 1), which are undone: x must be counts, or levels for "
         "--family gamma. Logarithms are of tables of text. Default: counts, continuous with --family gamma")
      ->check(support::one_of({"counts", "continuous", "log2", "log1p"}))
      ->type_name("NAME");
  app.add_option("--time-key", options.reading.time_key,
                 "Column of obs with the times, for AnnData files: hours, or with units, as 2d, day 4 or 30 min")
      ->capture_default_str()
      ->type_name("KEY");
  support::describe_time_unit(app, options.reading.time_unit);
  app.add_option("--layer", options.reading.layer,
                 "Layer with the counts, for AnnData files; raw: those of raw. Default: X")
      ->type_name("NAME");
  app.add_option("--feature-types", options.reading.feature_types,
                 "Types of the features to read, for 10x tables, such as Antibody Capture. Default: Gene Expression")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("TYPE,...");
  app.add_option("--genome", options.reading.genome,
                 "Genome whose genes are read, for 10x's HDF5 files of several. Default: the one there is")
      ->type_name("NAME");
  app.add_option("--largest-content", options.largest_content,
                 "What a compressed file may expand to, and a column of an HDF5 file take in memory, such as 16GiB: a "
                 "damaged file may ask for any number. Default: 8GiB")
      ->check(support::unsigned_text())
      ->transform(CLI::AsSizeValue(true))
      ->type_name("SIZE");
  app.add_option("--time-bins", options.time_bins,
                 "Group times into N groups of equally many cells, as pseudotimes need it; 0: as they are; auto: ten, "
                 "where times are titled so or hardly any cells share one")
      ->check(support::at_least(0, "auto"))
      ->capture_default_str()
      ->type_name("auto|N");
  support::describe_conditions(app, options.conditions);
  support::describe_depth(app, options.depth);
  app.add_option("--start", options.start,
                 "What cells are at the first time point, for --method refined. rest: at rest under its inputs; "
                 "burn-in:H: made from nothing H hours before; auto: the kind that fits the data better")
      ->capture_default_str()
      ->type_name("auto|rest|burn-in:H");
  app.add_option("--output", options.output,
                 "Where edges go: source, target, weight θ and score, by decreasing score. Default: standard output")
      ->type_name("EDGES.tsv");
  app.add_option("--titles", options.titles,
                 "Titles of the edges' columns: cardamom (source, target, weight, score), arboreto (TF, target, "
                 "importance: the score) or beeline (Gene1, Gene2, EdgeWeight: the score with the sign of the weight, "
                 "without edges of weight 0)")
      ->check(support::one_of({"cardamom", "arboreto", "beeline"}))
      ->capture_default_str()
      ->type_name("STYLE");
  app.add_option("--model", options.model,
                 "Also write the model, for cardamom_simulate or the Python package CARDAMOM: a directory of NumPy "
                 "arrays, and of what else was fitted and is known: degradation rates, what cells were at the first "
                 "time point, levels of inputs")
      ->type_name("DIR");
  app.add_option("--dot", options.dot,
                 "Also write a picture of the network for Graphviz (dot -Tsvg FILE -o network.svg): blue arrows "
                 "activate, red tees repress, strong edges are wide")
      ->type_name("FILE");
  app.add_option("--dot-threshold", options.picture.threshold,
                 "Edges with |weight| below are left out of the picture, and genes without edges with them")
      ->needs(app.get_option("--dot"))
      ->check(support::nonnegative())
      ->capture_default_str()
      ->type_name("X");
  app.add_option("--report", options.report,
                 "Also write DIR/index.html, a page that needs nothing else: network, strongest edges, modes of the "
                 "genes, basins over time, and the data beside cells simulated from the inferred model, which start "
                 "as was fitted, by methods that do not simulate as the cells of the first time point; their "
                 "degradation rates are those of --rates, else half-lives of 9 h (mRNA) and 46 h (protein)")
      ->type_name("DIR");
  app.add_option("--fit", options.fit,
                 "Also write how close cells simulated from the inferred model come to the data: for every gene and "
                 "time the distance W1 of their counts [molecules], the same in standard deviations of the gene, what "
                 "chance, a negative binomial with a shape of its own at every time and the first time point's cells "
                 "in place of all would have, and whether it fits or fails. In one line also on standard error, as "
                 "always with --method refined")
      ->type_name("FILE.tsv");
  app.add_option("--hold-out", options.hold_out,
                 "Also infer without each of these time points [h] in turn, predict its cells by simulation, and tell "
                 "on standard error how far they are from those left out, beside chance and the cells of the "
                 "neighbouring time points. As many further inferences as times; the edges stay those of all cells")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("TIME,...");
  app.add_option("--penalty", options.settings.regression.penalty.strength,
                 "Strength of the L1 penalty on changes of the network between time points, > 0; larger is sparser")
      ->check(support::positive())
      ->capture_default_str()
      ->type_name("X");
  app.add_option_function<std::string>(
         "--method",
         [&options](const std::string& word) {
           for (const auto& [method, name] : support::method_names) {
             if (name == word) options.settings.method = method;
           }
         },
         "consensus: what the next two agree on, also with fewer molecules and along lineages; the best ranking where "
         "nothing is known of the data. paper: the successive fit, fastest, counts alone. propagated: then proteins "
         "are followed from time point to time point. refined: then the network is adjusted until cells simulated "
         "from it look like the data, and kinetics and degradation rates with it; best where the rates are known, "
         "slowest; writes the probability of edges as last column")
      ->check(support::one_of({"consensus", "paper", "propagated", "refined"}))
      ->default_str("consensus")
      ->type_name("NAME");
  app.add_option(
         "--rates", options.rates,
         "Degradation rates: a line `d0 d1` [1/h] for every gene, in their order, after one for every input or "
         "none; or in any order under titles such as `gene d0 d1` or `gene half_life_mRNA half_life_protein` [h]. "
         "Default: those of an AnnData "
         "file (d0 and d1 of var); without any, consensus and propagated assume d1 = 1/(median time step), and refined "
         "fits "
         "them from the time between first and last time point on")
      ->type_name("FILE");
  app.add_option(
         "--prior", options.prior,
         "Network to start from, whose changes are penalised: edges `source target weight`, by index or name, or "
         "the table of another tool, whose titles are understood. Edges without a sign activate; those of genes "
         "that the counts lack are skipped")
      ->type_name("EDGES.tsv");
  app.add_option(
         "--regulators", options.regulators,
         "Genes that may regulate, a name or index on a line; edges of all others are left out by every method, "
         "to themselves too. Inputs may always act. A table of edges is a list of its sources")
      ->type_name("FILE");
  app.add_option("--prior-odds", options.prior_odds,
                 "Edges that are likelier than others, such as DoRothEA or CollecTRI: `source target weight`, by index "
                 "or name. The prior odds of each are multiplied by |weight| times --odds-factor, in methods without "
                 "probabilities its penalty divided accordingly; 0 leaves the edge out; others are as they are")
      ->type_name("EDGES.tsv");
  app.add_option("--odds-factor", options.odds_factor, "Factor of the odds of an edge of weight 1 in --prior-odds, > 0")
      ->needs(app.get_option("--prior-odds"))
      ->check(support::positive())
      ->capture_default_str()
      ->type_name("X");
  support::describe_strict(app, options.strict, "--genes, --prior, --regulators, --prior-odds and --rates",
                           "the table of counts");
  app.add_option("--stability", options.stability,
                 "Also infer from so many data sets with cells drawn anew, and write as fifth column how often each "
                 "edge is among the strongest, as many as there are genes; 0: do not")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("N");
  app.add_option(
         "--checkpoint", options.checkpoint,
         "Directory that keeps what --stability has finished, made if it is not there: a run with the same data "
         "and options goes on from it after it was stopped, also to a larger N, and gives the same result")
      ->type_name("DIR");
  support::describe_clusterer(app, options.settings.clusterer);
  support::describe_family(app, options.settings.clusterer);
  app.add_option("--threads", options.threads,
                 "Number of threads, 0 for all of the machine; the result does not depend on it")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--seed", options.settings.inference.seed, "Seed of all random numbers")
      ->check(support::at_least(0))
      ->capture_default_str()
      ->type_name("S");
}

/// Names are given by a file, or stand in the table itself in place of indices.
bool has_names(const cardamom::Counts& counts) {
  for (Index gene = 0; gene < counts.genes(); ++gene) {
    if (counts.names()[static_cast<std::size_t>(counts.inputs() + gene)] != std::to_string(gene + 1)) return true;
  }
  return false;
}

/// Every edge with a weight or a score, by decreasing score; equal scores by target, then source.
std::vector<cardamom::Edge> ranked_edges(const cardamom::Inference<>& inference, Index inputs) {
  const auto score = [&](const cardamom::Edge& edge) { return inference.scores(edge.target, edge.source); };
  const cardamom::Matrix& weights = inference.weights;
  std::vector<cardamom::Edge> edges;
  for (Index target = inputs; target < inference.nodes(); ++target) {
    for (Index source = 0; source < inference.nodes(); ++source) {
      const cardamom::Edge edge{source, target, weights(target, source)};
      if (edge.weight != 0.0 || score(edge) > 0.0) edges.push_back(edge);
    }
  }
  std::stable_sort(edges.begin(), edges.end(), [&](const auto& a, const auto& b) { return score(a) > score(b); });
  return edges;
}

/// The entries of a nodes × nodes matrix that belong to the edges.
cardamom::EdgeColumn column(const char* title, const std::vector<cardamom::Edge>& edges,
                            const cardamom::Matrix& values) {
  cardamom::EdgeColumn result{title, {}};
  for (const cardamom::Edge& edge : edges) result.values.push_back(values(edge.target, edge.source));
  return result;
}

/// What a method is given, and what is to be said about it.
struct Given {
  support::MethodSettings settings;
  std::vector<std::string> remarks = {};
};

/// What a user should know before anything is inferred, a sentence each: with times of a wrong unit it can take long.
std::vector<std::string> early_remarks(const cardamom::CountsFile& file, const cardamom::DecayRates& rates) {
  std::vector<std::string> result = file.remarks;
  if (const std::string remark = support::time_scale_remark(file.counts, rates); !remark.empty()) {
    result.push_back(remark);
  }
  return result;
}

/// What a user should know before trusting the network, a sentence each.
std::vector<std::string> remarks(const Options& options, const cardamom::CountsFile& file, const Given& given,
                                 const cardamom::Inference<>& inference) {
  std::vector<std::string> result = given.remarks;
  const cardamom::Counts& counts = file.counts;
  const cardamom::InferenceDiagnostics& diagnostics = inference.diagnostics;
  std::string names;
  for (const Index gene : diagnostics.uninformative_genes) {
    names += (names.empty() ? "" : ", ") + inference.names[static_cast<std::size_t>(gene)];
  }
  if (!names.empty()) result.push_back("genes without information, left without edges: " + names);
  std::string times;
  for (const Index k : diagnostics.sparse_time_points) {
    times += (times.empty() ? "" : ", ") + cardamom::to_text(counts.time_points()[k]) + " h";
  }
  if (!times.empty()) {
    result.push_back("time points with fewer than " + std::to_string(diagnostics.few_cells) + " cells: " + times);
  }
  if (counts.time_points().size() == 1) {
    result.push_back("there is a single time point: nothing is known about the order of events");
  }
  const bool propagates =
      options.settings.method == support::Method::propagated || options.settings.method == support::Method::consensus;
  if (propagates && given.settings.inference.rates.protein.size() == 0) {
    result.push_back("no --rates: proteins are taken to decay at 1/(median time step)");
  }
  for (const std::string& remark : support::network_remarks(counts, inference)) result.push_back(remark);
  if (const std::string remark = support::depth_remark(file); !remark.empty()) result.push_back(remark);
  if (options.depth == "fitted" && options.settings.method != support::Method::refined) {
    result.push_back("--depth fitted: the method does not simulate, all cells are taken to be alike");
  }
  for (const Index input : diagnostics.constant_inputs) {
    result.push_back((inference.inputs() == 1 ? "the stimulus" : inference.names[static_cast<std::size_t>(input)]) +
                     std::string(" never changes: nothing is known about its targets"));
  }
  for (const auto& [what, convergence] :
       {std::pair{"clustering", diagnostics.clustering}, std::pair{"regression", diagnostics.regression}}) {
    if (!convergence.converged() && convergence.status != cardamom::ConvergenceStatus::no_information) {
      result.push_back(std::string(what) + " did not converge: " + std::string(to_string(convergence.status)));
    }
  }
  return result;
}

bool is_continuous(const Options& options) { return options.settings.clusterer.family == "gamma"; }

/// Whether simulated cells resemble the data: asked for, or the method's own measure.
std::optional<cardamom::Verdict> verdict_of(const Options& options, const cardamom::Counts& counts,
                                            const cardamom::Inference<>& inference) {
  if (options.fit.empty() && options.settings.method != support::Method::refined) return std::nullopt;
  return support::judge_fit(counts, inference, is_continuous(options), options.settings.inference.seed,
                            support::executor(options.threads));
}

cardamom::HoldOutOptions hold_out_options(const Options& options) {
  return {.times = cardamom::Vector::Map(options.hold_out.data(), static_cast<Index>(options.hold_out.size())),
          .seed = options.settings.inference.seed};
}

/// The page of --report, as a file to come.
/// @param again cells simulated from the inferred model
/// @param fit a line on simulated cells, or empty
void add_report(cardamom::FileSet& files, const Options& options, const cardamom::CountsFile& file, const Given& given,
                const cardamom::Inference<>& inference, const cardamom::Counts& again,
                const cardamom::Matrix& stability, const std::string& fit) {
  const bool continuous = is_continuous(options);
  const cardamom::DecayRates& rates = given.settings.inference.rates;
  cardamom::ReportOptions page{.title = "Network inferred from " + options.counts, .continuous = continuous};
  const std::string sources = options.rates.empty() ? "of the file" : options.rates;
  const std::string used =
      rates.mrna.size() > 0 ? "degradation rates " + sources : "assumed half-lives of 9 h (mRNA) and 46 h (protein)";
  page.facts = {{"File", options.counts + " (" + file.format + ")"},
                {"Method", support::method_names.at(options.settings.method)},
                {"Clusterer, family", options.settings.clusterer.clusterer + ", " + options.settings.clusterer.family},
                {"Penalty", cardamom::to_text(options.settings.regression.penalty.strength)},
                {"Prior network", options.prior.empty() ? "none" : options.prior},
                {"Regulators", options.regulators.empty() ? "all genes" : options.regulators},
                {"Prior odds", options.prior_odds.empty() ? "the same of all edges" : options.prior_odds},
                {"Degradation rates", rates.mrna.size() > 0 ? sources : "not given"},
                {"Depths of cells", options.depth.empty() ? "not given" : options.depth},
                {"Edges", std::to_string(inference.interactions().nonZeros())},
                {"Seed", std::to_string(options.settings.inference.seed)},
                {"Version", "cardamom " + support::version()}};
  page.remarks = early_remarks(file, rates);
  for (const std::string& remark : remarks(options, file, given, inference)) page.remarks.push_back(remark);
  if (!fit.empty()) page.remarks.insert(page.remarks.begin(), fit);
  page.simulation = "Cells are simulated from the inferred model with " + used + ". They start ";
  page.simulation += support::simulates(inference)
                         ? "as the inference says, before the first time point."
                         : "as cells of the first time point, whose marginals therefore agree by construction.";
  std::vector<cardamom::report::WeightsAtTime> steps;
  for (const cardamom::NetworkStep& step : inference.steps) steps.push_back({step.time, &step.interactions});
  add_report(files, options.report,
             {.counts = file.counts,
              .clustering = inference.clustering,
              .basins = inference.basins,
              .edges = ranked_edges(inference, file.counts.inputs()),
              .scores = inference.scores,
              .simulated = &again,
              .stability = stability.size() > 0 ? &stability : nullptr,
              .steps = std::move(steps)},
             page);
}

std::string left_out(const std::string& path, Index count) {
  return path + ": " + support::counted(count, "edge", "edges") + " of genes that are no regulators, left out";
}

/// What is believed of edges by --regulators and --prior-odds.
cardamom::EdgePrior read_edge_prior(const Options& options, const cardamom::KnownNodes& nodes,
                                    std::vector<std::string>& remarks) {
  cardamom::EdgePrior result;
  if (!options.regulators.empty()) {
    const auto known = cardamom::read_regulators(options.regulators, nodes, support::file_reader());
    const auto genes =
        std::count_if(known.nodes.begin(), known.nodes.end(), [&](Index i) { return i >= nodes.inputs; });
    remarks.push_back(options.regulators + ": " + std::to_string(genes) + " of " +
                      support::counted(nodes.nodes - nodes.inputs, "gene", "genes") + " may regulate");
    if (known.skipped > 0) {
      remarks.push_back(options.regulators + ": " + support::counted(known.skipped, "name", "names") +
                        " of genes that are not there, skipped");
    }
    result = cardamom::only_from(known.nodes, nodes.nodes, nodes.inputs);
  }
  if (!options.prior_odds.empty()) {
    const auto known = cardamom::read_edge_odds(options.prior_odds, nodes, options.odds_factor, support::file_reader());
    if (known.skipped > 0) {
      remarks.push_back(support::skipped_edges(options.prior_odds, known.skipped, known.edges));
    }
    result = result.combined_with(known.prior);
  }
  return result;
}

/// The network of --prior.
/// @param allowed edges that may be there; others are left out
cardamom::Coefficients read_prior(const std::string& path, const cardamom::KnownNodes& nodes,
                                  const cardamom::EdgePrior& allowed, std::vector<std::string>& remarks) {
  const cardamom::KnownEdges prior = cardamom::read_prior(path, nodes, support::file_reader());
  cardamom::Coefficients coefficients = cardamom::Coefficients::zero(nodes.nodes);
  Index forbidden = 0;
  for (const cardamom::Edge& edge : prior.edges) {
    if (allowed.allows(edge.target, edge.source)) {
      coefficients.interactions(edge.target, edge.source) = edge.weight;
    } else {
      ++forbidden;
    }
  }
  if (forbidden > 0) remarks.push_back(left_out(path, forbidden));
  if (prior.edges.empty()) remarks.push_back(path + ": there are no edges to start from");
  if (prior.skipped > 0) {
    remarks.push_back(support::skipped_edges(path, prior.skipped, static_cast<Index>(prior.edges.size())));
  }
  if (const auto count = std::count(prior.sign_known.begin(), prior.sign_known.end(), false); count > 0) {
    remarks.push_back(path + ": the sign of " + support::counted(count, "edge", "edges") +
                      " is not known, taken for activation");
  }
  return coefficients;
}

/// @param nodes those that --rates and --prior may be about
Given prepare(const cardamom::CountsFile& file, const cardamom::KnownNodes& nodes, const Options& options) {
  Given result{options.settings};
  support::MethodSettings& settings = result.settings;
  if (options.start != "auto" && settings.method != support::Method::refined) {
    throw support::UsageError("--start: only --method refined asks what cells are at the first time point");
  }
  if (options.start != "auto") settings.first_state = support::parse_start(options.start, "auto, ");
  settings.fit_depth = support::fits_depth(options.depth, settings.method == support::Method::refined);
  cardamom::InferenceOptions& inference = settings.inference;
  inference.rates = file.rates;
  if (!options.rates.empty()) {
    inference.rates = support::read_rates(options.rates, nodes, result.remarks);
  } else if (file.rates.mrna.size() > 0) {
    result.remarks.push_back("d0 and d1 of var: rates per hour, half-lives of " +
                             support::half_lives(file.rates, file.counts.inputs()));
  }
  inference.edge_prior = read_edge_prior(options, nodes, result.remarks);
  if (!options.prior.empty()) {
    inference.prior = read_prior(options.prior, nodes, inference.edge_prior, result.remarks);
  }
  return result;
}

/// Whether degradation rates of the file of counts matter: to a method, or to a model that is simulated or kept.
bool uses_rates_of_file(const Options& options) {
  if (!options.rates.empty()) return false;
  return options.settings.method != support::Method::paper || !options.model.empty() || !options.report.empty() ||
         !options.fit.empty() || !options.hold_out.empty();
}

/// The names that stand in tables must be ones that tables can hold.
void check_names(const Options& options, const cardamom::Counts& counts) {
  const cardamom::NodeLabels labels(counts.names(), counts.nodes(), counts.inputs());
  const bool named = has_names(counts) || !options.fit.empty();
  for (Index node = 0; node < counts.nodes(); ++node) {
    const bool labelled = node > 0 && node < counts.inputs();
    const bool in_model = node < counts.inputs() && counts.inputs() > 1 && !options.model.empty();
    if (!named && !labelled && !in_model) continue;
    const std::string name = labels.name(node);
    const std::string fault =
        cardamom::table_fault(name, in_model ? cardamom::NamePlace::label : cardamom::NamePlace::field);
    if (fault.empty()) continue;
    throw cardamom::IoError(options.reading.gene_names.empty() ? options.counts : options.reading.gene_names,
                            (node < counts.inputs() ? "input " + std::to_string(node) : "gene " + labels.label(node)) +
                                " is called " + cardamom::in_quotes(name) + ", which a table cannot hold: " + fault +
                                "; give it another name or, by --genes, leave it out");
  }
}

/// What the options demand of each other and of the data.
void check_usage(const Options& options, const cardamom::CountsFile& file) {
  support::checked_usage([&] { validate(options.settings.regression, file.counts.nodes()); });
  if (!options.checkpoint.empty() && options.stability == 0) {
    throw support::UsageError("--checkpoint keeps what --stability does, which is not asked for");
  }
  if (!options.conditions.none() && !options.report.empty()) {
    throw support::UsageError("--report is not for --condition-key: its pictures are of one condition");
  }
  if (options.hold_out.empty()) return;
  support::checked_usage(
      [&] { check_times_to_hold_out("--hold-out", "times", hold_out_options(options).times, file.counts); });
}

/// What --values says.
std::optional<cardamom::ValueScale> value_scale(const Options& options) {
  using cardamom::ValueScale;
  if (options.values.empty()) return std::nullopt;
  if (options.values == "continuous" && !is_continuous(options)) {
    throw support::UsageError(
        "--values continuous: --family nb is a law of counts; --family gamma takes continuous levels, with any method");
  }
  for (const ValueScale scale : {ValueScale::counts, ValueScale::continuous, ValueScale::log2}) {
    if (options.values == to_text(scale)) return scale;
  }
  return ValueScale::log1p;
}

/// What is written must not be what is read, nor be written twice.
void check_files(const Options& options) {
  const cardamom::DepthOptions depth = support::depth_options(options.depth);
  const bool depths_from_file = depth.source == cardamom::DepthSource::table;
  support::require_distinct_files({support::counts_path("COUNTS", options.counts),
                                   {"--genes", options.reading.gene_names, {}},
                                   {"--times", options.reading.times, {}},
                                   {"--depth", depths_from_file ? options.depth : "", {}},
                                   {"--condition-key", options.conditions.label_file(), {}},
                                   {"--conditions", options.conditions.table, {}},
                                   {"--rates", options.rates, {}},
                                   {"--prior", options.prior, {}},
                                   {"--regulators", options.regulators, {}},
                                   {"--prior-odds", options.prior_odds, {}}},
                                  {{"--output", options.output, {}},
                                   support::model_path("--model", options.model),
                                   {"--dot", options.dot, {}},
                                   support::report_path("--report", options.report),
                                   {"--fit", options.fit, {}},
                                   {"--checkpoint", options.checkpoint, {}}});
}

void infer_to_files(const Options& options) {
  check_files(options);
  cardamom::ReadCountsOptions reading = options.reading;
  reading.inputs = support::declared_inputs(options.inputs);
  reading.depth = support::depth_options(options.depth);
  reading.time_bins = options.time_bins == "auto" ? cardamom::automatic_bins : std::stol(options.time_bins);
  reading.fractions = is_continuous(options);  // the family of continuous data
  reading.values = value_scale(options);
  reading.orientation = orientation_by_name.at(options.orientation);
  reading.rates = uses_rates_of_file(options);
  reading.unknown = support::unknown_genes(options.strict);
  cardamom::CountsFile file = support::read_counts(options.counts, reading, options.largest_content);
  check_usage(options, file);
  file.counts = support::with_conditions(file.counts, options.counts, options.conditions);
  const cardamom::Counts& counts = file.counts;
  check_names(options, counts);
  support::require_writable(options.output);
  support::require_writable(options.dot);
  support::require_writable(options.fit);
  support::require_writable_directory(options.model);
  support::require_writable_directory(options.report);
  const Given given = prepare(file, support::known_nodes(file, reading), options);
  const support::MethodSettings& settings = given.settings;
  const auto executor = support::executor(options.threads);
  validate(settings.inference, counts);
  for (const std::string& remark : early_remarks(file, settings.inference.rates)) support::note(program, remark);

  support::ProgressBar bar("inferring");
  const cardamom::Inference<> inference = support::infer_by(counts, settings, executor, bar);

  const std::vector<cardamom::Edge> ranked = ranked_edges(inference, counts.inputs());
  std::vector<cardamom::EdgeColumn> columns{column("score", ranked, inference.scores)};
  cardamom::Matrix stability;
  if (options.stability > 0) {
    const auto scores = [&](const cardamom::Counts& sample) -> cardamom::Matrix {
      const auto unobserved = [](Index, Index) { return true; };
      return support::infer_by(sample, settings, cardamom::Sequential{}, unobserved).scores;
    };
    const auto resample = [&](const auto& checkpoint) {
      return cardamom::stability(counts, {.seed = options.settings.inference.seed, .resamples = options.stability},
                                 scores, executor, support::ProgressBar("resampling"), checkpoint);
    };
    stability = options.checkpoint.empty() ? resample(cardamom::NoCheckpoint{})
                                           : resample(support::CheckpointOfFirst(options.checkpoint, options.identity));
    columns.push_back(column("frequency", ranked, stability));
  }
  if (inference.probabilities.size() > 0) columns.push_back(column("probability", ranked, inference.probabilities));
  const std::optional<cardamom::Verdict> verdict = verdict_of(options, counts, inference);
  const std::string fit = verdict ? verdict_line(*verdict) : std::string();
  std::vector<cardamom::HeldOut> held_out;
  if (!options.hold_out.empty()) {
    held_out = support::predict_held_out(counts, settings, hold_out_options(options), is_continuous(options), executor,
                                         support::ProgressBar("holding out"));
  }
  const cardamom::NodeLabels labels(counts.names(), counts.nodes(), counts.inputs());
  const std::string edges = cardamom::edges_text(ranked, has_names(counts) ? labels.names() : labels.labels(),
                                                 titles_by_name.at(options.titles), columns);
  cardamom::GraphvizOptions picture = options.picture;
  picture.inputs = counts.inputs();
  // Simulated before there are files that an interruption would have to wait for.
  std::optional<cardamom::Counts> again;
  if (!options.report.empty()) {
    again = support::resimulate(counts, inference, is_continuous(options), options.settings.inference.seed, executor);
  }
  support::write_together([&](cardamom::FileSet& files) {
    if (!options.output.empty()) files.add(options.output, edges);
    if (!options.dot.empty()) files.add(options.dot, cardamom::graphviz_text(ranked, counts.names(), picture));
    if (!options.fit.empty()) files.add(options.fit, verdict_table(*verdict));
    if (!options.model.empty()) add_model_directory(files, options.model, support::to_saved(inference, counts));
    if (again) add_report(files, options, file, given, inference, *again, stability, fit);
  });
  if (options.output.empty()) std::cout << edges;
  const Index conditions = static_cast<Index>(counts.conditions().size());
  support::note(program, options.counts + ": " + file.format + ", " + std::to_string(counts.cells()) + " cells at " +
                             support::time_points(counts) + ", " + support::counted(counts.genes(), "gene", "genes") +
                             (conditions == 0 ? "" : ", " + support::counted(conditions, "condition", "conditions")));
  if (!fit.empty()) support::note(program, fit);
  for (const cardamom::HeldOut& time : held_out) support::note(program, held_out_line(time));
  for (const std::string& remark : remarks(options, file, given, inference)) support::note(program, remark);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Infers a signed, directed gene regulatory network from time-stamped single-cell counts.\n"
      "Edges: a positive weight activates, a negative one represses. Remarks about the data go to standard error.\n"
      "Exit code: 0 success, 1 bad data, 2 bad usage; nothing is written unless 0. When\n"
      "interrupted, all files are written or none (130, or 143 when terminated).",
      program);
  Options options;
  describe(app, options);
  return support::run(app, argc, argv, [&] {
    if (options.values == "continuous" && app.count("--family") == 0) options.settings.clusterer.family = "gamma";
    // Nor do these: where results go, how many resamples, and the counts, which the library compares.
    options.identity = support::checkpoint_identity(
        app, {"COUNTS", "--output", "--titles", "--model", "--dot", "--dot-threshold", "--report", "--fit",
              "--hold-out", "--threads", "--stability", "--checkpoint"});
    infer_to_files(options);
  });
}
