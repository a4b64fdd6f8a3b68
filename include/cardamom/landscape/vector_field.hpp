/// @file
/// The vector field of the deterministic limit (4), P_i' = kon_i(P)/c_i − d1_i P_i, with its Jacobian, Newton's method
/// for its rest points (5), and the units that make tolerances relative.
#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/LU>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/numerics/derivatives.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>

namespace cardamom {

/// Protein levels are vectors with one entry per node, >= 0. Those of the inputs are parameters of the field: they do
/// not move, and derivatives are taken over the genes alone.
template <BurstRate Rate>
class VectorField {
 public:
  /// @throws std::invalid_argument on sizes, std::domain_error on kinetics out of range
  explicit VectorField(const BasicModel<Rate>& model)
      : limit_((validate(model), model.kinetics), model.rate),
        inputs_(model.inputs()),
        decay_(model.kinetics.protein_decay),
        burst_size_(model.kinetics.inverse_protein_burst_size().cwiseInverse()) {}

  [[nodiscard]] Index nodes() const noexcept { return decay_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] Index genes() const noexcept { return nodes() - inputs_; }
  /// d1 [1/h], one entry per node, those of inputs meaningless.
  [[nodiscard]] const Vector& decay() const noexcept { return decay_; }
  /// kon of a gene [1/h].
  [[nodiscard]] double rate(Index gene, const WhereUsed<VectorIn, Rate>& protein) const {
    return limit_.rate()(gene, protein);
  }

  /// Unit of a gene's level: the level itself, or one protein burst 1/c where the level is smaller.
  [[nodiscard]] double unit(Index gene, double level) const { return std::max(std::abs(level), burst_size_[gene]); }

  /// P' of (4) [protein/h], written to `out`, one entry per node; entries of inputs are 0.
  /// @throws NumericalError on a rate that is negative or not finite
  void operator()(const WhereUsed<VectorIn, Rate>& protein, WhereUsed<VectorOut, Rate> out) const {
    limit_.derivative(protein, out);
  }

  /// max_i |kon_i/(c_i d1_i) − P_i| over the genes, in units of `unit`: how far a point is from rest.
  /// @param slope P' at that point
  [[nodiscard]] double residual(const WhereUsed<VectorIn, Rate>& protein,
                                const WhereUsed<VectorIn, Rate>& slope) const {
    double largest = 0.0;
    for (Index i = inputs_; i < nodes(); ++i) {
      largest = std::max(largest, std::abs(slope[i]) / (decay_[i] * unit(i, protein[i])));
    }
    return largest;
  }

  /// max_i |a_i − b_i| over the genes, in units of the larger `unit`.
  [[nodiscard]] double distance(const WhereUsed<VectorIn, Rate>& a, const WhereUsed<VectorIn, Rate>& b) const {
    double largest = 0.0;
    for (Index i = inputs_; i < nodes(); ++i) {
      largest = std::max(largest, std::abs(a[i] - b[i]) / std::max(unit(i, a[i]), unit(i, b[i])));
    }
    return largest;
  }

  /// ∂P_i'/∂P_j, genes × genes [1/h]. Analytic when the rate has a gradient; otherwise by differences (`level_stencil`)
  /// that never leave the levels >= 0, where alone a rate need exist.
  [[nodiscard]] Matrix jacobian(const WhereUsed<Vector, Rate>& protein) const {
    const Index count = genes();
    WhereUsed<Matrix, Rate> result(count, count);
    if constexpr (DifferentiableBurstRate<Rate>) {
      WhereUsed<Vector, Rate> gradient(nodes());
      for (Index i = inputs_; i < nodes(); ++i) {
        limit_.rate().gradient(i, protein, gradient);
        result.row(i - inputs_) = burst_size_[i] * gradient.tail(count).transpose();
      }
    } else {
      WhereUsed<Vector, Rate> moved = protein;
      for (Index j = inputs_; j < nodes(); ++j) {
        const DifferenceStencil stencil = level_stencil(protein[j], unit(j, protein[j]));
        Eigen::Ref<Vector> sum = result.col(j - inputs_);
        sum.setZero();
        for (const auto& [offset, weight] : stencil.points()) {
          moved[j] = protein[j] + offset;
          for (Index i = inputs_; i < nodes(); ++i) sum[i - inputs_] += weight * rate(i, moved);
        }
        moved[j] = protein[j];
        sum = sum.cwiseProduct(burst_size_.tail(count)) / stencil.divisor();
      }
    }
    result.diagonal() -= decay_.tail(count);
    return result;
  }

  /// Newton's method for (5) from `protein`, in place, to the last digit: it stops when a step no longer lowers the
  /// residual. Levels stay >= 0, inputs where they are.
  /// @returns the residual reached
  /// O(genes³) per step, usually four or five steps.
  double refine_by_newton(WhereUsed<Vector, Rate>& protein) const {
    constexpr int step_limit = 50;             // ten times what convergence takes: a guard against slow creeping
    constexpr double smallest_damping = 1e-3;  // a step that must be cut further leads nowhere
    WhereUsed<Vector, Rate> slope(nodes());
    (*this)(protein, slope);
    double best = residual(protein, slope);
    for (int iteration = 0; iteration < step_limit && best > 0.0; ++iteration) {
      const WhereUsed<Vector, Rate> step = jacobian(protein).partialPivLu().solve(slope.tail(genes()));
      if (!step.allFinite()) break;
      bool improved = false;
      for (double length = 1.0; length > smallest_damping && !improved; length *= 0.5) {
        WhereUsed<Vector, Rate> next = protein;
        next.tail(genes()) = (protein.tail(genes()) - length * step).cwiseMax(0.0);
        (*this)(next, slope);
        const double value = residual(next, slope);
        if (value < best) {
          best = value;
          protein = next;
          improved = true;
        }
      }
      if (!improved) break;
      (*this)(protein, slope);
    }
    return best;
  }

 private:
  DeterministicLimit<Rate> limit_;
  Index inputs_;
  WhereUsed<Vector, Rate> decay_;
  WhereUsed<Vector, Rate> burst_size_;
};

}  // namespace cardamom
