/// @file
/// The negative binomial family: counts of a bursty gene, x ~ Poisson(e·M) with M ~ Gamma(a, rate b), so that
/// x ~ NB(a, p) with p = b/(b + e) and NB(x; a, p) = Γ(x + a)/(Γ(a) x!) p^a (1 − p)^x (10). The exposure e is the
/// cell's depth, 1 where cells are alike.
#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/detail/negative_binomial_terms.hpp>
#include <cardamom/mixture/detail/shared_fit.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/numerics/gamma_functions.hpp>

namespace cardamom {

/// Counts of a bursty gene: negative binomial laws, a shape for each mode and one inverse burst size b.
struct NegativeBinomial {
  /// Largest inverse burst size the fit may return. Counts without overdispersion have their likelihood maximum at
  /// b → ∞, a Poisson law; at b = 100 the variance is 1 % above the mean, which takes 20,000 cells to notice.
  double inverse_burst_size_max = 100.0;
  /// Smallest inverse burst size: bursts of 10^12 molecules.
  double inverse_burst_size_min = 1e-12;

  bool admits(double x) const noexcept { return x >= 0 && x <= 0x1p53 && x == std::floor(x); }
  /// What can be observed, in words that complete "must be …".
  std::string_view support() const noexcept { return "a whole number of molecules"; }

  /// log NB(x; a, b/(b + exposure)), by the saddle-point form of Loader (2000): the large parts that would cancel never
  /// appear, so the result is exact to rounding for a from 1e-12 to 1e8 and counts to 1e9.
  template <class = CompiledWhereUsed>
  double log_density(double x, double a, double b, double exposure = 1.0) const {
    if (a == 0.0) return x == 0.0 ? 0.0 : -std::numeric_limits<double>::infinity();
    if (x == 0.0) return -a * std::log1p(exposure / b);
    const double n = a + x;
    const double difference = (b * x - a * exposure) / (b + exposure);  // n p − a = x − n (1 − p)
    const double corrections = stirling_error(n) - stirling_error(a) - stirling_error(x);
    const double deviances =
        deviance(a, n * (b / (b + exposure)), difference) + deviance(x, n * (exposure / (b + exposure)), -difference);
    return 0.5 * (std::log(a / n) - std::log(x)) - half_log_two_pi + corrections - deviances;
  }

  /// @param out resized to sample.size(). About ten nanoseconds per observation while counts leave no large gaps.
  template <class Use = CompiledWhereUsed>
  void log_densities(const WhereUsed<GeneSample, Use>& sample, double a, double b, WhereUsed<Vector, Use>& out) const {
    out.resize(sample.size());
    if (sample.exposures.size() > 0 || !(a > 0)) {
      for (Index i = 0; i < sample.size(); ++i) out[i] = log_density(sample.values[i], a, b, sample.exposure(i));
      return;
    }
    // NB(x + 1)/NB(x) = (a + x)/(x + 1) (1 − p): one logarithm of a product per observation.
    const double log_q = -std::log1p(b);
    double value = 0.0;
    double log_ratio = -a * std::log1p(1.0 / b);  // log density without the powers of 1 − p
    for (Index i = 0; i < sample.size(); ++i) {
      const double x = sample.values[i];
      if (x - value > max_gap) {
        out[i] = log_density(x, a, b);
        log_ratio = out[i] - x * log_q;
        value = x;
        continue;
      }
      double product = 1.0;
      for (; value < x; value += 1.0) product *= (a + value) / (value + 1.0);
      // Underflow takes a gap of many steps at tiny a; the direct form has no such limit.
      log_ratio = product > 1e-290 ? log_ratio + std::log(product) : log_density(x, a, b) - x * log_q;
      out[i] = log_ratio + x * log_q;
    }
  }

  /// Maximum likelihood: one shape per group, shared b in [inverse_burst_size_min, inverse_burst_size_max].
  ///
  /// Groups without a positive count get shape 0 and do not count towards b. Without any positive count b is 1 and the
  /// status `no_information`. O(largest count · groups) per step; three to nine steps are typical.
  /// @throws std::invalid_argument when the weights' rows are not the sample's
  template <class Use = CompiledWhereUsed>
  SharedFit fit(const WhereUsed<GeneSample, Use>& sample, const WhereUsed<Matrix, Use>& weights,
                const WhereUsed<SharedFitOptions, Use>& options = {}) const {
    check_size("NegativeBinomial::fit", "weights.rows()", weights.rows(), sample.size());
    const detail::NegativeBinomialTerms terms(sample, weights);
    const bool warm = options.start.shapes.size() == weights.cols() && weights.cols() > 0;
    detail::SharedFitter fitter(terms, inverse_burst_size_min, inverse_burst_size_max, options);
    SharedFit fit = fitter.run(warm ? options.start
                                    : terms.moments(sample, weights, inverse_burst_size_min, inverse_burst_size_max));
    if (fit.convergence.status == ConvergenceStatus::no_information) fit.inverse_burst_size = 1.0;
    return fit;
  }

  template <class Use = CompiledWhereUsed>
  double draw(double a, double b, double exposure, WhereUsed<RandomStream, Use>& random) const {
    if (a == 0.0) return 0.0;
    const double mean = exposure * random.gamma(a) / b;
    // Beyond this mean the Poisson noise is below the resolution of a double's 53 bits for all purposes here.
    return mean < 1e15 ? static_cast<double>(random.poisson(mean)) : std::floor(mean);
  }

 private:
  static constexpr double max_gap = 24.0;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const NegativeBinomial& family) {
  check_positive("NegativeBinomial", "inverse_burst_size_max", family.inverse_burst_size_max);
  check_positive("NegativeBinomial", "inverse_burst_size_min", family.inverse_burst_size_min);
  check_in("NegativeBinomial", "inverse_burst_size_min", family.inverse_burst_size_min, 0.0,
           family.inverse_burst_size_max);
}

static_assert(MixtureFamily<NegativeBinomial>);

}  // namespace cardamom
