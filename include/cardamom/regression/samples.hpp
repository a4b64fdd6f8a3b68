/// @file
/// What a regression sees: weighted samples of protein levels, and for every gene the burst rate it should have there.
#pragma once

#include <cmath>
#include <concepts>
#include <string>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Data of problem (17) (samples are basins or cells with discretised modes), (9) (samples are attractors) and (20)
/// (samples are measured proteins, targets the mixture's burst rate (19) over k1). N samples, G genes with the
/// stimulus.
/// @tparam Scalar of the two tables: float halves their memory; whatever is computed from them is double
template <std::floating_point Scalar>
struct BasicSamples {
  using Table = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  Table proteins;  ///< N × G: protein levels, or α_z/α1; column 0 is the stimulus
  Table targets;   ///< N × G: kon_i/k1_i in [0, 1]; column 0 is ignored
  Vector floors;   ///< G: r_i = k0_i/k1_i in [0, 1); entry 0 is ignored
  Vector weights;  ///< N, >= 0, any total: only their shares matter; empty means all equal

  Index size() const noexcept { return proteins.rows(); }
  Index genes() const noexcept { return proteins.cols(); }
};

using Samples = BasicSamples<double>;

template <class S>
concept AnySamples = std::same_as<S, BasicSamples<double>> || std::same_as<S, BasicSamples<float>>;

/// Throws std::invalid_argument on sizes, std::domain_error on values out of range.
template <std::floating_point Scalar>
void validate(const BasicSamples<Scalar>& samples) {
  check_at_least("Samples", "proteins.rows()", samples.size(), 1);
  check_at_least("Samples", "proteins.cols()", samples.genes(), 1);
  check_shape("Samples", "targets", samples.targets, samples.size(), samples.genes());
  check_size("Samples", "floors", samples.floors.size(), samples.genes());
  if (samples.weights.size() > 0) {
    check_size("Samples", "weights", samples.weights.size(), samples.size());
    check_all_nonnegative("Samples", "weights", samples.weights);
    check_positive("Samples", "sum of weights", samples.weights.sum());
  }
  for (Index i = 1; i < samples.genes(); ++i) {
    if (!(samples.floors[i] >= 0.0 && samples.floors[i] < 1.0)) {
      detail::throw_domain("Samples", detail::element("floors", i), samples.floors[i], "in [0, 1)");
    }
  }
  for (Index j = 0; j < samples.genes(); ++j) {
    for (Index s = 0; s < samples.size(); ++s) {
      const auto at = [&](const char* name) {
        return std::string(name) + "(sample " + detail::to_text(s) + ", gene " + detail::to_text(j) + ")";
      };
      if (!std::isfinite(samples.proteins(s, j))) check_finite("Samples", at("proteins"), samples.proteins(s, j));
      if (j > 0 && !(samples.targets(s, j) >= 0.0 && samples.targets(s, j) <= 1.0)) {
        check_in("Samples", at("targets"), samples.targets(s, j), 0.0, 1.0);
      }
    }
  }
}

namespace detail {

/// The weights scaled to sum 1.
template <std::floating_point Scalar>
Vector normalised_weights(const BasicSamples<Scalar>& samples) {
  if (samples.weights.size() == 0) return Vector::Constant(samples.size(), 1.0 / static_cast<double>(samples.size()));
  return samples.weights / samples.weights.sum();
}

}  // namespace detail
}  // namespace cardamom
