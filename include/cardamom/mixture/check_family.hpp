/// @file
/// Whether a mixture family keeps the duties that no compiler checks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// How closely `check_family` looks.
struct CheckFamilyOptions {
  double tolerance = 1e-3;  ///< largest relative error of the total mass and of the mean
  Index draws = 50000;      ///< per law
  std::uint64_t seed = 0;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const CheckFamilyOptions& options) {
  check_positive("CheckFamilyOptions", "tolerance", options.tolerance);
  check_at_least("CheckFamilyOptions", "draws", options.draws, 100);
}

namespace detail {

template <MixtureFamily Family>
class FamilyCheck {
 public:
  FamilyCheck(const Family& family, const CheckFamilyOptions& options)
      : family_(family), options_(options), whole_(!family.admits(0.5)), random_(options.seed, Purpose::checks) {}

  void run() {
    for (const double x : {0.0, 1.0, 7.0}) {
      if (!family_.admits(x)) fail("admits(" + to_text(x) + ") is false, must be true");
    }
    for (const double x : {-1.0, std::nan("")}) {
      if (family_.admits(x)) fail("admits(" + to_text(x) + ") is true, must be false");
    }
    check_nothing();
    for (const Law& law : laws) {
      const Moments moments = check_total(law);
      check_draws(law, moments);
      check_ratio(law);
      check_fit(law);
    }
  }

 private:
  struct Law {
    double a, b, exposure;
    std::string text() const { return "(" + to_text(a) + ", " + to_text(b) + ", " + to_text(exposure) + ")"; }
    std::string text(const std::string& x) const { return "(" + x + ", " + text().substr(1); }
    double mean() const { return exposure * a / b; }
  };
  struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
  };
  static constexpr Law laws[] = {{0.4, 0.1, 1.0}, {2.0, 0.5, 1.0}, {2.0, 0.5, 2.5}, {9.0, 1.0, 0.5}};

  [[noreturn]] static void fail(const std::string& what) { throw NumericalError("check_family: " + what); }

  double log_density(double x, const Law& law) const {
    const double value = family_.log_density(x, law.a, law.b, law.exposure);
    if (std::isnan(value) || value == std::numeric_limits<double>::infinity()) {
      fail("log_density" + law.text(to_text(x)) + " is " + to_text(value) + ", must be a number");
    }
    return value;
  }

  /// The limit a = 0.
  void check_nothing() const {
    const Law nothing{0.0, 0.5, 1.0};
    if (const double zero = log_density(0.0, nothing); whole_ && zero != 0.0) {
      fail("log_density" + nothing.text("0") + " is " + to_text(zero) + ", must be 0: all mass is at zero");
    }
    if (const double other = log_density(7.0, nothing); other != -std::numeric_limits<double>::infinity()) {
      fail("log_density" + nothing.text("7") + " is " + to_text(other) + ", must be -inf: all mass is at zero");
    }
  }

  /// The mass is one, its mean exposure a/b.
  Moments check_total(const Law& law) const {
    double mass = 0.0;
    double first = 0.0;
    double second = 0.0;
    const auto add = [&](double x, double weight) {
      const double share = weight * std::exp(log_density(x, law));
      mass += share;
      first += share * x;
      second += share * x * x;
    };
    double unseen = 0.0;  // most that values counted as zero add to the mean
    if (whole_) {
      for (double x = 0.0; x <= 400.0 * (1.0 + law.mean()); x += 1.0) add(x, 1.0);
    } else {
      // What stays below a limit has the same law as 0: a mass, not a density.
      const double limit = limit_of_zero(law);
      if (limit > 0.0) {
        add(0.0, 1.0);
        unseen = limit * mass;
      }
      // x = limit + e^t, by trapezia.
      constexpr double step = 0.02;
      for (double t = -90.0; t <= std::log(400.0 * (1.0 + law.mean())); t += step) {
        add(limit + std::exp(t), step * std::exp(t));
      }
    }
    if (!(std::abs(mass - 1.0) <= options_.tolerance)) {
      fail("exp(log_density" + law.text("x") + ") has the total " + to_text(mass) + " over all x, must be 1");
    }
    const double tolerance = options_.tolerance * law.mean();
    if (!(law.mean() >= first - tolerance && law.mean() <= first + unseen + tolerance)) {
      fail("log_density" + law.text("x") + " has the mean " + to_text(first) +
           ", must be exposure a/b = " + to_text(law.mean()));
    }
    return {first, std::sqrt(std::max(second - first * first, 0.0))};
  }

  double limit_of_zero(const Law& law) const {
    const double zero = family_.log_density(0.0, law.a, law.b, law.exposure);
    double below = 0.0;
    double above = 1000.0;
    for (int k = 0; k < 200; ++k) {
      const double middle = 0.5 * (below + above);
      (log_density(middle, law) == zero ? below : above) = middle;
    }
    return below > 1e-12 ? above : 0.0;
  }

  /// Observations of the law, of the mean found above.
  void check_draws(const Law& law, const Moments& moments) {
    double sum = 0.0;
    for (Index k = 0; k < options_.draws; ++k) {
      const double x = family_.draw(law.a, law.b, law.exposure, random_);
      if (!family_.admits(x)) {
        fail("draw" + law.text() + " gives " + to_text(x) + ", which admits refuses");
      }
      sum += x;
    }
    const double mean = sum / static_cast<double>(options_.draws);
    const double error = moments.deviation / std::sqrt(static_cast<double>(options_.draws));
    if (!(std::abs(mean - moments.mean) <= 6.0 * error + options_.tolerance * moments.mean)) {
      fail("draw" + law.text() + " has the mean " + to_text(mean) + ", must be " + to_text(moments.mean) +
           ", that of log_density");
    }
  }

  /// The likelihood ratio of a larger shape does not decrease in x.
  void check_ratio(const Law& law) const {
    Law larger = law;
    larger.a *= 1.5;
    double before = -std::numeric_limits<double>::infinity();
    double x_before = 0.0;
    for (double x = 0.0; x < 20.0 * (1.0 + law.mean()); x = whole_ ? std::ceil(1.1 * x + 0.5) : 1.1 * x + 0.05) {
      const double ratio = log_density(x, larger) - log_density(x, law);
      if (!(ratio >= before - 1e-9 * (1.0 + std::abs(before)))) {
        fail("log_density" + larger.text("x") + " - log_density" + law.text("x") + " falls from " + to_text(before) +
             " at x = " + to_text(x_before) + " to " + to_text(ratio) + " at x = " + to_text(x) +
             ", must not decrease in x");
      }
      before = ratio;
      x_before = x;
    }
  }

  /// On a sample of the law: all log densities at once, and a fit that no other shapes beat.
  void check_fit(const Law& law) {
    constexpr Index cells = 400;
    WhereUsed<Matrix, Family> values = Matrix::Zero(cells, 1);
    WhereUsed<Vector, Family> depth(cells);
    for (Index i = 0; i < cells; ++i) {
      depth[i] = law.exposure * (i % 3 == 0 ? 0.5 : 1.0);
      const double a = i % 2 == 0 ? law.a : 3.0 * law.a;
      if (i > 0) values(i, 0) = family_.draw(a, law.b, depth[i], random_);
    }
    for (const bool exposed : {false, true}) {
      const Counts counts(values, Vector::Zero(cells), {}, exposed ? depth : Vector(), 0);
      const WhereUsed<GeneSample, Family> sample = pool_cells(counts, 0);
      check_all_densities(law, sample);
      // Two modes, one of the lower values, and nothing.
      WhereUsed<Matrix, Family> weights = Matrix::Zero(sample.size(), 3);
      for (Index k = 0; k < sample.size(); ++k) {
        weights(k, 0) = (sample.values[k] > law.mean() ? 0.2 : 0.9) * sample.cells[k];
        weights(k, 1) = sample.cells[k] - weights(k, 0);
      }
      weights(0, 2) = sample.values[0] == 0.0 ? 1.0 : 0.0;
      const SharedFit fit = family_.fit(sample, weights, SharedFitOptions{});
      if (fit.shapes.size() != 3) {
        fail("fit(sample, weights, options) gives " + to_text(fit.shapes.size()) + " shapes of 3 groups");
      }
      if (fit.shapes[2] != 0.0) {
        fail("fit(sample, weights, options) gives the shape " + to_text(fit.shapes[2]) +
             " of a group without a positive observation, must be 0");
      }
      if (!(std::isfinite(fit.inverse_burst_size) && fit.inverse_burst_size > 0.0)) {
        fail("fit(sample, weights, options).inverse_burst_size is " + to_text(fit.inverse_burst_size) +
             ", must be finite and > 0");
      }
      for (Index group = 0; group < 2; ++group) {
        const double shape = fit.shapes[group];
        if (!(std::isfinite(shape) && shape > 0.0)) {
          fail("fit(sample, weights, options).shapes[" + to_text(group) + "] is " + to_text(shape) +
               ", must be finite and > 0");
        }
        const auto likelihood = [&](double a) {
          WhereUsed<Vector, Family> densities = Vector::Constant(sample.size(), std::nan(""));
          family_.log_densities(sample, a, fit.inverse_burst_size, densities);
          return weights.col(group).dot(densities);
        };
        const double best = likelihood(shape);
        for (const double factor : {0.98, 1.02}) {
          const double other = likelihood(factor * shape);
          if (!(other <= best + 1e-9 * std::abs(best))) {
            fail("fit(sample, weights, options).shapes[" + to_text(group) + "] is " + to_text(shape) +
                 ", of log likelihood " + to_text(best) + ", must be the maximum, but " + to_text(factor * shape) +
                 " has " + to_text(other));
          }
        }
      }
    }
  }

  void check_all_densities(const Law& law, const WhereUsed<GeneSample, Family>& sample) const {
    WhereUsed<Vector, Family> together = Vector::Constant(sample.size(), std::nan(""));
    family_.log_densities(sample, law.a, law.b, together);
    if (together.size() != sample.size()) {
      fail("log_densities(sample, a, b, out) gives " + to_text(together.size()) + " values, must be " +
           to_text(sample.size()));
    }
    for (Index k = 0; k < sample.size(); ++k) {
      const Law at{law.a, law.b, sample.exposure(k)};
      const double expected = log_density(sample.values[k], at);
      if (!(std::abs(together[k] - expected) <= 1e-8 * (1.0 + std::abs(expected)))) {
        fail("log_densities(sample, " + to_text(at.a) + ", " + to_text(at.b) + ", out) gives " + to_text(together[k]) +
             " for the value " + to_text(sample.values[k]) + " of exposure " + to_text(at.exposure) +
             ", log_density gives " + to_text(expected));
      }
    }
  }

  const Family& family_;
  const CheckFamilyOptions& options_;
  bool whole_;  // of whole numbers alone
  RandomStream random_;
};

}  // namespace detail

/// Tries a mixture family with several shapes a, second parameters b and exposures: the law has the total 1 and the
/// mean exposure·a/b (values that count as zero below a limit may hide a part of it), a larger shape has a likelihood
/// ratio that does not decrease, `log_densities` agrees with `log_density`, draws are admitted and have the mean of the
/// law, no other shapes beat those of `fit`. For families of whole numbers and of real ones. About 0.1 s.
///
///     check_family(Poisson{});
///
/// @throws NumericalError naming member, parameters, values and expectation; std::invalid_argument or std::domain_error
/// on options out of range
template <MixtureFamily Family>
void check_family(const Family& family, const CheckFamilyOptions& options = {}) {
  validate(options);
  if constexpr (requires { validate(family); }) validate(family);
  detail::FamilyCheck<Family>(family, options).run();
}

}  // namespace cardamom
