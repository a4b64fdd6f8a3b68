// Cells of `fit_mixture`.
#include <archetypes/component.hpp>
#include <cmath>
#include <matrix/cells.hpp>

#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/product_mixture.hpp>

using namespace matrix;

namespace {

/// Counts of two kinds of cells, as levels if they are not rounded.
Matrix cells(bool rounded) {
  RandomStream random(9, Purpose::user);
  Matrix result = Matrix::Zero(60, 3);
  for (Index cell = 0; cell < 60; ++cell) {
    for (Index gene = 1; gene < 3; ++gene) {
      const double level = (cell % 3 == 0 ? 12.0 : 2.0) * random.gamma(2.0);
      result(cell, gene) = rounded ? std::floor(level) : level;
    }
  }
  return result;
}

/// What `fit_mixture` makes of the cells.
template <class Law, class... Policies>
Matrix fitted(const Matrix& data, const Law& law, const Policies&... policies) {
  const auto fit = fit_mixture(data, law, {.components = 2, .restarts = 4}, policies...);
  CHECK(fit.convergence.converged());
  CHECK(std::isfinite(fit.log_likelihood));
  CHECK(fit.responsibilities.rowwise().sum().isOnes(1e-9));
  RandomStream random(1, Purpose::user);
  CHECK(fit.mixture.sample(random).allFinite());
  CHECK(std::isfinite(fit.mixture.log_density(Vector(data.row(0).transpose()))));
  return fit.responsibilities;
}

}  // namespace

TEST_CASE("fit_mixture takes any component") {
  CHECK(fitted(cells(false), archetypes::Component(0)) != fitted(cells(false), GammaProduct{}));
  check_run_policies(
      [](const auto&... policies) { return fitted(cells(false), archetypes::Component(0), policies...); });
}

TEST_CASE("fit_mixture takes any family") {
  const Matrix own = fitted(cells(true), archetypes::Family(0));
  CHECK(own != fitted(cells(true), NegativeBinomial{}));
  CHECK(own == fitted(cells(true), Product{archetypes::Family(0)}));
  check_run_policies([](const auto&... policies) { return fitted(cells(true), archetypes::Family(0), policies...); });
}

TEST_CASE("samples of a mixture take any executor") {
  const auto mixture = fit_mixture(cells(false), archetypes::Component(0), {.restarts = 1}).mixture;
  CHECK(mixture.sample(20, 3, archetypes::Executor(0)) == mixture.sample(20, 3));
}
