/// @file
/// Adam (Kingma & Ba 2015): descent along gradients that are noisy.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Settings of `Adam`, gradient descent with moving averages of the gradient and of its square.
struct AdamOptions {
  Index iterations = 400;      ///< >= 1
  double first_decay = 0.9;    ///< weight of earlier gradients in their moving average, in [0, 1)
  double second_decay = 0.98;  ///< the same of their squares; .98 forgets the start within fifty iterations
  double clip_norm =
      20.0;  ///< longer gradients are scaled back to this length, > 0: one bad draw must not throw the fit
  /// Steps keep their length for this share of the iterations, in [0, 1], and then shrink evenly to a twentieth.
  double plateau = 0.5;
};

/// Throws std::invalid_argument on counts, std::domain_error on numbers out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<AdamOptions, Use>& options) {
  const char* const name = "AdamOptions";
  check_at_least(name, "iterations", options.iterations, 1);
  check_in(name, "first_decay", options.first_decay, 0.0, 0.9999);
  check_in(name, "second_decay", options.second_decay, 0.0, 0.9999);
  check_positive(name, "clip_norm", options.clip_norm);
  check_in(name, "plateau", options.plateau, 0.0, 1.0);
}

/// Minimises an expected value of which every call returns a noisy value and gradient.
class Adam {
 public:
  Adam() = default;
  explicit Adam(AdamOptions options) : options_(options) { validate(options_); }

  [[nodiscard]] const AdamOptions& options() const noexcept { return options_; }
  [[nodiscard]] Index iterations() const noexcept { return options_.iterations; }
  /// The same with so much of its iterations, at least one.
  /// @param share in (0, 1]
  [[nodiscard]] Adam shortened(double share) const {
    AdamOptions options = options_;
    options.iterations = std::max<Index>(1, std::lround(share * static_cast<double>(options.iterations)));
    return Adam(options);
  }

  /// @param objective `objective(x, iteration, gradient)`: writes the gradient; its value is not used
  /// @param x where to start and where the search ended
  /// @param scale per parameter: length of a step, >= 0; 0 holds the parameter
  /// @param constrain `constrain(x)` after every step: puts x back to where it may be
  /// Components of a gradient that are not finite count as 0.
  template <class Objective, class Constrain>
  void minimize(Objective&& objective, WhereUsed<Vector, Objective>& x, const WhereUsed<VectorIn, Objective>& scale,
                Constrain&& constrain) const {
    constexpr double shortest = 0.05;  // length of the last steps, relative to the first
    constexpr double smallest = 1e-8;  // keeps the quotient finite where a gradient vanishes
    using Values = WhereUsed<Vector, Objective>;
    Values first = Values::Zero(x.size());
    Values second = Values::Zero(x.size());
    Values gradient(x.size());
    for (Index k = 0; k < options_.iterations; ++k) {
      gradient.setZero();
      objective(std::as_const(x), k, gradient);
      gradient = (scale.array() > 0.0 && gradient.array().isFinite()).select(gradient, 0.0);
      const double norm = gradient.norm();
      if (norm > options_.clip_norm) gradient *= options_.clip_norm / norm;
      first = options_.first_decay * first + (1.0 - options_.first_decay) * gradient;
      second = options_.second_decay * second + (1.0 - options_.second_decay) * gradient.cwiseAbs2();
      const auto steps = static_cast<double>(k + 1);
      const double unbiased_first = 1.0 - std::pow(options_.first_decay, steps);
      const double unbiased_second = 1.0 - std::pow(options_.second_decay, steps);
      const double left = 1.0 - static_cast<double>(k) / static_cast<double>(options_.iterations);
      const double length =
          std::min(1.0, shortest + (1.0 - shortest) * left / std::max(1.0 - options_.plateau, smallest));
      x.array() -= length * scale.array() * (first.array() / unbiased_first) /
                   ((second.array() / unbiased_second).sqrt() + smallest);
      constrain(x);
    }
  }

 private:
  AdamOptions options_;
};

}  // namespace cardamom
