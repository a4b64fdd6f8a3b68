/// @file
/// One Markov chain of the reversible-jump sampler for a mixture with an unknown number of modes.
///
/// A sweep draws the cells' modes, then the weights, shapes and b given them, and forgets the cells' modes again. The
/// moves that change the number of modes K (`moves.hpp`) work on the likelihood with the cells' modes summed out, which
/// is exact and accepts more often than moving the cells along.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <boost/random/binomial_distribution.hpp>

#include <cardamom/clustering/rjmcmc/moves.hpp>
#include <cardamom/clustering/rjmcmc/prior.hpp>
#include <cardamom/clustering/rjmcmc/state.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>

namespace cardamom {

/// The chain: state, data and step sizes. Family and sample must outlive it. A sweep costs O(distinct observations ·
/// modes).
template <MixtureFamily Family>
class RjmcmcChain {
 public:
  /// @param start K in [min_modes, max_modes] of the prior, shapes increasing
  RjmcmcChain(const Family& family, const WhereUsed<GeneSample, Family>& sample, const RjmcmcPrior& prior,
              RjmcmcState start)
      : family_(family), sample_(&sample), prior_(prior), state_(std::move(start)) {
    refresh();
  }

  /// Takes other data from now on; drawing data and parameters in turn tests the whole sampler (Geweke 2004).
  void observe(const WhereUsed<GeneSample, Family>& sample) {
    sample_ = &sample;
    refresh();
  }

  const RjmcmcState& state() const noexcept { return state_; }
  Index modes() const noexcept { return state_.modes(); }
  /// Log-likelihood of the current state, the cells' modes summed out.
  double log_likelihood() const noexcept { return log_likelihood_; }
  /// Probability of each mode given each observation (observations × modes), in the state the last sweep started from.
  const Matrix& responsibilities() const noexcept { return responsibilities_; }
  /// How often each `RjmcmcMove` was tried and accepted since the last `forget_acceptance`.
  std::array<double, rjmcmc_moves> proposed() const noexcept { return proposed_; }
  std::array<double, rjmcmc_moves> accepted() const noexcept { return accepted_; }
  void forget_acceptance() noexcept {
    proposed_.fill(0.0);
    accepted_.fill(0.0);
  }

  /// One sweep: cells' modes, weights, shapes, b, common scale, split or merge, birth or death.
  /// @param adapt tune the random walks towards 35 % acceptance; only before the draws that are kept
  void sweep(RandomStream& random, bool adapt) {
    adapting_ = adapt;
    if (adapt) ++adaptations_;
    draw_cells(random);
    draw_weights(random);
    move_shapes(random);
    move_burst(random);
    move_scale(random);
    log_likelihood_ = likelihood(densities_, state_.weights);
    if (prior_.max_modes == prior_.min_modes) return;
    const RjmcmcProposals proposals(prior_, state_);
    if (proposals.draw_upward(random)) {
      jump(RjmcmcMove::split, proposals.split(random), random);
    } else {
      jump(RjmcmcMove::merge, proposals.merge(random), random);
    }
    if (proposals.draw_upward(random)) {
      jump(RjmcmcMove::birth, proposals.birth(random), random);
    } else {
      jump(RjmcmcMove::death, proposals.death(random), random);
    }
  }

 private:
  using Columns = std::vector<Vector>;  // log densities of the observations, per mode

  void densities_of(double eta, double beta, WhereUsed<Vector, Family>& out) const {
    out.resize(sample_->size());
    family_.log_densities(*sample_, std::exp(eta), std::exp(beta), out);
  }

  void refresh() {
    densities_.resize(static_cast<std::size_t>(modes()));
    for (Index k = 0; k < modes(); ++k) densities_of(state_.log_shapes[k], state_.log_b, column(k));
    log_likelihood_ = likelihood(densities_, state_.weights);
  }
  Vector& column(Index k) { return densities_[static_cast<std::size_t>(k)]; }

  /// Σ cells · log Σ_k w_k f_k.
  double likelihood(const Columns& columns, const WhereUsed<Vector, Family>& weights) {
    fill_joint(columns, weights);
    return sample_->cells.dot(softmax_rows(joint_));
  }
  void fill_joint(const Columns& columns, const WhereUsed<Vector, Family>& weights) {
    joint_.resize(sample_->size(), weights.size());
    for (Index k = 0; k < weights.size(); ++k) {
      joint_.col(k) = columns[static_cast<std::size_t>(k)].array() + std::log(weights[k]);
    }
  }

  /// Deals the cells of each observation to the modes: a multinomial draw with the responsibilities, by conditional
  /// binomials.
  void draw_cells(RandomStream& random) {
    fill_joint(densities_, state_.weights);
    softmax_rows(joint_);
    responsibilities_ = joint_;
    dealt_ = Matrix::Zero(sample_->size(), modes());
    for (Index i = 0; i < sample_->size(); ++i) {
      auto left = static_cast<std::int64_t>(sample_->cells[i]);
      double mass = 1.0;
      for (Index k = 0; k + 1 < modes() && left > 0; ++k) {
        const double p = std::clamp(responsibilities_(i, k) / mass, 0.0, 1.0);
        std::int64_t here = 0;
        if (left == 1) {
          here = random.uniform() <= p ? 1 : 0;
        } else if (p > 0) {
          here = p < 1 ? boost::random::binomial_distribution<std::int64_t, double>(left, p)(random) : left;
        }
        dealt_(i, k) = static_cast<double>(here);
        left -= here;
        mass = std::max(mass - responsibilities_(i, k), 1e-300);  // rounding may leave 0, which must not divide
      }
      dealt_(i, modes() - 1) += static_cast<double>(left);
    }
  }

  void draw_weights(RandomStream& random) {
    for (Index k = 0; k < modes(); ++k) {
      state_.weights[k] = std::max(random.gamma(1.0 + dealt_.col(k).sum()), std::numeric_limits<double>::min());
    }
    state_.weights /= state_.weights.sum();
  }

  bool accept(RjmcmcMove move, double log_ratio, RandomStream& random) {
    const auto index = static_cast<std::size_t>(move);
    proposed_[index] += 1.0;
    const bool yes = std::log(random.uniform()) < log_ratio;
    accepted_[index] += yes ? 1.0 : 0.0;
    return yes;
  }

  /// Robbins–Monro on the logarithm of a step size. The goal of 35 % lies between the best rates of random walks in one
  /// dimension (44 %) and in many (23 %); gains shrink as 1/√n, so that step sizes settle; the bounds keep a walk that
  /// is never (always) accepted from stepping beyond all numbers.
  void tune(double& step, bool yes) const {
    if (!adapting_) return;
    constexpr double goal = 0.35;
    step *= std::exp(((yes ? 1.0 : 0.0) - goal) / std::sqrt(1.0 + 0.2 * static_cast<double>(adaptations_)));
    step = std::clamp(step, 1e-4, 20.0);
  }

  void move_shapes(RandomStream& random) {
    bool ordered = true;
    for (Index k = 0; k < modes(); ++k) {
      // Large modes are known more precisely, so their steps are shorter: by √2 at 20 cells, then as 1/√cells. The
      // cells of a mode do not change here, so the step may depend on them.
      const double step = shape_step_ / std::sqrt(1.0 + 0.05 * dealt_.col(k).sum());
      const double eta = state_.log_shapes[k] + step * random.normal();
      densities_of(eta, state_.log_b, proposal_);
      const double ratio = dealt_.col(k).dot(proposal_ - column(k)) + prior_.log_density_of_shape(eta) -
                           prior_.log_density_of_shape(state_.log_shapes[k]);
      const bool yes = accept(RjmcmcMove::shape, ratio, random);
      tune(shape_step_, yes);
      if (yes) {
        state_.log_shapes[k] = eta;
        column(k).swap(proposal_);
      }
      ordered = ordered && (k == 0 || state_.log_shapes[k - 1] < state_.log_shapes[k]);
    }
    if (!ordered) sort_modes();
  }

  /// Puts the modes in the order of their shapes (by insertion: they are almost sorted).
  void sort_modes() {
    for (Index k = 1; k < modes(); ++k) {
      for (Index j = k; j > 0 && state_.log_shapes[j] < state_.log_shapes[j - 1]; --j) {
        std::swap(state_.log_shapes[j], state_.log_shapes[j - 1]);
        std::swap(state_.weights[j], state_.weights[j - 1]);
        column(j).swap(column(j - 1));
        dealt_.col(j).swap(dealt_.col(j - 1));
      }
    }
  }

  /// Log-likelihood gain of moving all modes by `shape_shift` and b by `b_shift` (in logarithms), cells staying in
  /// their modes; the densities are left in `candidate_`.
  double shifted(double shape_shift, double b_shift) {
    candidate_.resize(densities_.size());
    double gain = 0.0;
    for (Index k = 0; k < modes(); ++k) {
      WhereUsed<Vector, Family>& out = candidate_[static_cast<std::size_t>(k)];
      densities_of(state_.log_shapes[k] + shape_shift, state_.log_b + b_shift, out);
      gain += dealt_.col(k).dot(out - column(k));
    }
    return gain;
  }

  void move_burst(RandomStream& random) {
    const double shift = burst_step_ * random.normal();
    const double ratio =
        shifted(0.0, shift) + prior_.log_density_of_b(state_.log_b + shift) - prior_.log_density_of_b(state_.log_b);
    const bool yes = accept(RjmcmcMove::burst, ratio, random);
    tune(burst_step_, yes);
    if (!yes) return;
    state_.log_b += shift;
    densities_.swap(candidate_);
  }

  /// All shapes and b by a common factor: the means stay, the direction the data know least about.
  void move_scale(RandomStream& random) {
    const double shift = scale_step_ * random.normal();
    const double ratio = shifted(shift, shift) + prior_.log_ratio_of_shift(state_, shift);
    const bool yes = accept(RjmcmcMove::scale, ratio, random);
    tune(scale_step_, yes);
    if (!yes) return;
    state_.log_b += shift;
    state_.log_shapes.array() += shift;
    densities_.swap(candidate_);
  }

  /// Accepts or refuses a state with another number of modes. Densities of modes that did not move are used again.
  void jump(RjmcmcMove move, RjmcmcProposal proposal, RandomStream& random) {
    if (!proposal.drawn) return;
    if (!proposal.reversible) {
      proposed_[static_cast<std::size_t>(move)] += 1.0;
      return;
    }
    RjmcmcState& next = proposal.state;
    candidate_.resize(static_cast<std::size_t>(next.modes()));
    Index old = 0;
    for (Index k = 0; k < next.modes(); ++k) {
      while (old < modes() && state_.log_shapes[old] < next.log_shapes[k]) ++old;
      WhereUsed<Vector, Family>& out = candidate_[static_cast<std::size_t>(k)];
      if (!proposal.all_moved && old < modes() && state_.log_shapes[old] == next.log_shapes[k]) {
        out = column(old);
      } else {
        densities_of(next.log_shapes[k], next.log_b, out);
      }
    }
    const double value = likelihood(candidate_, next.weights);
    if (accept(move, value - log_likelihood_ + proposal.log_factor, random)) {
      state_ = std::move(next);
      densities_.swap(candidate_);
      log_likelihood_ = value;
    }
  }

  const Family& family_;
  const GeneSample* sample_;
  RjmcmcPrior prior_;
  RjmcmcState state_;
  Columns densities_;  // of the state
  double log_likelihood_ = 0.0;
  WhereUsed<Matrix, Family> joint_, responsibilities_, dealt_;  // observations × modes; dealt_: numbers of cells
  Columns candidate_;                                           // densities of a proposed state
  WhereUsed<Vector, Family> proposal_;                          // densities of a proposed shape
  // Where tuning starts: one is the spread of shapes between modes, and b is known better than they are.
  double shape_step_ = 1.0, burst_step_ = 0.3, scale_step_ = 0.3;
  Index adaptations_ = 0;
  bool adapting_ = false;
  std::array<double, rjmcmc_moves> proposed_{}, accepted_{};
};

}  // namespace cardamom
