#include <archetypes/component.hpp>
#include <cmath>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/mixture/fit_mixture.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>
#include <cardamom/mixture/gaussian_mixture.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/product_mixture.hpp>

using namespace cardamom;
using archetypes::Component;

static_assert(FittableComponent<GammaProduct> && FittableComponent<Gaussian> &&
              FittableComponent<Product<NegativeBinomial>>);

TEST_CASE("a user's component is fitted, sampled and read like the others") {
  const Mixture<Component> truth(Vector{{0.3, 0.7}}, Matrix{{0.0, 8.0, 1.0}, {0.0, 1.0, 9.0}}, {}, 1, Component(0));
  const Matrix data = truth.sample(4000, 1);
  const auto fit = fit_mixture(data, Component(0), {.restarts = 3});
  CHECK(fit.mixture.weights()[0] == doctest::Approx(0.7).epsilon(0.06));
  CHECK(fit.mixture.laws().rates()(0, 2) == doctest::Approx(9.0).epsilon(0.1));
  const Vector x{{0.0, 0.2, 0.4}};
  const double first = 8.0 * 1.0 * std::exp(-8.0 * 0.2 - 0.4);
  const double second = 1.0 * 9.0 * std::exp(-0.2 - 9.0 * 0.4);
  CHECK(truth.log_density(x) == doctest::Approx(std::log(0.3 * first + 0.7 * second)).epsilon(1e-13));
  CHECK(truth.responsibilities(x)[0] == doctest::Approx(0.3 * first / (0.3 * first + 0.7 * second)).epsilon(1e-13));
  CHECK(truth.component_log_densities(x)[1] == doctest::Approx(std::log(second)).epsilon(1e-13));
}

TEST_CASE("a product of a family has its densities, moments and draws") {
  const ProductMixture<NegativeBinomial> mixture(Vector{{1.0, 3.0}}, Matrix{{0.0, 2.0, 0.1}, {0.0, 0.5, 4.0}},
                                                 Vector{{0.0, 0.1, 0.2}});
  const NegativeBinomial family;
  const Vector x{{1.0, 7.0, 3.0}};
  const double first = family.log_density(7.0, 2.0, 0.1) + family.log_density(3.0, 0.1, 0.2);
  const double second = family.log_density(7.0, 0.5, 0.1) + family.log_density(3.0, 4.0, 0.2);
  CHECK(mixture.log_density(x) ==
        doctest::Approx(std::log(0.25 * std::exp(first) + 0.75 * std::exp(second))).epsilon(1e-13));
  CHECK(mixture.mean()[1] == doctest::Approx((0.25 * 2.0 + 0.75 * 0.5) / 0.1));
  const Matrix cells = mixture.sample(20000, 2);
  CHECK(cells.col(0).isZero());
  CHECK(cells.col(1).mean() == doctest::Approx(mixture.mean()[1]).epsilon(0.05));
  CHECK_THROWS_WITH_AS((void)mixture.log_density(Vector{{0.0, 0.5, 1.0}}),
                       "ProductMixture::log_density: x[1] is 0.5, must be a whole number of molecules",
                       std::domain_error);
}

TEST_CASE("fits do not look at inputs, however many there are") {
  const GammaMixture truth(Vector{{0.35, 0.65}}, Matrix{{0.0, 9.9, 0.51}, {0.0, 0.51, 9.9}}, Vector{{0.0, 10.0, 20.0}});
  const Matrix one = truth.sample(300, 3);
  Matrix two(300, 4);
  two << Vector::Constant(300, -1.0), Vector::Constant(300, NAN), one.rightCols(2);
  const auto check = [&](const auto& component) {
    const auto fit = fit_mixture(one, component, {.restarts = 2});
    const auto with_two = fit_mixture(two, component, {.restarts = 2, .inputs = 2});
    const auto with_none = fit_mixture(one.rightCols(2), component, {.restarts = 2, .inputs = 0});
    CHECK(with_two.responsibilities == fit.responsibilities);
    CHECK(with_none.responsibilities == fit.responsibilities);
    CHECK(with_two.mixture.nodes() == 4);
    CHECK(with_two.mixture.inputs() == 2);
    const Vector x{{0.0, 0.3, 0.2}};
    CHECK(with_none.mixture.log_density(x.tail(2)) == fit.mixture.log_density(x));
  };
  check(GammaProduct{});
  check(Gaussian{});
  check(Product{Gamma{.detection_limit = 1e-6}});
}

TEST_CASE("policies of a fit come in any order and change nothing but where and whether it runs") {
  const Mixture<Component> truth(Vector{{0.3, 0.7}}, Matrix{{0.0, 8.0}, {0.0, 1.0}}, {}, 1, Component(0));
  const Matrix data = truth.sample(100, 1);
  const auto fit = fit_mixture(data, Component(0), {.restarts = 4});
  std::vector<Index> done;
  const auto watch = [&](Index now, Index total) {
    CHECK(total == 4);
    done.push_back(now);
    return true;
  };
  CHECK(fit_mixture(data, Component(0), {.restarts = 4}, watch, Threads(2)).responsibilities == fit.responsibilities);
  CHECK(done == std::vector<Index>{1, 2, 3, 4});
  CHECK_THROWS_AS((void)fit_mixture(data, Component(0), {}, [](Index, Index) { return false; }), Cancelled);
}

TEST_CASE("samples of mixtures and projections of distances have streams of their own") {
  const GammaMixture mixture(Vector::Ones(1), Matrix::Constant(1, 2, 3.0), Vector::Ones(2));
  RandomStream own(5, Purpose::mixture_sample, 0);
  CHECK(mixture.sample(1, 5).row(0).transpose() == mixture.sample(own));
  for (const Purpose purpose : {Purpose::projections, Purpose::impulsion, Purpose::transitions}) {
    RandomStream other(5, purpose, 0);
    CHECK(mixture.sample(1, 5).row(0).transpose() != mixture.sample(other));
  }
}
