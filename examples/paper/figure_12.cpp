// Figure 12: ROC and precision–recall curves with clustering and without (every cell its own mode).
#include <cardamom/clustering/no_clustering.hpp>
#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

namespace {

struct Curves {
  std::vector<Curve> roc;
  std::vector<Curve> precision;
  std::vector<double> auroc;
  std::vector<double> aupr;
  std::vector<double> average_precision;

  void add(const EdgeRanking& ranking) {
    roc.push_back(roc_curve(ranking));
    precision.push_back(precision_recall_curve(ranking));
    auroc.push_back(roc.back().area());
    aupr.push_back(precision.back().area());
    average_precision.push_back(cardamom::average_precision(ranking));
  }
};

}  // namespace

void figure_12(const Context& context) {
  const NamedExperiment published = named_experiment("fn4_paper");
  const Index sets = context.quick ? 4 : 10;
  const auto truth = published.model.network().edges();
  Curves with;
  Curves without;
  support::Csv scores(context.folder / "figure_12_scores.csv",
                      {"dataset", "aupr_with", "aupr_without", "auroc_with", "auroc_without"});
  for (Index set = 0; set < sets; ++set) {
    const Counts counts = simulate_published(published, static_cast<std::uint64_t>(set), context.executor);
    with.add(rank_edges(infer(counts, {}, context.executor).scores, truth));
    without.add(rank_edges(infer(counts, {}, NoClustering{}, context.executor).scores, truth));
    scores.row(set + 1, with.aupr.back(), without.aupr.back(), with.auroc.back(), without.auroc.back());
    context.progress(set + 1, sets);
  }
  {
    support::Csv means(context.folder / "figure_12.csv",
                       {"x", "roc_with", "roc_without", "precision_with", "precision_without"});
    const Curve roc_with = average(with.roc);
    const Curve roc_without = average(without.roc);
    const Curve precision_with = average(with.precision);
    const Curve precision_without = average(without.precision);
    for (std::size_t i = 0; i < roc_with.x.size(); ++i) {
      means.row(roc_with.x[i], roc_with.y[i], roc_without.y[i], precision_with.y[i], precision_without.y[i]);
    }
  }
  // Without clustering most scores are 0 and tie. The trapezoids of AUPR run straight through the ties, as if a
  // threshold could be drawn within them; average precision and AUROC do not.
  const Mean precise = mean(with.average_precision);
  const Mean imprecise = mean(without.average_precision);
  const Mean area = mean(with.auroc);
  const Mean area_without = mean(without.auroc);
  context.claim("Leaving out the clustering costs much accuracy (ROC).",
                "AUROC with clustering " + text(area) + ", without " + text(area_without), "lower without",
                area_without.value < area.value);
  context.claim("Leaving out the clustering costs much accuracy (PR).",
                "average precision with clustering " + text(precise) + ", without " + text(imprecise) + "; AUPR " +
                    text(mean(with.aupr)) + ", " + text(mean(without.aupr)),
                "average precision lower without; AUPR is not asked", imprecise.value < precise.value);

  const auto panel = [](const char* column_with, const char* column_without) {
    return std::string("'figure_12.csv' using 1:") + column_with +
           " with lines lt 4 title 'with clustering', '' using 1:" + column_without +
           " with lines lt 2 title 'without clustering'\n";
  };
  context.draw(
      "figure_12",
      "set multiplot layout 1,2\nset xrange [0:1]\nset yrange [0:1.03]\nset size square\nset key bottom right at graph "
      "0.99, 0.04\n"
      "set title '(A) ROC'\nset xlabel 'false positive rate'\nset ylabel 'true positive rate'\n"
      "plot 'figure_12.csv' using 1:1 with lines dt 2 lc rgb 'gray' title 'random', " +
          panel("2", "3") +
          "set title '(B) Precision–recall'\nset xlabel 'recall'\nset ylabel 'precision'\nplot 'figure_12.csv' using "
          "1:(" +
          text(random_aupr(published.model.network())) + ") with lines dt 2 lc rgb 'gray' title 'random', " +
          panel("4", "5") + "unset multiplot",
      {900, 460});
}

}  // namespace paper
