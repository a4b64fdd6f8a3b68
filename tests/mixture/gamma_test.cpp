#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/gamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <doctest/doctest.h>

#include <cardamom/mixture/gamma.hpp>
#include <support/statistics.hpp>

using namespace cardamom;

namespace {

using Precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<60>>;

double precise_log_density(double x, double shape, double rate) {
  const Precise a = shape, b = rate, y = x;
  return static_cast<double>(Precise(a * log(b) + (a - 1) * log(y) - b * y - boost::math::lgamma(a)));
}

GeneSample simulate(const std::vector<double>& shapes, double b, Index cells, std::uint64_t seed) {
  RandomStream random(seed, Purpose::user);
  Matrix table = Matrix::Zero(cells * static_cast<Index>(shapes.size()), 2);
  Vector time(table.rows());
  for (Index cell = 0; cell < table.rows(); ++cell) {
    time[cell] = static_cast<double>(cell / cells);
    table(cell, 1) = Gamma().draw(shapes[static_cast<std::size_t>(cell / cells)], b, 1.0, random);
  }
  return pool_cells(Counts(table, time), 1);
}

/// Log-likelihood by Boost's incomplete gamma function in extended precision.
long double log_likelihood(const GeneSample& sample, const Matrix& weights, const Vector& shapes, double b,
                           double limit) {
  long double sum = 0;
  for (Index t = 0; t < weights.cols(); ++t) {
    const long double a = shapes[t];
    for (Index i = 0; i < sample.size(); ++i) {
      if (!(weights(i, t) > 0)) continue;
      const long double x = sample.values[i];
      sum += weights(i, t) * (x < limit ? std::log(boost::math::gamma_p(a, b * static_cast<long double>(limit)))
                                        : a * std::log(static_cast<long double>(b)) + (a - 1) * std::log(x) - b * x -
                                              boost::math::lgamma(a));
    }
  }
  return sum;
}

/// Derivatives of the log-likelihood with respect to the logarithms of the parameters vanish, relative to curvature.
void check_stationary(const GeneSample& sample, const Matrix& weights, const SharedFit& fit, double limit) {
  const double step = 1e-4;
  for (Index parameter = 0; parameter <= weights.cols(); ++parameter) {
    if (parameter < weights.cols() && fit.shapes[parameter] == 0.0) continue;
    const auto moved = [&](double by) {
      Vector shapes = fit.shapes;
      double b = fit.inverse_burst_size;
      if (parameter < weights.cols()) {
        shapes[parameter] *= std::exp(by);
      } else {
        b *= std::exp(by);
      }
      // An all-below group has likelihood one at shape zero.
      Matrix used = weights;
      for (Index t = 0; t < weights.cols(); ++t) {
        if (shapes[t] == 0.0) {
          used.col(t).setZero();
          shapes[t] = 1.0;
        }
      }
      return log_likelihood(sample, used, shapes, b, limit);
    };
    const long double up = moved(step), down = moved(-step), here = moved(0.0);
    const long double slope = (up - down) / (2 * step);
    const long double curvature = (up - 2 * here + down) / (step * step);
    CHECK(curvature < 0);
    CHECK(static_cast<double>(std::abs(slope / curvature)) < 1e-6);
  }
}

}  // namespace

TEST_CASE("Gamma log density equals 60 digit arithmetic") {
  const Gamma family{.detection_limit = 1e-300};
  double worst = 0.0;
  for (const double a : {1e-12, 1e-6, 0.01, 0.7, 3.0, 15.9, 16.1, 1e3, 1e8}) {
    for (const double x : {1e-9, 1e-3, 0.5, 1.0, 40.0, 1e4, 1e9}) {
      for (const double b : {1e-9, 0.02, 1.0, 1e3}) {
        const double exact = precise_log_density(x, a, b);
        worst = std::max(worst, std::abs(family.log_density(x, a, b) - exact) / std::max(1.0, std::abs(exact)));
      }
    }
  }
  CHECK(worst < 1e-14);
}

TEST_CASE("the probability of a value below the detection limit equals Boost's") {
  for (const double limit : {1e-6, 0.5, 30.0}) {
    const Gamma family{.detection_limit = limit};
    for (const double a : {1e-9, 1e-3, 0.4, 2.0, 25.0, 400.0}) {
      for (const double b : {1e-4, 0.05, 1.0, 20.0}) {
        const Precise p = boost::math::gamma_p(Precise(a), Precise(b) * limit);
        const double exact = static_cast<double>(Precise(log(p)));
        CHECK(std::abs(family.log_density(0.0, a, b) - exact) < 1e-12 * std::max(1.0, std::abs(exact)));
      }
    }
  }
  CHECK(Gamma().log_density(0.0, 0.0, 1.0) == 0.0);
  CHECK(Gamma().log_density(1.0, 0.0, 1.0) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("Gamma fit ends at the maximum with and without values below the limit") {
  for (const double limit : {1e-12, 0.5, 5.0}) {
    const Gamma family{.detection_limit = limit};
    for (const double b : {0.02, 0.5}) {
      const GeneSample sample = simulate({0.2, 0.8, 3.0}, b, 80, 7);
      const SharedFit fit = family.fit(sample, sample.cells_at);
      CHECK(fit.convergence.converged());
      check_stationary(sample, sample.cells_at, fit, limit);
    }
  }
}

TEST_CASE("Gamma fit is equivariant under the unit of the data") {
  const GeneSample sample = simulate({0.3, 2.0}, 0.1, 100, 8);
  GeneSample scaled = sample;
  scaled.values *= 1e6;
  const SharedFit one = Gamma{.detection_limit = 0.5}.fit(sample, sample.cells_at);
  const SharedFit other = Gamma{.detection_limit = 0.5e6}.fit(scaled, sample.cells_at);
  CHECK(other.shapes[1] == doctest::Approx(one.shapes[1]).epsilon(1e-8));
  CHECK(other.inverse_burst_size * 1e6 == doctest::Approx(one.inverse_burst_size).epsilon(1e-8));
}

TEST_CASE("Gamma groups below the limit and equal values are defined") {
  Matrix table(4, 2);
  table << 0, 0, 0, 0, 0, 7, 0, 7;
  Vector time(4);
  time << 0, 0, 1, 1;
  const GeneSample sample = pool_cells(Counts(table, time), 1);
  const SharedFit fit = Gamma().fit(sample, sample.cells_at);
  CHECK(fit.shapes[0] == 0.0);
  CHECK(fit.shapes[1] == doctest::Approx(1e6).epsilon(1e-3));
  CHECK(fit.inverse_burst_size == doctest::Approx(1e6 / 7));
  GeneSample none = sample;
  none.values.setZero();
  CHECK(Gamma().fit(none, none.cells_at).convergence.status == ConvergenceStatus::no_information);
}

TEST_CASE("Gamma draws follow the law above the limit and a shape wrong by five percent is noticed") {
  RandomStream random(3, Purpose::user);
  const Gamma family{.detection_limit = 2.0};
  std::vector<double> above;
  double below = 0.0;
  const double cells = 60000;
  for (double i = 0; i < cells; i += 1) {
    const double x = family.draw(1.5, 0.1, 1.0, random);
    if (x > 0) {
      above.push_back(x);
    } else {
      below += 1;
    }
  }
  const auto p_value = [&above](double a) {
    const boost::math::gamma_distribution<double> law(a, 10.0);
    const double floor = boost::math::cdf(law, 2.0);
    return support::ks_p_value(above, [&](double x) { return (boost::math::cdf(law, x) - floor) / (1 - floor); });
  };
  CHECK(p_value(1.5) > support::false_alarm);
  CHECK(p_value(1.5 * 1.05) < support::false_alarm);
  const double p = std::exp(family.log_density(0.0, 1.5, 0.1));
  CHECK(support::z_p_value(below, cells * p, std::sqrt(cells * p * (1 - p))) > support::false_alarm);
}

TEST_CASE("Gamma options out of range are refused") {
  CHECK_THROWS_WITH_AS(validate(Gamma{.detection_limit = 0.0}), "Gamma: detection_limit is 0, must be finite and > 0",
                       std::domain_error);
  CHECK_THROWS_WITH_AS(validate(Gamma{.shape_max = -1.0}), "Gamma: shape_max is -1, must be finite and > 0",
                       std::domain_error);
}
