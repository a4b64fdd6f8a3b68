/// @file
/// Clustering of all nodes of a table: levels of the inputs, and modes of the genes by a clusterer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/check_clustering.hpp>
#include <cardamom/clustering/clusterer.hpp>
#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/clustering/input_modes.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

/// Settings of `cluster`.
struct ClusterOptions {
  std::uint64_t seed = 0;  ///< of clusterers that draw random numbers
};

namespace detail {

template <class Family>
using ClusterRoles = RoleList<FamilyRole, ExecutorRole, ClustererRole<Family>, ProgressRole>;

template <class Use = CompiledWhereUsed>
inline void cluster_inputs(const WhereUsed<Counts, Use>& counts, WhereUsed<Clustering, Use>& clustering) {
  for (Index input = 0; input < counts.inputs(); ++input) {
    InputClustering found = input_modes(counts.values().col(input));
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      clustering.modes(cell, input) = found.of_cell[static_cast<std::size_t>(cell)];
    }
    clustering.of_node[static_cast<std::size_t>(input)] = std::move(found.modes);
  }
}

/// The work of `cluster`, compiled once for a family and a clusterer.
template <MixtureFamily Family, Clusterer<Family> C>
Clustering cluster_nodes(const Counts& counts, const Family& family, const C& clusterer, std::uint64_t seed,
                         const ExecutorRef& executor, ProgressPlan::Part progress) {
  if constexpr (requires { validate(family); }) validate(family);
  if constexpr (requires { validate(clusterer); }) validate(clusterer);
  check_admitted("cluster", counts, family);
  Clustering clustering;
  clustering.number_of_inputs = counts.inputs();
  clustering.of_node.resize(static_cast<std::size_t>(counts.nodes()));
  clustering.modes.resize(counts.cells(), counts.nodes());
  cluster_inputs(counts, clustering);
  ProgressCounter counter(progress, counts.genes());
  const auto run = [&](Index i) {
    const Index gene = counts.inputs() + i;
    const WhereUsed<GeneSample, Family> sample = pool_cells(counts, gene);
    // Genes count from 1 here, however many inputs there are: an input more leaves the modes of genes as they are.
    RandomStream random(seed, Purpose::clustering, static_cast<std::uint64_t>(i + 1));
    GeneClustering result = sample.constant() ? constant_gene(sample) : clusterer(sample, family, random);
    check_gene_clustering("cluster", result, sample, gene);
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      const Index observation = sample.of_cell[static_cast<std::size_t>(cell)];
      clustering.modes(cell, gene) = result.of_observation[static_cast<std::size_t>(observation)];
    }
    clustering.of_node[static_cast<std::size_t>(gene)] = std::move(result.modes);
    counter.add();
  };
  for_shared_ranges(
      executor, counts.genes(),
      [&](Index begin, Index end) {
        for (Index i = begin; i < end; ++i) run(i);
      },
      [&](Index i, auto& bytes) {
        const Index gene = counts.inputs() + i;
        bytes.entries(clustering.modes.col(gene));
        GeneModes& modes = clustering.of_node[static_cast<std::size_t>(gene)];
        bytes(modes.shapes);
        bytes(modes.inverse_burst_size);
        bytes(modes.weights);
        bytes(modes.informative);
        bytes(modes.convergence);
        if constexpr (std::remove_cvref_t<decltype(bytes)>::reads) counter.add();
      });
  return clustering;
}

}  // namespace detail

/// Finds the modes of every gene and the mode of every cell; the modes of an input are its levels (`input_modes`).
///
/// Policies are optional, in any order, each recognised by the concept it models:
///
/// | role | concept | default |
/// | --- | --- | --- |
/// | modes of genes and cells | `Clusterer` | `Binarize` |
/// | law of the observations | `MixtureFamily` | `NegativeBinomial` |
/// | where work runs | `Executor` | `Sequential` |
/// | observer, told of the genes done | `Progress` | `IgnoreProgress` |
///
///     auto clustering = cluster(counts);
///     auto other = cluster(counts, {.seed = 7}, Rjmcmc{}, Gamma{}, Threads{4});
///
/// Genes are independent of each other and of their number: the i-th gene draws from the stream (seed, clustering, i),
/// whatever the executor and the number of inputs. A gene that takes one value only is not handed to the clusterer; it
/// is a `constant_gene`. The cost is the clusterer's, for every gene.
/// @throws std::domain_error when the family does not admit a value, naming cell and gene; NumericalError when the
/// clusterer's result does not fit its sample or holds no law; Cancelled when the observer asks to stop
template <class... Policies>
[[nodiscard]] Clustering cluster(const Counts& counts, const ClusterOptions& options, const Policies&... policies) {
  const std::tuple<const Policies&...> all(policies...);
  const auto family = policy_or<FamilyRole>(RoleList<FamilyRole>{}, NegativeBinomial{}, all);
  using Roles = detail::ClusterRoles<std::remove_const_t<decltype(family)>>;
  using ThisClusterer = ClustererRole<std::remove_const_t<decltype(family)>>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<FamilyRole, Roles, Policies...> <= 1, "cluster: more than one MixtureFamily");
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "cluster: more than one Executor");
  static_assert(count_of<ThisClusterer, Roles, Policies...> <= 1, "cluster: more than one Clusterer");
  static_assert(count_of<ProgressRole, Roles, Policies...> <= 1, "cluster: more than one Progress");
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  const auto clusterer = policy_or<ThisClusterer>(Roles{}, Binarize{}, all);
  auto progress = policy_or<ProgressRole>(Roles{}, IgnoreProgress{}, all);
  ProgressPlan plan(progress, counts.genes());
  return detail::cluster_nodes(counts, family, clusterer, options.seed, ExecutorRef(executor),
                               plan.part(counts.genes()));
}

/// The same with all defaults.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Clustering cluster(const WhereUsed<Counts, Use>& counts) {
  return cluster(counts, ClusterOptions{});
}

/// A call that left the options out compiles nowhere, and is told so.
template <InPlaceOfOptions<ClusterOptions> Given, class... Rest>
auto cluster(const Counts&, const Given&, const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, ClusterOptions>,
                "cluster: options are left out; argument 2 must be ClusterOptions, cluster(counts, {}, policies…)");
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Clustering detail::cluster_nodes(const Counts&, const NegativeBinomial&, const Binarize&, std::uint64_t,
                                                 const ExecutorRef&, ProgressPlan::Part);
}  // namespace cardamom
#endif
