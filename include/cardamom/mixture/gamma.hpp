/// @file
/// The Gamma family: continuous mRNA levels of a bursty gene, x = e·M with M ~ Gamma(a, rate b), for data that are not
/// counts of molecules (fluorescence, normalised expression). A Poisson draw of M is the negative binomial family with
/// the same a and b.
///
/// **Zeros.** A Gamma variable is never zero, measurements are. A value below the detection limit is taken as
/// "somewhere below": its likelihood is P(e·M < limit), so a mode may put any share of its cells there, all of them as
/// a → 0. Without zeros in the data the limit has no effect.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/detail/gamma_terms.hpp>
#include <cardamom/mixture/detail/shared_fit.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/numerics/gamma_functions.hpp>

namespace cardamom {

/// Continuous levels of a bursty gene: Gamma laws, a shape for each mode and one rate b.
struct Gamma {
  /// Values below count as "not seen", in the units of the data, > 0. It should be near the smallest level the
  /// measurement can tell from nothing; data on the scale of molecules: less than one molecule.
  double detection_limit = 0.5;
  /// Largest shape of a group in the fit: equal values would have their likelihood maximum at a → ∞. At 10^6 a mode's
  /// relative spread is one in a thousand.
  double shape_max = 1e6;

  bool admits(double x) const noexcept { return x >= 0 && std::isfinite(x); }
  /// What can be observed, in words that complete "must be …".
  std::string_view support() const noexcept { return "finite and >= 0"; }

  /// Log density of x/exposure ~ Gamma(a, b), with respect to dx; for x < detection_limit the log probability of that.
  template <class = CompiledWhereUsed>
  double log_density(double x, double a, double b, double exposure = 1.0) const {
    return x < detection_limit ? log_below(a, b, exposure) : log_density_above(x, a, b / exposure, log_constant(a));
  }

  /// @param out resized to sample.size()
  template <class Use = CompiledWhereUsed>
  void log_densities(const WhereUsed<GeneSample, Use>& sample, double a, double b, WhereUsed<Vector, Use>& out) const {
    out.resize(sample.size());
    const double constant = log_constant(a);
    double below = 0.0;
    double exposure_below = 0.0;  // that `below` belongs to; observations are in order, so equal ones follow each other
    for (Index i = 0; i < sample.size(); ++i) {
      const double exposure = sample.exposure(i);
      if (sample.values[i] >= detection_limit) {
        out[i] = log_density_above(sample.values[i], a, b / exposure, constant);
        continue;
      }
      if (exposure != exposure_below) {
        below = log_below(a, b, exposure);
        exposure_below = exposure;
      }
      out[i] = below;
    }
  }

  /// Maximum likelihood: one shape per group, shared b, all shapes at most shape_max (at the moment estimates).
  ///
  /// Groups that are below the detection limit throughout get shape 0 and do not count towards b. Without any value
  /// above b is 1 and the status `no_information`. O(groups) per step.
  /// @throws std::invalid_argument when the weights' rows are not the sample's
  template <class Use = CompiledWhereUsed>
  SharedFit fit(const WhereUsed<GeneSample, Use>& sample, const WhereUsed<Matrix, Use>& weights,
                const WhereUsed<SharedFitOptions, Use>& options = {}) const {
    check_size("Gamma::fit", "weights.rows()", weights.rows(), sample.size());
    const detail::GammaTerms terms(sample, weights, detection_limit);
    double largest = 0.0;
    for (Index i = 0; i < sample.size(); ++i) largest = std::max(largest, sample.values[i] / sample.exposure(i));
    const double b_max = shape_max / std::max(largest, detection_limit);
    const double b_min = 1e-12 * b_max / shape_max;
    const bool warm = options.start.shapes.size() == weights.cols() && weights.cols() > 0;
    detail::SharedFitter fitter(terms, b_min, b_max, options);
    SharedFit fit = fitter.run(warm ? options.start : terms.moments(sample, weights, detection_limit, b_min, b_max));
    if (fit.convergence.status == ConvergenceStatus::no_information) fit.inverse_burst_size = 1.0;
    return fit;
  }

  /// Levels below the detection limit come out as 0, as a measurement would report them.
  template <class Use = CompiledWhereUsed>
  double draw(double a, double b, double exposure, WhereUsed<RandomStream, Use>& random) const {
    if (a == 0.0) return 0.0;
    const double x = exposure * random.gamma(a) / b;
    return x < detection_limit ? 0.0 : x;
  }

 private:
  /// Of the density, what depends on the shape alone.
  template <class = CompiledWhereUsed>
  static double log_constant(double a) {
    if (a == 0.0) return -std::numeric_limits<double>::infinity();
    return 0.5 * std::log(a) - stirling_error(a) - half_log_two_pi;
  }

  /// z^a e^{−z}/(Γ(a) x) with z = b x, in saddle-point form: −deviance(a, z) − Stirling's error − ½ log 2πa.
  template <class = CompiledWhereUsed>
  static double log_density_above(double x, double a, double b, double constant) {
    if (a == 0.0) return constant;
    const double z = b * x;
    return constant - deviance(a, z, z - a) - std::log(x);
  }

  template <class = CompiledWhereUsed>
  double log_below(double a, double b, double exposure) const {
    return a == 0.0 ? 0.0 : log_gamma_below(a, b * detection_limit / exposure).value;
  }
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const Gamma& family) {
  check_positive("Gamma", "detection_limit", family.detection_limit);
  check_positive("Gamma", "shape_max", family.shape_max);
}

static_assert(MixtureFamily<Gamma>);

}  // namespace cardamom
