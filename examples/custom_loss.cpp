// A loss of one's own: how the regression weighs the distance between a fitted burst rate and its target. Least squares
// follow every sample; this one, Huber's, gives far-off samples no more than a constant pull. It knows no link: value
// and derivatives are those of two numbers, both shares of the largest rate k1.
#include <algorithm>
#include <cmath>
#include <iostream>

#include <cardamom/core/random.hpp>
#include <cardamom/regression/regress.hpp>

using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;

struct Huber {
  double width = 0.02;  // errors up to this size count as in least squares

  cardamom::LossTerm operator()(double fitted, double target) const {
    const double error = fitted - target;
    const double size = std::abs(error);
    // Value, first and second derivative, and a curvature that is safe to step with where the second is 0.
    if (size <= width) return {error * error, 2.0 * error, 2.0, 2.0};
    return {width * (2.0 * size - width), std::copysign(2.0 * width, error), 0.0, 2.0 * width / size};
  }
};
static_assert(cardamom::Loss<Huber>);

int main() {
  // One gene behind a stimulus activates a second; one target in twenty is nonsense.
  cardamom::RandomStream random(1, cardamom::Purpose::user);
  cardamom::Samples samples{Matrix(400, 3), Matrix::Constant(400, 3, 0.5), Vector::Zero(3), {}};
  for (Index s = 0; s < 400; ++s) {
    for (Index j = 0; j < 3; ++j) samples.proteins(s, j) = random.uniform();
    samples.targets(s, 1) = cardamom::logistic(4.0 * samples.proteins(s, 0) - 2.0);
    samples.targets(s, 2) = cardamom::logistic(6.0 * samples.proteins(s, 1) - 3.0);
    if (s % 20 == 0) samples.targets(s, 2) = 1.0 - samples.targets(s, 2);
  }
  const cardamom::RegressionOptions options{.penalty = {.strength = 1e-6}};
  const double robust = regress(samples, options, Huber{}).coefficients.interactions(2, 1);
  const double usual = regress(samples, options).coefficients.interactions(2, 1);
  std::cout << "interaction 1 -> 2, 6 in truth: " << robust << " by Huber's loss, " << usual << " by least squares\n";
  return std::abs(robust - 6.0) < 0.5 * std::abs(usual - 6.0) ? 0 : 1;
}
