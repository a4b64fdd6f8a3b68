/// @file
/// Which coefficients of a linear model are not 0, when several sets of them explain the data: posterior inclusion
/// probabilities under a spike-and-slab prior (Mitchell & Beauchamp 1988; George & McCulloch 1993), by a Markov chain
/// over sets whose coefficients are integrated out.
///
/// It works on the quadratic form of a Gaussian likelihood and does not estimate the coefficients themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// A likelihood exp(−½ xᵀ(quadratic)x + linear·x) and a prior under which coefficient j is 0 (the spike) or, with prior
/// odds e^{log_odds_j} against that, drawn from N(0, 1/slab_precision_j) (the slab). All have one entry per
/// coefficient.
struct SpikeAndSlab {
  Matrix quadratic;  ///< symmetric, positive semi-definite; the slab is not part of it
  Vector linear;
  Vector slab_precision;     ///< inverse square of the slab's standard deviation, > 0
  Vector log_odds;           ///< of the prior; infinity: always included, -infinity: never
  std::vector<Index> group;  ///< coefficients of one group may take each other's place in one step; numbers from 0
};

/// Throws std::invalid_argument when sizes disagree, std::domain_error on a slab precision or group out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<SpikeAndSlab, Use>& model) {
  const Index size = model.linear.size();
  check_shape("SpikeAndSlab", "quadratic", model.quadratic, size, size);
  check_size("SpikeAndSlab", "slab_precision", model.slab_precision.size(), size);
  check_all_positive("SpikeAndSlab", "slab_precision", model.slab_precision);
  check_size("SpikeAndSlab", "log_odds", model.log_odds.size(), size);
  check_size("SpikeAndSlab", "group", static_cast<Index>(model.group.size()), size);
  for (std::size_t j = 0; j < model.group.size(); ++j) {
    check_at_least("SpikeAndSlab", detail::element("group", static_cast<Index>(j)), model.group[j], 0);
  }
}

/// The chain over sets of included coefficients. A flip of one or an exchange of two is judged in O(1) and, if made,
/// costs O(size²): the quadratic form is kept swept (Goodnight 1979) on those included.
class SpikeAndSlabChain {
 public:
  /// Keeps a reference to the model, which is not validated here.
  /// @param included where to start, one entry per coefficient
  template <class Use = CompiledWhereUsed>
  SpikeAndSlabChain(const WhereUsed<SpikeAndSlab, Use>& model, std::vector<bool> included)
      : model_(model), included_(std::move(included)), sum_(Vector::Zero(model.linear.size())) {
    for (Index j = 0; j < size(); ++j) {
      if (std::isinf(model.log_odds[j])) {
        included_[at(j)] = model.log_odds[j] > 0.0;
      } else {
        open_.push_back(j);
        members_.resize(std::max(members_.size(), at(model.group[at(j)]) + 1));
        members_[at(model.group[at(j)])].push_back(j);
      }
    }
    rebuild();
  }

  /// One Gibbs update of every coefficient that may be left out, and as many proposals to exchange two of a group.
  template <class Use = CompiledWhereUsed>
  void sweep(WhereUsed<RandomStream, Use>& random) {
    for (const Index j : open_) {
      const double gain = gain_of(j);
      const double probability = 1.0 / (1.0 + std::exp(-gain));
      sum_[j] += probability;
      if ((random.uniform() <= probability) != included_[at(j)]) flip(j);
    }
    sweeps_ += 1.0;
    for (std::size_t k = 0; k < open_.size(); ++k) propose_exchange(random);
  }

  /// Starts the average anew: what came before was burn-in.
  template <class Use = CompiledWhereUsed>
  void forget() {
    static_cast<WhereUsed<Vector, Use>&>(sum_).setZero();
    sweeps_ = 0.0;
  }
  /// Posterior inclusion probabilities, averaged over the sweeps since `forget` (conditional probabilities, which vary
  /// less than the inclusions themselves); 1 for coefficients always included, 0 for those never.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Vector probabilities() const {
    WhereUsed<Vector, Use> result =
        (static_cast<const WhereUsed<Vector, Use>&>(model_.log_odds).array() == std::numeric_limits<double>::infinity())
            .template cast<double>();
    for (const Index j : open_) result[j] = sweeps_ > 0.0 ? sum_[j] / sweeps_ : 0.0;
    return result;
  }

 private:
  /// Flips before the swept form is computed anew: each adds rounding of order 1e-16, which stays below 1e-12.
  static constexpr int flips_between_rebuilds = 1000;

  static std::size_t at(Index j) { return static_cast<std::size_t>(j); }
  Index size() const { return model_.linear.size(); }

  // Log posterior odds of j, given which others are included, from its quadratic and linear terms without it.
  double gain(Index j, double quadratic, double linear) const {
    quadratic = std::max(quadratic, model_.slab_precision[j]);  // as it is but for rounding
    return model_.log_odds[j] + 0.5 * std::log(model_.slab_precision[j] / quadratic) +
           0.5 * linear * linear / quadratic;
  }
  double gain_of(Index j) const {
    const double own = swept_(j, j);
    const double right = swept_(size(), j);
    return included_[at(j)] ? gain(j, -1.0 / own, -right / own) : gain(j, own, right);
  }

  template <class Use = CompiledWhereUsed>
  void propose_exchange(WhereUsed<RandomStream, Use>& random) {
    const Index first = open_[at(random.below(static_cast<Index>(open_.size())))];
    const auto& members = members_[at(model_.group[at(first)])];
    const Index second = members[at(random.below(static_cast<Index>(members.size())))];
    if (included_[at(first)] == included_[at(second)]) return;
    const Index out = included_[at(first)] ? first : second;
    const Index in = included_[at(first)] ? second : first;
    // Terms of `in` once `out` is gone.
    const double shared = entry(in, out) / swept_(out, out);
    const double quadratic = swept_(in, in) - shared * entry(in, out);
    const double linear = swept_(size(), in) - shared * swept_(size(), out);
    if (std::log(random.uniform()) > gain(in, quadratic, linear) - gain_of(out)) return;
    flip(out);
    flip(in);
  }

  template <class = CompiledWhereUsed>
  void flip(Index j) {
    included_[at(j)] = !included_[at(j)];
    if (++flips_ % flips_between_rebuilds == 0) return rebuild();
    pivot(j, included_[at(j)] ? 1.0 : -1.0);
  }

  template <class Use = CompiledWhereUsed>
  void rebuild() {
    WhereUsed<Matrix, Use>& swept = swept_;
    const WhereUsed<SpikeAndSlab, Use>& model = model_;
    swept = Matrix::Zero(size() + 1, size() + 1);
    swept.topLeftCorner(size(), size()) = model.quadratic;
    swept.diagonal().head(size()) += model.slab_precision;
    swept.row(size()).head(size()) = model.linear.transpose();
    column_.resize(size() + 1);
    for (Index j = 0; j < size(); ++j) {
      if (included_[at(j)]) pivot(j, 1.0);
    }
  }

  double entry(Index a, Index b) const { return swept_(std::max(a, b), std::min(a, b)); }

  // The sweep operator, or with sign −1 its inverse.
  template <class Use = CompiledWhereUsed>
  void pivot(Index j, double sign) {
    WhereUsed<Matrix, Use>& swept = swept_;
    WhereUsed<Vector, Use>& column = column_;
    const Index rest = size() + 1 - j;
    const double own = swept(j, j);
    column.head(j) = swept.row(j).head(j).transpose();
    column.tail(rest) = swept.col(j).tail(rest);
    for (Index k = 0; k <= size(); ++k) {
      const Index below = size() + 1 - k;
      if (column[k] != 0.0) swept.col(k).tail(below) -= (column[k] / own) * column.tail(below);
    }
    swept.row(j).head(j) = (sign / own) * column.head(j).transpose();
    swept.col(j).tail(rest) = (sign / own) * column.tail(rest);
    swept(j, j) = -1.0 / own;
  }

  const SpikeAndSlab& model_;
  std::vector<bool> included_;
  std::vector<Index> open_;                  // coefficients that may be left out
  std::vector<std::vector<Index>> members_;  // those of each group
  Matrix swept_;                             // lower triangle, bordered by the linear terms
  Vector column_;                            // scratch of a pivot
  int flips_ = 0;
  Vector sum_;
  double sweeps_ = 0.0;
};

/// How long the sampler of inclusion probabilities runs.
struct InclusionOptions {
  /// Sweeps left out of the average, >= 0: the start is a set found by a fit, not far from the sets that matter.
  Index burn_in = 50;
  /// Sweeps averaged, >= 1: the standard error of a probability is at most 0.5/√300 = 0.03 where sweeps are
  /// independent.
  Index sweeps = 300;
};

/// Throws when a setting is out of range; the error names it, its value and the range.
inline void validate(const InclusionOptions& options) {
  check_at_least("InclusionOptions", "burn_in", options.burn_in, 0);
  check_at_least("InclusionOptions", "sweeps", options.sweeps, 1);
}

/// Posterior probabilities that the coefficients are not 0, one entry per coefficient.
/// @param start coefficients found before: the chain starts with those other than 0 included
/// @throws std::invalid_argument on sizes and options, std::domain_error on values
/// Cost O(sweeps · (flips per sweep · size² + size)).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector inclusion_probabilities(const WhereUsed<SpikeAndSlab, Use>& model,
                                                    const WhereUsed<VectorIn, Use>& start,
                                                    WhereUsed<RandomStream, Use>& random,
                                                    const WhereUsed<InclusionOptions, Use>& options = {}) {
  validate(model);
  validate(options);
  check_size("inclusion_probabilities", "start", start.size(), model.linear.size());
  std::vector<bool> included;
  for (const double value : start) included.push_back(value != 0.0);
  SpikeAndSlabChain chain(model, std::move(included));
  for (Index k = 0; k < options.burn_in; ++k) chain.sweep(random);
  chain.forget();
  for (Index k = 0; k < options.sweeps; ++k) chain.sweep(random);
  return chain.probabilities();
}

}  // namespace cardamom
