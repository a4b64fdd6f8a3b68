// A link of one's own: the increasing function by which a sum of influences becomes a burst rate between k0 and k1. The
// paper's is the logistic function; this one is of extreme values, which leaves the off state slowly and reaches the on
// state at once. `LinearRate` makes a burst rate of it that takes the fast paths of simulation and regression.
#include <cmath>
#include <iostream>

#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/simulation/population.hpp>

using cardamom::Index;
using cardamom::Matrix;
using cardamom::SparseMatrix;
using cardamom::Vector;

struct ComplementaryLogLog {
  double value(double u) const { return -std::expm1(-std::exp(u)); }  // 1 − exp(−e^u)
  double slope(double u) const { return u > 100.0 ? 0.0 : std::exp(u - std::exp(u)); }
};
static_assert(cardamom::Link<ComplementaryLogLog>);

int main() {
  // A stimulus switches gene 1 on, gene 1 gene 2.
  Matrix theta = Matrix::Zero(3, 3);
  theta(1, 0) = 4.0;
  theta(2, 1) = 3.0;
  const Vector basal{{0.0, -3.0, -2.5}};
  const cardamom::Kinetics kinetics = cardamom::paper_kinetics(3);
  const cardamom::LinearRate rate(ComplementaryLogLog{}, kinetics.frequency_min, kinetics.frequency_max, basal,
                                  SparseMatrix(theta.sparseView()));
  const auto population = simulate(cardamom::BasicModel{kinetics, rate}, {.time_points = {0, 40}}, {.seed = 1});
  std::cout << "mean counts at 0 h:  " << population.counts.values().topRows(100).colwise().mean() << '\n'
            << "mean counts at 40 h: " << population.counts.values().bottomRows(100).colwise().mean() << '\n';

  // The same link in a regression, on rates known without noise: it finds the network again.
  cardamom::RandomStream random(2, cardamom::Purpose::user);
  cardamom::Samples samples{Matrix(200, 3), Matrix::Zero(200, 3), Vector::Constant(3, 0.05), {}};
  for (Index s = 0; s < 200; ++s) {
    for (Index j = 0; j < 3; ++j) samples.proteins(s, j) = random.uniform();
    for (Index i = 1; i < 3; ++i) {
      samples.targets(s, i) = rate(i, samples.proteins.row(s).transpose()) / kinetics.frequency_max[i];
    }
  }
  const auto fit = regress(samples, {.penalty = {.strength = 1e-8}}, ComplementaryLogLog{});
  std::cout << "interactions found, of 4 and 3 in truth:\n" << fit.coefficients.interactions << '\n';
  return (fit.coefficients.interactions - theta).cwiseAbs().maxCoeff() < 0.05 ? 0 : 1;
}
