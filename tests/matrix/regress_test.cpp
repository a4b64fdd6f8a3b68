// Cells of `regress` and `regress_successively`.
#include <matrix/cells.hpp>
#include <regression/synthetic.hpp>

#include <cardamom/regression/regress.hpp>
#include <cardamom/regression/successive.hpp>
#include <support/lbfgs.hpp>

using namespace matrix;

namespace {

template <class Real = double>
BasicSamples<Real> samples() {
  RandomStream random(8, Purpose::user);
  const Samples made = regression_test::binary_samples(5, 40, random);
  // Levels that single precision rounds.
  return {(0.9 * made.proteins).cast<Real>(), (0.9 * made.targets).cast<Real>(), made.floors, made.weights};
}

RegressionOptions options() {
  RegressionOptions result;
  result.penalty.strength = 0.02;
  result.penalty.competition = 0.0;
  return result;
}

/// `regress`: θ, with β in the last column.
template <class Real, class... Policies>
Matrix fitted(const BasicSamples<Real>& data, const Policies&... policies) {
  const Regression result = regress(data, options(), policies...);
  Matrix coefficients(5, 6);
  coefficients << result.coefficients.interactions, result.coefficients.basal;
  CHECK(coefficients.allFinite());
  CHECK(coefficients.cwiseAbs().maxCoeff() > 0.0);
  return coefficients;
}

/// `regress_successively` over two time points, of which the second sees fewer samples.
template <class Real, class... Policies>
Matrix followed(const BasicSamples<Real>& data, const Policies&... policies) {
  Matrix coefficients(5, 12);
  regress_successively(
      2,
      [&](Index k) {
        const Index rows = k == 0 ? 40 : 25;
        return BasicSamples<Real>{data.proteins.topRows(rows), data.targets.topRows(rows), data.floors, {}};
      },
      [&](Index k, const Regression& step) {
        coefficients.middleCols(6 * k, 6) << step.coefficients.interactions, step.coefficients.basal;
      },
      Coefficients::zero(5), SuccessiveOptions{.penalty = options().penalty}, policies...);
  CHECK(coefficients.allFinite());
  return coefficients;
}

/// Both verbs with a policy that must have a say.
template <class... Policies>
void check_say(const Policies&... policies) {
  CHECK(fitted(samples(), policies...) != fitted(samples()));
  CHECK(followed(samples(), policies...) != followed(samples()));
}

/// How far the result is from the optimum of the problem that these policies pose.
template <class... Policies>
double residual(const Policies&... policies) {
  const Coefficients found = regress(samples(), options(), policies...).coefficients;
  return optimality_residual(samples(), found, options(), policies...);
}

}  // namespace

TEST_CASE("a regression takes any loss and any link, and ends in their optimum") {
  check_say(archetypes::Loss(0));
  check_say(archetypes::Link(0));
  check_say(archetypes::Link(0), archetypes::Loss(0));
  CHECK(residual() < 1e-6);
  CHECK(residual(archetypes::Loss(0)) < 1e-6);
  CHECK(residual(archetypes::Link(0)) < 1e-6);
  CHECK(residual(archetypes::Loss(0), archetypes::Link(0)) < 1e-6);
}

TEST_CASE("a regression takes any optimizer, which ends near the same optimum") {
  check_say(archetypes::Optimizer(0));
  CHECK((fitted(samples(), archetypes::Optimizer(0)) - fitted(samples())).cwiseAbs().maxCoeff() < 1e-2);
  check_say(archetypes::Optimizer(0), archetypes::Link(0), archetypes::Loss(0));
}

TEST_CASE("a regression takes LBFGS++ as its optimizer") {
#if SUPPORT_HAS_LBFGS
  check_say(support::lbfgs());
  const double least = regress(samples(), options()).objective;
  const double reached = regress(samples(), options(), support::lbfgs()).objective;
  CHECK(reached >= least - 1e-12);
  CHECK(reached == doctest::Approx(least).epsilon(1e-3));
#else
  MESSAGE("skipped: LBFGS++ is not installed");
#endif
}

TEST_CASE("a regression takes samples in single precision") {
  const auto rounded = samples<float>();
  CHECK(fitted(rounded) != fitted(samples()));
  CHECK((fitted(rounded) - fitted(samples())).cwiseAbs().maxCoeff() < 1e-4);
  CHECK(followed(rounded) != followed(samples()));
  CHECK(fitted(rounded, archetypes::Loss(0), archetypes::Link(0), archetypes::Optimizer(0)) != fitted(rounded));
}

TEST_CASE("a regression takes any executor and observer") {
  check_run_policies([](const auto&... policies) { return fitted(samples(), policies...); });
  check_run_policies([](const auto&... policies) { return followed(samples(), policies...); });
  check_run_policies([](const auto&... policies) {
    return followed(samples(), archetypes::Link(0), policies..., archetypes::Loss(0));
  });
}
