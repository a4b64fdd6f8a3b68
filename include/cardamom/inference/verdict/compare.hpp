/// @file
/// `judge` of two tables: the distance between them beside what chance, a model without a network and no change at all
/// would make of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/evaluation/wasserstein.hpp>
#include <cardamom/inference/distance/starts.hpp>
#include <cardamom/inference/verdict/result.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace cardamom {

/// The quantiles of a negative binomial at (r + ½)/size, r = 0, …, size − 1: the sample that is most like the law.
/// @param shape α > 0, @param inverse_burst_size b > 0: the mean is α/b
/// @return increasing whole numbers; O(standard deviation + size)
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Vector negative_binomial_quantiles(double shape, double inverse_burst_size, Index size) {
  check_positive("negative_binomial_quantiles", "shape", shape);
  check_positive("negative_binomial_quantiles", "inverse_burst_size", inverse_burst_size);
  check_at_least("negative_binomial_quantiles", "size", size, 1);
  constexpr double far = 12.0;  // standard deviations: the lower tail, no heavier than a normal one, holds 1e-32
  const double mean = shape / inverse_burst_size;
  const double deviation = std::sqrt(mean * (1.0 + 1.0 / inverse_burst_size));
  // Where the probabilities end for lack of precision the quantile stays.
  const double last = std::ceil(mean + far * far * (deviation + 1.0 + 1.0 / inverse_burst_size));
  double x = std::max(0.0, std::floor(mean - far * deviation));
  double below_or_at = std::exp(NegativeBinomial{}.log_density(x, shape, inverse_burst_size));
  WhereUsed<Vector, Use> result(size);
  for (Index r = 0; r < size; ++r) {
    const double rank = (static_cast<double>(r) + 0.5) / static_cast<double>(size);
    while (below_or_at < rank && x < last) {
      x += 1.0;
      below_or_at += std::exp(NegativeBinomial{}.log_density(x, shape, inverse_burst_size));
    }
    result[r] = x;
  }
  return result;
}

namespace detail {

/// Counts of a node at every time point, each sorted.
template <class Use = CompiledWhereUsed>
inline std::vector<Vector> sorted_snapshots(const WhereUsed<Counts, Use>& counts, Index node) {
  std::vector<Vector> result;
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    const auto cells = counts.cells_at(k);
    WhereUsed<Vector, Use> snapshot(static_cast<Index>(cells.size()));
    for (Index c = 0; c < snapshot.size(); ++c) snapshot[c] = counts.values()(cells[static_cast<std::size_t>(c)], node);
    std::sort(snapshot.begin(), snapshot.end());
    result.push_back(std::move(snapshot));
  }
  return result;
}

/// So many draws from a sorted sample with replacement, sorted. O(sample + draws).
template <class Use = CompiledWhereUsed>
inline Vector bootstrap_draw(const WhereUsed<Vector, Use>& sorted, Index draws, WhereUsed<RandomStream, Use>& random) {
  std::vector<Index> times_drawn(static_cast<std::size_t>(sorted.size()), 0);
  for (Index d = 0; d < draws; ++d) ++times_drawn[static_cast<std::size_t>(random.below(sorted.size()))];
  WhereUsed<Vector, Use> result(draws);
  Index next = 0;
  for (Index c = 0; c < sorted.size(); ++c) {
    const Index times = times_drawn[static_cast<std::size_t>(c)];
    result.segment(next, times).setConstant(sorted[c]);
    next += times;
  }
  return result;
}

/// Variance over mean of the counts within the time points, at least 1: of a negative binomial the molecules of a cell
/// in which a rare burst has left some, 1 + s0/koff on average.
template <class Use = CompiledWhereUsed>
inline double molecules_per_burst(const WhereUsed<std::vector<Vector>, Use>& snapshots) {
  double squares = 0.0;
  double sum = 0.0;
  for (const WhereUsed<Vector, Use>& counts : snapshots) {
    squares += (counts.array() - counts.mean()).square().sum();
    sum += counts.sum();
  }
  return sum > 0.0 ? std::max(1.0, squares / sum) : 1.0;
}

/// Draws for the verdict on a node.
inline RandomStream verdict_stream(std::uint64_t seed, Index node) {
  // `stability` draws from the streams below.
  constexpr std::uint64_t verdicts = std::uint64_t{1} << 62U;
  return RandomStream(seed, Purpose::bootstrap, verdicts + static_cast<std::uint64_t>(node));
}

/// Mean distance between two bootstrap draws of a sorted sample, of so many cells each.
template <class Use = CompiledWhereUsed>
inline double distance_by_chance(const WhereUsed<Vector, Use>& sorted, Index first_draws, Index second_draws,
                                 Index resamples, WhereUsed<RandomStream, Use>& random) {
  double sum = 0.0;
  for (Index r = 0; r < resamples; ++r) {
    const WhereUsed<Vector, Use> first = bootstrap_draw(sorted, first_draws, random);
    const WhereUsed<Vector, Use> second = bootstrap_draw(sorted, second_draws, random);
    sum += sorted_wasserstein(first, second);
  }
  return sum / static_cast<double>(resamples);
}

/// Fills the columns of one gene.
template <class Use = CompiledWhereUsed>
inline void judge_gene(WhereUsed<Verdict, Use>& verdict, const WhereUsed<Counts, Use>& data,
                       const WhereUsed<Counts, Use>& simulated, Index node,
                       const WhereUsed<JudgeOptions, Use>& options) {
  // What passes, in floors, distances by chance, and bursts among all cells: why, `judge` says.
  constexpr double floors = 2.0;
  constexpr double chances = 3.0;
  constexpr double bursts = 3.0;
  const std::vector<Vector> observed = sorted_snapshots(data, node);
  const std::vector<Vector> cells = sorted_snapshots(simulated, node);
  const WhereUsed<Vector, Use> all = data.values().col(node);
  verdict.spread[node] = std::sqrt((all.array() - all.mean()).square().mean());
  const bool whole = (all.array() == all.array().floor()).all();
  const double burst = molecules_per_burst(observed);
  const FreeShapes free = whole ? fit_free_shapes(observed) : FreeShapes{};
  RandomStream random = verdict_stream(options.seed, node);
  for (std::size_t t = 0; t < observed.size(); ++t) {
    const auto k = static_cast<Index>(t);
    const Index size = observed[t].size();
    const Index number = cells[t].size();
    verdict.distance(k, node) = sorted_wasserstein(observed[t], cells[t]);
    verdict.unchanged(k, node) = sorted_wasserstein(observed[t], observed[0]);
    verdict.chance(k, node) = distance_by_chance(observed[t], size, number, options.resamples, random);
    if (whole) {
      const WhereUsed<Vector, Use> law = negative_binomial_quantiles(free.shape[k], free.inverse_burst_size, size);
      verdict.floor(k, node) = (observed[t] - law).cwiseAbs().mean();
    }
    verdict.tolerance(k, node) = std::max({floors * verdict.floor(k, node), chances * verdict.chance(k, node),
                                           bursts * burst / static_cast<double>(std::min(size, number))});
  }
}

/// Throws std::invalid_argument unless the tables are of the same nodes and time points, with cells and genes.
template <class Use = CompiledWhereUsed>
inline void check_tables(const WhereUsed<Counts, Use>& data, const WhereUsed<Counts, Use>& simulated) {
  const char* const function = "judge";
  check_at_least(function, "data.cells()", data.cells(), 1);
  check_at_least(function, "data.genes()", data.genes(), 1);
  check_size(function, "simulated.nodes()", simulated.nodes(), data.nodes());
  check_size(function, "simulated.inputs()", simulated.inputs(), data.inputs());
  for (Index i = 0; i < data.nodes(); ++i) {
    const std::string& name = simulated.names()[static_cast<std::size_t>(i)];
    const std::string& expected = data.names()[static_cast<std::size_t>(i)];
    if (name != expected) {
      throw std::invalid_argument(subject(function, element("simulated.names()", i)) + " is \"" + name +
                                  "\", must be \"" + expected + "\"");
    }
  }
  check_size(function, "simulated.time_points()", simulated.time_points().size(), data.time_points().size());
  for (Index k = 0; k < data.time_points().size(); ++k) {
    if (simulated.time_points()[k] != data.time_points()[k]) {
      throw std::invalid_argument(subject(function, element("simulated.time_points()", k)) + " is " +
                                  to_text(simulated.time_points()[k]) + ", must be " + to_text(data.time_points()[k]));
    }
  }
}

template <class Use = CompiledWhereUsed>
inline Verdict compare_tables(const WhereUsed<Counts, Use>& data, const WhereUsed<Counts, Use>& simulated,
                              const WhereUsed<JudgeOptions, Use>& options, ExecutorRef executor) {
  validate(options);
  check_tables(data, simulated);
  Verdict verdict;
  verdict.names = data.names();
  verdict.time_points = data.time_points();
  verdict.inputs = data.inputs();
  for (Matrix* matrix : {&verdict.distance, &verdict.chance, &verdict.floor, &verdict.unchanged, &verdict.tolerance}) {
    matrix->setZero(data.time_points().size(), data.nodes());
  }
  verdict.spread.setZero(data.nodes());
  for_each_index(executor, data.genes(),
                 [&](Index gene) { judge_gene(verdict, data, simulated, data.inputs() + gene, options); });
  for (Index i = data.inputs(); i < data.nodes(); ++i) {
    for (Index k = 0; k < data.time_points().size(); ++k) {
      if (verdict.fails(k, i)) verdict.failing.push_back({k, i});
    }
  }
  const auto excess = [&](const GeneTime& at) {
    return verdict.distance(at.time, at.gene) / verdict.tolerance(at.time, at.gene);
  };
  std::stable_sort(verdict.failing.begin(), verdict.failing.end(),
                   [&](const GeneTime& a, const GeneTime& b) { return excess(a) > excess(b); });
  return verdict;
}

}  // namespace detail

/// Judges simulated cells by the data they should look like.
///
/// A gene fails at a time where its distance exceeds the largest of
///  - twice the floor: a network may add as much again to what a model of bursts misses anyway;
///  - three times chance: mostly the distance is that of two means, whose modulus exceeds three times its own mean in
///    less than 2 of 100 cases when the model is right;
///  - three bursts among the cells of the time point: where none is seen, as many were to be expected after all in 1 of
///    20 cases, and what cells hold after a rare burst is known from the variance of the counts.
/// So of the genes and times of a model that is right 1 in 100 fails where bursts are many, up to 1 in 25 where they
/// are rare.
/// @param simulated of the same nodes, names and time points; numbers of cells may differ
/// @param policies an Executor (`Sequential`); the result does not depend on it
/// @throws std::invalid_argument naming argument, index, value and what it must be, std::domain_error on options
/// O(genes · cells · (log cells + resamples)).
template <class... Policies>
[[nodiscard]] Verdict judge(const Counts& data, const Counts& simulated, const JudgeOptions& options = {},
                            const Policies&... policies) {
  using Roles = RoleList<ExecutorRole>;
  static_assert((policy_fits<Policies, Roles>() && ...));
  static_assert(count_of<ExecutorRole, Roles, Policies...> <= 1, "judge: more than one Executor");
  const std::tuple<const Policies&...> all(policies...);
  const auto executor = policy_or<ExecutorRole>(Roles{}, Sequential{}, all);
  return detail::compare_tables(data, simulated, options, executor);
}

}  // namespace cardamom
