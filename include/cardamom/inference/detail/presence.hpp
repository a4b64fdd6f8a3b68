/// @file
/// Which coefficients of a quadratic model are not 0, when several sets of them explain the data: posterior
/// probabilities under a spike and slab prior.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// exp(−½ xᵀ(quadratic)x + linear·x) times the prior: coefficient j is 0, or with odds e^{log_odds_j} against that
/// N(0, 1/slab_j). Infinite odds: always there.
struct PresenceModel {
  Matrix quadratic;  ///< symmetric, the slab not included
  Vector linear;
  Vector slab;  ///< > 0
  Vector log_odds;
  std::vector<Index> group;  ///< coefficients of one group may take each other's place
};

/// A chain over sets of present coefficients, their values integrated out. A flip of one or an exchange of two is
/// judged in O(1) and, if made, costs O(size²): the quadratic form is kept swept on those present.
class PresenceChain {
 public:
  /// Keeps a reference to the model.
  PresenceChain(const PresenceModel& model, std::vector<bool> present)
      : model_(model), present_(std::move(present)), sum_(Vector::Zero(model.linear.size())) {
    for (Index j = 0; j < size(); ++j) {
      if (model.log_odds[j] == std::numeric_limits<double>::infinity()) {
        present_[at(j)] = true;
      } else {
        open_.push_back(j);
        members_.resize(std::max(members_.size(), at(model.group[at(j)]) + 1));
        members_[at(model.group[at(j)])].push_back(j);
      }
    }
    rebuild();
  }

  /// One visit of every coefficient that may be absent, and as many proposals to exchange two.
  void sweep(RandomStream& random) {
    for (const Index j : open_) {
      const double gain = gain_of(j);
      const double probability = 1.0 / (1.0 + std::exp(-gain));
      sum_[j] += probability;
      if ((random.uniform() <= probability) != present_[at(j)]) flip(j);
    }
    sweeps_ += 1.0;
    for (std::size_t k = 0; k < open_.size(); ++k) propose_exchange(random);
  }

  void forget() {
    sum_.setZero();
    sweeps_ = 0.0;
  }
  /// Probability of presence over the sweeps since `forget`; 1 for those always there.
  Vector probability() const {
    Vector result = Vector::Ones(size());
    for (const Index j : open_) result[j] = sweeps_ > 0.0 ? sum_[j] / sweeps_ : 0.0;
    return result;
  }

 private:
  static constexpr int most_flips = 1000;  // before rounding is cleared

  static std::size_t at(Index j) { return static_cast<std::size_t>(j); }
  Index size() const { return model_.linear.size(); }

  // Log posterior odds of j, given the other coefficients' presence, from its quadratic and linear terms without it.
  double gain(Index j, double quadratic, double linear) const {
    quadratic = std::max(quadratic, model_.slab[j]);  // as it is but for rounding
    return model_.log_odds[j] + 0.5 * std::log(model_.slab[j] / quadratic) + 0.5 * linear * linear / quadratic;
  }
  double gain_of(Index j) const {
    const double own = swept_(j, j);
    const double right = swept_(size(), j);
    return present_[at(j)] ? gain(j, -1.0 / own, -right / own) : gain(j, own, right);
  }

  void propose_exchange(RandomStream& random) {
    const Index first = open_[at(random.below(static_cast<Index>(open_.size())))];
    const auto& members = members_[at(model_.group[at(first)])];
    const Index second = members[at(random.below(static_cast<Index>(members.size())))];
    if (present_[at(first)] == present_[at(second)]) return;
    const Index out = present_[at(first)] ? first : second;
    const Index in = present_[at(first)] ? second : first;
    // Terms of `in` once `out` is gone.
    const double shared = entry(in, out) / swept_(out, out);
    const double quadratic = swept_(in, in) - shared * entry(in, out);
    const double linear = swept_(size(), in) - shared * swept_(size(), out);
    if (std::log(random.uniform()) > gain(in, quadratic, linear) - gain_of(out)) return;
    flip(out);
    flip(in);
  }

  void flip(Index j) {
    present_[at(j)] = !present_[at(j)];
    if (++flips_ % most_flips == 0) return rebuild();
    pivot(j, present_[at(j)] ? 1.0 : -1.0);
  }

  void rebuild() {
    swept_ = Matrix::Zero(size() + 1, size() + 1);
    swept_.topLeftCorner(size(), size()) = model_.quadratic;
    swept_.diagonal().head(size()) += model_.slab;
    swept_.row(size()).head(size()) = model_.linear.transpose();
    column_.resize(size() + 1);
    for (Index j = 0; j < size(); ++j) {
      if (present_[at(j)]) pivot(j, 1.0);
    }
  }

  double entry(Index a, Index b) const { return swept_(std::max(a, b), std::min(a, b)); }

  // The sweep operator, or with sign −1 its inverse.
  void pivot(Index j, double sign) {
    const Index rest = size() + 1 - j;
    const double own = swept_(j, j);
    column_.head(j) = swept_.row(j).head(j).transpose();
    column_.tail(rest) = swept_.col(j).tail(rest);
    for (Index k = 0; k <= size(); ++k) {
      const Index below = size() + 1 - k;
      if (column_[k] != 0.0) swept_.col(k).tail(below) -= (column_[k] / own) * column_.tail(below);
    }
    swept_.row(j).head(j) = (sign / own) * column_.head(j).transpose();
    swept_.col(j).tail(rest) = (sign / own) * column_.tail(rest);
    swept_(j, j) = -1.0 / own;
  }

  const PresenceModel& model_;
  std::vector<bool> present_;
  std::vector<Index> open_;                  // that may be absent
  std::vector<std::vector<Index>> members_;  // of them, per group
  Matrix swept_;                             // its lower triangle, bordered by the linear terms
  Vector column_;                            // of a pivot
  int flips_ = 0;
  Vector sum_;
  double sweeps_ = 0.0;
};

/// Of every coefficient. Cost O(sweeps · (flips per sweep · size² + size)).
/// @param found values found before: those other than 0 are present at first
inline Vector probability_of_presence(const PresenceModel& model, const Vector& found, RandomStream& random) {
  constexpr int unsettled = 50;
  constexpr int sweeps = 300;
  std::vector<bool> present;
  for (const double value : found) present.push_back(value != 0.0);
  PresenceChain chain(model, std::move(present));
  for (int k = 0; k < unsettled; ++k) chain.sweep(random);
  chain.forget();
  for (int k = 0; k < sweeps; ++k) chain.sweep(random);
  return chain.probability();
}

}  // namespace cardamom::detail
