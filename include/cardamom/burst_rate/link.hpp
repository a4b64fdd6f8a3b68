/// @file
/// Links: the increasing functions onto (0, 1) by which a linear form of the proteins becomes a burst rate between its
/// floor k0 and its ceiling k1 (`LinearRate`). The paper's is the logistic function, `Logistic`.
#pragma once

#include <cmath>
#include <concepts>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `link.value(u)` | `double` | L(u) in [0, 1] |
/// | `link.slope(u)` | `double` | L′(u) >= 0 |
///
/// Duties no compiler checks: pure, callable from several threads at once; L increases from 0 to 1, and value and slope
/// are finite for every finite u, far out in the tails too, where L may round to 0 or 1. Simulation relies on L <= 1
/// and on its increase for its bounds.
///
/// Two more members are optional: see `CurvedLink` and `ComparingLink`. Model: `Logistic`.
template <class L>
concept Link = std::copy_constructible<L> && requires(const L& link, double u) {
  { link.value(u) } -> std::convertible_to<double>;
  { link.slope(u) } -> std::convertible_to<double>;
};

/// `link.curvature(u)`: L″(u). Regression by second-order optimizers takes exact Newton steps near its end with it, and
/// Gauss–Newton steps, of which it needs more, without.
template <class L>
concept CurvedLink = Link<L> && requires(const L& link, double u) {
  { link.curvature(u) } -> std::convertible_to<double>;
};

/// `link.reaches(u, above, below)`, above > 0, below >= 0: whether L(u) >= above/(above + below), decided more cheaply
/// than by the value. Simulation by thinning asks this for every candidate of a burst; without it, it evaluates L.
template <class L>
concept ComparingLink = Link<L> && requires(const L& link, double u) {
  { link.reaches(u, u, u) } -> std::same_as<bool>;
};

/// The logistic function 1/(1 + e^−u); exact 0 and 1 in the limits, never NaN for finite or infinite u.
[[nodiscard]] inline double logistic(double u) noexcept { return 1.0 / (1.0 + std::exp(-u)); }

/// The same of every entry, several at a time: up to a unit in the last place.
template <class Use = CompiledWhereUsed>
inline void logistic(const WhereUsed<VectorIn, Use>& u, WhereUsed<VectorOut, Use> out) {
  out = (1.0 + (-u.array()).exp()).inverse();
}

/// σ(u) = 1/(1 + e^−u), the link of equation (2).
struct Logistic {
  [[nodiscard]] double value(double u) const noexcept { return logistic(u); }
  [[nodiscard]] double slope(double u) const noexcept {
    const double s = logistic(u);
    return s * (1.0 - s);
  }
  [[nodiscard]] double curvature(double u) const noexcept {
    const double s = logistic(u);
    return s * (1.0 - s) * (1.0 - 2.0 * s);
  }

  /// Mostly without an exponential: the question is above · e^−u <= below, and the first terms of the series of e^|u|
  /// bound it from one side.
  template <class = CompiledWhereUsed>
  [[nodiscard]] bool reaches(double u, double above, double below) const noexcept {
    const double distance = std::abs(u);
    const double series = 1.0 + distance * (1.0 + distance * (0.5 + distance * (1.0 / 6.0)));
    if (u > 0.0) {
      if (above <= below * series) return true;
    } else if (above * series > below) {
      return false;
    }
    return above * std::exp(-u) <= below;
  }
};

static_assert(CurvedLink<Logistic> && ComparingLink<Logistic>);

namespace detail::link_members {
CARDAMOM_DETECT_MEMBER(value);
CARDAMOM_DETECT_MEMBER(slope);
}  // namespace detail::link_members

/// The role of a verb's link; `Logistic` where none is given.
struct LinkRole {
  template <class T>
  static constexpr bool fits = Link<T>;
  template <class T>
  static constexpr bool check() {
    static_assert(fits<T> || !detail::link_members::value_member<T> || detail::link_members::slope_member<T>,
                  "Link: member slope(double u), the derivative of value(u), is missing");
    static_assert(fits<T> || !detail::link_members::slope_member<T> || detail::link_members::value_member<T>,
                  "Link: member value(double u), onto (0, 1), is missing");
    static_assert(fits<T> || !(detail::link_members::value_member<T> && detail::link_members::slope_member<T>),
                  "Link: members value(double u) and slope(double u) must be const and return double, and the link be "
                  "copyable");
    return true;
  }
};

}  // namespace cardamom
