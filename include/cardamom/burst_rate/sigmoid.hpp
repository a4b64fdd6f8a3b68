/// @file
/// The burst rate of the paper, equation (2): kon_i(P) = k0_i + (k1_i − k0_i) σ(β_i + Σ_j θ_ij P_j), σ(u) = 1/(1+e^−u).
#pragma once

#include <cmath>
#include <span>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// The logistic function 1/(1 + e^−u); exact 0 and 1 in the limits, never NaN for finite or infinite u.
inline double logistic(double u) noexcept { return 1.0 / (1.0 + std::exp(-u)); }

/// Burst rate (2). Every rung of the ladder holds; `argument` and `link` expose the sigmoid-of-a-linear-form structure
/// that the fast simulation paths and the regression use.
class Sigmoid {
 public:
  /// All arrays have length G, entry and row 0 (the stimulus) ignored.
  /// @param frequency_min k0 [1/h], 0 <= k0 <= k1
  /// @param frequency_max k1 [1/h]
  /// @param basal β
  /// @param interactions θ, G × G, θ(i, j) the action of j on i
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  Sigmoid(Vector frequency_min, Vector frequency_max, Vector basal, SparseMatrix interactions)
      : frequency_min_(std::move(frequency_min)),
        frequency_max_(std::move(frequency_max)),
        basal_(std::move(basal)),
        interactions_(std::move(interactions)) {
    const Index size = frequency_max_.size();
    check_at_least("Sigmoid", "frequency_max.size()", size, 1);
    check_size("Sigmoid", "frequency_min", frequency_min_.size(), size);
    check_size("Sigmoid", "basal", basal_.size(), size);
    check_shape("Sigmoid", "interactions", interactions_, size, size);
    check_all_nonnegative("Sigmoid", "frequency_min", frequency_min_, 1);
    check_all_finite("Sigmoid", "frequency_max", frequency_max_, 1);
    check_all_finite("Sigmoid", "basal", basal_, 1);
    for (Index i = 1; i < size; ++i) {
      check_in("Sigmoid", detail::element("frequency_min", i), frequency_min_[i], 0.0, frequency_max_[i]);
    }
    interactions_.makeCompressed();
    check_all_finite("Sigmoid", "interactions (stored values)",
                     Eigen::Map<const Vector>(interactions_.valuePtr(), interactions_.nonZeros()));
  }

  Index genes() const noexcept { return basal_.size(); }

  double operator()(Index gene, const VectorIn& protein) const { return link(gene, argument(gene, protein)); }

  /// β_i + Σ_j θ_ij P_j; O(regulators).
  double argument(Index gene, const VectorIn& protein) const {
    double sum = basal_[gene];
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) sum += edge.value() * protein[edge.col()];
    return sum;
  }

  /// k0 + (k1 − k0) σ(u).
  double link(Index gene, double argument) const {
    return frequency_min_[gene] + (frequency_max_[gene] - frequency_min_[gene]) * logistic(argument);
  }

  /// Whether `link(gene, argument) >= rate`, mostly without an exponential: with q = rate − k0 the question is
  /// q e^−u <= k1 − rate, and the first terms of the series of e^|u| bound it from one side.
  bool link_reaches(Index gene, double argument, double rate) const {
    const double q = rate - frequency_min_.coeff(gene);
    const double rest = frequency_max_.coeff(gene) - rate;
    if (q <= 0.0) return true;
    const double u = std::abs(argument);
    const double series = 1.0 + u * (1.0 + u * (0.5 + u * (1.0 / 6.0)));
    if (argument > 0.0) {
      if (q <= rest * series) return true;
    } else if (q * series > rest) {
      return false;
    }
    return q * std::exp(-argument) <= rest;
  }

  /// k1 bounds everywhere.
  double bound(Index gene) const { return frequency_max_[gene]; }

  /// The rate at the corner of the box that favours the gene most.
  double bound(Index gene, const VectorIn& lower, const VectorIn& upper) const {
    double sum = basal_[gene];
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) {
      sum += edge.value() * (edge.value() > 0 ? upper[edge.col()] : lower[edge.col()]);
    }
    return link(gene, sum);
  }

  /// Sources of the edges into `gene`.
  std::span<const SparseMatrix::StorageIndex> regulators(Index gene) const {
    const auto* outer = interactions_.outerIndexPtr();
    return {interactions_.innerIndexPtr() + outer[gene], static_cast<std::size_t>(outer[gene + 1] - outer[gene])};
  }

  void gradient(Index gene, const VectorIn& protein, VectorOut out) const {
    const double s = logistic(argument(gene, protein));
    const double slope = (frequency_max_[gene] - frequency_min_[gene]) * s * (1.0 - s);
    out.setZero();
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) out[edge.col()] = slope * edge.value();
  }

  const Vector& frequency_min() const noexcept { return frequency_min_; }
  const Vector& frequency_max() const noexcept { return frequency_max_; }
  const Vector& basal() const noexcept { return basal_; }
  const SparseMatrix& interactions() const noexcept { return interactions_; }

 private:
  Vector frequency_min_;
  Vector frequency_max_;
  Vector basal_;
  SparseMatrix interactions_;
};

static_assert(BoundedBurstRate<Sigmoid> && SparseBurstRate<Sigmoid> && DifferentiableBurstRate<Sigmoid>);

}  // namespace cardamom
