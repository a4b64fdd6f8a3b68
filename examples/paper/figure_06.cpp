// Figure 6: two independent toggle switches, the network simulated (A) beside the network inferred (B).
#include <cmath>

#include <cardamom/evaluation/sign_accuracy.hpp>
#include <cardamom/inference.hpp>

#include "figure.hpp"

namespace paper {

using namespace cardamom;

void figure_6(const Context& context) {
  const NamedExperiment published = named_experiment("toggles");
  const Index sets = context.quick ? 10 : 50;
  const Matrix truth(published.model.network().interactions());
  const Index genes = truth.rows();
  Matrix sum = Matrix::Zero(genes, genes);
  std::vector<double> within;
  std::vector<double> across;
  std::vector<double> stimulus;
  std::vector<double> signs;
  // The marginals hardly change between the two time points: both modes of a gene must come from all cells together.
  BinarizeOptions pooled;
  pooled.modes = BinarizeModes::pooled;
  support::Csv edges(context.folder / "figure_6_edges.csv", {"dataset", "source", "target", "true", "inferred"});
  for (Index set = 0; set < sets; ++set) {
    const Counts counts = simulate_published(published, static_cast<std::uint64_t>(set), context.executor);
    const Inference inference = infer(counts, {}, Binarize(pooled), context.executor);
    const Matrix theta(inference.interactions());
    sum += theta;
    double inside = 0.0;
    double outside = 0.0;
    for (Index target = 1; target < genes; ++target) {
      for (Index source = 0; source < genes; ++source) {
        edges.row(set + 1, source, target, truth(target, source), theta(target, source));
        if (source == 0 || source == target) continue;
        (truth(target, source) != 0.0 ? inside : outside) += std::abs(theta(target, source));
      }
    }
    within.push_back(inside / 4.0);   // 1–2, 2–1, 3–4, 4–3
    across.push_back(outside / 8.0);  // all pairs of different toggles
    stimulus.push_back(theta.col(0).cwiseAbs().sum() / 4.0);
    signs.push_back(sign_accuracy(theta, truth).among_true());
    context.progress(set + 1, sets);
  }
  const Matrix average = sum / static_cast<double>(sets);
  {
    support::Csv cells(context.folder / "figure_6.csv", {"source", "target", "true", "inferred"});
    for (Index source = 0; source < genes; ++source) {
      for (Index target = 1; target < genes; ++target) {
        cells.row(source, target, truth(target, source), average(target, source));
      }
    }
  }

  const Mean inside = mean(within);
  const Mean outside = mean(across);
  const Mean sign = mean(signs);
  const Mean effect = mean(stimulus);
  const double repression = (average(1, 2) + average(2, 1) + average(3, 4) + average(4, 3)) / 4.0;
  context.claim("The mutual repressions are inferred, with their sign.",
                "repressions found with the right sign: " + text(sign) + "; their mean θ " + text(repression, 2) +
                    ", simulated " + text(truth(2, 1), 0),
                "more than 0.7", sign.value > 0.7);
  context.claim("The two toggles are independent.",
                "mean |θ| within a toggle " + text(inside, 2) + ", between toggles " + text(outside, 2),
                "between below ¼ of within", outside.value < 0.25 * inside.value);
  context.claim("The stimulus has no effect.", "mean |θ| of the stimulus " + text(effect, 2),
                "below ¼ of that within a toggle", effect.value < 0.25 * inside.value);

  const double largest = std::max(average.cwiseAbs().maxCoeff(), 1e-9);
  const std::string axes =
      "set xrange [0.5:4.5]\nset yrange [4.5:-0.5]\nset size square\nset border 15\nset tics out\n"
      "set xtics ('G1' 1, 'G2' 2, 'G3' 3, 'G4' 4)\nset ytics ('S' 0, 'G1' 1, 'G2' 2, 'G3' 3, 'G4' 4)\n"
      "set xlabel 'target'\nset ylabel 'source'\nset cblabel 'θ'\n"
      "set palette defined (-1 '#D55E00', 0 'white', 1 '#0072B2')\n";
  context.draw("figure_6",
               "set multiplot layout 1,2\n" + axes +
                   "set title '(A) simulated'\nset cbrange [-7:7]\n"
                   "plot 'figure_6.csv' using 2:1:3 with image notitle, '' using 2:1:($3 == 0 ? '0' : sprintf('%.0f', "
                   "$3)) with labels "
                   "notitle\nset title '(B) inferred, mean of " +
                   std::to_string(sets) + " data sets'\nset cbrange [" + text(-largest) + ":" + text(largest) +
                   "]\nplot 'figure_6.csv' using 2:1:4 with image notitle, '' using 2:1:(abs($4) < 0.05 ? '0' : "
                   "sprintf('%.1f', $4)) with "
                   "labels notitle\nunset multiplot",
               {1000, 470});
}

}  // namespace paper
