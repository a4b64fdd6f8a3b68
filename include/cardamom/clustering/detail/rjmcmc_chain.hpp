/// @file
/// One Markov chain of the reversible-jump sampler for a mixture with an unknown number of modes.
///
/// State: K modes ordered by shape, weights w (Dirichlet(1)), η_k = log a_k (independent normal priors), β = log b
/// (normal prior; for the negative binomial without exposure β is logit p). A sweep draws the cells' modes, then the
/// weights, shapes and b given them, and forgets them again; the moves that change K work on the likelihood with the
/// cells' modes summed out, which is exact and accepts more often than moving the cells along.
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

#include <cardamom/clustering/detail/expectation_maximisation.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/mixture/detail/gamma_functions.hpp>
#include <cardamom/mixture/family.hpp>

namespace cardamom::detail {

/// Priors of the sampler in full.
struct MixturePrior {
  Index min_modes = 1, max_modes = 10;  // K between
  double mode_ratio = 1.0;              // P(K + 1)/P(K)
  double log_shape_mean = 0.0, log_shape_sd = 2.0;
  double log_b_mean = 0.0, log_b_sd = 2.0;
};

struct MixtureState {
  Vector weights;
  Vector log_shapes;  // increasing
  double log_b = 0.0;
};

/// The split of one mode (w, η) into two by (u, δ), 0 < u < 1, δ > 0, which keeps the weight and the mean shape:
/// w1 = u w, w2 = (1 − u) w, a2/a1 = e^δ, u a1 + (1 − u) a2 = a. The map (w, u, η, δ) → (w1, w2, η1, η2) has Jacobian
/// w.
struct Split {
  double lower_weight, upper_weight, lower, upper;
};
inline Split split_mode(double weight, double log_shape, double u, double delta) {
  const double lower = log_shape - std::log(u + (1.0 - u) * std::exp(delta));
  return {u * weight, (1.0 - u) * weight, lower, lower + delta};
}
struct Merged {
  double weight, log_shape, u, delta;
};
/// The inverse of `split_mode`.
inline Merged merge_modes(const Split& pair) {
  const double weight = pair.lower_weight + pair.upper_weight;
  const double u = pair.lower_weight / weight;
  const double delta = pair.upper - pair.lower;
  return {weight, pair.lower + std::log(u + (1.0 - u) * std::exp(delta)), u, delta};
}

/// Moves of the sampler, for their acceptance rates.
enum class MixtureMove { shape, burst, scale, split, merge, birth, death };
inline constexpr std::size_t mixture_moves = 7;

template <MixtureFamily Family>
class RjmcmcChain {
 public:
  RjmcmcChain(const Family& family, const GeneSample& sample, const MixturePrior& prior, MixtureState start)
      : family_(family), sample_(&sample), prior_(prior), state_(std::move(start)) {
    refresh();
  }

  /// Other data from now on (for tests of the whole sampler).
  void observe(const GeneSample& sample) {
    sample_ = &sample;
    refresh();
  }

  const MixtureState& state() const noexcept { return state_; }
  Index modes() const noexcept { return state_.weights.size(); }
  /// Of the current state, the cells' modes summed out.
  double log_likelihood() const noexcept { return log_likelihood_; }
  /// Observations × modes, of the state the last sweep started from.
  const Matrix& responsibilities() const noexcept { return responsibilities_; }
  std::array<double, mixture_moves> proposed() const noexcept { return proposed_; }
  std::array<double, mixture_moves> accepted() const noexcept { return accepted_; }
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
    if (prior_.max_modes > prior_.min_modes) {
      if (draw_upward(random)) {
        split(random);
      } else {
        merge(random);
      }
      if (draw_upward(random)) {
        birth(random);
      } else {
        death(random);
      }
    }
  }

 private:
  using Columns = std::vector<Vector>;  // log densities of the observations, per mode

  static double log_normal(double x, double mean, double sd) {
    const double z = (x - mean) / sd;
    return -0.5 * z * z - std::log(sd) - half_log_two_pi;
  }
  double log_shape_prior(double eta) const { return log_normal(eta, prior_.log_shape_mean, prior_.log_shape_sd); }
  double log_b_prior(double beta) const { return log_normal(beta, prior_.log_b_mean, prior_.log_b_sd); }

  void densities_of(double eta, double beta, Vector& out) const {
    family_.log_densities(*sample_, std::exp(eta), std::exp(beta), out);
  }

  void refresh() {
    densities_.resize(static_cast<std::size_t>(modes()));
    for (Index k = 0; k < modes(); ++k) densities_of(state_.log_shapes[k], state_.log_b, column(k));
    log_likelihood_ = likelihood(densities_, state_.weights);
  }
  Vector& column(Index k) { return densities_[static_cast<std::size_t>(k)]; }

  /// Σ cells · log Σ_k w_k f_k.
  double likelihood(const Columns& columns, const Vector& weights) {
    fill_joint(columns, weights);
    return normalise_rows(joint_, sample_->cells);
  }
  void fill_joint(const Columns& columns, const Vector& weights) {
    joint_.resize(sample_->size(), weights.size());
    for (Index k = 0; k < weights.size(); ++k) {
      joint_.col(k) = columns[static_cast<std::size_t>(k)].array() + std::log(weights[k]);
    }
  }

  /// The cells of each observation, dealt to the modes by their responsibilities.
  void draw_cells(RandomStream& random) {
    fill_joint(densities_, state_.weights);
    normalise_rows(joint_, sample_->cells);
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
        mass = std::max(mass - responsibilities_(i, k), 1e-300);
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

  bool accept(MixtureMove move, double log_ratio, RandomStream& random) {
    const auto index = static_cast<std::size_t>(move);
    proposed_[index] += 1.0;
    const bool yes = std::log(random.uniform()) < log_ratio;
    accepted_[index] += yes ? 1.0 : 0.0;
    return yes;
  }
  /// Robbins–Monro on the logarithm of a step size.
  void tune(double& step, bool yes) const {
    if (!adapting_) return;
    step *= std::exp(((yes ? 1.0 : 0.0) - 0.35) / std::sqrt(1.0 + 0.2 * static_cast<double>(adaptations_)));
    step = std::clamp(step, 1e-4, 20.0);
  }

  void move_shapes(RandomStream& random) {
    bool ordered = true;
    for (Index k = 0; k < modes(); ++k) {
      // Large modes are known more precisely: their cells do not change here, so the step may depend on them.
      const double step = shape_step_ / std::sqrt(1.0 + 0.05 * dealt_.col(k).sum());
      const double eta = state_.log_shapes[k] + step * random.normal();
      densities_of(eta, state_.log_b, proposal_);
      const double ratio =
          dealt_.col(k).dot(proposal_ - column(k)) + log_shape_prior(eta) - log_shape_prior(state_.log_shapes[k]);
      const bool yes = accept(MixtureMove::shape, ratio, random);
      tune(shape_step_, yes);
      if (yes) {
        state_.log_shapes[k] = eta;
        column(k).swap(proposal_);
      }
      ordered = ordered && (k == 0 || state_.log_shapes[k - 1] < state_.log_shapes[k]);
    }
    if (!ordered) sort_modes();
  }

  /// Modes are exchangeable a priori, so their order is only a way to name them.
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
      Vector& out = candidate_[static_cast<std::size_t>(k)];
      densities_of(state_.log_shapes[k] + shape_shift, state_.log_b + b_shift, out);
      gain += dealt_.col(k).dot(out - column(k));
    }
    return gain;
  }

  void move_burst(RandomStream& random) {
    const double shift = burst_step_ * random.normal();
    const double ratio = shifted(0.0, shift) + log_b_prior(state_.log_b + shift) - log_b_prior(state_.log_b);
    const bool yes = accept(MixtureMove::burst, ratio, random);
    tune(burst_step_, yes);
    if (!yes) return;
    state_.log_b += shift;
    densities_.swap(candidate_);
  }

  /// All shapes and b by a common factor: the means stay, the direction the data know least about.
  void move_scale(RandomStream& random) {
    const double shift = scale_step_ * random.normal();
    const double ratio = shifted(shift, shift) + log_prior_shift(shift);
    const bool yes = accept(MixtureMove::scale, ratio, random);
    tune(scale_step_, yes);
    if (!yes) return;
    state_.log_b += shift;
    state_.log_shapes.array() += shift;
    densities_.swap(candidate_);
  }

  double log_prior_shift(double shift) const {
    double ratio = log_b_prior(state_.log_b + shift) - log_b_prior(state_.log_b);
    for (const double eta : state_.log_shapes) ratio += log_shape_prior(eta + shift) - log_shape_prior(eta);
    return ratio;
  }

  /// Probability that the moves between K and K + 1 go up from K modes.
  double upward(Index modes) const {
    if (modes >= prior_.max_modes) return 0.0;
    return modes <= prior_.min_modes ? 1.0 : 0.5;
  }
  bool draw_upward(RandomStream& random) const { return random.uniform() <= upward(modes()); }
  /// log of P(K + 1)/P(K) and of P(down from K + 1)/P(up from K).
  double log_number_factor(Index modes) const {
    return std::log(prior_.mode_ratio * (1.0 - upward(modes + 1)) / upward(modes));
  }

  /// Half of the splits and merges also shift all shapes and b by a common factor: two modes explain spread that one
  /// mode needs large bursts for. The size of the shift has the same law in both directions and cancels.
  static double draw_shift(RandomStream& random) {
    return random.uniform() <= 0.5 ? 0.0 : 0.8 * std::abs(random.normal());
  }

  /// Of a split of one of K modes: everything but the likelihoods and the priors of shapes and b. Orderings (K + 1),
  /// density of the weights K, number of modes and way back, choice of mode 1/K against choice of neighbours 1/K, laws
  /// of u (Beta(2, 2)) and δ (Gamma(2, 1)), Jacobian w.
  double log_split_factor(Index modes, double u, double delta, double weight) const {
    const auto k = static_cast<double>(modes);
    return std::log((k + 1.0) * k) + log_number_factor(modes) - std::log(6.0 * u * (1.0 - u)) -
           (std::log(delta) - delta) + std::log(weight);
  }

  static double draw_u(RandomStream& random) {  // the median of three uniforms is Beta(2, 2)
    const double a = random.uniform();
    const double b = random.uniform();
    const double c = random.uniform();
    return std::max(std::min(a, b), std::min(std::max(a, b), c));
  }

  void split(RandomStream& random) {
    const Index chosen = random.below(modes());
    const double u = draw_u(random);
    const double delta = random.exponential() + random.exponential();
    const double shift = draw_shift(random);
    if (!(u > 0 && u < 1)) return;
    const Split pair = split_mode(state_.weights[chosen], state_.log_shapes[chosen] + shift, u, delta);
    const bool adjacent = (chosen == 0 || state_.log_shapes[chosen - 1] + shift < pair.lower) &&
                          (chosen + 1 == modes() || pair.upper < state_.log_shapes[chosen + 1] + shift);
    if (!adjacent || !(pair.lower < pair.upper)) {
      proposed_[static_cast<std::size_t>(MixtureMove::split)] += 1.0;
      return;
    }
    MixtureState next;
    next.log_b = state_.log_b + shift;
    next.weights.resize(modes() + 1);
    next.log_shapes.resize(modes() + 1);
    next.weights << state_.weights.head(chosen), pair.lower_weight, pair.upper_weight,
        state_.weights.tail(modes() - chosen - 1);
    next.log_shapes << state_.log_shapes.head(chosen).array() + shift, pair.lower, pair.upper,
        state_.log_shapes.tail(modes() - chosen - 1).array() + shift;
    const double factor = log_split_factor(modes(), u, delta, state_.weights[chosen]) + log_prior_ratio(next);
    jump(MixtureMove::split, std::move(next), factor, shift != 0.0, random);
  }

  void merge(RandomStream& random) {
    const Index lower = random.below(modes() - 1);
    const double shift = draw_shift(random);
    const Merged merged = merge_modes(
        {state_.weights[lower], state_.weights[lower + 1], state_.log_shapes[lower], state_.log_shapes[lower + 1]});
    if (!(merged.u > 0 && merged.u < 1 && merged.delta > 0)) return;
    MixtureState next;
    next.log_b = state_.log_b - shift;
    next.weights.resize(modes() - 1);
    next.log_shapes.resize(modes() - 1);
    next.weights << state_.weights.head(lower), merged.weight, state_.weights.tail(modes() - lower - 2);
    next.log_shapes << state_.log_shapes.head(lower).array() - shift, merged.log_shape - shift,
        state_.log_shapes.tail(modes() - lower - 2).array() - shift;
    const double factor = log_prior_ratio(next) - log_split_factor(modes() - 1, merged.u, merged.delta, merged.weight);
    jump(MixtureMove::merge, std::move(next), factor, shift != 0.0, random);
  }

  /// A new mode from the prior, its weight from Beta(1, K): all but the likelihoods and the factor of the number of
  /// modes cancels.
  void birth(RandomStream& random) {
    const double weight = 1.0 - std::pow(random.uniform(), 1.0 / static_cast<double>(modes()));
    const double eta = prior_.log_shape_mean + prior_.log_shape_sd * random.normal();
    if (!(weight > 0 && weight < 1)) return;
    const Index place =
        std::lower_bound(state_.log_shapes.begin(), state_.log_shapes.end(), eta) - state_.log_shapes.begin();
    MixtureState next;
    next.log_b = state_.log_b;
    next.weights.resize(modes() + 1);
    next.log_shapes.resize(modes() + 1);
    next.weights << (1.0 - weight) * state_.weights.head(place), weight,
        (1.0 - weight) * state_.weights.tail(modes() - place);
    next.log_shapes << state_.log_shapes.head(place), eta, state_.log_shapes.tail(modes() - place);
    jump(MixtureMove::birth, std::move(next), log_number_factor(modes()), false, random);
  }

  void death(RandomStream& random) {
    const Index chosen = random.below(modes());
    MixtureState next;
    next.log_b = state_.log_b;
    next.weights.resize(modes() - 1);
    next.log_shapes.resize(modes() - 1);
    next.weights << state_.weights.head(chosen), state_.weights.tail(modes() - chosen - 1);
    const double rest = next.weights.sum();
    if (!(rest > 0)) return;
    next.weights /= rest;
    next.log_shapes << state_.log_shapes.head(chosen), state_.log_shapes.tail(modes() - chosen - 1);
    jump(MixtureMove::death, std::move(next), -log_number_factor(modes() - 1), false, random);
  }

  double log_prior_ratio(const MixtureState& next) const {
    double ratio = log_b_prior(next.log_b) - log_b_prior(state_.log_b);
    for (const double eta : next.log_shapes) ratio += log_shape_prior(eta);
    for (const double eta : state_.log_shapes) ratio -= log_shape_prior(eta);
    return ratio;
  }

  /// Accepts or refuses a state with another number of modes. Densities of modes that did not move are reused.
  void jump(MixtureMove move, MixtureState next, double log_factor, bool all_moved, RandomStream& random) {
    candidate_.resize(static_cast<std::size_t>(next.weights.size()));
    Index old = 0;
    for (Index k = 0; k < next.weights.size(); ++k) {
      while (old < modes() && state_.log_shapes[old] < next.log_shapes[k]) ++old;
      Vector& out = candidate_[static_cast<std::size_t>(k)];
      if (!all_moved && old < modes() && state_.log_shapes[old] == next.log_shapes[k]) {
        out = column(old);
      } else {
        densities_of(next.log_shapes[k], next.log_b, out);
      }
    }
    const double value = likelihood(candidate_, next.weights);
    if (accept(move, value - log_likelihood_ + log_factor, random)) {
      state_ = std::move(next);
      densities_.swap(candidate_);
      log_likelihood_ = value;
    }
  }

  const Family& family_;
  const GeneSample* sample_;
  MixturePrior prior_;
  MixtureState state_;
  Columns densities_;
  double log_likelihood_ = 0.0;
  Matrix joint_, responsibilities_, dealt_;
  Columns candidate_;
  Vector proposal_;
  double shape_step_ = 1.0, burst_step_ = 0.3, scale_step_ = 0.3;
  Index adaptations_ = 0;
  bool adapting_ = false;
  std::array<double, mixture_moves> proposed_{}, accepted_{};
};

}  // namespace cardamom::detail
