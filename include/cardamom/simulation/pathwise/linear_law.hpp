/// @file
/// Burst rates of a linear form, kon = d0 (α0 + (α1 − α0) L(β + Σ_j θ_j P_j)), equation (2) for the logistic link L, as
/// a simulation that is differentiated evaluates them, many cells at once, forwards and backwards.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>
#include <cardamom/simulation/leaping/model.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>

namespace cardamom {

/// Parameters of a gene: θ of every node, inputs first, β, log α0 and log α1, where α = k/d0 is a burst frequency in
/// the life of an mRNA. α0 is cut at `largest_floor` α1.
template <Link LinkType = Logistic>
class PathwiseLinearLaw {
 public:
  PathwiseLinearLaw(Index genes, Index inputs, LinkType link = {})
      : inputs_(inputs), genes_(genes), link_(std::move(link)) {}

  [[nodiscard]] Index genes() const noexcept { return genes_; }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] Index nodes() const noexcept { return inputs_ + genes_; }
  [[nodiscard]] PathwiseLayout layout() const {
    return PathwiseLayout(std::vector<Index>(static_cast<std::size_t>(genes_), nodes() + 3));
  }
  [[nodiscard]] Index basal_column() const noexcept { return nodes(); }
  [[nodiscard]] Index low_column() const noexcept { return nodes() + 1; }
  [[nodiscard]] Index high_column() const noexcept { return nodes() + 2; }

  /// @param x parameters in the order of `layout()`
  void set_parameters(const PathwiseLayout& layout, const WhereUsed<Vector, LinkType>& x) {
    interactions_.resize(genes_, nodes());
    basal_.resize(genes_);
    low_.resize(genes_);
    high_.resize(genes_);
    floor_moves_with_high_.assign(static_cast<std::size_t>(genes_), false);
    decay_.resize(genes_);
    scale_.resize(genes_);
    extra_.resize(0);
    for (Index a = 0; a < genes_; ++a) {
      const auto own = x.segment(layout.rate(a), layout.rate_size(a));
      interactions_.row(a) = own.head(nodes()).transpose().template cast<float>();
      basal_[a] = static_cast<float>(own[basal_column()]);
      const double high = std::exp(own[high_column()]);
      const double low = std::exp(own[low_column()]);
      const double most = largest_floor * high;
      floor_moves_with_high_[static_cast<std::size_t>(a)] = low > most;
      low_[a] = static_cast<float>(std::min(low, most));
      high_[a] = static_cast<float>(high);
      scale_[a] = 1.0F / high_[a];
      decay_[a] = static_cast<float>(std::exp(x[layout.mrna_decay(a)]));
    }
  }

  /// Does something to genes, kon ← factor · kon + extra, until parameters are set anew. Proteins keep their scale.
  /// @param factor, extra one entry per gene, >= 0, extra in [1/h]
  void perturb(const WhereUsed<Vector, LinkType>& factor, const WhereUsed<Vector, LinkType>& extra) {
    low_.array() *= factor.template cast<float>().array();
    high_.array() *= factor.template cast<float>().array();
    extra_ = extra.template cast<float>();
  }

  /// What turns mRNA in mean bursts into protein on the scale of (11): 1/α1.
  [[nodiscard]] float protein_per_burst(Index a) const { return scale_[a]; }

  /// @param proteins cells × nodes; @param rate written, kon [1/h], cells × genes
  /// @param kept written, cells × genes: what `backward` needs, the value of the logistic link, the argument of others
  void rates(const WhereUsed<CellValues, LinkType>& proteins, WhereUsed<CellValues, LinkType>& rate,
             WhereUsed<CellValues, LinkType>& kept) const {
    kept.matrix().noalias() = proteins.matrix() * interactions_.transpose();
    for (Index a = 0; a < genes_; ++a) {
      kept.col(a) += basal_[a];
      if constexpr (vectorised) kept.col(a) = 1.0F / (1.0F + (-kept.col(a)).min(largest_exponent).exp());
      rate.col(a) = decay_[a] * (low_[a] + (high_[a] - low_[a]) * value_of(kept.col(a)));
      if (extra_.size() > 0) rate.col(a) += extra_[a];
    }
  }

  /// Adjoint of `rates` for a block of cells, and sums of its derivatives by the parameters.
  class Adjoint {
   public:
    Adjoint(const PathwiseLinearLaw& law, Index cells)
        : law_(law),
          argument_(cells, law.genes()),
          interactions_(Eigen::MatrixXf::Zero(law.genes(), law.nodes())),
          sums_(Matrix::Zero(law.genes(), 4)) {}

    /// @param proteins, kept as `rates` had and wrote them; @param by_rate derivative by the rates
    /// @param by_protein written: derivative by the proteins of genes, cells × genes
    void backward(const WhereUsed<CellValues, LinkType>& proteins, const WhereUsed<CellValues, LinkType>& kept,
                  const WhereUsed<CellValues, LinkType>& by_rate, WhereUsed<CellValues, LinkType>& by_protein) {
      for (Index a = 0; a < law_.genes(); ++a) {
        const WhereUsed<CellValue, LinkType> by_shape = by_rate.col(a) * law_.decay_[a];
        const WhereUsed<CellValue, LinkType> share = law_.value_of(kept.col(a));
        const float low = (by_shape * (1.0F - share)).sum();
        const float high = (by_shape * share).sum();
        sums_(a, 1) += static_cast<double>(low * law_.low_[a]);
        sums_(a, 2) += static_cast<double>(high * law_.high_[a]);
        sums_(a, 3) += static_cast<double>(low * law_.low_[a] + high * law_.high_[a]);  // by log d0
        argument_.col(a) = by_shape * (law_.high_[a] - law_.low_[a]) * law_.slope_of(kept.col(a));
        sums_(a, 0) += static_cast<double>(argument_.col(a).sum());
      }
      interactions_.noalias() += argument_.matrix().transpose() * proteins.matrix();
      by_protein.matrix().noalias() = argument_.matrix() * law_.interactions_.rightCols(law_.genes());
    }
    /// A derivative by `protein_per_burst(a)`.
    void add_by_protein_per_burst(Index a, double derivative) {
      sums_(a, 2) -= derivative * static_cast<double>(law_.protein_per_burst(a));
    }

    /// Adds everything so far to a gradient in the order of the layout.
    void add_to(const PathwiseLayout& layout, WhereUsed<Vector, LinkType>& gradient) const {
      for (Index a = 0; a < law_.genes(); ++a) {
        auto own = gradient.segment(layout.rate(a), layout.rate_size(a));
        own.head(law_.nodes()) += interactions_.row(a).transpose().template cast<double>();
        own[law_.basal_column()] += sums_(a, 0);
        own[law_.floor_moves_with_high_[static_cast<std::size_t>(a)] ? law_.high_column() : law_.low_column()] +=
            sums_(a, 1);
        own[law_.high_column()] += sums_(a, 2);
        gradient[layout.mrna_decay(a)] += sums_(a, 3);
      }
    }

   private:
    const PathwiseLinearLaw& law_;
    WhereUsed<CellValues, LinkType> argument_;
    WhereUsed<Eigen::MatrixXf, LinkType> interactions_;
    WhereUsed<Matrix, LinkType> sums_;  // genes × (β, log α0, log α1, log d0)
  };

 private:
  static constexpr bool vectorised = std::same_as<LinkType, Logistic>;
  static constexpr float largest_exponent = 80.0F;  // its exponential is still finite in single precision

  // Value and slope of the link from what `rates` kept.
  [[nodiscard]] CellValue value_of(const WhereUsed<CellValue, LinkType>& kept) const {
    if constexpr (vectorised) {
      return kept;
    } else {
      return kept.unaryExpr([this](float u) { return static_cast<float>(link_.value(static_cast<double>(u))); });
    }
  }
  [[nodiscard]] CellValue slope_of(const WhereUsed<CellValue, LinkType>& kept) const {
    if constexpr (vectorised) {
      return kept * (1.0F - kept);
    } else {
      return kept.unaryExpr([this](float u) { return static_cast<float>(link_.slope(static_cast<double>(u))); });
    }
  }

  Index inputs_, genes_;
  LinkType link_;
  WhereUsed<Eigen::MatrixXf, LinkType> interactions_;  // θ, genes × nodes
  WhereUsed<Eigen::VectorXf, LinkType> basal_, decay_;
  WhereUsed<Eigen::VectorXf, LinkType> low_, high_;  // α0 and α1 times the factor of the perturbation
  WhereUsed<Eigen::VectorXf, LinkType> scale_;       // 1/α1
  WhereUsed<Eigen::VectorXf, LinkType> extra_;       // [1/h], or empty
  std::vector<bool> floor_moves_with_high_;          // α0 is at its cut, so that α1 alone moves it
};

}  // namespace cardamom
