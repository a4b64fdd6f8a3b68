/// @file
/// Wasserstein-1 distances between samples in several dimensions: exact by optimal assignment for samples of equal size
/// up to a few thousand, sliced for any size and dimension.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/evaluation/wasserstein.hpp>
#include <cardamom/numerics/assignment.hpp>

namespace cardamom {

namespace detail {

/// Squares of greater differences overflow.
inline constexpr double largest_coordinate = 1e150;

template <class Use = CompiledWhereUsed>
inline void check_tables(std::string_view function, const WhereUsed<MatrixIn, Use>& a,
                         const WhereUsed<MatrixIn, Use>& b, Index inputs) {
  check_at_least(function, "options.inputs", inputs, 0);
  check_at_least(function, "a.rows()", a.rows(), 1);
  check_at_least(function, "b.rows()", b.rows(), 1);
  check_at_least(function, "a.cols()", a.cols(), std::max<Index>(1, inputs));
  check_size(function, "b.cols()", b.cols(), a.cols());
  for (const auto& [name, table] : {std::pair{"a", &a}, std::pair{"b", &b}}) {
    for (Index i = inputs; i < table->cols(); ++i) {
      for (Index row = 0; row < table->rows(); ++row) {
        const double value = (*table)(row, i);
        if (std::abs(value) <= largest_coordinate) continue;
        check_in(function, std::string(name) + "(" + to_text(row) + ", " + to_text(i) + ")", value, -largest_coordinate,
                 largest_coordinate);
      }
    }
  }
}

using WassersteinRoles = RoleList<ExecutorRole>;

}  // namespace detail

/// Exact W1, with Euclidean distance over the genes, between two samples of n cells: the least mean distance over
/// all pairings of their cells.
///
/// A policy may be given: an `Executor` (default `Sequential`), which spreads the distances between cells.
/// @param a, b cells × nodes, of as many cells, in [−1e150, 1e150]
/// @throws std::invalid_argument when the sizes differ, std::domain_error on a value out of range
/// O(n²) memory (32 MB at n = 2000) and O(n³) time at worst; use `sliced_wasserstein` beyond a few thousand cells.
template <class... Policies>
[[nodiscard]] double joint_wasserstein(const MatrixIn& a, const MatrixIn& b, const WassersteinOptions& options = {},
                                       const Policies&... policies) {
  using Roles = detail::WassersteinRoles;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "joint_wasserstein: more than one Executor");
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, std::tuple<const Policies&...>(policies...));
  detail::check_tables("joint_wasserstein", a, b, options.inputs);
  check_size("joint_wasserstein", "b.rows()", b.rows(), a.rows());
  const Index genes = a.cols() - options.inputs;
  using Use = std::tuple<Policies...>;
  const WhereUsed<MatrixIn, Use>& first = a;
  const WhereUsed<MatrixIn, Use>& second = b;
  const WhereUsed<Matrix, Use> from = first.rightCols(genes).transpose();
  const WhereUsed<Matrix, Use> to = second.rightCols(genes).transpose();
  WhereUsed<Matrix, Use> costs(b.rows(), a.rows());
  for_each_index(ExecutorRef(executor), a.rows(), [&](Index i) {
    for (Index j = 0; j < b.rows(); ++j) costs(j, i) = (from.col(i) - to.col(j)).norm();
  });
  return Assignment(costs).total() / static_cast<double>(a.rows());
}

/// Settings of `sliced_wasserstein`.
struct SlicedWassersteinOptions {
  /// Random directions, >= 1. The error falls with their square root: in two dimensions 200 leave about 3 %.
  Index projections = 200;
  std::uint64_t seed = 1;
  Index inputs = 1;  ///< how many of the columns, the first ones, are inputs: they take no part
};

/// Mean over random directions of the W1 between the projected samples; never larger than W1. Samples may differ in
/// size. A policy may be given: an `Executor` (default `Sequential`), over which the directions are spread.
/// O(projections · (n + m) · (genes + log(n + m))).
/// @param a, b cells × nodes, in [−1e150, 1e150]
/// @throws std::invalid_argument on sizes and options, std::domain_error on a value out of range
template <class... Policies>
[[nodiscard]] double sliced_wasserstein(const MatrixIn& a, const MatrixIn& b,
                                        const SlicedWassersteinOptions& options = {}, const Policies&... policies) {
  using Roles = detail::WassersteinRoles;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "sliced_wasserstein: more than one Executor");
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, std::tuple<const Policies&...>(policies...));
  detail::check_tables("sliced_wasserstein", a, b, options.inputs);
  check_at_least("sliced_wasserstein", "options.projections", options.projections, 1);
  const Index genes = a.cols() - options.inputs;
  if (genes == 0) return 0.0;
  using Use = std::tuple<Policies...>;
  const WhereUsed<MatrixIn, Use>& first = a;
  const WhereUsed<MatrixIn, Use>& second = b;
  WhereUsed<Vector, Use> distances(options.projections);
  for_each_index(ExecutorRef(executor), options.projections, [&](Index k) {
    RandomStream stream(options.seed, Purpose::projections, static_cast<std::uint64_t>(k));
    WhereUsed<Vector, Use> direction(genes);
    for (double& entry : direction) entry = stream.normal();
    direction /= direction.norm();
    distances[k] = wasserstein(first.rightCols(genes) * direction, second.rightCols(genes) * direction);
  });
  return distances.mean();
}

}  // namespace cardamom
