/// @file
/// Binomial thinning: the table that would have been seen had fewer molecules been caught.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <boost/random/binomial_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace cardamom {

/// Whether genes hold molecules that were counted: whole numbers, exact in a double.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline bool holds_whole_numbers(const WhereUsed<Counts, Use>& counts) {
  constexpr double most_exact = 9007199254740992.0;  // 2^53
  const auto genes = counts.values().rightCols(counts.genes()).array();
  return (genes == genes.floor() && genes <= most_exact).all();
}

/// The level of a gene when it is on, without asking in which cells it is: of counts the mean number of *other*
/// molecules beside a molecule, Σx(x − 1)/Σx, to which the noise of counting adds nothing; of other values the mean
/// level around a molecule, Σx²/Σx. That of a gene which is off in some cells and at x in all others is x. 0 without
/// molecules.
/// @param values of one gene, >= 0
/// @param counted whether they are numbers of molecules
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline double level_when_on(const WhereUsed<VectorIn, Use>& values, bool counted) {
  const double largest = values.size() > 0 ? values.maxCoeff() : 0.0;
  if (largest <= 0.0) return 0.0;
  const auto share = values.array() / largest;  // squares of the values themselves may be beyond a double
  return std::max(0.0, share.square().sum() / share.sum() * largest - (counted ? 1.0 : 0.0));
}

namespace detail {

/// Number of a gene's stream of random numbers: from between which cells its values rise, between which they fall and
/// between which they do neither, so that neither names, unit and order of genes nor which others there are has a say.
/// Genes that go up and down alike in all cells share a stream.
/// Cost O(cells).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::uint64_t stream_of_gene(const WhereUsed<VectorIn, Use>& values, std::uint64_t draw) {
  constexpr std::uint64_t basis = 0xcbf29ce484222325;  // Fowler, Noll and Vo's hash of 64 bits, variant 1a
  constexpr std::uint64_t prime = 0x100000001b3;
  constexpr std::uint64_t between_draws = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio
  std::uint64_t hash = basis;
  double before = 0.0;
  for (const double value : values) {
    const std::uint64_t step = value > before ? 2 : value < before ? 1 : 0;
    hash = (hash ^ step) * prime;
    before = value;
  }
  return hash + draw * between_draws;
}

}  // namespace detail

/// A table as if every gene had been caught at such a depth that it shows about `level` molecules when it is on. Of
/// counts each molecule is kept with probability min(1, level/`level_when_on`); other values are counted, a Poisson
/// number of mean level · value/`level_when_on`, so that their unit does not matter.
/// @param level > 0
/// @param draw number of the draw, of independent ones
/// @throws std::domain_error on the level
/// Cost O(cells · genes).
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Counts thin_counts(const WhereUsed<Counts, Use>& counts, double level, std::uint64_t seed,
                                        std::uint64_t draw = 0) {
  check_positive("thin_counts", "level", level);
  const bool counted = holds_whole_numbers(counts);
  WhereUsed<Matrix, Use> values = counts.values();
  for (Index gene = counts.inputs(); gene < counts.nodes(); ++gene) {
    RandomStream random(seed, Purpose::thinning, detail::stream_of_gene(values.col(gene), draw));
    const double on = level_when_on(values.col(gene), counted);
    if (on == 0.0 || (counted && on <= level)) continue;
    for (double& value : values.col(gene)) {
      if (value == 0.0) continue;
      if (counted) {
        boost::random::binomial_distribution<std::int64_t, double> kept(static_cast<std::int64_t>(value), level / on);
        value = static_cast<double>(kept(random));
      } else {
        boost::random::poisson_distribution<std::int64_t, double> seen(level * (value / on));
        value = static_cast<double>(seen(random));
      }
    }
  }
  Counts result(std::move(values), counts.times(), counts.names(), counts.depth(), counts.inputs());
  return result.annotated_as(counts);
}

}  // namespace cardamom
