/// @file
/// The vector field of (4), P_i' = kon_i(P)/c_i − d1_i P_i, its Jacobian, and the units that make tolerances relative.
#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/LU>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>

namespace cardamom::detail {

template <BurstRate Rate>
class Drift {
 public:
  /// @throws what DeterministicLimit throws
  Drift(const Kinetics& kinetics, const Rate& rate)
      : limit_(kinetics, rate),
        decay_(kinetics.protein_decay),
        burst_size_(kinetics.inverse_protein_burst_size().cwiseInverse()) {}

  Index genes() const noexcept { return decay_.size(); }
  const Vector& decay() const noexcept { return decay_; }
  double rate(Index gene, const VectorIn& protein) const { return limit_.rate()(gene, protein); }

  /// Unit of a level: the level itself, or one protein burst 1/c where the level is smaller.
  double scale(Index gene, double level) const { return std::max(std::abs(level), burst_size_[gene]); }

  /// P' of (4); entry 0 is 0. @throws NumericalError on a rate that is negative or not finite
  void operator()(const VectorIn& protein, VectorOut out) const { limit_.derivative(protein, out); }

  /// max_i |kon_i/(c_i d1_i) − P_i| in units of `scale`: how far a point with the given drift is from rest.
  double unrest(const VectorIn& protein, const VectorIn& drift) const {
    double largest = 0.0;
    for (Index i = 1; i < genes(); ++i) {
      largest = std::max(largest, std::abs(drift[i]) / (decay_[i] * scale(i, protein[i])));
    }
    return largest;
  }

  /// max_i |a_i − b_i| in units of the larger `scale`.
  double distance(const VectorIn& a, const VectorIn& b) const {
    double largest = 0.0;
    for (Index i = 1; i < genes(); ++i) {
      largest = std::max(largest, std::abs(a[i] - b[i]) / std::max(scale(i, a[i]), scale(i, b[i])));
    }
    return largest;
  }

  /// (G−1) × (G−1), over the genes. Analytic when the rate has a gradient; otherwise five-point differences of step
  /// h = 0.002 units: for a sigmoid whose argument changes by 10 per unit their error, of order h⁴, is below 1e−8, and
  /// rounding, of order ε/h, below 1e−12. Within 2h of 0 they are one-sided: a rate need not exist at negative levels.
  Matrix jacobian(const Vector& protein) const {
    const Index count = genes() - 1;
    Matrix result(count, count);
    if constexpr (DifferentiableBurstRate<Rate>) {
      Vector gradient(genes());
      for (Index i = 1; i <= count; ++i) {
        limit_.rate().gradient(i, protein, gradient);
        result.row(i - 1) = burst_size_[i] * gradient.tail(count).transpose();
      }
    } else {
      Vector moved = protein;
      for (Index j = 1; j <= count; ++j) {
        const double h = 0.002 * scale(j, protein[j]);
        const auto column = [&](double steps, double weight) {
          moved[j] = protein[j] + steps * h;
          for (Index i = 1; i <= count; ++i) result(i - 1, j - 1) += weight * rate(i, moved);
        };
        result.col(j - 1).setZero();
        if (protein[j] >= 2.0 * h) {
          column(-2, 1.0), column(-1, -8.0), column(1, 8.0), column(2, -1.0);
        } else {
          column(0, -25.0), column(1, 48.0), column(2, -36.0), column(3, 16.0), column(4, -3.0);
        }
        moved[j] = protein[j];
        result.col(j - 1) = result.col(j - 1).cwiseProduct(burst_size_.tail(count)) / (12.0 * h);
      }
    }
    result.diagonal() -= decay_.tail(count);
    return result;
  }

  /// Newton's method for (5) from `protein`, to the last digit: stops when a step no longer lowers the unrest. Returns
  /// the unrest reached; levels stay >= 0. Costs O(G³) per step, usually four or five.
  double polish(Vector& protein) const {
    Vector drift(genes());
    (*this)(protein, drift);
    double best = unrest(protein, drift);
    for (int iteration = 0; iteration < 50 && best > 0.0; ++iteration) {
      const Vector step = jacobian(protein).partialPivLu().solve(drift.tail(genes() - 1));
      if (!step.allFinite()) break;
      bool improved = false;
      for (double length = 1.0; length > 1e-3 && !improved; length *= 0.5) {
        Vector next = protein;
        next.tail(genes() - 1) = (protein.tail(genes() - 1) - length * step).cwiseMax(0.0);
        (*this)(next, drift);
        const double value = unrest(next, drift);
        if (value < best) {
          best = value;
          protein = next;
          improved = true;
        }
      }
      if (!improved) break;
      (*this)(protein, drift);
    }
    return best;
  }

 private:
  DeterministicLimit<Rate> limit_;
  Vector decay_;
  Vector burst_size_;
};

}  // namespace cardamom::detail
