#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

#include <cardamom/mixture/gene_mixture.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

using namespace cardamom;

namespace {

GeneSample two_modes(Index cells) {
  RandomStream random(1, Purpose::user);
  Vector x(cells);
  for (Index i = 0; i < cells; ++i) x[i] = NegativeBinomial{}.draw(i % 4 == 0 ? 5.0 : 0.2, 0.1, 1.0, random);
  return pool_values(x);
}

double log_likelihood(const GeneSample& sample, const GeneMixture& fit) {
  Matrix joint;
  log_joint(NegativeBinomial{}, sample, fit.weights, fit.fit.shapes, fit.fit.inverse_burst_size, joint);
  return sample.cells.dot(softmax_rows(joint));
}

}  // namespace

TEST_CASE("a gene's mixture is found, no neighbour is more likely, modes are in order") {
  const GeneSample sample = two_modes(3000);
  const GeneMixture fit =
      fit_gene_mixture(NegativeBinomial{}, sample, cut_into_modes(sample, {0.6}), {.tolerance = 1e-13});
  CHECK(fit.fit.convergence.converged());
  CHECK(fit.weights[1] == doctest::Approx(0.25).epsilon(0.15));
  CHECK(fit.fit.shapes[0] == doctest::Approx(0.2).epsilon(0.2));
  CHECK(fit.fit.shapes[1] == doctest::Approx(5.0).epsilon(0.15));
  CHECK(fit.log_likelihood == doctest::Approx(log_likelihood(sample, fit)).epsilon(1e-12));
  for (const double factor : {0.99, 1.01}) {
    for (Index k = 0; k < 2; ++k) {
      GeneMixture other = fit;
      other.fit.shapes[k] *= factor;
      CHECK(log_likelihood(sample, other) < fit.log_likelihood);
      other = fit;
      other.weights[k] *= factor;
      other.weights /= other.weights.sum();
      CHECK(log_likelihood(sample, other) < fit.log_likelihood);
    }
  }
  // From responsibilities in the opposite order the same modes come out, in order.
  const GeneMixture reversed = fit_gene_mixture(
      NegativeBinomial{}, sample, cut_into_modes(sample, {0.6}).rowwise().reverse().eval(), {.tolerance = 1e-13});
  CHECK((reversed.fit.shapes - fit.fit.shapes).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("a mode without a molecule has the smallest shape") {
  const GeneSample sample = pool_values(Vector{{0, 0, 0, 0, 0, 0, 30, 31, 29, 33, 28, 30}});
  const Matrix start = cut_into_modes(sample, {0.5});
  CHECK(fit_gene_mixture(NegativeBinomial{}, sample, start).fit.shapes[0] == smallest_shape);
  CHECK(fit_gene_mixture(NegativeBinomial{}, sample, start, {.shape_floor = 0.01}).fit.shapes[0] == 0.01);
}

TEST_CASE("cells are cut in the order of their values") {
  const GeneSample sample = pool_values(Vector{{3, 0, 0, 1, 9, 0, 2, 0, 1, 5}});
  const Matrix modes = cut_into_modes(sample, {0.4, 0.9});
  CHECK(modes.rows() == 6);
  CHECK(modes.rowwise().sum() == Vector::Ones(6));
  CHECK(modes(0, 0) == 1.0);
  CHECK(modes(1, 1) == 1.0);
  CHECK(modes(5, 2) == 1.0);
  CHECK_THROWS_AS((void)fit_gene_mixture(NegativeBinomial{}, sample, Matrix::Ones(2, 2)), std::invalid_argument);
  CHECK_THROWS_AS((void)fit_gene_mixture(NegativeBinomial{}, sample, modes, {.tolerance = 0.0}), std::domain_error);
}
