// Cells of `learn`.
#include <matrix/cells.hpp>
#include <regression/synthetic.hpp>

#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/regression/learn.hpp>
#include <support/lbfgs.hpp>

using namespace matrix;

namespace {

Samples samples() {
  RandomStream random(8, Purpose::user);
  return regression_test::binary_samples(4, 40, random);
}

/// Parameters of every gene, one column each.
template <class Rate, class... Policies>
Matrix learned(const Rate& rate, const Policies&... policies) {
  const Learning<Rate> result =
      learn(samples(), Vector::Constant(4, 2.0), rate, {.self_interactions = false}, policies...);
  Matrix parameters(Vector(result.rate.parameters(1)).size(), 3);
  for (Index gene = 1; gene < 4; ++gene) parameters.col(gene - 1) = result.rate.parameters(gene);
  CHECK(parameters.allFinite());
  CHECK(parameters.cwiseAbs().maxCoeff() > 0.0);
  return parameters;
}

template <class... Policies>
Matrix learned_of_archetype(const Policies&... policies) {
  return learned(archetypes::LearnableRate(4), policies...);
}

template <class LinkType>
LinearRate<LinkType> linear(const LinkType& link) {
  return {link, Vector::Constant(4, 0.1), Vector::Constant(4, 2.0), Vector::Zero(4), Matrix::Ones(4, 4).sparseView()};
}

}  // namespace

// Samples in single precision are for a link of a linear form alone.
template <class Scalar>
concept LearntFrom = requires(const BasicSamples<Scalar>& data, const Vector& frequency_max) {
  learn(data, frequency_max, archetypes::LearnableRate(4));
};
static_assert(LearntFrom<double> && !LearntFrom<float>);

TEST_CASE("learn takes any learnable rate and any link") {
  CHECK(learned_of_archetype().rows() == 5);
  CHECK(learned(linear(archetypes::Link(0))) != learned(linear(Logistic{})));
}

TEST_CASE("learn takes any loss and any optimizer") {
  const Matrix usual = learned_of_archetype();
  CHECK(learned_of_archetype(archetypes::Loss(0)) != usual);
  CHECK(learned_of_archetype(archetypes::Optimizer(0)) != usual);
  CHECK(learned_of_archetype(archetypes::Optimizer(0), archetypes::Loss(0)) !=
        learned_of_archetype(archetypes::Optimizer(0)));
  CHECK(learned(linear(archetypes::Link(0)), archetypes::Loss(0)) != learned(linear(archetypes::Link(0))));
}

TEST_CASE("learn takes LBFGS++ as its optimizer") {
#if SUPPORT_HAS_LBFGS
  CHECK(learned_of_archetype(support::lbfgs()) != learned_of_archetype());
  CHECK(learned_of_archetype(archetypes::Loss(0), support::lbfgs()) != learned_of_archetype(support::lbfgs()));
#else
  MESSAGE("skipped: LBFGS++ is not installed");
#endif
}

TEST_CASE("learn takes any executor and observer") {
  check_run_policies([](const auto&... policies) { return learned_of_archetype(policies...); });
  check_run_policies([](const auto&... policies) {
    return learned_of_archetype(archetypes::Optimizer(0), policies..., archetypes::Loss(0));
  });
}
