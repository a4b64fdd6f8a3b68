#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>

#include "support/links.hpp"

using namespace cardamom;
using support::ComplementaryLogLog;
using support::Probit;

namespace {

const Vector k0{{0, 0.1, 0.0, 0.3}};
const Vector k1{{0, 2.0, 1.0, 0.3}};
const Vector beta{{0, -1, 0.5, 0}};
const Vector protein{{1.0, 0.3, 0.5, 0.1}};

SparseMatrix theta() {
  Matrix dense = Matrix::Zero(4, 4);
  dense.row(1) << 2, 0, -4, 1;
  dense.row(2) << 0, 3, 1, 0;
  return dense.sparseView();
}

}  // namespace

TEST_CASE("a rate with a user's link is that link of the linear form, on every rung of the ladder") {
  using Rate = LinearRate<Probit>;
  static_assert(BoxBoundBurstRate<Rate> && ConstantBoundBurstRate<Rate> && SparseBurstRate<Rate> &&
                LinkedBurstRate<Rate> && DifferentiableBurstRate<Rate> && ParameterGradientBurstRate<Rate>);
  const LinearRate rate(Probit{1.7}, k0, k1, beta, theta());
  const double argument = -1.0 + 2.0 * 1.0 - 4.0 * 0.5 + 0.1;
  CHECK(rate.argument(1, protein) == doctest::Approx(argument).epsilon(1e-14));
  CHECK(rate(1, protein) == doctest::Approx(0.1 + 1.9 * Probit{1.7}.value(argument)).epsilon(1e-14));
  CHECK(rate.link().scale == 1.7);
  Vector gradient(4);
  rate.gradient(1, protein, gradient);
  CHECK((gradient - Vector(1.9 * Probit{1.7}.slope(argument) * theta().row(1).transpose())).norm() < 1e-14);
}

TEST_CASE("a rate made of a link alone has no nodes and makes others of the same link") {
  const LinearRate tag(Probit{1.7});
  CHECK(tag.nodes() == 0);
  const LinearRate<Probit> rate = tag.with(k0, k1, beta, theta(), 0);
  CHECK(rate.nodes() == 4);
  CHECK(rate.inputs() == 0);
  CHECK(rate.link().scale == 1.7);
  CHECK(Sigmoid{}.nodes() == 0);
  CHECK(LinearRate<ComplementaryLogLog>{}.nodes() == 0);
}

TEST_CASE("a perturbed linear rate keeps its link") {
  const LinearRate wild(Probit{1.7}, k0, k1, beta, theta());
  const LinearRate<Probit> mutant = perturb(wild, {knock_down(1, 0.5)});
  CHECK(mutant.link().scale == 1.7);
  CHECK(mutant(1, protein) == doctest::Approx(0.5 * wild(1, protein)).epsilon(1e-14));
  CHECK(mutant(2, protein) == wild(2, protein));
}

TEST_CASE("a linear rate's parameters are its edges and β, and have the gradient of finite differences") {
  LinearRate<ComplementaryLogLog> rate(k0, k1, beta, theta());
  const Vector x = rate.parameters(1);
  CHECK(x == Vector{{2, -4, 1, -1}});
  CHECK(rate.parameters(3) == Vector{{0.0}});
  Vector gradient(4);
  rate.parameter_gradient(1, protein, gradient);
  for (Index p = 0; p < 4; ++p) {
    const double h = 1e-6;
    const auto moved = [&](double step) {
      Vector y = x;
      y[p] += step;
      rate.set_parameters(1, y);
      return rate(1, protein);
    };
    CHECK(gradient[p] == doctest::Approx((moved(h) - moved(-h)) / (2 * h)).epsilon(1e-6).scale(1e-2));
  }
  rate.set_parameters(1, Vector{{3, 0, 1, -2}});
  CHECK(rate.interactions().coeff(1, 0) == 3.0);
  CHECK(rate.basal()[1] == -2.0);
  CHECK(rate.parameters(1) == Vector{{3, 0, 1, -2}});
  CHECK(rate.parameters(2) == Vector{{3, 1, 0.5}});
  CHECK_THROWS_WITH_AS(rate.set_parameters(1, Vector::Zero(2)), "LinearRate::set_parameters: x has size 2, must be 4",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(rate.set_parameters(1, Vector{{3, std::nan(""), 1, -2}}),
                       "LinearRate::set_parameters: x[1] is nan, must be finite", std::domain_error);
}

TEST_CASE("entries of inputs are ignored, those of genes are not") {
  const Vector nan0{{std::nan(""), 0.1, 0.0, 0.3}};
  CHECK(Sigmoid(nan0, k1, beta, theta()).inputs() == 1);
  CHECK_THROWS_WITH_AS(Sigmoid(nan0, k1, beta, theta(), 0),
                       "LinearRate: frequency_min[0] is nan, must be finite and >= 0", std::domain_error);
  const Vector negative{{0, -1.0, 0.0, 0.3}};
  CHECK(Sigmoid(negative, k1, beta, theta(), 2).inputs() == 2);
  CHECK_THROWS_WITH_AS(Sigmoid(negative, k1, beta, theta()),
                       "LinearRate: frequency_min[1] is -1, must be finite and >= 0", std::domain_error);
  CHECK_THROWS_WITH_AS(Sigmoid(k0, k1, beta, theta(), 5), "LinearRate: frequency_max.size() is 4, must be at least 5",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Sigmoid(k0, k1, beta, theta(), -1), "LinearRate: inputs is -1, must be at least 0",
                       std::invalid_argument);
}
