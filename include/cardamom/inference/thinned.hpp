/// @file
/// `Thinned`: an estimator run also on tables with fewer molecules, its scores the mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/thin_counts.hpp>
#include <cardamom/inference/edge_scores.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/side_by_side.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace cardamom {

/// Settings of `Thinned`.
struct ThinnedOptions {
  /// Molecules that a gene shows when it is on, > 0 each: `thin_counts`. Few molecules make every edge that hangs on a
  /// fine distinction vanish, many keep it; which is right depends on the data, so there are steps of a factor of about
  /// four, and the data as they are for the last.
  std::vector<double> levels = {2.0, 5.0, 20.0, 80.0};
  /// At each level, >= 0; 0: four up to `genes_of_many_draws` genes, where ranks vary by the draw, and one beyond, for
  /// the sake of time: 100 genes in 1800 cells take up to a minute with four.
  Index draws = 0;
  static constexpr Index genes_of_many_draws = 100;

  /// How many draws there are at each level, of a table of so many genes.
  [[nodiscard]] constexpr Index draws_of(Index genes) const noexcept {
    if (draws > 0) return draws;
    return genes <= genes_of_many_draws ? 4 : 1;
  }
};

/// Throws std::invalid_argument, std::domain_error.
template <class = CompiledWhereUsed>
inline void validate(const ThinnedOptions& options) {
  for (std::size_t k = 0; k < options.levels.size(); ++k) {
    check_positive("ThinnedOptions", detail::element("levels", static_cast<Index>(k)), options.levels[k]);
  }
  check_at_least("ThinnedOptions", "draws", options.draws, 0);
}

/// Runs an estimator on the data and on draws of `thin_counts`, and ranks edges by the mean of their scores, each first
/// brought to unit strength; the data and every level count alike. An edge that is still found with fewer molecules
/// seen rests on more than the boundary between a gene's modes. Values that are no counts (family `Gamma`) are counted
/// by the draws, whose family is then `NegativeBinomial`, or stays `Gamma` where the clusterer of the call takes no
/// other.
///
/// Network, model and probabilities are those of the data as they are, `weights` the mean in the unit of theirs; genes
/// without information there have no edges. Cost (1 + levels · draws) estimates, which run
/// side by side.
/// @tparam Estimator any `NetworkEstimator`
template <class Estimator>
class Thinned {
 public:
  static constexpr bool uses_conditions = detail::uses_conditions<Estimator>();

  explicit Thinned(Estimator estimator, ThinnedOptions options = {})
      : estimator_(std::move(estimator)), options_(std::move(options)) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return detail::planned_units(estimator_, problem) * (1 + draws(problem.counts));
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    const Index units = detail::planned_units(estimator_, problem);
    const Index draws = this->draws(problem.counts);
    ProgressPlan progress(problem.progress, units * (1 + draws));
    auto plain = progress.part(units);
    Inference<typename Problem::Rate> result = estimator_.estimate(problem.told_to(plain));
    plain.finish();
    auto rest = progress.part(units * draws);
    const std::vector<Edges> drawn = detail::estimate_side_by_side(
        problem.told_to(rest), draws, units, [&](Index k, const Problem& part) { return edges_of_draw(part, k); });
    rest.finish();
    MeanOfEdges mean(result.nodes());
    mean.add(1.0, result.scores, result.weights);
    const double share = 1.0 / static_cast<double>(options_.draws_of(problem.counts.genes()));
    for (const Edges& each : drawn) mean.add(share, each.scores, each.weights);
    result.scores = mean.scores();
    result.weights = mean.weights(strength_of_edges(result.weights));
    // What varies by the draw alone says nothing.
    for (const Index gene : result.diagnostics.uninformative_genes) {
      for (Matrix* const edges : {&result.scores, &result.weights}) {
        edges->row(gene).setZero();
        edges->col(gene).setZero();
      }
    }
    return result;
  }

  /// Throws what options and the estimator's own validation throw.
  friend void validate(const Thinned& thinned, const Counts& counts, const InferenceOptions& options) {
    validate(thinned.options_);
    if constexpr (requires { validate(thinned.estimator_, counts, options); })
      validate(thinned.estimator_, counts, options);
  }

 private:
  struct Edges {
    Matrix scores;
    Matrix weights;
  };
  template <class Result>
  static Edges edges_of(Result&& result) {
    return {std::move(result.scores), std::move(result.weights)};
  }

  /// Of all levels.
  [[nodiscard]] Index draws(const Counts& counts) const {
    return static_cast<Index>(options_.levels.size()) * options_.draws_of(counts.genes());
  }

  template <class Problem>
  [[nodiscard]] Edges edges_of_draw(const Problem& problem, Index k) const {
    const Index level = k / options_.draws_of(problem.counts.genes());
    const Counts drawn = thin_counts(problem.counts, options_.levels[static_cast<std::size_t>(level)],
                                     problem.options.seed, static_cast<std::uint64_t>(k));
    using Family = std::remove_cvref_t<decltype(problem.family)>;
    using Clusterer = std::remove_cvref_t<decltype(problem.clusterer)>;
    if constexpr (!std::is_same_v<Family, Gamma>) {
      return edges_of(estimator_.estimate(problem.of(drawn)));
    } else if constexpr (!Problem::names_clusterer || ClustererRole<NegativeBinomial>::template fits<Clusterer>) {
      return edges_of(estimator_.estimate(problem.of(drawn, NegativeBinomial{})));
    } else {
      // Counts as levels, 0 below half a molecule.
      return edges_of(estimator_.estimate(problem.of(drawn, Gamma{})));
    }
  }

  Estimator estimator_;
  ThinnedOptions options_;
};

}  // namespace cardamom
