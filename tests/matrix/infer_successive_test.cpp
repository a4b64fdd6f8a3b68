#include <matrix/infer_cells.hpp>

using namespace matrix;

TEST_CASE("Successive takes every policy") {
  check_common_policies(Successive{});
  const Inference learned = inferred(Successive{}, archetypes::LearnableRate(5));
  CHECK(learned.steps.empty());
  CHECK(learned.model.rate.parameters(1) != archetypes::LearnableRate(5).parameters(1));
  const Inference robust =
      inferred(Successive{}, archetypes::LearnableRate(5), archetypes::Loss(0), archetypes::Optimizer(0));
  CHECK(robust.scores != learned.scores);
}

TEST_CASE("Averaged takes what its estimator takes") {
  const Inference usual = inferred(Averaged(Successive{}, archetypes::Clusterer(0), Binarize{}));
  CHECK(inferred(Averaged(Successive{}, archetypes::Clusterer(0), Binarize{}), archetypes::Executor(0)).scores ==
        usual.scores);
  CHECK(
      inferred(Averaged(Successive{}, archetypes::Clusterer(0), Binarize{}), LinearRate(archetypes::Link(0))).scores !=
      usual.scores);
}

namespace {

// An estimator of one's own: correlation of each gene with each node, whatever the modes.
struct Correlations {
  template <class Problem>
  auto estimate(const Problem& problem) const {
    const Counts& counts = problem.counts;
    InferenceBase result = describe_data(counts, problem.find_modes(problem.clusterer_or(Binarize{}), problem.progress),
                                         problem.options.rates);
    const Matrix centred = counts.values().rowwise() - counts.values().colwise().mean();
    const Vector norm = centred.colwise().norm().cwiseMax(1e-300);
    result.weights =
        norm.cwiseInverse().asDiagonal() * (centred.transpose() * centred) * norm.cwiseInverse().asDiagonal();
    result.weights.topRows(counts.inputs()).setZero();
    result.scores = result.weights.cwiseAbs();
    Kinetics kinetics = mode_kinetics(result.clustering, problem.options.rates, counts.inputs());
    typename Problem::Rate rate = problem.rate;
    return Inference<typename Problem::Rate>{std::move(result), {std::move(kinetics), std::move(rate), counts.names()}};
  }
};

}  // namespace

TEST_CASE("an estimator of one's own sees every policy and comes through the same verb") {
  const Inference mine = inferred(Correlations{}, Threads{2});
  CHECK(mine.scores(1, 1) == doctest::Approx(1.0));
  CHECK(inferred(Correlations{}, archetypes::Family(0), archetypes::Clusterer(0)).scores == mine.scores);
  archetypes::ProgressLog log;
  static_cast<void>(inferred(Correlations{}, archetypes::Progress(log)));
  CHECK(log.done == log.total);
}
