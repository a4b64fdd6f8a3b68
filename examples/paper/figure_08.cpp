// Figure 8: (A) number of modes found by RJMCMC per gene, (B) AUPR when the number of modes is imposed.
#include <string>

#include <cardamom/clustering.hpp>
#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

void figure_8(const Context& context) {
  const NamedExperiment published = named_experiment("fn4_paper");
  const Index sets = context.quick ? 3 : 10;
  const Index most = context.quick ? 4 : 6;
  RjmcmcOptions sampling;
  if (context.quick) {
    sampling.sweeps = 500;
    sampling.burn_in = 250;
    sampling.chains = 2;
  }
  const Index steps = sets * (1 + most - 1);
  Index done = 0;

  std::vector<Index> found(static_cast<std::size_t>(sampling.max_modes) + 1, 0);
  std::vector<double> free_aupr;
  std::vector<std::vector<double>> aupr_of(static_cast<std::size_t>(most) + 1);
  support::Csv genes(context.folder / "figure_8_genes.csv", {"dataset", "gene", "modes"});
  support::Csv scores(context.folder / "figure_8_scores.csv", {"modes", "dataset", "aupr", "average_precision"});
  const auto infer_with = [&](const Counts& counts, Index set, const auto& clusterer, const std::string& label) {
    InferenceOptions options;
    options.seed = static_cast<std::uint64_t>(set);
    Inference inference = infer(counts, options, clusterer, context.executor);
    const EdgeRanking ranking = rank_edges(inference.scores, published.model.network().edges());
    scores.row(label, set + 1, aupr(ranking), average_precision(ranking));
    context.progress(++done, steps);
    return std::pair(aupr(ranking), std::move(inference));
  };
  for (Index set = 0; set < sets; ++set) {
    const Counts counts = simulate_published(published, static_cast<std::uint64_t>(set), context.executor);
    const auto [area, inference] = infer_with(counts, set, Rjmcmc{sampling}, "rjmcmc");
    free_aupr.push_back(area);
    for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
      const Index modes = inference.clustering.gene(gene).count();
      ++found[static_cast<std::size_t>(modes)];
      genes.row(set + 1, gene, modes);
    }
    for (Index modes = 2; modes <= most; ++modes) {
      aupr_of[static_cast<std::size_t>(modes)].push_back(
          infer_with(counts, set, FixedModes{modes}, std::to_string(modes)).first);
    }
  }

  {
    support::Csv histogram(context.folder / "figure_8_modes.csv", {"modes", "genes"});
    for (std::size_t modes = 1; modes < found.size(); ++modes) histogram.row(modes, found[modes]);
    support::Csv means(context.folder / "figure_8.csv", {"modes", "aupr", "standard_error"});
    for (Index modes = 2; modes <= most; ++modes) {
      const Mean area = mean(aupr_of[static_cast<std::size_t>(modes)]);
      means.row(modes, area.value, area.standard_error);
    }
  }
  const double total = static_cast<double>(4 * sets);
  const double two = static_cast<double>(found[2]) / total;
  context.claim("RJMCMC usually finds two modes per gene.", "share of genes with two modes: " + text(two, 2),
                "more than half", two > 0.5);
  const Mean with_two = mean(aupr_of[2]);
  double others = 0.0;
  std::string list;
  for (Index modes = 3; modes <= most; ++modes) {
    const double area = mean(aupr_of[static_cast<std::size_t>(modes)]).value;
    others += area / static_cast<double>(most - 2);
    list += (list.empty() ? "" : ", ") + text(area, 2);
  }
  context.claim("Imposing more than two modes makes the inference slightly worse.",
                "AUPR with two modes " + text(with_two, 2) + ", with 3…" + std::to_string(most) + ": " + list,
                "two above the mean of the others", others < with_two.value);
  context.claim("Two modes do as well as RJMCMC.",
                "AUPR with two modes " + text(with_two, 2) + ", with RJMCMC " + text(mean(free_aupr), 2),
                "not 0.1 below RJMCMC", with_two.value > mean(free_aupr).value - 0.1);

  context.draw(
      "figure_8",
      "set multiplot layout 1,2\nset style fill solid 0.6 noborder\nset boxwidth 0.7\n"
      "set title '(A) RJMCMC, " +
          std::to_string(sets) +
          " data sets × 4 genes'\n"
          "set xlabel 'number of modes'\nset ylabel 'genes'\nset xrange [0.5:6.5]\nset yrange [0:*]\nset xtics 1\n"
          "plot 'figure_8_modes.csv' using 1:2 with boxes lt 4 notitle\n"
          "set title '(B) number of modes imposed'\nset xlabel 'number of modes'\nset ylabel 'AUPR'\n"
          "set yrange [0:1.4]\nset ytics 0, 0.2, 1\nset xrange [1.5:" +
          std::to_string(most) +
          ".5]\nset key top right\n"
          "plot 'figure_8_scores.csv' using (strcol(1) eq 'rjmcmc' ? 1/0 : $1):3 with points lt 1 ps 0.7 title "
          "'data sets', 'figure_8.csv' using 1:2:3 with yerrorbars lt 4 title 'mean ± standard error', '' using 1:(" +
          text(random_aupr(published.model.network())) +
          ") with lines dt 2 lc rgb 'gray' title 'random'\n"
          "unset multiplot",
      {960, 440});
}

}  // namespace paper
