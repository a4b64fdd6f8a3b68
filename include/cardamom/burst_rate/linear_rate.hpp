/// @file
/// Burst rates that depend on the proteins through one linear form per gene:
///
///     kon_i(P) = k0_i + (k1_i − k0_i) L(β_i + Σ_j θ_ij P_j)
///
/// with any `Link` L. With the logistic link this is equation (2) of the paper, `Sigmoid`.
#pragma once

#include <concepts>
#include <span>
#include <type_traits>
#include <utility>

#include <cardamom/burst_rate/check_frequencies.hpp>
#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// A link of a linear form. Every rung of the ladder holds; `argument` and `link` expose the structure that the fast
/// simulation paths and the regression use. A rate of no nodes, made of a link alone, tells a verb which link to fit.
///
///     LinearRate rate(Probit{}, k0, k1, beta, theta);
///     auto inference = infer(counts, {}, LinearRate<Probit>{});
template <Link LinkType>
class LinearRate {
 public:
  using link_type = LinkType;

  /// A rate of no nodes with the default link.
  LinearRate() requires std::default_initializable<LinkType>
  = default;
  /// A rate of no nodes with this link: `with` makes others of it.
  explicit LinearRate(LinkType link) : link_(std::move(link)) {}

  /// Arrays have one entry per node; entries and rows of inputs are ignored.
  /// @param frequency_min k0 [1/h], 0 <= k0 <= k1
  /// @param frequency_max k1 [1/h], finite
  /// @param basal β, finite
  /// @param interactions θ, nodes × nodes, θ(i, j) the action of j on i. Its stored entries are the edges, explicit
  /// zeros among them.
  /// @param inputs number of inputs, the first nodes
  /// @throws std::invalid_argument on sizes, std::domain_error on values
  LinearRate(LinkType link, WhereUsed<Vector, LinkType> frequency_min, WhereUsed<Vector, LinkType> frequency_max,
             WhereUsed<Vector, LinkType> basal, SparseMatrix interactions, Index inputs = 1)
      : link_(std::move(link)),
        frequency_min_(std::move(frequency_min)),
        frequency_max_(std::move(frequency_max)),
        basal_(std::move(basal)),
        interactions_(std::move(interactions)),
        inputs_(inputs) {
    const Index size = frequency_max_.size();
    check_frequencies("LinearRate", frequency_min_, frequency_max_, inputs);
    check_size("LinearRate", "basal", basal_.size(), size);
    check_shape("LinearRate", "interactions", interactions_, size, size);
    check_all_finite("LinearRate", "basal", basal_, inputs);
    interactions_.makeCompressed();
    check_all_finite("LinearRate", "interactions (stored values)",
                     Eigen::Map<const Vector>(interactions_.valuePtr(), interactions_.nonZeros()));
  }
  /// The same with the default link.
  LinearRate(WhereUsed<Vector, LinkType> frequency_min, WhereUsed<Vector, LinkType> frequency_max,
             WhereUsed<Vector, LinkType> basal, SparseMatrix interactions,
             Index inputs = 1) requires std::default_initializable<LinkType>
      : LinearRate(LinkType{}, std::move(frequency_min), std::move(frequency_max), std::move(basal),
                   std::move(interactions), inputs) {}

  /// A rate of the same link with other values.
  /// @throws as the constructor
  [[nodiscard]] LinearRate with(WhereUsed<Vector, LinkType> frequency_min, WhereUsed<Vector, LinkType> frequency_max,
                                WhereUsed<Vector, LinkType> basal, SparseMatrix interactions, Index inputs = 1) const {
    return {link_, std::move(frequency_min), std::move(frequency_max), std::move(basal), std::move(interactions),
            inputs};
  }

  [[nodiscard]] Index nodes() const noexcept { return basal_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }

  [[nodiscard]] double operator()(Index gene, const WhereUsed<VectorIn, LinkType>& protein) const {
    return link(gene, argument(gene, protein));
  }

  /// β_i + Σ_j θ_ij P_j; O(regulators).
  [[nodiscard]] double argument(Index gene, const WhereUsed<VectorIn, LinkType>& protein) const {
    double sum = basal_[gene];
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) sum += edge.value() * protein[edge.col()];
    return sum;
  }

  /// L itself.
  [[nodiscard]] const LinkType& link() const noexcept { return link_; }
  /// k0 + (k1 − k0) L(u).
  [[nodiscard]] double link(Index gene, double argument) const {
    return frequency_min_[gene] + (frequency_max_[gene] - frequency_min_[gene]) * link_.value(argument);
  }

  /// Whether `link(gene, argument) >= rate`, by the link's own comparison.
  [[nodiscard]] bool link_reaches(Index gene, double argument, double rate) const requires ComparingLink<LinkType> {
    const double above = rate - frequency_min_.coeff(gene);
    const double below = frequency_max_.coeff(gene) - rate;
    return above <= 0.0 || link_.reaches(argument, above, below);
  }

  /// k1 bounds everywhere.
  [[nodiscard]] double bound(Index gene) const { return frequency_max_[gene]; }

  /// The rate at the corner of the box that favours the gene most.
  [[nodiscard]] double bound(Index gene, const WhereUsed<VectorIn, LinkType>& lower,
                             const WhereUsed<VectorIn, LinkType>& upper) const {
    double sum = basal_[gene];
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) {
      sum += edge.value() * (edge.value() > 0 ? upper[edge.col()] : lower[edge.col()]);
    }
    return link(gene, sum);
  }

  /// Sources of the edges into `gene`.
  [[nodiscard]] std::span<const SparseMatrix::StorageIndex> regulators(Index gene) const {
    return {interactions_.innerIndexPtr() + first(gene), static_cast<std::size_t>(first(gene + 1) - first(gene))};
  }

  void gradient(Index gene, const WhereUsed<VectorIn, LinkType>& protein, WhereUsed<VectorOut, LinkType> out) const {
    check_size("LinearRate::gradient", "out", out.size(), nodes());
    const double slope = this->slope(gene, protein);
    out.setZero();
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) out[edge.col()] = slope * edge.value();
  }

  /// What can be learned of a gene: θ_ij of its edges, in the order of `regulators(gene)`, then β_i. So the edges
  /// stored, explicit zeros among them, say which regulators are considered.
  [[nodiscard]] Vector parameters(Index gene) const {
    WhereUsed<Vector, LinkType> x(size_of(gene) + 1);
    x << Eigen::Map<const Vector>(interactions_.valuePtr() + first(gene), size_of(gene)), basal_[gene];
    return x;
  }
  /// @param x as `parameters(gene)`, of the same length (else std::invalid_argument), finite (else std::domain_error)
  void set_parameters(Index gene, const WhereUsed<VectorIn, LinkType>& x) {
    check_size("LinearRate::set_parameters", "x", x.size(), size_of(gene) + 1);
    check_all_finite("LinearRate::set_parameters", "x", x);
    Eigen::Map<Vector>(interactions_.valuePtr() + first(gene), size_of(gene)) = x.head(size_of(gene));
    basal_[gene] = x[size_of(gene)];
  }
  void parameter_gradient(Index gene, const WhereUsed<VectorIn, LinkType>& protein,
                          WhereUsed<VectorOut, LinkType> out) const {
    check_size("LinearRate::parameter_gradient", "out", out.size(),
               interactions_.outerIndexPtr()[gene + 1] - interactions_.outerIndexPtr()[gene] + 1);
    const double slope = this->slope(gene, protein);
    Index p = 0;
    for (SparseMatrix::InnerIterator edge(interactions_, gene); edge; ++edge) out[p++] = slope * protein[edge.col()];
    out[p] = slope;
  }

  [[nodiscard]] const Vector& frequency_min() const noexcept { return frequency_min_; }
  [[nodiscard]] const Vector& frequency_max() const noexcept { return frequency_max_; }
  [[nodiscard]] const Vector& basal() const noexcept { return basal_; }
  [[nodiscard]] const SparseMatrix& interactions() const noexcept { return interactions_; }

 private:
  Index first(Index gene) const { return static_cast<Index>(interactions_.outerIndexPtr()[gene]); }
  Index size_of(Index gene) const { return first(gene + 1) - first(gene); }

  /// Derivative of the rate in its argument.
  double slope(Index gene, const WhereUsed<VectorIn, LinkType>& protein) const {
    return (frequency_max_[gene] - frequency_min_[gene]) * link_.slope(argument(gene, protein));
  }

  LinkType link_{};
  WhereUsed<Vector, LinkType> frequency_min_;
  WhereUsed<Vector, LinkType> frequency_max_;
  WhereUsed<Vector, LinkType> basal_;
  SparseMatrix interactions_;
  Index inputs_ = 1;
};

template <class LinkType>
LinearRate(LinkType) -> LinearRate<LinkType>;

/// Whether Rate is a `LinearRate` of some link.
template <class Rate>
struct IsLinearRate : std::false_type {};
template <class LinkType>
struct IsLinearRate<LinearRate<LinkType>> : std::true_type {};

}  // namespace cardamom
