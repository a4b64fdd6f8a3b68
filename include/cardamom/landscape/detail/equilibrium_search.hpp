/// @file
/// The steps of a search for equilibria: recognising those already met, stopping a relaxation near a known attractor,
/// and following the border between two basins to a saddle.
#pragma once

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/landscape/equilibrium.hpp>
#include <cardamom/landscape/relaxation.hpp>

namespace cardamom {

/// What a start came to, where it is not the index of an attractor.
inline constexpr Index unsettled = -1;  ///< no rest within the time limit: a limit cycle, or a very slow passage
inline constexpr Index at_saddle = -2;  ///< rest at an unstable equilibrium: the start lies on the border of two basins

namespace detail {

/// A state counts as an equilibrium when Newton's method brings its residual below this share of `merge`: then its
/// error is far below the distance at which two equilibria are told apart.
inline constexpr double newton_share_of_merge = 1e-3;

/// The equilibria known so far, and the one a relaxed state belongs to.
template <BurstRate Rate>
class EquilibriumSet {
 public:
  EquilibriumSet(const VectorField<Rate>& field, double merge) : field_(field), merge_(merge) {}

  /// Index of the equilibrium within `merge` of a state near rest; a new one is refined and examined. −1 when Newton's
  /// method finds none nearby.
  Index locate(const WhereUsed<Vector, Rate>& state) {
    if (const Index known = nearest(state); known >= 0) return known;
    WhereUsed<Vector, Rate> refined = state;
    const double residual = field_.refine_by_newton(refined);
    if (field_.distance(state, refined) > merge_ || residual > newton_share_of_merge * merge_) return -1;
    if (const Index known = nearest(refined); known >= 0) return known;
    all_.push_back(examine_equilibrium(field_, std::move(refined), residual));
    return static_cast<Index>(all_.size()) - 1;
  }

  /// Adds an equilibrium that Newton's method has led to, unless it is known or stable.
  void locate_unstable(const WhereUsed<Vector, Rate>& refined) {
    if (nearest(refined) >= 0) return;
    WhereUsed<Vector, Rate> slope(field_.nodes());
    field_(refined, slope);
    Equilibrium equilibrium = examine_equilibrium(field_, refined, field_.residual(refined, slope));
    if (!equilibrium.stable()) all_.push_back(std::move(equilibrium));
  }

  std::vector<Equilibrium>& all() noexcept { return all_; }

 private:
  Index nearest(const WhereUsed<Vector, Rate>& state) const {
    for (std::size_t k = 0; k < all_.size(); ++k) {
      if (field_.distance(state, all_[k].protein) <= merge_) return static_cast<Index>(k);
    }
    return -1;
  }

  const VectorField<Rate>& field_;
  double merge_;
  std::vector<Equilibrium> all_;
};

/// Relaxes from `state`, in place, and stops early within `capture` of a known attractor. Returns its index,
/// `unsettled` or `at_saddle` (rest elsewhere).
template <BurstRate Rate>
Index relax_to_known(const VectorField<Rate>& field, Relaxation<Rate>& relaxation,
                     const std::vector<Equilibrium>& stable, double capture, WhereUsed<Vector, Rate>& state) {
  Index reached = at_saddle;
  const Convergence ended = relaxation.run(state, [&](double, const WhereUsed<Vector, Rate>& now, double) {
    for (std::size_t z = 0; z < stable.size(); ++z) {
      if (field.distance(now, stable[z].protein) <= capture) {
        reached = static_cast<Index>(z);
        return true;
      }
    }
    return false;
  });
  return ended.converged() ? reached : unsettled;
}

/// The slowest state of the flow that starts on the border of the basin of attractor `from`, on the line to `to`.
template <BurstRate Rate>
Vector slowest_on_border(const VectorField<Rate>& field, const RelaxationOptions& options,
                         const std::vector<Equilibrium>& stable, Index from, Index to, double capture) {
  constexpr int halvings = 60;  // more than the 53 bits of a double: the bisection ends by itself
  Relaxation<Rate> relaxation(field, options);
  const WhereUsed<Vector, Rate>& a = stable[static_cast<std::size_t>(from)].protein;
  const WhereUsed<Vector, Rate>& b = stable[static_cast<std::size_t>(to)].protein;
  double inside = 0.0;
  double outside = 1.0;
  WhereUsed<Vector, Rate> state(a.size());
  for (int halving = 0; halving < halvings && inside < outside; ++halving) {
    const double middle = 0.5 * (inside + outside);
    if (middle == inside || middle == outside) break;
    state = a + middle * (b - a);
    (relax_to_known(field, relaxation, stable, capture, state) == from ? inside : outside) = middle;
  }
  WhereUsed<Vector, Rate> slowest = a + inside * (b - a);
  state = slowest;
  double least = std::numeric_limits<double>::infinity();
  relaxation.run(state, [&](double, const WhereUsed<Vector, Rate>& now, double residual) {
    if (residual < least) {
      least = residual;
      slowest = now;
    }
    return field.distance(now, a) <= capture;
  });
  return slowest;
}

}  // namespace detail
}  // namespace cardamom
