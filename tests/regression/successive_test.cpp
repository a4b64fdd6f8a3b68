#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/regression/successive.hpp>

#include "support/links.hpp"
#include "synthetic.hpp"

using namespace cardamom;
using regression_test::binary_samples;

namespace {

Samples samples_of(Index k, Index inputs = 1) {
  RandomStream stream(19, Purpose::user, static_cast<std::uint64_t>(k));
  Samples samples = binary_samples(3 + inputs, 40, stream);
  samples.number_of_inputs = inputs;
  return samples;
}

}  // namespace

TEST_CASE("the chain moves basal activities once and lets the stimulus in where it first acts") {
  const auto samples_at = [&](Index k) {
    Samples samples = samples_of(k);
    if (k == 0) samples.proteins.col(0).setZero();
    return samples;
  };
  std::vector<Coefficients> path;
  const auto visit = [&](Index, const Regression& r) { path.push_back(r.coefficients); };
  regress_successively(3, samples_at, visit, Coefficients::zero(4));
  REQUIRE(path.size() == 3);
  CHECK(path[0].interactions.col(0).isZero(0.0));
  CHECK(path[1].basal == path[0].basal);
  CHECK(path[2].basal == path[0].basal);
  CHECK(path[2].interactions.col(0) == path[1].interactions.col(0));
  path.clear();
  SuccessiveOptions always;
  always.basal = Release::always;
  always.inputs = Release::always;
  regress_successively(3, samples_at, visit, Coefficients::zero(4), always);
  CHECK(path[2].basal != path[0].basal);
}

TEST_CASE("each of several inputs moves where it first acts, not where another does") {
  // Input 0 acts from time point 1 on, input 1 from time point 2 on; both are confounded with the genes' state.
  const auto samples_at = [&](Index k) {
    Samples samples = samples_of(k, 2);
    samples.proteins.col(0) = k >= 1 ? Vector(samples.proteins.col(2)) : Vector(Vector::Zero(40));
    samples.proteins.col(1) = k >= 2 ? Vector(samples.proteins.col(3)) : Vector(Vector::Zero(40));
    return samples;
  };
  SuccessiveOptions options;
  options.penalty.strength = 1e-3;
  options.penalty.weights = Matrix::Constant(5, 5, 10.0);
  options.penalty.weights.leftCols(2).setOnes();
  std::vector<Matrix> path;
  regress_successively(
      4, samples_at, [&](Index, const Regression& r) { path.push_back(r.coefficients.interactions); },
      Coefficients::zero(5), options);
  REQUIRE(path.size() == 4);
  CHECK(path[0].leftCols(2).isZero(0.0));
  CHECK(!path[1].col(0).isZero(0.0));
  CHECK(path[1].col(1).isZero(0.0));
  CHECK(path[2].col(0) == path[1].col(0));
  CHECK(!path[2].col(1).isZero(0.0));
  CHECK(path[3].leftCols(2) == path[2].leftCols(2));
  for (const Matrix& theta : path) CHECK(theta.topRows(2).isZero(0.0));
}

TEST_CASE("the chain takes the policies of a regression and reports over all time points") {
  Index last = 0;
  Index largest_total = 0;
  const auto watch = [&](Index done, Index total) {
    CHECK(done > last);
    last = done;
    largest_total = std::max(largest_total, total);
    return true;
  };
  Coefficients fitted;
  const auto keep = [&](Index, const Regression& r) { fitted = r.coefficients; };
  const auto at = [](Index k) { return samples_of(k); };
  regress_successively(3, at, keep, Coefficients::zero(4), {}, watch, support::Probit{1.2}, CrossEntropy{}, Threads(2));
  CHECK(largest_total == 12);
  CHECK(last == 12);
  const Coefficients with_link = fitted;
  regress_successively(3, at, keep, Coefficients::zero(4), {}, CrossEntropy{});
  CHECK((fitted.interactions - with_link.interactions).cwiseAbs().maxCoeff() > 0.1);
  CHECK_THROWS_AS(
      regress_successively(3, at, keep, Coefficients::zero(4), {}, [](Index done, Index) { return done < 6; }),
      Cancelled);
}

TEST_CASE("the chain says what is wrong with its input") {
  const auto ignore = [](Index, const Regression&) {};
  CHECK_THROWS_WITH_AS(regress_successively(
                           1, [](Index k) { return samples_of(k); }, ignore, Coefficients::zero(3)),
                       "regress_successively: prior.basal has size 3, must be 4", std::invalid_argument);
  const auto changing = [](Index k) {
    Samples samples = samples_of(k);
    samples.number_of_inputs = 1 + k;
    return samples;
  };
  CHECK_THROWS_WITH_AS(regress_successively(2, changing, ignore, Coefficients::zero(4)),
                       "regress_successively: inputs of the samples has size 2, must be 1", std::invalid_argument);
}
