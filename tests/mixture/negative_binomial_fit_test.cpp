// Maximum likelihood of the negative binomial with a shared second parameter, against an independent optimum: nested
// bisection of the score in long double, digamma functions from Boost.Math.
#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

#include <boost/math/special_functions/digamma.hpp>
#include <doctest/doctest.h>

#include <cardamom/mixture/negative_binomial.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

using Real = long double;

/// Root of a decreasing function of a positive number.
Real root(const std::function<Real(Real)>& f, Real low, Real high) {
  for (int i = 0; i < 400 && high / low - 1 > 1e-17L; ++i) {
    const Real middle = std::sqrt(low) * std::sqrt(high);
    (f(middle) > 0 ? low : high) = middle;
  }
  return std::sqrt(low) * std::sqrt(high);
}

struct Optimum {
  std::vector<Real> shapes;
  Real b;
};

Optimum optimum(const GeneSample& sample, const Matrix& weights, Real b_max) {
  Optimum result;
  result.shapes.resize(static_cast<std::size_t>(weights.cols()));
  const auto slope = [&](Real b) {
    Real total = 0;
    for (Index t = 0; t < weights.cols(); ++t) {
      Real& shape = result.shapes[static_cast<std::size_t>(t)];
      if (!(weights.col(t).dot(sample.values) > 0)) {
        shape = 0;
        continue;
      }
      shape = root(
          [&](Real a) {
            Real score = 0;
            for (Index i = 0; i < sample.size(); ++i) {
              const Real e = sample.exposure(i), x = sample.values[i];
              if (weights(i, t) > 0) {
                score += weights(i, t) * (boost::math::digamma(a + x) - boost::math::digamma(a) - std::log1p(e / b));
              }
            }
            return score;
          },
          1e-12L, 1e12L);
      for (Index i = 0; i < sample.size(); ++i) {
        const Real e = sample.exposure(i);
        total += weights(i, t) * (shape * e - b * static_cast<Real>(sample.values[i])) / (b + e);
      }
    }
    return total;
  };
  result.b = slope(b_max) >= 0 ? b_max : root(slope, 1e-12L, b_max);
  slope(result.b);
  return result;
}

void check_against_optimum(const GeneSample& sample, const Matrix& weights) {
  const NegativeBinomial family;
  const SharedFit fit = family.fit(sample, weights);
  const Optimum exact = optimum(sample, weights, static_cast<Real>(family.inverse_burst_size_max));
  CHECK(fit.convergence.converged());
  CHECK(fit.inverse_burst_size == doctest::Approx(static_cast<double>(exact.b)).epsilon(1e-8));
  for (Index t = 0; t < weights.cols(); ++t) {
    CHECK(fit.shapes[t] ==
          doctest::Approx(static_cast<double>(exact.shapes[static_cast<std::size_t>(t)])).epsilon(1e-8));
  }
}

/// Two or three time points of negative binomial counts.
GeneSample simulate(const std::vector<double>& shapes, double b, Index cells, std::uint64_t seed,
                    const Vector& depth = {}) {
  RandomStream random(seed, Purpose::user);
  const auto times = static_cast<Index>(shapes.size());
  Matrix table = Matrix::Zero(cells * times, 2);
  Vector time(cells * times);
  for (Index cell = 0; cell < table.rows(); ++cell) {
    const Index t = cell / cells;
    time[cell] = static_cast<double>(t);
    table(cell, 1) =
        NegativeBinomial().draw(shapes[static_cast<std::size_t>(t)], b, depth.size() > 0 ? depth[cell] : 1.0, random);
  }
  return pool_cells(Counts(table, time, {}, depth), 1);
}

}  // namespace

TEST_CASE("kinetics fit equals an independent optimum to 1e-8") {
  std::uint64_t seed = 0;
  for (const double b : {0.02, 0.3, 2.0}) {
    for (const double top : {0.05, 0.5, 3.0}) {
      const GeneSample sample = simulate({0.1 * top, 0.4 * top, top}, b, 60, ++seed);
      if (!sample.constant()) check_against_optimum(sample, sample.cells_at);
    }
  }
}

TEST_CASE("kinetics fit with fractional weights equals an independent optimum") {
  const GeneSample sample = simulate({0.2, 2.0}, 0.1, 80, 3);
  Matrix weights(sample.size(), 2);
  for (Index i = 0; i < sample.size(); ++i) {
    weights(i, 1) = sample.cells[i] * sample.values[i] / (sample.values[i] + 5.0);
    weights(i, 0) = sample.cells[i] - weights(i, 1);
  }
  check_against_optimum(sample, weights);
}

TEST_CASE("kinetics fit with depth as exposure equals an independent optimum") {
  RandomStream random(8, Purpose::user);
  Vector depth(120);
  for (double& d : depth) d = 0.3 + 2.0 * random.uniform();
  const GeneSample sample = simulate({0.3, 1.5}, 0.2, 60, 4, depth);
  REQUIRE(sample.exposures.size() == sample.size());
  check_against_optimum(sample, sample.cells_at);
}

TEST_CASE("depth that is equal for all cells rescales the burst size only") {
  const GeneSample plain = simulate({0.3, 1.5}, 0.2, 60, 4);
  GeneSample exposed = plain;
  exposed.exposures = Vector::Constant(plain.size(), 4.0);
  const SharedFit one = NegativeBinomial().fit(plain, plain.cells_at);
  const SharedFit four = NegativeBinomial().fit(exposed, plain.cells_at);
  CHECK(four.inverse_burst_size == doctest::Approx(4.0 * one.inverse_burst_size).epsilon(1e-9));
  CHECK((four.shapes - one.shapes).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("counts with hardly any overdispersion still reach their optimum") {
  for (std::uint64_t seed = 20; seed < 26; ++seed) {
    const GeneSample sample = simulate({60.0, 90.0}, 30.0, 200, seed);
    check_against_optimum(sample, sample.cells_at);
  }
}

TEST_CASE("Poisson counts stop at the largest inverse burst size with the right means") {
  RandomStream random(2, Purpose::user);
  Matrix table = Matrix::Zero(400, 2);
  Vector time(400);
  for (Index cell = 0; cell < 400; ++cell) {
    time[cell] = static_cast<double>(cell / 200);
    // Alternate neighbours of the mean: less spread than Poisson.
    table(cell, 1) = (cell < 200 ? 4.0 : 9.0) + static_cast<double>(cell % 2);
  }
  const GeneSample sample = pool_cells(Counts(table, time), 1);
  const SharedFit fit = NegativeBinomial().fit(sample, sample.cells_at);
  CHECK(fit.convergence.converged());
  CHECK(fit.inverse_burst_size == 100.0);
  CHECK(fit.shapes[0] / fit.inverse_burst_size == doctest::Approx(4.5).epsilon(1e-3));
  CHECK(fit.shapes[1] / fit.inverse_burst_size == doctest::Approx(9.5).epsilon(1e-3));
  check_against_optimum(sample, sample.cells_at);
}

TEST_CASE("an all-zero time point has shape zero and leaves the burst size to the others") {
  const GeneSample two = simulate({0.5, 2.0}, 0.05, 100, 9);
  GeneSample three = two;
  three.cells_at.conservativeResize(three.size(), 3);
  three.cells_at.col(2).setZero();
  three.cells_at(0, 2) = 100.0;
  REQUIRE(three.values[0] == 0.0);
  const SharedFit fit = NegativeBinomial().fit(three, three.cells_at);
  const SharedFit without = NegativeBinomial().fit(two, two.cells_at);
  CHECK(fit.shapes[2] == 0.0);
  CHECK(fit.inverse_burst_size == doctest::Approx(without.inverse_burst_size).epsilon(1e-9));
}

TEST_CASE("a fit without any positive count says that it knows nothing") {
  const GeneSample sample = simulate({1e-300, 1e-300}, 1.0, 10, 1);
  const SharedFit fit = NegativeBinomial().fit(sample, sample.cells_at);
  CHECK(fit.convergence.status == ConvergenceStatus::no_information);
  CHECK(fit.inverse_burst_size == 1.0);
  CHECK(fit.shapes.isZero());
}

TEST_CASE("time points of one cell and huge counts are fitted") {
  Matrix table(4, 2);
  table << 0, 3, 0, 0, 0, 8, 0, 1;
  Vector time(4);
  time << 0, 1, 2, 3;
  const GeneSample single = pool_cells(Counts(table, time), 1);
  check_against_optimum(single, single.cells_at);

  table.col(1) << 1e9, 0, 3e8, 2;
  time << 0, 0, 1, 1;
  const GeneSample huge = pool_cells(Counts(table, time), 1);
  check_against_optimum(huge, huge.cells_at);
}

TEST_CASE("a warm start and a bad start end at the same optimum") {
  const GeneSample sample = simulate({0.02, 0.9}, 0.03, 150, 12);
  const SharedFit cold = NegativeBinomial().fit(sample, sample.cells_at);
  for (const double b : {1e-10, 1e-4, 50.0}) {
    for (const double a : {1e-8, 1.0, 1e5}) {
      SharedFitOptions options;
      options.start.shapes = Vector::Constant(2, a);
      options.start.inverse_burst_size = b;
      const SharedFit fit = NegativeBinomial().fit(sample, sample.cells_at, options);
      CHECK(fit.convergence.converged());
      CHECK(fit.inverse_burst_size == doctest::Approx(cold.inverse_burst_size).epsilon(1e-8));
    }
  }
}

TEST_CASE("the fit recovers the truth within its standard error and a truth wrong by five percent is noticed") {
  const Index replicates = 400;
  std::vector<double> shapes;
  for (Index r = 0; r < replicates; ++r) {
    const GeneSample sample = simulate({0.5, 2.0}, 0.05, 500, 1000 + static_cast<std::uint64_t>(r));
    shapes.push_back(NegativeBinomial().fit(sample, sample.cells_at).shapes[1]);
  }
  const support::Mean mean = support::mean(shapes);
  // The bias of maximum likelihood, of the order of one over the number of cells, is below half a percent here.
  CHECK(support::z_p_value(mean.value, 2.0 * 1.003, mean.standard_error) > support::false_alarm);
  CHECK(support::z_p_value(mean.value, 2.0 * 1.05, mean.standard_error) < support::false_alarm);
}

TEST_CASE("weights of another size are refused") {
  const GeneSample sample = simulate({1.0}, 1.0, 10, 1);
  CHECK_THROWS_AS(NegativeBinomial().fit(sample, Matrix::Ones(sample.size() + 1, 1)), std::invalid_argument);
}
