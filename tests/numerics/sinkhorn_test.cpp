#include <cmath>

#include <doctest/doctest.h>

#include <cardamom/numerics/sinkhorn.hpp>

using namespace cardamom;

namespace {

Matrix weights_of(const Matrix& cost, double entropy, Index iterations) {
  Sinkhorn transport;
  transport.set_cost(cost, entropy);
  transport.iterate(iterations, false);
  Matrix weights;
  transport.conditional(weights);
  return weights;
}

}  // namespace

TEST_CASE("couplings have the marginals asked for and prefer what costs less") {
  Matrix cost(3, 2);
  cost << 0.0, 4.0, 4.0, 0.0, 2.0, 2.0;
  const Matrix weights = weights_of(cost, 0.5, 200);
  for (Index j = 0; j < 2; ++j) CHECK(weights.col(j).sum() == doctest::Approx(1.0));
  // Uniform rows: each ancestor has 1/3 of the mass, spread over two cells of 1/2 each.
  for (Index i = 0; i < 3; ++i) CHECK(0.5 * weights.row(i).sum() == doctest::Approx(1.0 / 3.0));
  CHECK(weights(0, 0) > 0.6);
  CHECK(weights(2, 0) == doctest::Approx(1.0 / 3.0));
}

TEST_CASE("two by two couplings are those of the formula") {
  // W = [[w, ½ − w], [½ − w, w]] with w/(½ − w) = exp(½ (c01 + c10 − c00 − c11)/entropy).
  Matrix cost(2, 2);
  cost << 1.0, 2.5, 0.5, 0.2;
  const double ratio = std::exp(0.5 * (2.5 + 0.5 - 1.0 - 0.2) / 0.7);
  CHECK(weights_of(cost, 0.7, 500)(0, 0) == doctest::Approx(ratio / (1.0 + ratio)).epsilon(1e-10));
}

TEST_CASE("costs that no exponential can represent give a coupling") {
  Matrix cost(3, 2);
  cost << 0.0, 4.0, 4.0, 0.0, 2.0, 2.0;
  CHECK(weights_of(cost * 1e5, 0.5, 50).allFinite());
  CHECK(weights_of((cost.array() + 1e6).matrix(), 0.5, 200).isApprox(weights_of(cost, 0.5, 200), 1e-9));
}

TEST_CASE("a warm start needs fewer iterations") {
  Matrix cost(3, 3);
  cost << 0.0, 1.0, 2.0, 0.2, 0.1, 0.4, 3.0, 0.0, 0.5;
  const Matrix exact = weights_of(cost, 0.2, 2000);
  Sinkhorn first;
  first.set_cost(cost, 0.2);
  first.iterate(2000, false);
  Sinkhorn second;
  second.set_cost(cost, 0.2);
  second.start_from(first.column_scaling());
  second.iterate(1, true);
  Matrix warm;
  second.conditional(warm);
  CHECK((warm - exact).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((weights_of(cost, 0.2, 1) - exact).cwiseAbs().maxCoeff() > 1e-3);
}
