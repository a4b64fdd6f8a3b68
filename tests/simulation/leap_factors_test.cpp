// What a leap does to a gene, in closed form, and that long leaps keep the law of a gene whose rate stays.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/pathwise/cells.hpp>
#include <cardamom/simulation/pathwise/leap_factors.hpp>
#include <cardamom/simulation/pathwise/linear_law.hpp>
#include <cardamom/simulation/pathwise/population.hpp>
#include <support/large_sample.hpp>

#include "support/statistics.hpp"

using namespace cardamom;
using support::false_alarm;
using support::z_p_value;

namespace {

double phi(double x) { return -std::expm1(-x) / x; }

template <class Factor>
void check_derivatives(const Factor& factor, double x, double y) {
  constexpr double step = 1e-5;
  const DecayFactor at = factor(x, y);
  const auto difference = [&](double dx, double dy) {
    return (factor(x * std::exp(dx), y * std::exp(dy)).value - factor(x * std::exp(-dx), y * std::exp(-dy)).value) /
           (2.0 * step);
  };
  CHECK(at.by_mrna == doctest::Approx(difference(step, 0.0)).epsilon(1e-7).scale(0.1));
  CHECK(at.by_protein == doctest::Approx(difference(0.0, step)).epsilon(1e-7).scale(0.1));
}

}  // namespace

TEST_CASE("factors of a leap are those of the closed forms") {
  for (const double x : {0.01, 0.3, 1.0, 3.0, 30.0}) {
    for (const double y : {0.02, 0.5, 1.5}) {
      CAPTURE(x);
      CAPTURE(y);
      const LeapFactors factors = LeapFactors::of(x, y);
      CHECK(factors.mrna.value == doctest::Approx(std::exp(-x)).epsilon(1e-12));
      CHECK(factors.protein.value == doctest::Approx(std::exp(-y)).epsilon(1e-12));
      CHECK(factors.made.value == doctest::Approx(y * (std::exp(-y) - std::exp(-x)) / (x - y)).epsilon(1e-11));
      CHECK(factors.fresh_mrna.value == doctest::Approx(phi(x)).epsilon(1e-12));
      CHECK(factors.made_by_fresh.value == doctest::Approx(y * (phi(y) - phi(x)) / (x - y)).epsilon(1e-10));
      check_derivatives([](double p, double q) { return LeapFactors::of(p, q).mrna; }, x, y);
      check_derivatives([](double p, double q) { return LeapFactors::of(p, q).fresh_mrna; }, x, y);
      check_derivatives([](double p, double q) { return LeapFactors::of(p, q).protein; }, x, y);
      check_derivatives([](double p, double q) { return LeapFactors::of(p, q).made; }, x, y);
      check_derivatives([](double p, double q) { return LeapFactors::of(p, q).made_by_fresh; }, x, y);
    }
  }
}

TEST_CASE("protein made does not jump where both decay rates are nearly equal") {
  const double y = 0.7;
  for (const double z : {0.0, 1e-9, 9.9e-4, 1.1e-3}) {
    CAPTURE(z);
    // d1 t e^{−d1 t} and its first terms in z.
    const double expected = y * std::exp(-y) * (1.0 - z / 2.0 + z * z / 6.0 - z * z * z / 24.0);
    CHECK(protein_made(y + z, y).value == doctest::Approx(expected).epsilon(1e-10));
    check_derivatives([](double p, double q) { return protein_made(p, q); }, y + z, y);
  }
}

TEST_CASE("two halves of a leap make a whole") {
  const double x = 0.8;
  const double y = 0.3;
  const LeapFactors whole = LeapFactors::of(x, y);
  const LeapFactors half = LeapFactors::of(0.5 * x, 0.5 * y);
  CHECK(whole.mrna.value == doctest::Approx(half.mrna.value * half.mrna.value).epsilon(1e-12));
  CHECK(whole.made.value ==
        doctest::Approx(half.protein.value * half.made.value + half.made.value * half.mrna.value).epsilon(1e-12));
  // A burst falls into either half: into the first it also lives through the second.
  CHECK(whole.made_by_fresh.value ==
        doctest::Approx(0.5 * (half.made_by_fresh.value + half.protein.value * half.made_by_fresh.value +
                               half.made.value * half.fresh_mrna.value))
            .epsilon(1e-12));
}

TEST_CASE("mRNA of an unregulated gene has its gamma law however long the leaps") {
  // At rest a gamma variable of shape α, in mean bursts. Mean and variance of 160,000 cells; the false-alarm rate of
  // all four comparisons together is 4e-6, and a twin of 5 % more is caught.
  constexpr Index cells = 160000;
  constexpr double alpha = 1.5;
  PathwiseLinearLaw<> law(1, 0);
  const PathwiseLayout layout = law.layout();
  Vector x = Vector::Zero(layout.size());
  x[layout.rate(0) + law.low_column()] = std::log(alpha * 0.5);
  x[layout.rate(0) + law.high_column()] = std::log(alpha * 1.5);
  x[layout.mrna_decay(0)] = std::log(0.5);
  x[layout.protein_decay(0)] = std::log(0.1);
  law.set_parameters(layout, x);
  const PathwiseDecay decay(layout, x);
  PathwiseProtocol protocol;
  protocol.observation_times = {0.0};
  protocol.levels = Matrix::Zero(1, 0);
  protocol.burn_in = 48.0;
  protocol.cells = cells;
  const double mean_error = std::sqrt(alpha / cells);
  // The fourth central moment of a gamma variable is 3α² + 6α.
  const double variance_error = std::sqrt((2.0 * alpha * alpha + 6.0 * alpha) / cells);
  for (const double lives : {0.5, 2.0}) {
    CAPTURE(lives);
    protocol.longest_burn_in_step = lives / 0.5;
    const PathwisePopulation<PathwiseLinearLaw<>> population(law, decay, protocol, Sequential{});
    const Vector mrna = population.mrna(0).col(0).cast<double>().matrix();
    const double mean = mrna.mean();
    const double variance = (mrna.array() - mean).square().mean();
    CHECK(z_p_value(mean, alpha, mean_error) > false_alarm);
    CHECK(z_p_value(variance, alpha, variance_error) > false_alarm);
    CHECK(z_p_value(mean, 1.05 * alpha, mean_error) < false_alarm);
    CHECK(z_p_value(variance, 1.05 * alpha, variance_error) < false_alarm);
  }
}

TEST_CASE("protein and mRNA of an unregulated gene have their joint law however long the leaps" *
          support::large_sample()) {
  // At rest the protein is the mRNA, a gamma process of shape α that forgets at d0, filtered by d1: in units in which
  // both have the mean α its variance is α d1/(d0 + d1), as is their covariance. Of 160,000 cells, sampling errors from
  // the sample itself; the false-alarm rate of all comparisons together is 8e-6, and a twin of 8 % more is caught.
  constexpr Index cells = 160000;
  constexpr double alpha = 1.5;
  constexpr double d0 = 0.5;
  constexpr double d1 = 0.1;
  PathwiseLinearLaw<> law(1, 0);
  const PathwiseLayout layout = law.layout();
  Vector x = Vector::Zero(layout.size());
  x[layout.rate(0) + law.low_column()] = std::log(alpha * 0.5);
  x[layout.rate(0) + law.high_column()] = std::log(alpha * 1.5);
  x[layout.mrna_decay(0)] = std::log(d0);
  x[layout.protein_decay(0)] = std::log(d1);
  law.set_parameters(layout, x);
  const PathwiseDecay decay(layout, x);
  const double expected = alpha * d1 / (d0 + d1);
  for (const double lives : {0.5, 2.0, 8.0, 40.0}) {  // of mRNA; the last draws bursts by their moments
    CAPTURE(lives);
    PathwiseCells<PathwiseLinearLaw<>> course(law, decay, PathwiseProtocol{}, 0, cells);
    course.start_at(Vector::Zero(1), Vector::Zero(1));
    course.advance(60.0, lives / d0, Vector(0));
    const Vector mrna = course.mrna().col(0).cast<double>().matrix();
    const Vector protein =
        course.protein().col(0).cast<double>().matrix() / static_cast<double>(law.protein_per_burst(0));
    const auto centred = [](const Vector& values) -> Vector { return (values.array() - values.mean()).matrix(); };
    const double variance = centred(protein).squaredNorm() / cells;
    const double covariance = centred(protein).dot(centred(mrna)) / cells;
    const Vector square = centred(protein).cwiseAbs2();
    const Vector product = centred(protein).cwiseProduct(centred(mrna));
    const double variance_error = std::sqrt(centred(square).squaredNorm() / cells / cells);
    const double covariance_error = std::sqrt(centred(product).squaredNorm() / cells / cells);
    CHECK(z_p_value(variance, expected, variance_error) > false_alarm);
    CHECK(z_p_value(covariance, expected, covariance_error) > false_alarm);
    CHECK(z_p_value(variance, 1.08 * expected, variance_error) < false_alarm);
    CHECK(z_p_value(covariance, 1.08 * expected, covariance_error) < false_alarm);
  }
}

TEST_CASE("second moments of a burst are those of a quadrature") {
  for (const double x : {0.2, 1.0, 4.0, 30.0}) {
    for (const double y : {0.1, 0.5, 1.2}) {
      CAPTURE(x);
      CAPTURE(y);
      const BurstMoments moments = BurstMoments::of(x, y);
      double mrna = 0.0, mixed = 0.0, protein = 0.0;
      constexpr int parts = 200000;
      for (int k = 0; k < parts; ++k) {
        const double age = (k + 0.5) / parts;
        const double left = std::exp(-age * x);
        const double made = protein_made(age * x, age * y).value;
        mrna += left * left / parts;
        mixed += left * made / parts;
        protein += made * made / parts;
      }
      CHECK(moments.mrna == doctest::Approx(mrna).epsilon(1e-7));
      CHECK(moments.mixed == doctest::Approx(mixed).epsilon(1e-7));
      CHECK(moments.protein == doctest::Approx(protein).epsilon(1e-7));
    }
  }
}
