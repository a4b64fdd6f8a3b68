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
  // Of the same cost less nothing: the start is the first's b.
  second.set_without(first, Vector::Zero(3), Vector::Zero(3), Vector::Zero(3), 0.2);
  second.iterate(1, true);
  Matrix warm;
  second.conditional(warm);
  CHECK((warm - exact).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((weights_of(cost, 0.2, 1) - exact).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE("rows and columns of some mass are as good as that many of them") {
  // Row 0 stands for two rows, column 1 for three columns.
  Matrix cost(2, 2);
  cost << 0.3, 1.0, 0.9, 0.1;
  Matrix repeated(3, 4);
  repeated << 0.3, 1.0, 1.0, 1.0, 0.3, 1.0, 1.0, 1.0, 0.9, 0.1, 0.1, 0.1;
  Sinkhorn transport;
  transport.set_cost(cost, 0.4);
  transport.set_masses(Vector{{2.0 / 3.0, 1.0 / 3.0}}, Vector{{0.25, 0.75}});
  transport.iterate(7, false);
  Matrix weights;
  transport.conditional(weights);
  const Matrix each = weights_of(repeated, 0.4, 7);
  CHECK(weights(0, 0) == doctest::Approx(each(0, 0) + each(1, 0)).epsilon(1e-13));
  CHECK(weights(1, 1) == doctest::Approx(each(2, 1)).epsilon(1e-13));
  CHECK(weights(1, 1) == doctest::Approx(each(2, 3)).epsilon(1e-13));

  const Matrix values{{1.0, 5.0, -2.0}, {4.0, 0.5, 3.0}};
  Matrix means;
  transport.conditional_means(values, means);
  CHECK((means - weights.transpose() * values).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("a transport without one term is that of the cost without it") {
  Matrix cost(3, 4);
  cost << 0.0, 1.0, 2.0, 0.7, 0.2, 0.1, 0.4, 1.9, 3.0, 0.0, 0.5, 0.3;
  const Vector if_on{{0.5, 1.7, 0.1}};
  const Vector if_off{{1.1, 0.2, 2.0}};
  const Vector on{{1.0, 0.0, 0.0, 1.0}};
  Matrix less = cost;
  for (Index j = 0; j < 4; ++j) less.col(j) -= on[j] > 0.0 ? if_on : if_off;
  Sinkhorn whole;
  whole.set_cost(cost, 0.3);
  whole.set_masses(Vector{{0.5, 0.25, 0.25}}, Vector{{0.1, 0.2, 0.3, 0.4}});
  whole.iterate(5, false);
  Sinkhorn without;
  without.set_without(whole, if_on, if_off, on, 0.3);
  without.iterate(500, true);
  Sinkhorn anew;
  anew.set_cost(less, 0.3);
  anew.set_masses(Vector{{0.5, 0.25, 0.25}}, Vector{{0.1, 0.2, 0.3, 0.4}});
  anew.iterate(500, false);
  Matrix a;
  Matrix b;
  without.conditional(a);
  anew.conditional(b);
  CHECK((a - b).cwiseAbs().maxCoeff() < 1e-12);
}
