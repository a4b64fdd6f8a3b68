/// @file
/// Moves of the reversible-jump sampler that change the number of modes K: split and merge, birth and death (Richardson
/// & Green 1997). A proposal holds the state it leads to and the logarithm of everything in its acceptance ratio but
/// the likelihoods; the chain adds those and decides.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include <cardamom/clustering/rjmcmc/prior.hpp>
#include <cardamom/clustering/rjmcmc/state.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// Moves of the sampler, for their acceptance rates: random walks of a shape, of b and of their common scale; then the
/// moves that change K.
enum class RjmcmcMove { shape, burst, scale, split, merge, birth, death };
/// How many kinds of move there are.
inline constexpr std::size_t rjmcmc_moves = 7;
/// Their names, in the order of `RjmcmcMove`.
inline constexpr std::array<const char*, rjmcmc_moves> rjmcmc_move_names{"shape", "burst", "scale", "split",
                                                                         "merge", "birth", "death"};

/// Two neighbouring modes.
struct ModePair {
  double lower_weight, upper_weight;  ///< w1, w2
  double lower, upper;                ///< η1 < η2
};

/// One mode (w, η), and how it is cut in two.
struct ModeCut {
  double weight, log_shape;  ///< w, η
  double u;                  ///< share of the weight that the lower mode gets, in (0, 1)
  double delta;              ///< δ = η2 − η1 > 0
};

/// Cuts one mode in two, keeping the weight and the mean shape: w1 = u w, w2 = (1 − u) w, a2/a1 = e^δ,
/// u a1 + (1 − u) a2 = a. The map (w, u, η, δ) → (w1, w2, η1, η2) has the Jacobian w.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline ModePair split_mode(const WhereUsed<ModeCut, Use>& cut) {
  const double lower = cut.log_shape - std::log(cut.u + (1.0 - cut.u) * std::exp(cut.delta));
  return {cut.u * cut.weight, (1.0 - cut.u) * cut.weight, lower, lower + cut.delta};
}

/// The inverse of `split_mode`.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline ModeCut merge_modes(const WhereUsed<ModePair, Use>& pair) {
  const double weight = pair.lower_weight + pair.upper_weight;
  const double u = pair.lower_weight / weight;
  const double delta = pair.upper - pair.lower;
  return {weight, pair.lower + std::log(u + (1.0 - u) * std::exp(delta)), u, delta};
}

/// A state with another number of modes, offered to the chain.
struct RjmcmcProposal {
  /// Whether there is a state to go to. A draw at the edge of its range (a weight of 0 or 1 after rounding) offers
  /// none.
  bool drawn = false;
  /// Whether the way back exists. The halves of a split may have another mode between them, which no merge undoes: then
  /// the move is refused without a look at the likelihood.
  bool reversible = true;
  RjmcmcState state;
  /// Logarithm of the ratio of priors and of proposals, with the Jacobian; without the likelihoods.
  double log_factor = 0.0;
  /// Whether modes that keep their number have moved as well, so that none of their densities can be used again.
  bool all_moved = false;
};

/// Draws proposals from a state of K modes under a prior. Neither is changed; both must outlive it.
class RjmcmcProposals {
 public:
  RjmcmcProposals(const RjmcmcPrior& prior, const RjmcmcState& now) : prior_(prior), now_(now) {}

  /// Whether the next move between numbers of modes goes up: always at the lower bound, never at the upper one, else
  /// with probability ½.
  [[nodiscard]] bool draw_upward(RandomStream& random) const { return random.uniform() <= upward(now_.modes()); }

  /// One mode, drawn evenly, becomes two; in half of the cases all shapes and b also grow by a common factor.
  /// Needs K < max_modes.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] RjmcmcProposal split(WhereUsed<RandomStream, Use>& random) const {
    const Index chosen = random.below(now_.modes());
    const double u = draw_u(random);
    const double delta = random.exponential() + random.exponential();
    const double shift = draw_shift(random);
    RjmcmcProposal proposal;
    if (!(u > 0 && u < 1)) return proposal;
    proposal.drawn = true;
    const double weight = now_.weights[chosen];
    const WhereUsed<Vector, Use>& shapes = now_.log_shapes;
    const ModePair pair = split_mode({weight, shapes[chosen] + shift, u, delta});
    proposal.reversible = (chosen == 0 || shapes[chosen - 1] + shift < pair.lower) &&
                          (chosen + 1 == now_.modes() || pair.upper < shapes[chosen + 1] + shift) &&
                          pair.lower < pair.upper;
    if (!proposal.reversible) return proposal;
    const Index above = now_.modes() - chosen - 1;
    RjmcmcState& next = proposal.state;
    next = resized(now_.modes() + 1, now_.log_b + shift);
    next.weights << now_.weights.head(chosen), pair.lower_weight, pair.upper_weight, now_.weights.tail(above);
    next.log_shapes << shapes.head(chosen).array() + shift, pair.lower, pair.upper, shapes.tail(above).array() + shift;
    proposal.log_factor = log_split_factor(now_.modes(), u, delta, weight) + prior_.log_ratio(next, now_);
    proposal.all_moved = shift != 0.0;
    return proposal;
  }

  /// Two neighbours, drawn evenly, become one; the common factor of `split` is taken back. Needs K > min_modes.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] RjmcmcProposal merge(WhereUsed<RandomStream, Use>& random) const {
    const Index lower = random.below(now_.modes() - 1);
    const double shift = draw_shift(random);
    const WhereUsed<Vector, Use>& shapes = now_.log_shapes;
    const ModeCut merged =
        merge_modes({now_.weights[lower], now_.weights[lower + 1], shapes[lower], shapes[lower + 1]});
    RjmcmcProposal proposal;
    if (!(merged.u > 0 && merged.u < 1 && merged.delta > 0)) return proposal;
    proposal.drawn = true;
    const Index above = now_.modes() - lower - 2;
    RjmcmcState& next = proposal.state;
    next = resized(now_.modes() - 1, now_.log_b - shift);
    next.weights << now_.weights.head(lower), merged.weight, now_.weights.tail(above);
    next.log_shapes << shapes.head(lower).array() - shift, merged.log_shape - shift, shapes.tail(above).array() - shift;
    proposal.log_factor =
        prior_.log_ratio(next, now_) - log_split_factor(now_.modes() - 1, merged.u, merged.delta, merged.weight);
    proposal.all_moved = shift != 0.0;
    return proposal;
  }

  /// A new mode from the prior, its weight from Beta(1, K), the law of a weight of K + 1 under Dirichlet(1): all but
  /// the likelihoods and the factor of the number of modes cancels. Needs K < max_modes.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] RjmcmcProposal birth(WhereUsed<RandomStream, Use>& random) const {
    const double weight = 1.0 - std::pow(random.uniform(), 1.0 / static_cast<double>(now_.modes()));
    const double eta = prior_.log_shape_mean + prior_.log_shape_sd * random.normal();
    RjmcmcProposal proposal;
    if (!(weight > 0 && weight < 1)) return proposal;
    proposal.drawn = true;
    const WhereUsed<Vector, Use>& shapes = now_.log_shapes;
    const Index place = std::lower_bound(shapes.begin(), shapes.end(), eta) - shapes.begin();
    const Index above = now_.modes() - place;
    RjmcmcState& next = proposal.state;
    next = resized(now_.modes() + 1, now_.log_b);
    next.weights << (1.0 - weight) * now_.weights.head(place), weight, (1.0 - weight) * now_.weights.tail(above);
    next.log_shapes << shapes.head(place), eta, shapes.tail(above);
    proposal.log_factor = log_number_factor(now_.modes());
    return proposal;
  }

  /// A mode, drawn evenly, vanishes, and the other weights grow to 1. Needs K > min_modes.
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] RjmcmcProposal death(WhereUsed<RandomStream, Use>& random) const {
    const Index chosen = random.below(now_.modes());
    const Index above = now_.modes() - chosen - 1;
    RjmcmcProposal proposal;
    RjmcmcState& next = proposal.state;
    next = resized(now_.modes() - 1, now_.log_b);
    next.weights << now_.weights.head(chosen), now_.weights.tail(above);
    const double rest = next.weights.sum();
    if (!(rest > 0)) return proposal;
    proposal.drawn = true;
    next.weights /= rest;
    next.log_shapes << now_.log_shapes.head(chosen), now_.log_shapes.tail(above);
    proposal.log_factor = -log_number_factor(now_.modes() - 1);
    return proposal;
  }

 private:
  static RjmcmcState resized(Index modes, double log_b) { return {Vector(modes), Vector(modes), log_b}; }

  double upward(Index modes) const {
    if (modes >= prior_.max_modes) return 0.0;
    return modes <= prior_.min_modes ? 1.0 : 0.5;
  }

  /// log of P(K + 1)/P(K) · P(down from K + 1)/P(up from K).
  double log_number_factor(Index modes) const {
    return std::log(prior_.mode_ratio * (1.0 - upward(modes + 1)) / upward(modes));
  }

  /// log of all that a split of one of K modes multiplies, but for likelihoods and priors of shapes and b: orderings
  /// (K + 1), density of the weights K, number of modes and way back, choice of the mode 1/K against choice of the
  /// neighbours 1/K, laws of u (Beta(2, 2)) and of δ (Gamma(2, 1)), Jacobian w.
  double log_split_factor(Index modes, double u, double delta, double weight) const {
    const auto k = static_cast<double>(modes);
    return std::log((k + 1.0) * k) + log_number_factor(modes) - std::log(6.0 * u * (1.0 - u)) -
           (std::log(delta) - delta) + std::log(weight);
  }

  /// Beta(2, 2): the median of three uniforms.
  static double draw_u(RandomStream& random) {
    const double a = random.uniform();
    const double b = random.uniform();
    const double c = random.uniform();
    return std::max(std::min(a, b), std::min(std::max(a, b), c));
  }

  /// Two modes explain spread that one mode needs large bursts for, so half of the splits raise b and all shapes by a
  /// common factor e^shift (merges lower them). The shift has the same law in both directions and cancels; its scale,
  /// 0.8, only decides how often such a move is accepted.
  static double draw_shift(RandomStream& random) {
    return random.uniform() <= 0.5 ? 0.0 : 0.8 * std::abs(random.normal());
  }

  const RjmcmcPrior& prior_;
  const RjmcmcState& now_;
};

}  // namespace cardamom
