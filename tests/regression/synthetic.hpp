// Regression data with a known answer.
#pragma once

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/regression/penalty.hpp>
#include <cardamom/regression/samples.hpp>

namespace regression_test {

using cardamom::Index;
using cardamom::Matrix;
using cardamom::Vector;

/// A sparse θ and β.
inline cardamom::Coefficients sparse_truth(Index nodes, cardamom::RandomStream& random, Index inputs = 1) {
  cardamom::Coefficients truth = cardamom::Coefficients::zero(nodes);
  for (Index i = inputs; i < nodes; ++i) {
    truth.basal[i] = -1.0 + random.uniform();
    const Index j = random.below(nodes);
    truth.interactions(i, j) = random.uniform() < 0.7 ? 3.0 : -3.0;
  }
  return truth;
}

/// Binary proteins, and targets that follow the model exactly.
template <cardamom::Link LinkType = cardamom::Logistic>
cardamom::Samples exact_samples(const cardamom::Coefficients& truth, Index size, cardamom::RandomStream& random,
                                const LinkType& link = {}, Index inputs = 1) {
  const Index nodes = truth.nodes();
  cardamom::Samples samples{Matrix(size, nodes), Matrix::Zero(size, nodes), Vector::Constant(nodes, 0.05), Vector(size),
                            inputs};
  for (Index s = 0; s < size; ++s) {
    samples.weights[s] = 0.5 + random.uniform();
    for (Index j = 0; j < nodes; ++j) samples.proteins(s, j) = random.uniform() < 0.5 ? 0.05 : 1.0;
    for (Index i = inputs; i < nodes; ++i) {
      const double u = truth.basal[i] + truth.interactions.row(i).dot(samples.proteins.row(s));
      samples.targets(s, i) = 0.05 + 0.95 * link.value(u);
    }
  }
  return samples;
}

/// Proteins and targets as the inference meets them: the same binary matrix.
inline cardamom::Samples binary_samples(Index nodes, Index size, cardamom::RandomStream& random) {
  cardamom::Samples samples{Matrix(size, nodes), Matrix(), Vector::Constant(nodes, 0.1), Vector()};
  for (Index s = 0; s < size; ++s) {
    samples.proteins(s, 0) = 1.0;
    double previous = random.uniform() < 0.6 ? 1.0 : 0.1;
    for (Index j = 1; j < nodes; ++j) {
      const double p = random.uniform() < 0.75 ? previous : 1.1 - previous;
      samples.proteins(s, j) = p;
      previous = p;
    }
  }
  samples.targets = samples.proteins;
  return samples;
}

}  // namespace regression_test
