// Figure 10: the data and the cells simulated from the inferred network, projected together to two dimensions.
#include <cmath>

#include <Eigen/Eigenvalues>

#include <cardamom/evaluation/wasserstein.hpp>
#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

namespace {

/// The first two principal components of the rows, cells × 2, and the share of the variance they hold.
struct Projection {
  Matrix components;
  Vector share;
};
Projection project(const Matrix& rows) {
  const Matrix centred = rows.rowwise() - rows.colwise().mean();
  const Matrix covariance = centred.transpose() * centred / static_cast<double>(rows.rows() - 1);
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);
  Matrix axes = solver.eigenvectors().rightCols(2).rowwise().reverse();
  for (Index k = 0; k < 2; ++k) {
    // The sign of an eigenvector is arbitrary: let the sum of its entries be positive.
    if (axes.col(k).sum() < 0.0) axes.col(k) = -axes.col(k);
  }
  const Vector share = solver.eigenvalues().tail(2).reverse() / solver.eigenvalues().sum();
  return {centred * axes, share};
}

}  // namespace

void figure_10(const Context& context) {
  const NamedExperiment published = named_experiment("fn4_paper");
  const Counts data = simulate_published(published, 0, context.executor);
  context.progress(1, 3);
  const DecayRates rates{published.model.kinetics.mrna_decay, published.model.kinetics.protein_decay};
  const Inference inference = infer(data, {.rates = rates}, context.executor);
  const Counts again = simulate_as(published, inference.model, 1, context.executor);
  context.progress(2, 3);

  const Index cells = data.cells();
  const Index genes = data.genes();
  Matrix all(2 * cells, genes);
  all << data.values().rightCols(genes), again.values().rightCols(genes);
  const Projection projection = project(all.array().log1p());
  support::Csv table(context.folder / "figure_10.csv", {"source", "time", "pc1", "pc2"});
  support::Csv counts(context.folder / "figure_10_cells.csv", {"source", "time", "gene1", "gene2", "gene3", "gene4"});
  for (Index row = 0; row < 2 * cells; ++row) {
    const bool first = row < cells;
    const double time = first ? data.times()[row] : again.times()[row - cells];
    table.row(first ? "data" : "inferred", time, projection.components(row, 0), projection.components(row, 1));
    counts.row(first ? "data" : "inferred", time, all(row, 0), all(row, 1), all(row, 2), all(row, 3));
  }

  // How far the two clouds are apart, against how far cells travel from the first time point to the last.
  const auto cloud = [&](Index offset, Index component) {
    return Vector(projection.components.col(component).segment(offset, cells));
  };
  const Index per_time = cells / published.time_points.size();
  const Vector early = cloud(0, 0).head(per_time);
  const Vector late = cloud(0, 0).tail(per_time);
  const double travelled = wasserstein(early, late);
  const double apart = wasserstein(cloud(0, 0), cloud(cells, 0));
  const double late_apart = wasserstein(late, cloud(cells, 0).tail(per_time));
  context.claim("Both data sets cover the same region.",
                "W1 of all cells on the first component " + text(apart, 2) + ", between 0 h and 20 h of the data " +
                    text(travelled, 2),
                "less than half of the latter", apart < 0.5 * travelled);
  context.claim("Both end in the same place.", "W1 at 20 h on the first component " + text(late_apart, 2),
                "less than half of the way from 0 h to 20 h", late_apart < 0.5 * travelled);
  context.progress(3, 3);

  const auto points = [](const std::string& source) {
    return "plot 'figure_10.csv' using (strcol(1) eq '" + source +
           "' ? $3 : 1/0):4:2 with points pt 7 ps 0.6 lc palette "
           "notitle\n";
  };
  context.draw("figure_10",
               "set multiplot layout 1,2\nset palette defined (0 '#440154', 5 '#31688e', 10 '#35b779', 20 '#fde725')\n"
               "set cbrange [0:20]\nset cblabel 'time [h]'\nset xlabel 'component 1 (" +
                   text(100.0 * projection.share[0], 0) + " % of the variance)'\nset ylabel 'component 2 (" +
                   text(100.0 * projection.share[1], 0) + " %)'\nset xrange [" +
                   text(projection.components.col(0).minCoeff() - 0.2, 2) + ":" +
                   text(projection.components.col(0).maxCoeff() + 0.2, 2) + "]\nset yrange [" +
                   text(projection.components.col(1).minCoeff() - 0.2, 2) + ":" +
                   text(projection.components.col(1).maxCoeff() + 0.2, 2) + "]\nset title '(A) data'\n" +
                   points("data") + "set title '(B) simulated from the inferred network'\n" + points("inferred") +
                   "unset multiplot",
               {1100, 460});
}

}  // namespace paper
