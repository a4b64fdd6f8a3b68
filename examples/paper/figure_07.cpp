// Figure 7: ROC and precision–recall curves of the four-gene network, ten data sets of 10 × 50 cells.
#include <cardamom/evaluation/sign_accuracy.hpp>
#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

void figure_7(const Context& context) {
  const NamedExperiment published = named_experiment("fn4_paper");
  const Index sets = context.quick ? 4 : 10;
  const Network& truth = published.model.network();
  std::vector<Curve> roc;
  std::vector<Curve> precision;
  std::vector<double> auroc_of_set;
  std::vector<double> aupr_of_set;
  std::vector<double> signs;
  support::Csv scores(context.folder / "figure_7_scores.csv",
                      {"dataset", "auroc", "aupr", "average_precision", "right_signs"});
  support::Csv curves(context.folder / "figure_7_curves.csv", {"curve", "dataset", "x", "y"});
  for (Index set = 0; set < sets; ++set) {
    const Counts counts = simulate_published(published, static_cast<std::uint64_t>(set), context.executor);
    const Inference inference = infer(counts, {}, context.executor);
    const EdgeRanking ranking = rank_edges(inference.scores, truth.edges());
    roc.push_back(roc_curve(ranking));
    precision.push_back(precision_recall_curve(ranking));
    auroc_of_set.push_back(roc.back().area());
    aupr_of_set.push_back(precision.back().area());
    signs.push_back(sign_accuracy(Matrix(inference.interactions()), Matrix(truth.interactions())).among_found());
    scores.row(set + 1, auroc_of_set.back(), aupr_of_set.back(), average_precision(ranking), signs.back());
    for (std::size_t i = 0; i < roc.back().x.size(); ++i) curves.row("roc", set + 1, roc.back().x[i], roc.back().y[i]);
    for (std::size_t i = 0; i < precision.back().x.size(); ++i) {
      curves.row("pr", set + 1, precision.back().x[i], precision.back().y[i]);
    }
    context.progress(set + 1, sets);
  }

  const double chance = random_aupr(truth);
  {
    support::Csv means(context.folder / "figure_7.csv", {"x", "true_positive_rate", "precision"});
    const Curve mean_roc = average(roc);
    const Curve mean_precision = average(precision);
    for (std::size_t i = 0; i < mean_roc.x.size(); ++i) means.row(mean_roc.x[i], mean_roc.y[i], mean_precision.y[i]);
  }

  const Mean roc_area = mean(auroc_of_set);
  const Mean precision_area = mean(aupr_of_set);
  const Mean sign = mean(signs);
  context.claim("The topology is reconstructed very efficiently (ROC).", "AUROC " + text(roc_area) + ", random 0.5",
                "more than 0.7", roc_area.value > 0.7);
  context.claim("The topology is reconstructed very efficiently (PR).",
                "AUPR " + text(precision_area) + ", random " + text(chance), "more than 1.5 times random",
                precision_area.value > 1.5 * chance);
  context.claim("The signs of the interactions are well preserved.", "right among true edges found: " + text(sign),
                "more than 0.9", sign.value > 0.9);

  context.draw(
      "figure_7",
      "set multiplot layout 1,2\n"
      "set xrange [0:1]\nset yrange [0:1.03]\nset size square\nset key bottom right\n"
      "set title 'ROC'\nset xlabel 'false positive rate'\nset ylabel 'true positive rate'\n"
      "plot 'figure_7.csv' using 1:1 with lines dt 2 lc rgb 'gray' title 'random', 'figure_7.csv' using 1:2 with "
      "filledcurves y=0 fs "
      "solid 0.12 noborder lt 4 notitle, '' using 1:2 with lines lt 4 title 'mean, AUROC " +
          text(roc_area.value, 2) +
          "'\n"
          "set title 'Precision–recall'\nset xlabel 'recall'\nset ylabel 'precision'\nplot 'figure_7.csv' using 1:(" +
          text(chance) +
          ") with lines dt 2 lc rgb 'gray' title 'random', 'figure_7.csv' using 1:3 with filledcurves y=0 fs "
          "solid 0.12 noborder lt 4 notitle, '' using 1:3 with lines lt 4 title 'mean, AUPR " +
          text(precision_area.value, 2) + "'\nunset multiplot",
      {900, 460});
}

}  // namespace paper
