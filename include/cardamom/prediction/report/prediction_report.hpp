/// @file
/// A report of predictions: one HTML page that needs nothing else, neither network nor scripts. It shows the shares of
/// cell types over time under every condition beside those of the data, ranked perturbations, and where the cells of
/// the data are heading.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/report/page.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/prediction/cell_types.hpp>
#include <cardamom/prediction/fate_shares.hpp>
#include <cardamom/prediction/observed_shares.hpp>
#include <cardamom/prediction/rank_perturbations.hpp>
#include <cardamom/prediction/report/fates_picture.hpp>
#include <cardamom/prediction/report/ranking_picture.hpp>
#include <cardamom/prediction/report/velocity_picture.hpp>
#include <cardamom/prediction/velocity_embedding.hpp>

namespace cardamom {

/// What is predicted of a condition, and what was seen under it.
struct ConditionFates {
  std::string name;
  FateShares fates;                             ///< time points in the time of the data
  std::optional<ObservedShares> observed = {};  ///< of the data's cells that are from this condition
};

/// What a report of predictions shows, by reference.
struct PredictionContent {
  const Counts& counts;                          ///< the data
  const CellTypes& types;                        ///< of its cells
  std::vector<ConditionFates> conditions;        ///< at least one, all of the same types
  const PerturbationRanking* ranking = nullptr;  ///< shown where given
  Index fate = 0;                                ///< the type by which perturbations are ranked
  const VelocityEmbedding* velocity = nullptr;   ///< of the cells of the data; shown where given
};

/// Title, remarks and limits of a report of predictions.
struct PredictionReportOptions {
  std::string title = "Predicted fates";
  /// Lines of the summary, what and value, beside what the content tells: models, classifier, options.
  std::vector<std::pair<std::string, std::string>> facts = {};
  std::vector<std::string> remarks = {};  ///< sentences below the summary
  double confidence = 0.95;               ///< of the intervals, in (0, 1)
  Index perturbations = 40;               ///< shown of a ranking, >= 1
  Index cells = 1500;                     ///< drawn with velocities, >= 1
  Index arrows = 16;                      ///< along the longer side of the grid, >= 1
};

/// Throws std::invalid_argument, std::domain_error naming the field.
template <class = CompiledWhereUsed>
inline void validate(const PredictionReportOptions& options) {
  const char* const function = "PredictionReportOptions";
  check_in(function, "confidence", options.confidence, 1e-12, 1.0 - 1e-12);
  check_at_least(function, "perturbations", options.perturbations, 1);
  check_at_least(function, "cells", options.cells, 1);
  check_at_least(function, "arrows", options.arrows, 1);
}

/// Throws std::invalid_argument when the parts do not belong together.
template <class = CompiledWhereUsed>
inline void validate(const PredictionContent& content) {
  const char* const function = "PredictionContent";
  validate(content.types, content.counts.cells());
  check_at_least(function, "conditions.size()", std::ssize(content.conditions), 1);
  for (std::size_t k = 0; k < content.conditions.size(); ++k) {
    const std::string argument = detail::element("conditions", static_cast<Index>(k)) + ".fates.";
    const FateShares& fates = content.conditions[k].fates;
    check_at_least(function, argument + "time_points.size()", fates.time_points.size(), 1);
    check_size(function, argument + "types", std::ssize(fates.types), content.types.count());
    for (const auto& [name, table] :
         {std::pair{"shares", &fates.shares}, {"lower", &fates.lower}, {"upper", &fates.upper}}) {
      check_shape(function, argument + name, *table, fates.time_points.size(), content.types.count());
    }
    if (const auto& seen = content.conditions[k].observed) {
      const std::string observed = detail::element("conditions", static_cast<Index>(k)) + ".observed->";
      for (const auto& [name, table] :
           {std::pair{"shares", &seen->shares}, {"lower", &seen->lower}, {"upper", &seen->upper}}) {
        check_shape(function, observed + name, *table, seen->time_points.size(), content.types.count());
      }
    }
  }
  if (content.ranking) {
    check_index(function, "fate", content.fate, content.types.count());
    for (const RankedPerturbation& ranked : content.ranking->ranked) {
      check_index(function, "gene of a perturbation", ranked.perturbation.gene, content.counts.nodes());
    }
  }
  if (content.velocity) {
    check_size(function, "velocity->cells.rows()", content.velocity->cells.rows(), content.counts.cells());
    check_shape(function, "velocity->velocities", content.velocity->velocities, content.velocity->cells.rows(),
                content.velocity->cells.cols());
  }
}

namespace report {

/// Shares of the types over time, a picture for every condition.
template <class = CompiledWhereUsed>
inline std::string fates_section(const PredictionContent& content, double confidence) {
  std::vector<const Matrix*> shares;
  for (const ConditionFates& condition : content.conditions) {
    shares.push_back(&condition.fates.shares);
    if (condition.observed) shares.push_back(&condition.observed->shares);
  }
  const std::vector<Index> shown = common_types(shares);
  const FateShares& first = content.conditions.front().fates;
  std::string text;
  if (std::ssize(shown) < content.types.count()) {
    text = "Shown are " + to_text(std::ssize(shown)) + " of " + to_text(content.types.count()) +
           " types, those of the largest shares. ";
  }
  text += "Lines: predicted, of " + counted(first.cells, "simulated cell") + " per time" +
          (first.models > 1 ? " and model" : "") + "; bands: " + rounded(100.0 * confidence, 1) +
          " % intervals of chance" +
          (first.models > 1 ? " and of what " + to_text(first.models) + " models disagree about" : "") +
          ". Points: the data, with intervals of chance for their numbers of cells.";
  std::string body = paragraph(text) + "<p class=\"legend\">";
  for (std::size_t k = 0; k < shown.size(); ++k) {
    body += key("type" + std::to_string(k), "type " + content.types.names[static_cast<std::size_t>(shown[k])]);
  }
  body += "</p>\n<div class=\"grid wide\">\n";
  for (const ConditionFates& condition : content.conditions) {
    body += figure(
        "<b>" + xml_text(condition.name) + "</b>",
        fates_picture(condition.name, condition.fates, condition.observed ? &*condition.observed : nullptr, shown));
  }
  return section("fates", "Fates: shares of cell types over time", body + "</div>\n");
}

/// Perturbations by what they do to a fate.
template <class = CompiledWhereUsed>
inline std::string perturbations_section(const PredictionContent& content, Index most) {
  constexpr const char* heading = "Perturbations ranked";
  if (!content.ranking || content.ranking->ranked.empty()) {
    return section("perturbations", heading, paragraph("No perturbations were ranked."));
  }
  std::vector<RankedPerturbation> ranked = content.ranking->ranked;
  const Index all = std::ssize(ranked);
  std::erase_if(ranked, [](const RankedPerturbation& one) { return one.change == 0.0 && one.standard_error == 0.0; });
  const Index idle = all - std::ssize(ranked);
  const std::string fate = "the share of type " + content.types.names[static_cast<std::size_t>(content.fate)];
  if (ranked.empty()) {
    return section("perturbations", heading,
                   paragraph("None of " + counted(all, "perturbation") + " changes " + fate + " at the last time."));
  }
  const std::vector<RankedPerturbation> shown = largest_changes(ranked, most);
  std::string text =
      "Change of " + fate + " at the last time, against " + rounded(100.0 * content.ranking->share, 1) + " % without. ";
  if (idle > 0)
    text += to_text(idle) + " of " + to_text(all) + (idle == 1 ? " changes" : " change") + " nothing at all. ";
  if (shown.size() < ranked.size()) {
    text += "Shown are " + to_text(std::ssize(shown)) + " of " + to_text(std::ssize(ranked)) +
            ", those that change it most. ";
  }
  text += "Black strokes and ±: one standard error, from the number of simulated cells.";
  return section("perturbations", heading,
                 paragraph(text) + "<p class=\"legend\">" + key("swatch-activates", "the share rises") +
                     key("swatch-represses", "the share falls") + "</p>\n<div class=\"picture\">" +
                     ranking_picture(shown, content.counts.names()) + "</div>\n");
}

/// Cells on principal components with arrows, coloured by type and by time.
template <class = CompiledWhereUsed>
inline std::string velocity_section(const PredictionContent& content, Index most, Index columns) {
  constexpr const char* heading = "Velocities";
  if (!content.velocity) return section("velocity", heading, paragraph("No velocities were computed."));
  const VelocityEmbedding& embedding = *content.velocity;
  if (embedding.cells.cols() < 2) {
    return section("velocity", heading, paragraph("Of a single gene there is no second principal component."));
  }
  const Counts& counts = content.counts;
  const VelocityField field(embedding.cells, embedding.velocities, columns);

  // Types have the colours of the fates; what has none is grey.
  const Matrix shares = type_shares(counts, content.types);
  std::vector<const Matrix*> all{&shares};
  for (const ConditionFates& condition : content.conditions) all.push_back(&condition.fates.shares);
  const std::vector<Index> shown = common_types(all);
  std::vector<std::string> by_type;
  for (const Index type : content.types.of_cell) {
    const auto at = std::find(shown.begin(), shown.end(), type);
    by_type.push_back(at == shown.end() ? "others" : "type" + std::to_string(at - shown.begin()));
  }
  std::string types = "<p class=\"legend\">";
  for (std::size_t k = 0; k < shown.size(); ++k) {
    types += key("type" + std::to_string(k), "type " + content.types.names[static_cast<std::size_t>(shown[k])]);
  }
  if (std::ssize(shown) < content.types.count()) types += key("others", "other types");

  // Times in equal steps of rank, several to a shade where there are more times than shades.
  constexpr Index shades = 8;
  const Index times = counts.time_points().size();
  const auto shade = [&](Index k) { return times < 2 ? Index{0} : k * (shades - 1) / (times - 1); };
  std::vector<std::string> by_time(static_cast<std::size_t>(counts.cells()));
  std::string legend = "<p class=\"legend\">";
  for (Index k = 0; k < times; ++k) {
    for (const Index cell : counts.cells_at(k)) {
      by_time[static_cast<std::size_t>(cell)] = "shade" + to_text(shade(k));
    }
    Index end = k;
    while (end + 1 < times && shade(end + 1) == shade(k)) ++end;
    if (k > 0 && shade(k - 1) == shade(k)) continue;
    legend += key("shade" + to_text(shade(k)),
                  brief(counts.time_points()[k]) + (end > k ? " to " + brief(counts.time_points()[end]) : "") + " h");
  }

  std::string text;
  if (counts.cells() > most) text = "Drawn are " + to_text(most) + " of " + to_text(counts.cells()) + " cells. ";
  text += "Cells of the data on the first two principal components of log(1 + count).";
  text += field.hours > 0.0 ? " Arrows: how far the expected place of the cells around gets in " + brief(field.hours) +
                                  " h by the first model, given their counts and times, cut at two steps of the grid."
                            : " By the first model no cell moves.";
  return section("velocity", heading,
                 paragraph(text) + "<div class=\"grid wide\">\n" +
                     figure("<b>By type</b>",
                            types + "</p>\n" +
                                velocity_picture(embedding, field, by_type, "cells by type, with velocities", most)) +
                     figure("<b>By time</b>",
                            legend + "</p>\n" +
                                velocity_picture(embedding, field, by_time, "cells by time, with velocities", most)) +
                     "</div>\n");
}

}  // namespace report

/// The page. The same content and options give the same bytes.
/// @throws std::invalid_argument as `validate` of content and options
/// O(cells · places of the grid).
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string prediction_html(const PredictionContent& content,
                                                 const PredictionReportOptions& options = {}) {
  validate(content);
  validate(options);
  return report::page_head(options.title) + report::summary_section(content.counts, options.facts, options.remarks) +
         report::fates_section(content, options.confidence) +
         report::perturbations_section(content, options.perturbations) +
         report::velocity_section(content, options.cells, options.arrows) + report::page_end();
}

/// Adds the page to a set as `index.html` of a directory, and the directory itself where there is none.
template <class = CompiledWhereUsed>
inline void add_prediction_report(FileSet& files, const std::string& directory, const PredictionContent& content,
                                  const PredictionReportOptions& options = {}) {
  report::add_page(files, directory, prediction_html(content, options));
}

/// Writes `directory/index.html`. Throws IoError, and what prediction_html throws.
template <class = CompiledWhereUsed>
inline void write_prediction_report(const std::string& directory, const PredictionContent& content,
                                    const PredictionReportOptions& options = {}) {
  FileSet files;
  add_prediction_report(files, directory, content, options);
  files.commit();
}

}  // namespace cardamom
