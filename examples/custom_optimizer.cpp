// An optimizer of one's own: it minimises the loss of one gene plus the penalty that makes most of its regulators
// vanish. This one takes proximal gradient steps, halved until they help: twenty lines, no curvature, any loss and any
// link.
#include <algorithm>
#include <iostream>

#include <cardamom/core/random.hpp>
#include <cardamom/regression/regress.hpp>

using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;

struct PlainDescent {
  Index max_iterations = 20000;
  double tolerance = 1e-9;  // on the gradient that the penalty leaves

  // `objective(x, gradient)` returns a value and writes the gradient; `penalty.proximal(j, y, step)` is the best value
  // of coefficient j when y would be best without penalty. From the start in x leaves the result in x.
  template <cardamom::SmoothObjective Objective>
  cardamom::Convergence minimize(const Objective& objective, const cardamom::RowPenalty& penalty,
                                 cardamom::VectorOut x) const {
    cardamom::Convergence ended{cardamom::ConvergenceStatus::iteration_limit, 0, 0.0};
    Vector gradient(x.size());
    Vector next(x.size());
    Vector next_gradient(x.size());
    double total = objective(x, gradient) + penalty.value(x);
    for (double step = 1.0; ended.iterations < max_iterations && step > 1e-12; ++ended.iterations) {
      for (Index j = 0; j < x.size(); ++j) next[j] = penalty.proximal(j, x[j] - step * gradient[j], step);
      ended.residual = (next - x).cwiseAbs().maxCoeff() / step;
      if (ended.residual <= tolerance) break;
      const double proposed = objective(next, next_gradient) + penalty.value(next);
      if (proposed < total) {
        total = proposed;
        x = next;
        gradient = next_gradient;
        step *= 1.2;
      } else {
        step *= 0.5;
      }
    }
    if (ended.iterations < max_iterations) ended.status = cardamom::ConvergenceStatus::converged;
    return ended;
  }
};

int main() {
  // Ten genes, each activated by the one before it; targets with noise.
  const Index nodes = 11;
  cardamom::RandomStream random(1, cardamom::Purpose::user);
  cardamom::Samples samples{Matrix(300, nodes), Matrix::Zero(300, nodes), Vector::Zero(nodes), {}};
  for (Index s = 0; s < 300; ++s) {
    for (Index j = 0; j < nodes; ++j) samples.proteins(s, j) = random.uniform();
    for (Index i = 1; i < nodes; ++i) {
      const double rate = cardamom::logistic(5.0 * samples.proteins(s, i - 1) - 2.5) + 0.05 * random.normal();
      samples.targets(s, i) = std::clamp(rate, 0.0, 1.0);
    }
  }
  const auto ours = regress(samples, {}, PlainDescent{});
  const auto newton = regress(samples);  // ProximalNewton, the library's
  const double difference = (ours.coefficients.interactions - newton.coefficients.interactions).cwiseAbs().maxCoeff();
  std::cout << "objective " << ours.objective << " after " << ours.convergence.iterations
            << " steps, by ProximalNewton " << newton.objective << " after " << newton.convergence.iterations
            << "; coefficients differ by " << difference << '\n';
  return ours.convergence.converged() && difference < 1e-3 ? 0 : 1;
}
