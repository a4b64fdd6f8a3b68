/// @file
/// What a regression sees: weighted samples of protein levels, and for every gene the burst rate it should have there.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Data of problem (17) (samples are basins or cells with discretised modes), (9) (samples are attractors) and (20)
/// (samples are measured proteins, targets the mixture's burst rate (19) over k1). N samples; nodes are inputs, then
/// genes.
/// @tparam Scalar of the two tables: float halves their memory; whatever is computed from them is double
template <std::floating_point Scalar>
struct BasicSamples {
  using Table = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  Table proteins;  ///< N × nodes: levels of inputs and proteins, or α_z/α1
  Table targets;   ///< N × nodes: kon_i/k1_i in [0, 1]; columns of inputs are ignored
  Vector floors;   ///< one per node: r_i = k0_i/k1_i in [0, 1); those of inputs are ignored
  Vector weights;  ///< N, >= 0, any total: only their shares matter; empty means all equal
  Index number_of_inputs = 1;
  /// N × nodes, or empty: whether a sample says nothing about the target, whose rate was set by hand. The weights of
  /// the others are scaled up in its place.
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> left_out = {};

  [[nodiscard]] Index size() const noexcept { return proteins.rows(); }
  [[nodiscard]] Index nodes() const noexcept { return proteins.cols(); }
  [[nodiscard]] Index inputs() const noexcept { return number_of_inputs; }
  [[nodiscard]] Index genes() const noexcept { return nodes() - inputs(); }
};

/// Samples in double precision.
using Samples = BasicSamples<double>;

template <class S>
concept AnySamples = std::same_as<S, BasicSamples<double>> || std::same_as<S, BasicSamples<float>>;

/// Throws std::invalid_argument on sizes, std::domain_error on values out of range.
template <std::floating_point Scalar>
void validate(const BasicSamples<Scalar>& samples) {
  check_at_least("Samples", "proteins.rows()", samples.size(), 1);
  check_at_least("Samples", "number_of_inputs", samples.inputs(), 0);
  check_at_least("Samples", "proteins.cols()", samples.nodes(), std::max<Index>(1, samples.inputs()));
  check_shape("Samples", "targets", samples.targets, samples.size(), samples.nodes());
  check_size("Samples", "floors", samples.floors.size(), samples.nodes());
  if (samples.weights.size() > 0) {
    check_size("Samples", "weights", samples.weights.size(), samples.size());
    check_all_nonnegative("Samples", "weights", samples.weights);
    check_positive("Samples", "sum of weights", samples.weights.sum());
  }
  if (samples.left_out.size() > 0) {
    check_shape("Samples", "left_out", samples.left_out, samples.size(), samples.nodes());
  }
  for (Index i = samples.inputs(); i < samples.nodes(); ++i) {
    if (!(samples.floors[i] >= 0.0 && samples.floors[i] < 1.0)) {
      detail::throw_domain("Samples", detail::element("floors", i), samples.floors[i], "in [0, 1)");
    }
  }
  for (Index j = 0; j < samples.nodes(); ++j) {
    for (Index s = 0; s < samples.size(); ++s) {
      const auto at = [&](const char* name) {
        return std::string(name) + "(sample " + detail::to_text(s) + ", node " + detail::to_text(j) + ")";
      };
      if (!std::isfinite(samples.proteins(s, j))) check_finite("Samples", at("proteins"), samples.proteins(s, j));
      if (j >= samples.inputs() && !(samples.targets(s, j) >= 0.0 && samples.targets(s, j) <= 1.0)) {
        check_in("Samples", at("targets"), samples.targets(s, j), 0.0, 1.0);
      }
    }
  }
}

/// The weights scaled to sum 1.
template <std::floating_point Scalar>
[[nodiscard]] Vector normalised_weights(const BasicSamples<Scalar>& samples) {
  if (samples.weights.size() == 0) return Vector::Constant(samples.size(), 1.0 / static_cast<double>(samples.size()));
  return samples.weights / samples.weights.sum();
}

/// The weights for target i, scaled to sum 1; all 0 where every sample of any weight is left out.
/// @param all the `normalised_weights`
template <std::floating_point Scalar>
[[nodiscard]] Vector target_weights(const BasicSamples<Scalar>& samples, const Vector& all, Index i) {
  if (samples.left_out.size() == 0 || !samples.left_out.col(i).any()) return all;
  const Vector kept = samples.left_out.col(i).select(0.0, all.array()).matrix();
  const double sum = kept.sum();
  return sum > 0.0 ? Vector(kept / sum) : kept;
}

}  // namespace cardamom
