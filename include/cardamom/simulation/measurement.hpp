/// @file
/// The observation law: what a measurement makes of the mRNA molecules of a cell. One policy of simulation and of the
/// method of simulated moments.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `law.observe(molecules, depth, stream)` | `double` | draws the observation of one gene in a cell that has `molecules` >= 0 of its mRNA |
///
/// and, where the law has them,
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `law.depth(stream)` | `double` | draws the sequencing depth of a cell, > 0, of mean 1; 1 in every cell of a law without it |
/// | `law.expect(f, molecules, depth)` | `double` | the mean of `f(observation)` given molecules and depth; `expected_observation` samples a law without it |
/// | `Law::nothing_of_nothing` | `bool` | whether 0 molecules are observed as 0 without a draw: `simulate` then spares the gene's stream, which matters in large networks; false where the law does not say |
/// | `validate(law)` | | throws when the law's settings are out of range |
///
/// Duties no compiler checks: an observation is finite and >= 0 (`simulate` checks it), depends on nothing but its
/// arguments and the stream, and the law can be used from several threads at once. Models: `PoissonCapture`,
/// `ExactMeasurement`.
template <class L>
concept ObservationLaw = std::copy_constructible<L> && requires(const L& law, double number, RandomStream& stream) {
  { law.observe(number, number, stream) } -> std::convertible_to<double>;
};

/// Counts of captured molecules: the count of a gene is Poisson of mean efficiency · depth · molecules. Over Gamma mRNA
/// that is the negative binomial, the law of `NegativeBinomial`.
struct PoissonCapture {
  static constexpr bool nothing_of_nothing = true;
  double efficiency = 1.0;  ///< share of the molecules that are counted, in (0, 1]; 1, the paper's: all of them
  /// Coefficient of variation of the sequencing depth between cells, in [0, 10]: depths are Gamma of mean 1.
  double depth_variation = 0.0;
  /// Standard deviation of the logarithm of depths that are log-normal of mean 1, in [0, 5]: the law that
  /// `SimulatedDistance` fits. Where both are given, a depth is the product of two.
  double log_depth_deviation = 0.0;

  template <class Use = CompiledWhereUsed>
  double depth(WhereUsed<RandomStream, Use>& stream) const {
    double depth = 1.0;
    if (depth_variation != 0.0) {
      const double shape = 1.0 / (depth_variation * depth_variation);
      depth = std::max(stream.gamma(shape) / shape, std::numeric_limits<double>::min());
    }
    if (log_depth_deviation != 0.0) {
      depth *= std::exp(log_depth_deviation * (stream.normal() - 0.5 * log_depth_deviation));
    }
    return depth;
  }

  /// @throws NumericalError where the mean is none that a count can have, as of a runaway simulation
  double observe(double molecules, double depth, RandomStream& stream) const {
    const double mean = molecules * efficiency * depth;
    if (!(mean >= 0.0 && mean <= RandomStream::largest_mean)) {
      throw NumericalError("PoissonCapture: the mean of a count, efficiency * depth * molecules of " +
                           detail::to_text(molecules) + ", is " + detail::to_text(mean) + ", must be in [0, 2^53]");
    }
    return static_cast<double>(stream.poisson(mean));
  }

  /// Σ_x f(x) Poisson(x; mean), over counts within 8 standard deviations and 20 of the mean: what is left out weighs
  /// less than 1e-14. O(√mean) calls of f.
  template <class F>
  double expect(F&& f, double molecules, double depth = 1.0) const {
    const double mean = molecules * efficiency * depth;
    const double reach = 8.0 * std::sqrt(mean) + 20.0;
    const double first = std::max(0.0, std::floor(mean - reach));
    double sum = 0.0;
    for (double x = first; x < mean + reach; x += 1.0) {
      // The smallest numbers stand for a mean of 0, of which the logarithm is not finite.
      const double log_weight = (x > 0.0 ? x * std::log(std::max(mean, std::numeric_limits<double>::min())) : 0.0) -
                                mean - std::lgamma(x + 1.0);
      sum += f(x) * std::exp(log_weight);
    }
    return sum;
  }
};

/// Throws std::domain_error naming the field.
inline void validate(const PoissonCapture& law) {
  check_in("PoissonCapture", "efficiency", law.efficiency, std::numeric_limits<double>::min(), 1.0);
  check_in("PoissonCapture", "depth_variation", law.depth_variation, 0.0, 10.0);
  check_in("PoissonCapture", "log_depth_deviation", law.log_depth_deviation, 0.0, 5.0);
}

/// The amount of mRNA itself, for continuous data: the law of `Gamma`.
struct ExactMeasurement {
  static constexpr bool nothing_of_nothing = true;
  double observe(double molecules, double, RandomStream&) const { return molecules; }
  template <class F>
  double expect(F&& f, double molecules, double = 1.0) const {
    return f(molecules);
  }
};

static_assert(ObservationLaw<PoissonCapture> && ObservationLaw<ExactMeasurement>);

/// The depth of one cell: drawn by a law that has one, else 1 without a draw.
template <ObservationLaw Law>
[[nodiscard]] double draw_depth(const Law& law, RandomStream& stream) {
  if constexpr (requires { law.depth(stream); }) {
    return law.depth(stream);
  } else {
    return 1.0;
  }
}

/// The mean of `f(observation)` given molecules and depth: what the law says, else an average over draws.
/// @param draws of a law without `expect`, >= 1; the error is the standard deviation of f over √draws
/// @param stream advanced by a law without `expect` alone
template <ObservationLaw Law, std::invocable<double> F>
[[nodiscard]] double expected_observation(const Law& law, F&& f, double molecules, double depth, RandomStream& stream,
                                          Index draws = 1000) {
  if constexpr (requires { law.expect(f, molecules, depth); }) {
    return law.expect(f, molecules, depth);
  } else {
    check_at_least("expected_observation", "draws", draws, 1);
    double sum = 0.0;
    for (Index k = 0; k < draws; ++k) sum += f(static_cast<double>(law.observe(molecules, depth, stream)));
    return sum / static_cast<double>(draws);
  }
}

/// Observes one cell: its depth, then every gene from a stream of its own, so that what one gene draws cannot shift
/// another.
/// @param mrna molecules per node; @param inputs nodes that are not observed
/// @param stream gives the key of the genes' streams and the depth
/// @param observed per node; entries of genes are set
/// @return the depth
/// @throws NumericalError on an observation or a depth out of range
template <ObservationLaw Law, class Output>
double observe_cell(const Law& law, const WhereUsed<Vector, Law>& mrna, Index inputs, RandomStream& stream,
                    Output&& observed) {
  const auto key = stream();
  const double depth = draw_depth(law, stream);
  if (!(depth > 0.0 && std::isfinite(depth))) {
    throw NumericalError("the observation law's depth is " + detail::to_text(depth) + ", must be finite and > 0");
  }
  for (Index gene = inputs; gene < mrna.size(); ++gene) {
    if constexpr (requires { requires Law::nothing_of_nothing; }) {
      if (mrna.coeff(gene) == 0.0) {
        observed.coeffRef(gene) = 0.0;
        continue;
      }
    }
    RandomStream own(key, Purpose::counts, static_cast<std::uint64_t>(gene));
    const auto value = static_cast<double>(law.observe(mrna.coeff(gene), depth, own));
    if (!(value >= 0.0 && std::isfinite(value))) {
      throw NumericalError("the observation law makes " + detail::to_text(value) + " of " +
                           detail::to_text(mrna.coeff(gene)) + " molecules of gene " + detail::to_text(gene) +
                           ", must be finite and >= 0");
    }
    observed.coeffRef(gene) = value;
  }
  return depth;
}

namespace detail {
CARDAMOM_DETECT_MEMBER(observe);
}  // namespace detail

/// The role of a verb's observation law; `PoissonCapture` where none is given.
struct ObservationRole {
  template <class T>
  static constexpr bool fits = ObservationLaw<T>;
  template <class T>
  static constexpr bool check() {
    static_assert(fits<T> || !detail::observe_member<T>,
                  "ObservationLaw: member observe(double molecules, double depth, RandomStream& stream) must be const "
                  "and return a number, and the law be copyable");
    return true;
  }
};

}  // namespace cardamom
