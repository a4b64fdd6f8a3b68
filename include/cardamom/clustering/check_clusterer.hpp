/// @file
/// Whether a clusterer keeps the duties that no compiler checks.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <limits>
#include <string>
#include <vector>

#include <cardamom/clustering/check_clustering.hpp>
#include <cardamom/clustering/clusterer.hpp>
#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom {

namespace detail {

/// Equal to the last bit.
template <class Use = CompiledWhereUsed>
[[nodiscard]] bool same_clustering(const WhereUsed<GeneClustering, Use>& a, const WhereUsed<GeneClustering, Use>& b) {
  return a.modes.shapes.size() == b.modes.shapes.size() && a.modes.shapes == b.modes.shapes &&
         a.modes.weights == b.modes.weights && a.modes.inverse_burst_size == b.modes.inverse_burst_size &&
         a.modes.informative == b.modes.informative && a.of_observation == b.of_observation;
}

}  // namespace detail

/// Tries a clusterer on every gene of a table that takes more than one value: shapes finite, >= 0 and not decreasing,
/// weights that sum to 1, a second parameter > 0, one of the modes for each observation, in which the family holds it
/// possible; the same result from the same random stream, from two threads at once too. Tables with rare
/// expression, one large value and cells of unequal depth try it harder. About four times the cost of `cluster`.
///
///     check_clusterer(AboveMean{}, counts);
///
/// @param family must admit all values
/// @throws NumericalError naming gene, values and expectation; std::domain_error when the family does not admit a value
template <MixtureFamily Family = NegativeBinomial, Clusterer<Family> C>
void check_clusterer(const C& clusterer, const Counts& counts, const Family& family = {}, std::uint64_t seed = 0) {
  const char* const function = "check_clusterer";
  if constexpr (requires { validate(family); }) validate(family);
  if constexpr (requires { validate(clusterer); }) validate(clusterer);
  detail::check_admitted(function, counts, family);
  std::vector<GeneSample> samples;
  for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) samples.push_back(pool_cells(counts, gene));
  const auto result = [&](Index i) {
    const WhereUsed<GeneSample, Family>& sample = samples[static_cast<std::size_t>(i)];
    RandomStream random(seed, Purpose::clustering, static_cast<std::uint64_t>(i + 1));
    return sample.constant() ? constant_gene(sample) : clusterer(sample, family, random);
  };
  std::vector<GeneClustering> first;
  for (Index i = 0; i < counts.genes(); ++i) {
    const Index gene = counts.inputs() + i;
    const WhereUsed<GeneSample, Family>& sample = samples[static_cast<std::size_t>(i)];
    first.push_back(result(i));
    const GeneClustering& found = first.back();
    detail::check_gene_clustering(function, found, sample, gene);
    for (Index k = 0; k < sample.size(); ++k) {
      const ModeIndex mode = found.of_observation[static_cast<std::size_t>(k)];
      const double shape = found.modes.shapes[mode];
      const double density =
          family.log_density(sample.values[k], shape, found.modes.inverse_burst_size, sample.exposure(k));
      if (shape > 0.0 ? std::isnan(density) || density == -std::numeric_limits<double>::infinity()
                      : sample.values[k] > 0.0) {
        detail::fail_clustering(function, gene,
                                "the value " + to_text(sample.values[k]) + " in mode " +
                                    to_text(static_cast<Index>(mode)) + " of shape " + to_text(shape) +
                                    ", must be in a mode where the family holds it possible");
      }
    }
    if (!detail::same_clustering(found, result(i))) {
      detail::fail_clustering(function, gene, "changed from call to call, must depend on its arguments alone");
    }
  }
  // Two threads, each with all genes, that start together.
  std::vector<std::vector<GeneClustering>> threaded(2);
  std::latch start(2);
  for_each_index(Threads(2), 2, [&](Index thread) {
    start.arrive_and_wait();
    for (Index i = 0; i < counts.genes(); ++i) threaded[static_cast<std::size_t>(thread)].push_back(result(i));
  });
  for (const auto& found : threaded) {
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (!detail::same_clustering(first[i], found[i])) {
        detail::fail_clustering(function, counts.inputs() + static_cast<Index>(i),
                                "changed where two threads call it at once, must depend on its arguments alone");
      }
    }
  }
}

}  // namespace cardamom
