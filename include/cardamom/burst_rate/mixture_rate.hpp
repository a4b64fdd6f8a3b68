/// @file
/// Burst rate implied by a Gamma mixture, equation (19):
///
///     kon_i(x) = Σ_z k_{z,i} μ_z Π_j Gamma(x_j) / Σ_z μ_z Π_j Gamma(x_j),
///
/// the mean of k_{z,i} over the basins z given the proteins x, computed as a softmax over log-densities. Model (3)
/// driven by it has exactly the mixture (6) as its stationary law (Lemma 1).
#pragma once

#include <algorithm>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/mixture/gamma_mixture.hpp>

namespace cardamom {

/// Burst rate (19). Every gene depends on all genes and none on an input.
class MixtureRate {
 public:
  /// @param mixture the law (6), whose shapes are k_{z,i}/d1_i
  /// @param protein_decay d1 [1/h], one per node, those of inputs ignored
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  template <class Use = CompiledWhereUsed>
  MixtureRate(WhereUsed<GammaMixture, Use> mixture, const WhereUsed<VectorIn, Use>& protein_decay)
      : mixture_(std::move(mixture)) {
    check_size("MixtureRate", "protein_decay", protein_decay.size(), mixture_.nodes());
    check_all_positive("MixtureRate", "protein_decay", protein_decay, inputs());
    frequencies_ = Matrix::Zero(mixture_.components(), mixture_.nodes());
    bounds_ = Vector::Zero(mixture_.nodes());
    for (Index i = inputs(); i < mixture_.nodes(); ++i) {
      frequencies_.col(i) = mixture_.shapes().col(i) * protein_decay[i];
      bounds_[i] = frequencies_.col(i).maxCoeff();
    }
    // A mean of numbers may round to just above the largest of them; the bound must hold exactly.
    bounds_ *= 1.0 + 1e-12;
  }

  Index nodes() const noexcept { return mixture_.nodes(); }
  Index inputs() const noexcept { return mixture_.inputs(); }
  const GammaMixture& mixture() const noexcept { return mixture_; }
  /// k_{z,i} [1/h], m × nodes.
  const Matrix& frequencies() const noexcept { return frequencies_; }

  /// O(m · nodes).
  template <class Use = CompiledWhereUsed>
  double operator()(Index gene, const WhereUsed<VectorIn, Use>& protein) const {
    return frequencies_.col(gene).dot(mixture_.responsibilities(protein));
  }

  /// max_z k_{z,i}.
  double bound(Index gene) const { return bounds_[gene]; }

  /// ∂kon_i/∂x_j is the covariance over the basins given x of k_{z,i} and of the shape of gene j, divided by x_j.
  template <class Use = CompiledWhereUsed>
  void gradient(Index gene, const WhereUsed<VectorIn, Use>& protein, WhereUsed<VectorOut, Use> out) const {
    check_size("MixtureRate::gradient", "out", out.size(), nodes());
    const WhereUsed<Vector, Use> weights = mixture_.responsibilities(protein);
    const WhereUsed<Vector, Use> deviations =
        (frequencies_.col(gene).array() - frequencies_.col(gene).dot(weights)) * weights.array();
    out = mixture_.shapes().transpose() * deviations;
    out.head(inputs()).setZero();
    for (Index j = inputs(); j < nodes(); ++j) {
      if (out[j] != 0.0) out[j] /= std::max(protein[j], 1e-300);
    }
  }

 private:
  GammaMixture mixture_;
  Matrix frequencies_;
  Vector bounds_;
};

static_assert(BoundedBurstRate<MixtureRate> && DifferentiableBurstRate<MixtureRate>);

}  // namespace cardamom
