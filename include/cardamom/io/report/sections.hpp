/// @file
/// The sections of a report of an inference, as HTML that is also well-formed XML.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/evaluation/wasserstein.hpp>
#include <cardamom/io/report/basin_pictures.hpp>
#include <cardamom/io/report/histogram_pictures.hpp>
#include <cardamom/io/report/moments_picture.hpp>
#include <cardamom/io/report/network_picture.hpp>
#include <cardamom/io/report/page.hpp>
#include <cardamom/io/report/svg.hpp>
#include <cardamom/io/report/weights_picture.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom::report {

/// Genes by decreasing sum of the scores of their edges, in and out.
class ReportGenes {
 public:
  template <class Use = CompiledWhereUsed>
  ReportGenes(const WhereUsed<Matrix, Use>& scores, Index inputs) {
    const WhereUsed<Vector, Use> sum = scores.rowwise().sum() + scores.colwise().sum().transpose();
    for (Index gene = inputs; gene < scores.rows(); ++gene) order_.push_back(gene);
    std::stable_sort(order_.begin(), order_.end(), [&](Index a, Index b) { return sum[a] > sum[b]; });
  }

  /// The first of them, in the order of the table.
  template <class = CompiledWhereUsed>
  std::vector<Index> shown(Index most) const {
    std::vector<Index> result(order_.begin(), order_.begin() + std::min<std::ptrdiff_t>(most, std::ssize(order_)));
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  std::vector<Index> order_;
};

/// "Shown are 24 of 100 genes, those with the highest scores. " or nothing when all are shown.
inline std::string left_out(Index shown, Index all, std::string_view what = "genes") {
  if (shown == all) return {};
  return "Shown are " + to_text(shown) + " of " + to_text(all) + ' ' + std::string(what) +
         ", those with the highest scores. ";
}

/// Edges that act, in the order given.
inline std::vector<Edge> with_weight(std::vector<Edge> edges) {
  std::erase_if(edges, [](const Edge& edge) { return edge.weight == 0.0; });
  return edges;
}

/// Edges between different nodes, in the order given.
template <class = CompiledWhereUsed>
inline std::vector<Edge> without_loops(std::vector<Edge> edges) {
  edges.erase(std::remove_if(edges.begin(), edges.end(), [](const Edge& edge) { return edge.source == edge.target; }),
              edges.end());
  return edges;
}

/// The picture of the network's strongest edges.
template <class = CompiledWhereUsed>
inline std::string network_section(const std::vector<Edge>& ranked, const std::vector<std::string>& names, Index most,
                                   Index inputs) {
  constexpr Index most_nodes = 36;
  const std::vector<Edge> edges = with_weight(ranked);
  const std::vector<Edge> shown = edges_for_picture(edges, most, most_nodes);
  if (shown.empty()) return section("network", "Network", paragraph("No edges between genes were found."));
  const auto between = std::ssize(without_loops(shown));
  const std::string text = left_out(between, std::ssize(without_loops(edges)), "edges between genes") +
                           "Wide edges have large |θ|; a loop is the action of a gene on itself." +
                           (inputs == 0   ? ""
                            : inputs == 1 ? " The stimulus is the square node."
                                          : " Inputs are the square nodes.");
  return section("network", "Network",
                 paragraph(text) + "<p class=\"legend\">" + key("swatch-activates", "arrow: activates") +
                     key("swatch-represses", "tee: represses") + "</p>\n<div class=\"picture\">" +
                     NetworkPicture(shown, names, inputs).str() + "</div>\n");
}

/// The table of edges, strongest first.
template <class Use = CompiledWhereUsed>
inline std::string edges_section(const std::vector<Edge>& edges, const std::vector<std::string>& names,
                                 const WhereUsed<Matrix, Use>& scores, const Matrix* stability, Index most) {
  const auto name = [&names](Index node) { return xml_text(names[static_cast<std::size_t>(node)]); };
  const std::vector<Edge> between = without_loops(edges);
  const auto count = std::min<Index>(most, std::ssize(between));
  std::string body = paragraph(left_out(count, std::ssize(between), "edges between genes") +
                               "θ is what the source, fully expressed, adds to the argument of the target's sigmoid; "
                               "the score is the confidence that there is an edge.");
  body +=
      "<div class=\"scroll\"><table>\n<tr><th class=\"number\">#</th><th>source</th><th></th><th>target</th>"
      "<th class=\"number\">θ</th><th class=\"number\">score</th>";
  body += stability ? "<th class=\"number\">found again</th></tr>\n" : "</tr>\n";
  const auto number = [&body](const std::string& text) { body += "<td class=\"number\">" + text + "</td>"; };
  for (Index k = 0; k < count; ++k) {
    const Edge& edge = between[static_cast<std::size_t>(k)];
    body += "<tr>";
    number(to_text(k + 1));
    const std::string sign = edge.weight > 0   ? " class=\"plus\">activates"
                             : edge.weight < 0 ? " class=\"minus\">represses"
                                               : ">sign not known";
    body += "<td>" + name(edge.source) + "</td><td" + sign + "</td><td>" + name(edge.target) + "</td>";
    number(fixed(edge.weight, 2));
    number(fixed(scores(edge.target, edge.source), 3));
    if (stability) number(fixed(100.0 * (*stability)(edge.target, edge.source), 0) + " %");
    body += "</tr>\n";
  }
  body += "</table></div>\n";
  std::string loops;
  for (const Edge& edge : with_weight(edges)) {
    if (edge.source == edge.target)
      loops += (loops.empty() ? "" : ", ") + name(edge.source) + ' ' + fixed(edge.weight, 2);
  }
  if (!loops.empty()) {
    body += "<p>Actions of genes on themselves (θ), which mostly say that a state persists: " + loops + ".</p>\n";
  }
  return section("edges", "Strongest edges", body);
}

/// θ over time, of estimators that have a network per time point.
/// @param steps none or one: the section says that there is one network for all times
template <class = CompiledWhereUsed>
inline std::string weights_section(const std::vector<WeightsAtTime>& steps, const std::vector<std::string>& names,
                                   Index most) {
  constexpr const char* heading = "Weights over time";
  if (steps.size() < 2) {
    return section("weights", heading, paragraph("The method fits one network to all time points."));
  }
  std::vector<EdgeCourse> courses = edge_courses(steps);
  if (courses.empty()) return section("weights", heading, paragraph("No edges were found at any time."));
  const Index all = std::ssize(courses);
  courses.resize(static_cast<std::size_t>(std::min(most, all)));
  std::vector<double> times;
  for (const WeightsAtTime& step : steps) times.push_back(step.time);
  const std::string text =
      (std::ssize(courses) < all
           ? "Shown are " + to_text(std::ssize(courses)) + " of " + to_text(all) + " edges, those of the largest |θ|. "
           : std::string()) +
      "θ as of each time point, the stronger in colour the larger; an action of a gene on itself has one name twice. "
      "The frame is the switching time: the first from which on |θ| stays at half its largest value or above.";
  return section("weights", heading,
                 paragraph(text) + "<p class=\"legend\">" + key("swatch-activates", "θ > 0: activates") +
                     key("swatch-represses", "θ < 0: represses") + "</p>\n<div class=\"picture\">" +
                     weights_picture(courses, times, names) + "</div>\n");
}

/// For each of the genes, its counts with the modes found in them.
template <class Use = CompiledWhereUsed>
inline std::string modes_section(const WhereUsed<Counts, Use>& counts, const WhereUsed<Clustering, Use>& clustering,
                                 const std::vector<Index>& genes, bool continuous) {
  constexpr ModeIndex most_modes = 4;
  std::string body = paragraph(
      left_out(std::ssize(genes), counts.genes()) +
      "Bars: all cells, by count; heights are square roots of shares, and bins become wider as counts become larger. "
      "Lines: the " +
      std::string(continuous ? "Gamma" : "negative binomial") + " laws of the modes.");
  body += "<p class=\"legend\">" + key("cells", "cells") + key("swatch-mode0", "lowest mode") +
          key("swatch-mode1", "next mode") + key("swatch-sum", "sum") + "</p>\n<div class=\"grid small\">\n";
  for (const Index gene : genes) {
    const GeneModes& modes = clustering.gene(gene);
    std::string means;
    for (ModeIndex k = 0; k < std::min(modes.count(), most_modes); ++k) {
      means += (k > 0 ? ", " : "") + brief(modes.shapes[k] / modes.inverse_burst_size) + " (" +
               rounded(100.0 * modes.weights[k], 0) + " %)";
    }
    if (modes.count() > most_modes) means += ", … (" + to_text(Index{modes.count()}) + " modes)";
    const std::string caption = "<b>" + xml_text(counts.names()[static_cast<std::size_t>(gene)]) + "</b> <small>" +
                                (modes.informative ? "means " + means : "takes one value only") + "</small>";
    body += figure(caption, modes_picture(counts, gene, modes, continuous));
  }
  return section("modes", "Modes per gene", body + "</div>\n");
}

/// Basins and their shares at each time point.
template <class Use = CompiledWhereUsed>
inline std::string basins_section(const WhereUsed<Counts, Use>& counts, const WhereUsed<Clustering, Use>& clustering,
                                  const WhereUsed<Basins, Use>& basins, Index most, const std::vector<Index>& genes) {
  const std::vector<Index> shown = common_basins(basins, most);
  double covered = 0.0;
  for (const Index z : shown) covered += basins.weights.col(z).mean();
  std::string body = paragraph(
      "A basin is a pattern of genes on (above their lowest mode) and off; bars are the shares μ of the basins at each "
      "time [h]. The " +
      counted(std::ssize(shown), "commonest basin") + " of " + to_text(basins.count()) + " hold " +
      rounded(100.0 * covered, 0) + " % of the cells" +
      (covered < 0.5 ? "; with many genes nearly every cell is a basin of its own, and the map of genes says more."
                     : "."));
  body += "<div class=\"picture\">" + basins_picture(basins, shown, counts.time_points()) +
          "</div>\n<p class=\"legend "
          "list\">";
  for (std::size_t z = 0; z < shown.size(); ++z) {
    body += key("basin" + std::to_string(z), rounded(100.0 * basins.weights.col(shown[z]).mean(), 1) +
                                                 " %: " + basin_label(basins, shown[z], counts.names()));
  }
  if (basins.count() > std::ssize(shown)) body += key("others", "other basins");
  body += "</p>\n<h3>Active genes</h3>\n" +
          paragraph(left_out(std::ssize(genes), counts.genes()) +
                    "Percentage of cells above the gene's lowest mode, by time [h].") +
          "<div class=\"picture\">" + activity_picture(clustering.modes, counts, genes) + "</div>\n";
  return section("basins", "Basins over time", body);
}

/// Values of a gene where both tables have the time; at most `most_times` of the times, evenly chosen.
template <class Use = CompiledWhereUsed>
inline std::vector<MarginalPair> marginal_pairs(const WhereUsed<Counts, Use>& data,
                                                const WhereUsed<Counts, Use>& simulated, Index gene, Index most_times) {
  std::vector<std::pair<Index, Index>> common;
  for (Index k = 0; k < data.time_points().size(); ++k) {
    for (Index l = 0; l < simulated.time_points().size(); ++l) {
      if (data.time_points()[k] == simulated.time_points()[l]) common.emplace_back(k, l);
    }
  }
  const auto values = [gene](const Counts& table, Index time) {
    const auto cells = table.cells_at(time);
    WhereUsed<Vector, Use> result(static_cast<Index>(cells.size()));
    for (std::size_t c = 0; c < cells.size(); ++c) result[static_cast<Index>(c)] = table.values()(cells[c], gene);
    return result;
  };
  std::vector<MarginalPair> pairs;
  const Index number = std::min<Index>(most_times, std::ssize(common));
  for (Index k = 0; k < number; ++k) {
    const Index chosen = number < 2 ? 0 : k * (std::ssize(common) - 1) / (number - 1);
    const auto [of_data, of_simulated] = common[static_cast<std::size_t>(chosen)];
    pairs.push_back({data.time_points()[of_data], values(data, of_data), values(simulated, of_simulated)});
  }
  return pairs;
}

/// Mean distance W1 over time, and the largest of the same when cells are dealt to the two tables at random.
struct MarginalFit {
  static constexpr int deals = 19;
  double distance = 0.0;
  double by_chance = 0.0;

  template <class Use = CompiledWhereUsed>
  MarginalFit(const std::vector<MarginalPair>& pairs, Index gene) {
    RandomStream random(0, Purpose::bootstrap, static_cast<std::uint64_t>(gene));
    WhereUsed<Vector, Use> dealt = Vector::Zero(deals);
    for (const MarginalPair& pair : pairs) {
      distance += wasserstein(pair.data, pair.simulated) / static_cast<double>(pairs.size());
      WhereUsed<Vector, Use> pool(pair.data.size() + pair.simulated.size());
      pool << pair.data, pair.simulated;
      for (double& sum : dealt) {
        for (Index i = pool.size() - 1; i > 0; --i) std::swap(pool[i], pool[random.below(i + 1)]);
        sum += wasserstein(pool.head(pair.data.size()), pool.tail(pair.simulated.size())) /
               static_cast<double>(pairs.size());
      }
    }
    by_chance = dealt.maxCoeff();
  }
};

/// For each of the genes, its counts in the data and, where given, in the simulation.
template <class Use = CompiledWhereUsed>
inline std::string marginals_section(const WhereUsed<Counts, Use>& data, const Counts* simulated,
                                     const std::vector<Index>& genes, const std::string& simulation) {
  constexpr Index most_times = 12;
  constexpr const char* heading = "Marginals: data against re-simulation";
  if (!simulated) return section("marginals", heading, paragraph("No cells were simulated."));
  std::string figures;
  Index fitting = 0;
  for (const Index gene : genes) {
    const std::vector<MarginalPair> pairs = marginal_pairs(data, *simulated, gene, most_times);
    if (pairs.empty()) return section("marginals", heading, paragraph("Data and simulation share no time."));
    const MarginalFit fit(pairs, gene);
    if (fit.distance <= fit.by_chance) ++fitting;
    const std::string& name = data.names()[static_cast<std::size_t>(gene)];
    figures += figure("<b>" + xml_text(name) + "</b> <small>W1 " + brief(fit.distance) + ", by chance up to " +
                          brief(fit.by_chance) + "</small>",
                      marginals_picture(name, pairs));
  }
  const std::string times = data.time_points().size() > most_times
                                ? "Shown and compared are " + to_text(most_times) + " of the times. "
                                : std::string();
  std::string body = paragraph(simulation);
  body +=
      paragraph(left_out(std::ssize(genes), data.genes()) + times +
                "Counts upwards, times [h] to the right; widths are square roots of shares, black strokes are means. "
                "W1 is the distance between both marginals in counts, averaged over time; by chance: the largest of " +
                to_text(Index{MarginalFit::deals}) +
                " random deals of the same cells to data and simulation. W1 within chance: " + to_text(fitting) +
                " of " + counted(std::ssize(genes), "gene") + ".");
  body += "<p class=\"legend\">" + key("data", "data, to the left") + key("simulated", "simulation, to the right") +
          "</p>\n<div class=\"grid\">\n" + figures + "</div>\n";
  return section("marginals", heading, body);
}

/// For each of the genes, mean and standard deviation of its counts over time in the data and, where given, in the
/// simulation.
template <class Use = CompiledWhereUsed>
inline std::string moments_section(const WhereUsed<Counts, Use>& data, const Counts* simulated,
                                   const std::vector<Index>& genes) {
  constexpr Index most_times = 24;
  constexpr const char* heading = "Mean and spread over time";
  if (!simulated) return section("moments", heading, paragraph("No cells were simulated."));
  std::string figures;
  for (const Index gene : genes) {
    const std::vector<MarginalPair> pairs = marginal_pairs(data, *simulated, gene, most_times);
    if (pairs.empty()) return section("moments", heading, paragraph("Data and simulation share no time."));
    const std::string& name = data.names()[static_cast<std::size_t>(gene)];
    figures += figure("<b>" + xml_text(name) + "</b>", moments_picture(name, pairs));
  }
  return section("moments", heading,
                 paragraph(left_out(std::ssize(genes), data.genes()) +
                           "Means, joined, and bars of ± one standard deviation of the cells, "
                           "cut at 0.") +
                     "<p class=\"legend\">" + key("data", "data") + key("simulated", "simulation") +
                     "</p>\n<div class=\"grid\">\n" + figures + "</div>\n");
}

}  // namespace cardamom::report
