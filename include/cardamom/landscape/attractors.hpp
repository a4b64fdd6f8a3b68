/// @file
/// Attractors: the stable solutions of (5), found by relaxing many states (Figure 4 of the paper), and the saddles
/// between and around them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/landscape/detail/equilibrium_search.hpp>
#include <cardamom/landscape/detail/run_policies.hpp>
#include <cardamom/landscape/equilibrium.hpp>
#include <cardamom/landscape/relaxation.hpp>
#include <cardamom/model/input_levels.hpp>

namespace cardamom {

/// Result of `find_attractors`.
struct Attractors {
  /// Stable equilibria by decreasing protein level of the first node, then the second, …: an order that does not
  /// depend on the starts.
  std::vector<Equilibrium> stable;
  std::vector<Equilibrium> saddles;  ///< unstable equilibria, same order
  std::vector<Index> of_start;       ///< per start: index in `stable`, or `unsettled`, or `at_saddle`
  Index unsettled_starts = 0;
  Index saddle_starts = 0;
  Index inputs = 1;  ///< how many of the nodes, the first ones, are inputs

  [[nodiscard]] Index count() const noexcept { return static_cast<Index>(stable.size()); }
  const Equilibrium& operator[](Index z) const { return stable[static_cast<std::size_t>(z)]; }

  /// P_z of all attractors, attractors × nodes.
  template <class = CompiledWhereUsed>
  [[nodiscard]] Matrix proteins() const {
    return table([](const Equilibrium& e) -> const Vector& { return e.protein; });
  }
  /// k_z of all attractors [1/h], attractors × nodes.
  template <class = CompiledWhereUsed>
  [[nodiscard]] Matrix frequencies() const {
    return table([](const Equilibrium& e) -> const Vector& { return e.frequency; });
  }

 private:
  template <class Field>
  Matrix table(Field field) const {
    WhereUsed<Matrix, Field> result(count(), stable.empty() ? 0 : stable.front().protein.size());
    for (Index z = 0; z < count(); ++z) result.row(z) = field((*this)[z]).transpose();
    return result;
  }
};

/// Settings of `find_attractors`.
struct AttractorOptions {
  RelaxationOptions relaxation = {};  ///< levels of the inputs, accuracy and limits of the integration
  /// Ends of relaxations closer than this, in units of max(P_i, 1/c_i), are one: >= 10 · relaxation.rest, since a
  /// relaxation stops at a distance rest · d1/|slowest eigenvalue| from the equilibrium; <= 0.5. Attractors of a
  /// sigmoid network lie far further apart, unless two are about to be born or to vanish.
  double merge = 1e-3;
  /// Look for a saddle between every two attractors: bisect the straight line between them to the border of the first
  /// one's basin, follow the flow from there to where it is slowest, and refine by Newton's method. About 60
  /// relaxations per pair. And look for all unstable equilibria by Newton's method from `newton_points` points.
  bool saddles = true;
  /// How many points, uniform between 0 and the highest level of each gene in starts and attractors, Newton's method
  /// starts from, >= 0. It finds what no line between two attractors leads to, such as the saddle of an excitable
  /// network, which has one attractor. Of 120 random networks of 3 to 6 genes 500 points find all 29 known unstable
  /// equilibria, 100 all but 2, the lines 18; they add 5 to 20 % to the time of 200 starts, 0.3 s where there are 100
  /// genes.
  Index newton_points = 500;
};

/// Throws std::invalid_argument or std::domain_error on values out of range.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<AttractorOptions, Use>& options) {
  validate(options.relaxation);
  if (!(options.merge >= 10.0 * options.relaxation.rest && options.merge <= 0.5)) {
    detail::throw_domain("AttractorOptions", "merge", options.merge, "at least 10 relaxation.rest and at most 0.5");
  }
  check_at_least("AttractorOptions", "newton_points", options.newton_points, 0);
}

namespace detail {

/// Levels of genes in a table of states must be >= 0; columns of inputs are not read.
template <class Use = CompiledWhereUsed>
inline void check_states(const char* function, const char* argument, const WhereUsed<MatrixIn, Use>& states,
                         Index nodes, Index inputs) {
  check_size(function, std::string(argument) + ".cols()", states.cols(), nodes);
  for (Index i = inputs; i < nodes; ++i) {
    check_all_nonnegative(function, std::string(argument) + " column " + to_text(i), states.col(i));
  }
}

/// Where every start comes to rest.
struct RelaxedStarts {
  Matrix ends;                // nodes × starts
  std::vector<char> settled;  // whether a start came to rest
};

template <BurstRate Rate>
RelaxedStarts relax_starts(const VectorField<Rate>& field, const WhereUsed<MatrixIn, Rate>& starts,
                           const RelaxationOptions& options, const ExecutorRef& executor, ProgressRef progress) {
  RelaxedStarts result{Matrix(field.nodes(), starts.rows()),
                       std::vector<char>(static_cast<std::size_t>(starts.rows()), 0)};
  ProgressCounter counter(progress, starts.rows());
  executor.for_ranges(starts.rows(), [&](Index begin, Index end) {
    Relaxation<Rate> relaxation(field, options);
    for (Index k = begin; k < end; ++k) {
      WhereUsed<Vector, Rate> state = starts.row(k);
      const auto keep_going = [](double, const Vector&, double) { return false; };
      result.settled[static_cast<std::size_t>(k)] = relaxation.run(state, keep_going).converged() ? 1 : 0;
      result.ends.col(k) = state;
      counter.add();
    }
  });
  return result;
}

inline bool higher_first(const Equilibrium& a, const Equilibrium& b) {
  return std::lexicographical_compare(b.protein.begin(), b.protein.end(), a.protein.begin(), a.protein.end());
}

/// Adds the saddles between every two attractors known so far.
template <BurstRate Rate>
void add_saddles(const VectorField<Rate>& field, const AttractorOptions& options, const ExecutorRef& executor,
                 EquilibriumSet<Rate>& known) {
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
        slowest_on_border(field, options.relaxation, stable, from, to, options.merge);
  });
  for (const WhereUsed<Vector, Rate>& candidate : candidates) {
    // The slowest point seen is near the saddle, not at it: let Newton's method go as far as the nearest equilibrium.
    WhereUsed<Vector, Rate> refined = candidate;
    if (field.refine_by_newton(refined) <= newton_share_of_merge * options.merge) known.locate(refined);
  }
}

/// Adds the unstable equilibria that Newton's method finds from points of the box that starts and equilibria span.
/// Attractors that it finds besides are left out: which ones there are is told by the starts.
template <BurstRate Rate>
void add_unstable(const VectorField<Rate>& field, const WhereUsed<MatrixIn, Rate>& starts,
                  const AttractorOptions& options, const ExecutorRef& executor, EquilibriumSet<Rate>& known) {
  if (starts.rows() == 0) return;
  WhereUsed<Vector, Rate> highest = Vector::Zero(field.nodes());
  for (Index k = 0; k < starts.rows(); ++k) highest = highest.cwiseMax(starts.row(k).transpose());
  for (const Equilibrium& e : known.all()) highest = highest.cwiseMax(e.protein);
  const WhereUsed<Vector, Rate> levels =
      input_levels("RelaxationOptions", "input_levels", options.relaxation.input_levels, field.inputs());
  std::vector<Vector> found(static_cast<std::size_t>(options.newton_points));
  for_each_index(executor, options.newton_points, [&](Index k) {
    RandomStream random(0, Purpose::equilibria, static_cast<std::uint64_t>(k));
    WhereUsed<Vector, Rate> point(field.nodes());
    point.head(field.inputs()) = levels;
    for (Index i = field.inputs(); i < field.nodes(); ++i) point[i] = highest[i] * random.uniform();
    if (field.refine_by_newton(point) <= newton_share_of_merge * options.merge) {
      found[static_cast<std::size_t>(k)] = std::move(point);
    }
  });
  for (const WhereUsed<Vector, Rate>& point : found) {
    if (point.size() > 0) known.locate_unstable(point);
  }
}

/// Sorts the equilibria into attractors and saddles; `of_start` names places in `all` and is translated.
template <class = CompiledWhereUsed>
inline Attractors sort_equilibria(std::vector<Equilibrium>& all, std::vector<Index> of_start, Index inputs) {
  Attractors result;
  result.inputs = inputs;
  result.of_start = std::move(of_start);
  std::vector<Index> order(all.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    return higher_first(all[static_cast<std::size_t>(a)], all[static_cast<std::size_t>(b)]);
  });
  std::map<Index, Index> renamed;  // place among all equilibria -> index in `stable`
  for (const Index k : order) {
    Equilibrium& equilibrium = all[static_cast<std::size_t>(k)];
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

template <BurstRate Rate>
Attractors find_attractors(const BasicModel<Rate>& model, const WhereUsed<MatrixIn, Rate>& starts,
                           const AttractorOptions& options, const ExecutorRef& executor, ProgressRef progress) {
  validate(options);
  const VectorField<Rate> field(model);
  check_states("find_attractors", "starts", starts, field.nodes(), field.inputs());
  const RelaxedStarts relaxed = relax_starts(field, starts, options.relaxation, executor, progress);
  std::vector<Index> of_start(static_cast<std::size_t>(starts.rows()), unsettled);
  EquilibriumSet<Rate> known(field, options.merge);
  for (Index k = 0; k < starts.rows(); ++k) {
    if (relaxed.settled[static_cast<std::size_t>(k)] == 0) continue;
    const Index place = known.locate(relaxed.ends.col(k));
    of_start[static_cast<std::size_t>(k)] = place;
    if (place >= 0) ++known.all()[static_cast<std::size_t>(place)].starts;
  }
  if (options.saddles) {
    add_saddles(field, options, executor, known);
    add_unstable(field, starts, options, executor, known);
  }
  return sort_equilibria(known.all(), std::move(of_start), field.inputs());
}

}  // namespace detail

/// Relaxes every start by (4), merges the ends, refines them by Newton's method and examines their stability.
/// @param model any burst rate; with a gradient the Jacobians are analytic, else by finite differences. k0 and k1 of
/// the kinetics are not used
/// @param starts states × nodes, >= 0, for instance simulated cells; columns of inputs are ignored
/// @param policies at most one Executor (default `Sequential`) and one Progress, which counts starts
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError on a rate that is not finite or
/// negative, Cancelled
/// O(starts · steps · genes · regulators), in parallel; then O(genes³) per step of Newton's method. The result does not
/// depend on the executor.
template <BurstRate Rate, class... Policies>
[[nodiscard]] Attractors find_attractors(const BasicModel<Rate>& model, const WhereUsed<MatrixIn, Rate>& starts,
                                         const AttractorOptions& options = {}, const Policies&... policies) {
  detail::RunPolicies<Policies...> run(policies...);
  return detail::find_attractors(model, starts, options, run.executor(), run.progress());
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Attractors detail::find_attractors(const Model&, const MatrixIn&, const AttractorOptions&,
                                                   const ExecutorRef&, ProgressRef);
}  // namespace cardamom
#endif
