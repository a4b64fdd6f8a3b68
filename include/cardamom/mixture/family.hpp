/// @file
/// What a mixture family is: the law of an observation of a gene in a mode, given the mode's shape a = k/d0 and the
/// second parameter b = koff/s0 (inverse burst size, [1/molecule]) that the modes of a gene share (10).
#pragma once

#include <concepts>
#include <string_view>

#include <cardamom/core/convergence.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// Maximum-likelihood shapes of several groups of observations with a common second parameter.
struct SharedFit {
  Vector shapes;                    ///< per group; 0 for a group without a positive observation
  double inverse_burst_size = 1.0;  ///< b
  Convergence convergence;          ///< residual: largest relative step of the last iteration
};

/// When the fit of a family's groups with a common parameter ends, and where it starts.
struct SharedFitOptions {
  double tolerance = 1e-10;   ///< largest relative change of a parameter in the last iteration
  Index max_iterations = 60;  ///< of Newton's method, before the slower, safe search takes over
  SharedFit start = {};       ///< where to start; empty shapes: the moment estimate
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const SharedFitOptions& options) {
  check_positive("SharedFitOptions", "tolerance", options.tolerance);
  check_at_least("SharedFitOptions", "max_iterations", options.max_iterations, 1);
}

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `family.admits(x)` | `bool` | whether x >= 0 can be an observation |
/// | `family.support()` | text | the values it admits, in words that complete "must be …" |
/// | `family.log_density(x, a, b, exposure)` | `double` | log density (or mass) of x, exact to rounding |
/// | `family.log_densities(sample, a, b, out)` | `void` | the same for every observation of a sample, to `out[0]`, …, which is as long already |
/// | `family.fit(sample, weights, options)` | `SharedFit` | maximum likelihood with shared b; `weights` is observations × groups, >= 0 |
/// | `family.draw(a, b, exposure, random)` | `double` | an observation |
///
/// Duties no compiler checks: a > 0 (a = 0 is the limit: all mass at zero), b > 0, exposure > 0; E x = exposure·a/b;
/// for a1 > a0 the likelihood ratio f(x; a1)/f(x; a0) does not decrease in x at equal exposure; callable from several
/// threads at once. `check_family` tries these. Models: `NegativeBinomial` (counts), `Gamma` (continuous data).
template <class F>
concept MixtureFamily = std::copy_constructible<F> &&
    requires(const F& family, double x, const GeneSample& sample, const Matrix& weights, Vector& out,
             const SharedFitOptions& options, RandomStream& random) {
  { family.admits(x) } -> std::convertible_to<bool>;
  { family.support() } -> std::convertible_to<std::string_view>;
  { family.log_density(x, x, x, x) } -> std::convertible_to<double>;
  { family.log_densities(sample, x, x, out) } -> std::same_as<void>;
  { family.fit(sample, weights, options) } -> std::same_as<SharedFit>;
  { family.draw(x, x, x, random) } -> std::convertible_to<double>;
};

namespace detail {
CARDAMOM_DETECT_MEMBER(log_density);
CARDAMOM_DETECT_MEMBER(log_densities);
}  // namespace detail

/// The role of a verb's mixture family; `NegativeBinomial` where none is given.
struct FamilyRole {
  template <class T>
  static constexpr bool fits = MixtureFamily<T>;
  template <class T>
  static constexpr bool check() {
    if constexpr (!fits<T> && (detail::log_density_member<T> || detail::log_densities_member<T>)) {
      static_assert(
          requires(const T& f, double x) { bool(f.admits(x)); }, "MixtureFamily: admits(x) const must return bool");
      static_assert(
          requires(const T& f) { std::string_view(f.support()); },
          "MixtureFamily: support() const must return the admitted values in words (std::string_view)");
      static_assert(
          requires(const T& f, double x) { double(f.log_density(x, x, x, x)); },
          "MixtureFamily: log_density(x, a, b, exposure) const must return double");
      static_assert(
          requires(const T& f, const GeneSample& sample, double x, Vector& out) { f.log_densities(sample, x, x, out); },
          "MixtureFamily: log_densities(sample, a, b, out) const must exist");
      static_assert(
          requires(const T& f, const GeneSample& s, const Matrix& w, const SharedFitOptions& o) {
            SharedFit(f.fit(s, w, o));
          },
          "MixtureFamily: fit(sample, weights, options) const must return SharedFit");
      static_assert(
          requires(const T& f, double x, RandomStream& random) { double(f.draw(x, x, x, random)); },
          "MixtureFamily: draw(a, b, exposure, random) const must return double");
    }
    return true;
  }
};

}  // namespace cardamom
