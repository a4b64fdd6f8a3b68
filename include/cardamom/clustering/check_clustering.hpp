/// @file
/// What is asked of a clusterer's arguments and result, wherever one is called.
#pragma once

#include <cmath>
#include <string>

#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/family.hpp>
#include <cardamom/mixture/sample.hpp>

namespace cardamom::detail {

/// Throws std::domain_error unless the family admits all values of genes.
template <MixtureFamily Family>
void check_admitted(const char* function, const Counts& counts, const Family& family) {
  for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
    for (Index cell = 0; cell < counts.cells(); ++cell) {
      if (!family.admits(counts.values()(cell, gene))) {
        throw_domain(function, "counts(cell " + to_text(cell) + ", gene " + to_text(gene) + ")",
                     counts.values()(cell, gene), family.support());
      }
    }
  }
}

[[noreturn]] inline void fail_clustering(const char* function, Index gene, const std::string& what) {
  throw NumericalError(std::string(function) + ": the clusterer's result for gene " + to_text(gene) + " has " + what);
}

/// Throws NumericalError unless a clusterer gave at least one mode, with the parameters of a law, and one of them to
/// every observation.
template <class Use = CompiledWhereUsed>
void check_gene_clustering(const char* function, const WhereUsed<GeneClustering, Use>& result,
                           const WhereUsed<GeneSample, Use>& sample, Index gene) {
  const GeneModes& modes = result.modes;
  const auto fail = [&](const std::string& what) { fail_clustering(function, gene, what); };
  if (modes.count() < 1) fail("no mode, must be at least 1");
  for (Index k = 0; k < modes.shapes.size(); ++k) {
    const double shape = modes.shapes[k];
    if (!(std::isfinite(shape) && shape >= 0.0)) {
      fail(element("shapes", k) + " = " + to_text(shape) + ", must be finite and >= 0");
    }
    if (k > 0 && shape < modes.shapes[k - 1]) {
      fail("shapes " + list_text(modes.shapes) + ", must not decrease");
    }
  }
  if (!(std::isfinite(modes.inverse_burst_size) && modes.inverse_burst_size > 0.0)) {
    fail("inverse_burst_size = " + to_text(modes.inverse_burst_size) + ", must be finite and > 0");
  }
  if (modes.weights.size() != modes.shapes.size()) {
    fail(to_text(modes.weights.size()) + " weights, must be " + to_text(modes.shapes.size()) + ", one per mode");
  }
  // Counts of cells round by much less.
  if (!(modes.weights.minCoeff() >= 0.0 && std::abs(modes.weights.sum() - 1.0) <= 1e-6)) {
    fail("weights " + list_text(modes.weights) + ", must be >= 0 and sum to 1");
  }
  if (static_cast<Index>(result.of_observation.size()) != sample.size()) {
    fail("modes of " + to_text(static_cast<Index>(result.of_observation.size())) + " observations, must be " +
         to_text(sample.size()));
  }
  for (const ModeIndex mode : result.of_observation) {
    if (mode < 0 || mode >= modes.count()) {
      fail("an observation in mode " + to_text(static_cast<Index>(mode)) + ", must be in [0, " +
           to_text(static_cast<Index>(modes.count())) + ")");
    }
  }
}

}  // namespace cardamom::detail
