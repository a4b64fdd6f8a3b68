/// @file
/// A burst rate with Hill responses: each regulator j of gene i activates or represses by its own half-saturation level
/// and exponent, and the responses multiply (AND logic).
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/check_frequencies.hpp>
#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>

namespace cardamom {

/// The response of `target` to `source`: x = (P_source/half)^|exponent|, x/(1 + x) for an activation (exponent > 0),
/// 1/(1 + x) for a repression (exponent < 0).
struct HillEdge {
  Index source;
  Index target;
  double half;      ///< protein level of half effect, > 0
  double exponent;  ///< finite, not 0, |exponent| >= 1 for a bounded slope
};

/// kon_i(P) = k0_i + (k1_i − k0_i) Π_j response_ij(P_j); an empty product is 1. Every rung of the ladder but the linear
/// one holds.
class Hill {
 public:
  /// @param frequency_min k0, @param frequency_max k1 [1/h], one per node, 0 <= k0 <= k1, those of inputs ignored
  /// @param edges targets are genes
  /// @param inputs how many of the nodes, the first ones, are inputs
  /// @throws std::invalid_argument on sizes and indices, std::domain_error on values
  template <class Use = CompiledWhereUsed>
  Hill(WhereUsed<Vector, Use> frequency_min, WhereUsed<Vector, Use> frequency_max, std::vector<HillEdge> edges,
       Index inputs = 1)
      : frequency_min_(std::move(frequency_min)),
        frequency_max_(std::move(frequency_max)),
        edges_(std::move(edges)),
        inputs_(inputs) {
    check_frequencies("Hill", frequency_min_, frequency_max_, inputs);
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      const std::string argument = detail::element("edges", static_cast<Index>(e));
      check_index("Hill", argument + ".source", edges_[e].source, nodes());
      check_index("Hill", argument + ".target", edges_[e].target, nodes());
      if (edges_[e].target < inputs) {
        throw std::invalid_argument("Hill: " + argument + ".target is " + detail::to_text(edges_[e].target) +
                                    ", an input, which has no regulators");
      }
      check_positive("Hill", argument + ".half", edges_[e].half);
      check_finite("Hill", argument + ".exponent", edges_[e].exponent);
      if (!(std::abs(edges_[e].exponent) >= 1.0)) {
        detail::throw_domain("Hill", argument + ".exponent", edges_[e].exponent, ">= 1 or <= -1");
      }
    }
    std::stable_sort(edges_.begin(), edges_.end(), [](const HillEdge& a, const HillEdge& b) {
      return a.target != b.target ? a.target < b.target : a.source < b.source;
    });
    first_.assign(static_cast<std::size_t>(nodes()) + 1, 0);
    for (const HillEdge& edge : edges_) {
      ++first_[static_cast<std::size_t>(edge.target) + 1];
      sources_.push_back(edge.source);
    }
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }

  [[nodiscard]] Index nodes() const noexcept { return frequency_max_.size(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }

  /// O(regulators).
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double operator()(Index gene, const WhereUsed<VectorIn, Use>& protein) const {
    return rate(gene, [&](const HillEdge& edge) { return protein[edge.source]; });
  }

  [[nodiscard]] double bound(Index gene) const { return frequency_max_[gene]; }
  /// The rate at the corner of the box that favours the gene most.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double bound(Index gene, const WhereUsed<VectorIn, Use>& lower,
                             const WhereUsed<VectorIn, Use>& upper) const {
    return rate(gene, [&](const HillEdge& edge) { return (edge.exponent > 0.0 ? upper : lower)[edge.source]; });
  }

  [[nodiscard]] std::span<const Index> regulators(Index gene) const {
    return std::span(sources_).subspan(begin(gene), begin(gene + 1) - begin(gene));
  }

  template <class Use = CompiledWhereUsed>
  void gradient(Index gene, const WhereUsed<VectorIn, Use>& protein, WhereUsed<VectorOut, Use> out) const {
    check_size("Hill::gradient", "out", out.size(), nodes());
    out.setZero();
    const double span = frequency_max_[gene] - frequency_min_[gene];
    for (std::size_t e = begin(gene); e < begin(gene + 1); ++e) {
      double others = span;
      for (std::size_t f = begin(gene); f < begin(gene + 1); ++f) {
        if (f != e) others *= response(edges_[f], protein[edges_[f].source]);
      }
      out[edges_[e].source] += others * slope(edges_[e], protein[edges_[e].source]);
    }
  }

 private:
  std::size_t begin(Index gene) const { return first_[static_cast<std::size_t>(gene)]; }

  template <class Level>
  double rate(Index gene, Level&& level) const {
    double product = 1.0;
    for (std::size_t e = begin(gene); e < begin(gene + 1); ++e) product *= response(edges_[e], level(edges_[e]));
    return frequency_min_[gene] + (frequency_max_[gene] - frequency_min_[gene]) * product;
  }

  /// 1/(1 + (half/P)^exponent), either sign; no overflow spoils it.
  static double response(const HillEdge& edge, double protein) {
    return 1.0 / (1.0 + std::pow(edge.half / protein, edge.exponent));
  }
  /// d response/dP = exponent · response (1 − response)/P, and its limit at P = 0.
  static double slope(const HillEdge& edge, double protein) {
    if (protein == 0.0) return std::abs(edge.exponent) > 1.0 ? 0.0 : edge.exponent / edge.half;
    const double r = response(edge, protein);
    return edge.exponent * r * (1.0 - r) / protein;
  }

  Vector frequency_min_;
  Vector frequency_max_;
  std::vector<HillEdge> edges_;     // by target, then source
  std::vector<Index> sources_;      // of edges_
  std::vector<std::size_t> first_;  // of each target in edges_
  Index inputs_;
};

static_assert(BoxBoundBurstRate<Hill> && ConstantBoundBurstRate<Hill> && SparseBurstRate<Hill> &&
              DifferentiableBurstRate<Hill>);

}  // namespace cardamom
