// Cells of `fit_proteins`, and of the distances between samples.
#include <matrix/cells.hpp>

#include <cardamom/evaluation/joint_wasserstein.hpp>
#include <cardamom/inference/proteins.hpp>
#include <support/lbfgs.hpp>

using namespace matrix;

namespace {

const GammaMixture& mixture() {
  static const GammaMixture result(Vector{{0.5, 0.5}}, Matrix{{0.0, 9.0, 0.6}, {0.0, 0.6, 9.0}},
                                   Vector{{0.0, 10.0, 12.0}});
  return result;
}

/// Cells of the mixture at two times, the second with the input on.
const Counts& snapshots() {
  static const Counts table = [] {
    Matrix values = mixture().sample(60, 1);
    Vector times = Vector::Zero(60);
    values.col(0).tail(30).setOnes();
    times.tail(30).setConstant(10.0);
    return Counts(values, times);
  }();
  return table;
}

/// θ and β after the last time point.
Matrix network(const ProteinFit& fit) {
  Matrix result(3, 4);
  result << fit.steps.back().coefficients.interactions, fit.steps.back().coefficients.basal;
  CHECK(result.allFinite());
  CHECK(result.cwiseAbs().maxCoeff() > 0.0);
  return result;
}

const Vector decay = Vector::Constant(3, 0.2);

template <class... Policies>
Matrix fitted(const Policies&... policies) {
  return network(fit_proteins(snapshots(), decay, mixture(), {}, policies...));
}

}  // namespace

TEST_CASE("fit_proteins takes what a regression takes") {
  const Matrix usual = fitted();
  CHECK(fitted(archetypes::Loss(0)) != usual);
  CHECK(fitted(archetypes::Link(0)) != usual);
  CHECK(fitted(archetypes::Optimizer(0)) != usual);
  CHECK(fitted(archetypes::Optimizer(0), archetypes::Link(0), archetypes::Loss(0)) !=
        fitted(archetypes::Link(0), archetypes::Loss(0)));
#if SUPPORT_HAS_LBFGS
  CHECK(fitted(support::lbfgs()) != usual);
#endif
  check_run_policies([](const auto&... policies) { return fitted(policies...); });
  // With a mixture of its own.
  check_run_policies([](const auto&... policies) {
    return network(fit_proteins(snapshots(), decay, {.mixture = {.restarts = 2}}, policies...));
  });
}

TEST_CASE("distances between samples take any executor") {
  const Matrix a = mixture().sample(25, 2);
  const Matrix b = mixture().sample(25, 3);
  const archetypes::Executor executor(0);
  CHECK(joint_wasserstein(a, b, {}, executor) == joint_wasserstein(a, b));
  CHECK(sliced_wasserstein(a, b, {.projections = 20}, executor) == sliced_wasserstein(a, b, {.projections = 20}));
}
