/// @file
/// Energy distance between samples in several dimensions: it compares joint laws, dependence between genes included, of
/// samples of any size, and needs no parameter.
#pragma once

#include <tuple>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/evaluation/joint_wasserstein.hpp>
#include <cardamom/evaluation/wasserstein.hpp>

namespace cardamom {

namespace detail {

/// Sum of the distances between every row of a and every row of b, genes × cells each.
template <class Use = CompiledWhereUsed>
double sum_of_distances(const WhereUsed<Matrix, Use>& a, const WhereUsed<Matrix, Use>& b, ExecutorRef executor) {
  WhereUsed<Vector, Use> sums(a.cols());
  for_each_index(executor, a.cols(), [&](Index i) {
    double sum = 0.0;
    for (Index j = 0; j < b.cols(); ++j) sum += (a.col(i) - b.col(j)).norm();
    sums[i] = sum;
  });
  return sums.sum();
}

template <class Use = CompiledWhereUsed>
double unbiased_energy_distance(const WhereUsed<Matrix, Use>& a, const WhereUsed<Matrix, Use>& b,
                                ExecutorRef executor) {
  const auto n = static_cast<double>(a.cols());
  const auto m = static_cast<double>(b.cols());
  return 2.0 * sum_of_distances(a, b, executor) / (n * m) - sum_of_distances(a, a, executor) / (n * (n - 1.0)) -
         sum_of_distances(b, b, executor) / (m * (m - 1.0));
}

}  // namespace detail

/// The energy distance 2 E‖X − Y‖ − E‖X − X'‖ − E‖Y − Y'‖ of the laws of two samples (Székely and Rizzo 2013),
/// Euclidean over the genes: 0 if and only if the laws agree. Estimated without bias, every pair of two different cells
/// once: of samples of one law it is 0 on average and as often negative.
///
/// Counts go in as log(1 + count), or few abundant genes decide. A policy may be given: an `Executor` (default
/// `Sequential`), which spreads the cells; the result does not depend on it.
/// @param a, b cells × nodes, of at least two cells each, finite
/// @throws std::invalid_argument on sizes, std::domain_error on a value that is not finite
/// O((n + m)² · genes).
template <class... Policies>
[[nodiscard]] double energy_distance(const MatrixIn& a, const MatrixIn& b, const WassersteinOptions& options = {},
                                     const Policies&... policies) {
  using Roles = RoleList<ExecutorRole>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "energy_distance: more than one Executor");
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, std::tuple<const Policies&...>(policies...));
  detail::check_tables("energy_distance", a, b, options.inputs);
  check_at_least("energy_distance", "a.rows()", a.rows(), 2);
  check_at_least("energy_distance", "b.rows()", b.rows(), 2);
  const Index genes = a.cols() - options.inputs;
  return detail::unbiased_energy_distance(a.rightCols(genes).transpose(), b.rightCols(genes).transpose(), executor);
}

}  // namespace cardamom
