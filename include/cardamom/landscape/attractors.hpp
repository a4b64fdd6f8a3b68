/// @file
/// Attractors: the stable solutions of (5), found by relaxing many states (Figure 4 of the paper), and the saddles
/// between them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <Eigen/Eigenvalues>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/landscape/relaxation.hpp>

namespace cardamom {

/// A solution of (5), where the deterministic limit (4) rests.
struct Equilibrium {
  Vector protein;                ///< P_z, length G; entry 0 the stimulus
  Vector frequency;              ///< k_z = kon(P_z) [1/h], length G; entry 0 is 0
  Eigen::VectorXcd eigenvalues;  ///< of the Jacobian of (4) [1/h], G − 1 of them, largest real part first
  Index unstable = 0;            ///< number of eigenvalues whose real part is not negative: 0 for an attractor
  double residual = 0.0;  ///< max_i |kon_i/(c_i d1_i) − P_i| in units of max(P_i, 1/c_i), after Newton's method
  Index starts = 0;       ///< number of starts that came to rest here

  bool stable() const noexcept { return unstable == 0; }
};

/// What a start came to, where it is not the index of an attractor.
inline constexpr Index unsettled = -1;  ///< no rest within the time limit: a limit cycle, or a very slow passage
inline constexpr Index at_saddle = -2;  ///< rest at an unstable equilibrium: the start lies on the border of two basins

/// Result of `find_attractors`.
struct Attractors {
  /// Stable equilibria by decreasing protein level of gene 1, then gene 2, …: an order that does not depend on the
  /// starts.
  std::vector<Equilibrium> stable;
  std::vector<Equilibrium> saddles;  ///< unstable equilibria met on the way, same order
  std::vector<Index> of_start;       ///< per start: index in `stable`, or `unsettled`, or `at_saddle`
  Index unsettled_starts = 0;
  Index saddle_starts = 0;

  Index count() const noexcept { return static_cast<Index>(stable.size()); }
  const Equilibrium& operator[](Index z) const { return stable[static_cast<std::size_t>(z)]; }

  /// P_z of all attractors, m × G.
  Matrix proteins() const {
    return table([](const Equilibrium& e) -> const Vector& { return e.protein; });
  }
  /// k_z of all attractors [1/h], m × G.
  Matrix frequencies() const {
    return table([](const Equilibrium& e) -> const Vector& { return e.frequency; });
  }

 private:
  template <class Field>
  Matrix table(Field field) const {
    Matrix result(count(), stable.empty() ? 0 : stable.front().protein.size());
    for (Index z = 0; z < count(); ++z) result.row(z) = field((*this)[z]).transpose();
    return result;
  }
};

struct AttractorOptions {
  RelaxationOptions relaxation = {};
  /// Ends of relaxations closer than this, in units of max(P_i, 1/c_i), are one: >= 10 · relaxation.rest, since a
  /// relaxation stops at a distance rest · d1/|slowest eigenvalue| from the equilibrium. Attractors of a sigmoid
  /// network lie far further apart, unless two are about to be born or to vanish.
  double merge = 1e-3;
  /// Look for a saddle between every two attractors: bisect the straight line between them to the border of the first
  /// one's basin, follow the flow from there to where it is slowest, and polish. About 60 relaxations per pair.
  bool saddles = true;
};

/// Throws std::domain_error on values out of range.
inline void validate(const AttractorOptions& options) {
  validate(options.relaxation);
  if (!(options.merge >= 10.0 * options.relaxation.rest && options.merge <= 0.5)) {
    detail::throw_domain("AttractorOptions", "merge", options.merge, "at least 10 relaxation.rest and at most 0.5");
  }
}

namespace detail {

/// The equilibria known so far, and the one a relaxed state belongs to.
template <BurstRate Rate>
class EquilibriumSet {
 public:
  EquilibriumSet(const Drift<Rate>& drift, double merge) : drift_(drift), merge_(merge) {}

  /// Index of the equilibrium within `merge` of a state near rest; a new one is polished and examined. −1 when Newton's
  /// method finds none nearby.
  Index locate(const Vector& state) {
    if (const Index known = nearest(state); known >= 0) return known;
    Vector polished = state;
    const double residual = drift_.polish(polished);
    if (drift_.distance(state, polished) > merge_ || residual > 1e-3 * merge_) return -1;
    if (const Index known = nearest(polished); known >= 0) return known;
    all_.push_back(examine(std::move(polished), residual));
    return static_cast<Index>(all_.size()) - 1;
  }

  std::vector<Equilibrium>& all() noexcept { return all_; }

 private:
  Index nearest(const Vector& state) const {
    for (std::size_t k = 0; k < all_.size(); ++k) {
      if (drift_.distance(state, all_[k].protein) <= merge_) return static_cast<Index>(k);
    }
    return -1;
  }

  Equilibrium examine(Vector protein, double residual) const {
    Equilibrium result;
    result.frequency = Vector::Zero(protein.size());
    for (Index i = 1; i < protein.size(); ++i) result.frequency[i] = drift_.rate(i, protein);
    const Matrix jacobian = drift_.jacobian(protein);
    result.eigenvalues.resize(jacobian.rows());
    if (jacobian.rows() > 0) result.eigenvalues = Eigen::EigenSolver<Matrix>(jacobian, false).eigenvalues();
    std::sort(result.eigenvalues.begin(), result.eigenvalues.end(), [](const auto& a, const auto& b) {
      return a.real() != b.real() ? a.real() > b.real() : a.imag() > b.imag();
    });
    for (const auto& eigenvalue : result.eigenvalues) result.unstable += eigenvalue.real() < 0.0 ? 0 : 1;
    result.protein = std::move(protein);
    result.residual = residual;
    return result;
  }

  const Drift<Rate>& drift_;
  double merge_;
  std::vector<Equilibrium> all_;
};

/// Relaxes from `state`, in place, and stops early within `capture` of a known attractor. Returns its index,
/// `unsettled` or `at_saddle` (rest elsewhere).
template <BurstRate Rate>
Index relax_to_known(const Drift<Rate>& drift, Relaxation<Rate>& relaxation, const std::vector<Equilibrium>& stable,
                     double capture, Vector& state) {
  Index reached = at_saddle;
  const Convergence ended = relaxation.run(state, [&](double, const Vector& now, double) {
    for (std::size_t z = 0; z < stable.size(); ++z) {
      if (drift.distance(now, stable[z].protein) <= capture) {
        reached = static_cast<Index>(z);
        return true;
      }
    }
    return false;
  });
  return ended.converged() ? reached : unsettled;
}

/// The slowest state of the flow that starts on the border of the basin of attractor `from` on the line to `to`.
template <BurstRate Rate>
Vector slowest_on_border(const Drift<Rate>& drift, const RelaxationOptions& options,
                         const std::vector<Equilibrium>& stable, Index from, Index to, double capture) {
  Relaxation<Rate> relaxation(drift, options);
  const Vector& a = stable[static_cast<std::size_t>(from)].protein;
  const Vector& b = stable[static_cast<std::size_t>(to)].protein;
  double inside = 0.0;
  double outside = 1.0;
  Vector state(a.size());
  for (int halving = 0; halving < 60 && inside < outside; ++halving) {
    const double middle = 0.5 * (inside + outside);
    if (middle == inside || middle == outside) break;
    state = a + middle * (b - a);
    (relax_to_known(drift, relaxation, stable, capture, state) == from ? inside : outside) = middle;
  }
  Vector slowest = a + inside * (b - a);
  state = slowest;
  double least = std::numeric_limits<double>::infinity();
  relaxation.run(state, [&](double, const Vector& now, double unrest) {
    if (unrest < least) {
      least = unrest;
      slowest = now;
    }
    return drift.distance(now, a) <= capture;
  });
  return slowest;
}

}  // namespace detail

/// Relaxes every start by (4), merges the ends, polishes them by Newton's method and examines their stability.
/// @param kinetics length G; `frequency_min`, `frequency_max` are not used
/// @param rate kon; with a gradient the Jacobians are analytic, else by finite differences
/// @param starts states × G, >= 0, for instance simulated cells; column 0 is ignored
/// @param progress counts starts
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError on a rate that is not finite or
/// negative, Cancelled
/// O(starts · steps · G · regulators), in parallel; then O(G³) per equilibrium.
template <BurstRate Rate, Executor E = Sequential, Progress P = IgnoreProgress>
Attractors find_attractors(const Kinetics& kinetics, const Rate& rate, const MatrixIn& starts,
                           const AttractorOptions& options = {}, const E& executor = {}, P progress = {}) {
  validate(options);
  const detail::Drift<Rate> drift(kinetics, rate);
  check_size("find_attractors", "starts.cols()", starts.cols(), drift.genes());
  for (Index i = 1; i < drift.genes(); ++i) {
    check_all_nonnegative("find_attractors", "starts column " + detail::to_text(i), starts.col(i));
  }

  Matrix ends(drift.genes(), starts.rows());  // one column per start
  std::vector<char> settled(static_cast<std::size_t>(starts.rows()), 0);
  detail::ProgressCounter counter(progress, starts.rows());
  executor.for_ranges(starts.rows(), [&](Index begin, Index end) {
    detail::Relaxation<Rate> relaxation(drift, options.relaxation);
    for (Index k = begin; k < end; ++k) {
      Vector state = starts.row(k);
      const auto keep_going = [](double, const Vector&, double) { return false; };
      settled[static_cast<std::size_t>(k)] = relaxation.run(state, keep_going).converged() ? 1 : 0;
      ends.col(k) = state;
      counter.add();
    }
  });

  Attractors result;
  result.of_start.assign(static_cast<std::size_t>(starts.rows()), unsettled);
  detail::EquilibriumSet<Rate> known(drift, options.merge);
  for (Index k = 0; k < starts.rows(); ++k) {
    if (settled[static_cast<std::size_t>(k)] == 0) continue;
    const Index place = known.locate(ends.col(k));
    result.of_start[static_cast<std::size_t>(k)] = place;
    if (place >= 0) ++known.all()[static_cast<std::size_t>(place)].starts;
  }

  const auto higher_first = [](const Equilibrium& a, const Equilibrium& b) {
    return std::lexicographical_compare(b.protein.begin(), b.protein.end(), a.protein.begin(), a.protein.end());
  };
  if (options.saddles) {
    std::vector<Equilibrium> stable;
    for (const Equilibrium& e : known.all()) {
      if (e.stable()) stable.push_back(e);
    }
    std::sort(stable.begin(), stable.end(), higher_first);
    const auto pairs = static_cast<Index>(stable.size() * (stable.size() - std::min<std::size_t>(1, stable.size())));
    std::vector<Vector> candidates(static_cast<std::size_t>(pairs));
    for_each_index(executor, pairs, [&](Index pair) {
      const Index others = static_cast<Index>(stable.size()) - 1;
      const Index from = pair / others;
      const Index to = pair % others + (pair % others >= from ? 1 : 0);
      candidates[static_cast<std::size_t>(pair)] =
          detail::slowest_on_border(drift, options.relaxation, stable, from, to, options.merge);
    });
    for (const Vector& candidate : candidates) {
      // The slowest point seen is near the saddle, not at it: let Newton's method go as far as the nearest equilibrium.
      Vector polished = candidate;
      if (drift.polish(polished) <= 1e-3 * options.merge) known.locate(polished);
    }
  }

  std::vector<Index> order(known.all().size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = static_cast<Index>(k);
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    return higher_first(known.all()[static_cast<std::size_t>(a)], known.all()[static_cast<std::size_t>(b)]);
  });
  std::map<Index, Index> renamed;  // place among all equilibria -> index in `stable`
  for (const Index k : order) {
    Equilibrium& equilibrium = known.all()[static_cast<std::size_t>(k)];
    if (equilibrium.stable()) {
      renamed.emplace(k, result.count());
      result.stable.push_back(std::move(equilibrium));
    } else {
      result.saddles.push_back(std::move(equilibrium));
    }
  }
  for (Index& place : result.of_start) {
    if (place >= 0) {
      const auto found = renamed.find(place);
      place = found == renamed.end() ? at_saddle : found->second;
    }
    result.unsettled_starts += place == unsettled ? 1 : 0;
    result.saddle_starts += place == at_saddle ? 1 : 0;
  }
  return result;
}

/// The basin of each state among known attractors, by relaxation.
/// @param states states × G, >= 0; column 0 is ignored
/// @returns per state: index in `attractors.stable`, `unsettled`, or `at_saddle` when it comes to rest elsewhere
/// @throws as find_attractors
/// Relaxations stop once within 1e−2 units of an attractor, which halves their cost.
template <BurstRate Rate, Executor E = Sequential>
std::vector<Index> assign_basins(const Kinetics& kinetics, const Rate& rate, const Attractors& attractors,
                                 const MatrixIn& states, const AttractorOptions& options = {}, const E& executor = {}) {
  validate(options);
  const detail::Drift<Rate> drift(kinetics, rate);
  check_size("assign_basins", "states.cols()", states.cols(), drift.genes());
  for (Index i = 1; i < drift.genes(); ++i) {
    check_all_nonnegative("assign_basins", "states column " + detail::to_text(i), states.col(i));
  }
  const double capture = std::max(options.merge, 1e-2);
  std::vector<Index> basins(static_cast<std::size_t>(states.rows()));
  executor.for_ranges(states.rows(), [&](Index begin, Index end) {
    detail::Relaxation<Rate> relaxation(drift, options.relaxation);
    for (Index k = begin; k < end; ++k) {
      Vector state = states.row(k);
      basins[static_cast<std::size_t>(k)] =
          detail::relax_to_known(drift, relaxation, attractors.stable, capture, state);
    }
  });
  return basins;
}

}  // namespace cardamom
