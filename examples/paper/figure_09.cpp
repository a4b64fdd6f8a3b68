// Figure 9: marginals at 0 h and 20 h of the four-gene network and of cells simulated from the network inferred from
// it.
#include <algorithm>
#include <cmath>

#include <cardamom/evaluation/wasserstein.hpp>
#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

namespace {

/// A twentieth of the range, in whole counts.
double bin_width(const Vector& a, const Vector& b) {
  return std::max(1.0, std::ceil(std::max(a.maxCoeff(), b.maxCoeff()) / 20.0));
}

/// The histogram of a sample, one line per bin that is not empty.
void add_bins(support::Csv& table, const char* source, double time, Index gene, const Vector& sample, double width) {
  Vector share = Vector::Zero(static_cast<Index>(sample.maxCoeff() / width) + 1);
  for (const double count : sample)
    share[static_cast<Index>(count / width)] += 1.0 / static_cast<double>(sample.size());
  for (Index bin = 0; bin < share.size(); ++bin) {
    if (share[bin] > 0.0) table.row(source, time, gene, (static_cast<double>(bin) + 0.5) * width, width, share[bin]);
  }
}

}  // namespace

void figure_9(const Context& context) {
  const NamedExperiment published = named_experiment("fn4_paper");
  const Index cells = context.quick ? 100 : 200;
  const Index last = published.time_points.size() - 1;
  const Counts data = simulate_published(published, 0, context.executor, cells);
  context.progress(1, 4);
  const DecayRates rates{published.model.kinetics.mrna_decay, published.model.kinetics.protein_decay};
  const Inference inference = infer(data, {.rates = rates}, context.executor);
  context.progress(2, 4);
  const Counts again = simulate_as(published, inference.model, 1, context.executor, cells);
  // What distance two samples of the truth have from each other: no simulation can be asked to be closer.
  const Counts twin = simulate_published(published, 2, context.executor, cells);
  context.progress(3, 4);

  support::Csv values(context.folder / "figure_9_cells.csv", {"source", "time", "gene", "count"});
  support::Csv bins(context.folder / "figure_9.csv", {"source", "time", "gene", "middle", "width", "share"});
  support::Csv distances(context.folder / "figure_9_distances.csv", {"time", "gene", "mean", "resimulated", "floor"});
  double total = 0.0;
  double change = 0.0;
  for (const Index time : {Index{0}, last}) {
    const Matrix from_data = snapshot(data, time);
    const Matrix from_model = snapshot(again, time);
    const Matrix from_twin = snapshot(twin, time);
    for (Index gene = data.inputs(); gene < data.nodes(); ++gene) {
      for (Index cell = 0; cell < from_data.rows(); ++cell) {
        values.row("data", published.time_points[time], gene, from_data(cell, gene));
        values.row("inferred", published.time_points[time], gene, from_model(cell, gene));
      }
      const double width = bin_width(from_data.col(gene), from_model.col(gene));
      add_bins(bins, "data", published.time_points[time], gene, from_data.col(gene), width);
      add_bins(bins, "inferred", published.time_points[time], gene, from_model.col(gene), width);
      const double distance = wasserstein(from_data.col(gene), from_model.col(gene));
      const double floor = wasserstein(from_data.col(gene), from_twin.col(gene));
      const double average = from_data.col(gene).mean();
      distances.row(published.time_points[time], gene, average, distance, floor);
      total += distance;
      if (time == last) change += wasserstein(from_data.col(gene), snapshot(data, 0).col(gene));
    }
  }
  const double genes = static_cast<double>(data.genes());
  const double mean_distance = total / (2.0 * genes);
  context.claim("Initial and final marginals of the data are reproduced from the inferred network.",
                "mean W1 data–re-simulation " + text(mean_distance, 1) +
                    " molecules; between first and last snapshot " + text(change / genes, 1),
                "less than half of the latter", mean_distance < 0.5 * change / genes);
  context.progress(4, 4);

  std::string commands =
      "set multiplot layout 2,4 margins 0.06,0.975,0.11,0.93 spacing 0.045,0.14\n"
      "set style fill transparent solid 0.5 noborder\nset xrange [0:*]\nset yrange [0:*]\nset ytics 0.2\nset xtics "
      "100\n"
      "set key samplen 1\n";
  for (const Index time : {Index{0}, last}) {
    for (Index gene = data.inputs(); gene < data.nodes(); ++gene) {
      const std::string when = text(published.time_points[time], 0);
      const std::string select =
          "(strcol(2) eq '" + when + "' && strcol(3) eq '" + std::to_string(gene) + "' && strcol(1) eq ";
      commands += "set title 'gene " + std::to_string(gene) + ", " + when + " h'\n" +
                  (time == last ? "set xlabel 'counts'\n" : "unset xlabel\n") +
                  (gene == 1 ? "set ylabel 'share of cells'\n" : "unset ylabel\n") +
                  (time == 0 && gene == 4 ? "set key top right\n" : "unset key\n") + "plot 'figure_9.csv' using " +
                  select + "'data' ? $4 : 1/0):6:5 with boxes lt 1 title 'data', '' using " + select +
                  "'inferred' ? $4 : 1/0):6:5 with boxes lt 2 title 're-simulated'\n";
    }
  }
  context.draw("figure_9", commands + "unset multiplot", {1200, 560});
}

}  // namespace paper
