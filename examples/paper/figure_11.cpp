// Figure 11: performance and time of inference on random trees, against the number of genes.
#include <algorithm>
#include <chrono>
#include <cmath>

#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

namespace {

/// |correlation| of log(1 + count) between all pairs: what one gets without a model. Symmetric, so directions are a guess.
Matrix correlation_scores(const Counts& counts) {
  Matrix x = counts.values().array().log1p();
  x.rowwise() -= x.colwise().mean().eval();
  for (Index j = 0; j < x.cols(); ++j) {
    const double norm = x.col(j).norm();
    if (norm > 0.0) x.col(j) /= norm;
  }
  return (x.transpose() * x).cwiseAbs();
}

}  // namespace

void figure_11(const Context& context) {
  const std::vector<Index> sizes =
      context.quick ? std::vector<Index>{5, 10, 20} : std::vector<Index>{5, 10, 20, 50, 100};
  const Index sets = context.quick ? 3 : 10;
  const Index total = static_cast<Index>(sizes.size()) * sets;
  support::Csv table(context.folder / "figure_11.csv",
                     {"genes", "dataset", "aupr", "average_precision", "aupr_correlation", "random", "seconds"});
  support::Csv means(context.folder / "figure_11_means.csv", {"genes", "aupr", "correlation", "random", "seconds"});
  std::vector<double> mean_aupr;
  std::vector<double> seconds;
  bool better = true;
  std::string pairs;
  Index done = 0;
  for (const Index size : sizes) {
    std::vector<double> aupr_of_set;
    std::vector<double> correlation_of_set;
    std::vector<double> seconds_of_set;
    double chance = 0.0;
    for (Index set = 0; set < sets; ++set) {
      const auto seed = static_cast<std::uint64_t>(set);
      NamedExperiment published = named_experiment("tree:" + std::to_string(size), seed + 1);
      if (size < 10) {
        // The paper takes the same times and kinetics for all sizes.
        published.time_points = named_experiment("tree:10").time_points;
        published.model.kinetics = benchmark_kinetics(size + 1, 1.0, 0.2);
      }
      const Counts counts = simulate_published(published, seed, context.executor);
      const auto begin = std::chrono::steady_clock::now();
      const Inference inference = infer(counts);
      seconds_of_set.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
      const auto truth = published.model.network().edges();
      const EdgeRanking ranking = rank_edges(inference.scores, truth);
      aupr_of_set.push_back(aupr(ranking));
      correlation_of_set.push_back(aupr(rank_edges(correlation_scores(counts), truth)));
      chance = random_aupr(published.model.network());
      table.row(size, set + 1, aupr_of_set.back(), average_precision(ranking), correlation_of_set.back(), chance,
                seconds_of_set.back());
      context.progress(++done, total);
    }
    const Mean ours = mean(aupr_of_set);
    const Mean theirs = mean(correlation_of_set);
    mean_aupr.push_back(ours.value);
    seconds.push_back(mean(seconds_of_set).value);
    means.row(size, ours.value, theirs.value, chance, seconds.back());
    better = better && ours.value > theirs.value;
    pairs += (pairs.empty() ? "" : ", ") + std::to_string(size) + " genes " + text(ours.value, 2) + " / " +
             text(theirs.value, 2);
  }
  context.claim("More efficient than the method without a mechanistic model.", "AUPR / of correlation: " + pairs,
                "higher for every number of genes", better);
  context.claim("Performance decreases strongly with the number of genes.",
                "AUPR " + text(mean_aupr.front(), 2) + " to " + text(mean_aupr.back(), 2), "falls",
                mean_aupr.back() < mean_aupr.front());
  const double ratio = seconds.back() / seconds.front();
  const double order =
      std::log(ratio) / std::log(static_cast<double>(sizes.back()) / static_cast<double>(sizes.front()));
  context.claim("Inference is suitable for realistic numbers of genes and cells.",
                std::to_string(sizes.back()) + " genes, 1000 cells: " + text(seconds.back(), 3) +
                    " s; time grows as genes^" + text(order, 1),
                "less than a minute", seconds.back() < 60.0);

  context.draw("figure_11",
               "set multiplot layout 1,2\nset logscale x 2\nset xrange [4:125]\nset xtics (5, 10, 20, 50, 100)\n"
               "set xlabel 'number of genes'\nset key top right\n"
               "set title '(A) performance'\nset ylabel 'AUPR'\nset yrange [0:1.03]\n"
               "plot 'figure_11.csv' using 1:3 with points lt 1 ps 0.6 title 'data sets',"
               " 'figure_11_means.csv' using 1:2 with linespoints lt 1 pt 6 title 'mean',"
               " '' using 1:3 with linespoints lt 2 title 'correlation',"
               " '' using 1:4 with lines dt 2 lc rgb 'gray' title 'random'\n"
               "set title '(B) time, one thread'\nset ylabel 'seconds'\nset logscale y\nset yrange [*:*]\n"
               "set format y '%g'\nset key top left\nplot 'figure_11_means.csv' using 1:5 with linespoints lt 1 title "
               "'inference'\n"
               "unset multiplot",
               {1000, 440});
}

}  // namespace paper
