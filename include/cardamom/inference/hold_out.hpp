/// @file
/// `hold_out`: inference without a time point, whose cells are then predicted. It needs no truth, and unlike a fit to
/// all cells it does not improve by following their noise.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/policies.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/evaluation/energy_distance.hpp>
#include <cardamom/evaluation/wasserstein.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/verdict/compare.hpp>
#include <cardamom/inference/verdict/held_out.hpp>
#include <cardamom/inference/verdict/simulate_anew.hpp>
#include <cardamom/simulation/measurement.hpp>

namespace cardamom {

/// Settings of `hold_out`.
struct HoldOutOptions {
  /// Time points to leave out, each in turn [h]; each one of the table's and not the first, at which cells begin. None:
  /// all but the first.
  Vector times = {};
  std::uint64_t seed = 0;           ///< of predicted cells and of the bootstrap
  Index resamples = 20;             ///< pairs of bootstrap draws behind `HeldOut::chance`, >= 1
  InferenceOptions inference = {};  ///< as `infer`
};

namespace detail {

/// Throws unless other time points show every input at its largest level: an inference measures levels by the largest
/// that it is given.
template <class Use = CompiledWhereUsed>
void check_levels_without(const char* function, const char* argument, const WhereUsed<Counts, Use>& counts,
                          Index held) {
  for (Index input = 0; input < counts.inputs(); ++input) {
    const auto level = counts.values().col(input);
    double largest = 0.0;
    for (Index k = 0; k < counts.time_points().size(); ++k) {
      if (k == held) continue;
      for (const Index cell : counts.cells_at(k)) largest = std::max(largest, level[cell]);
    }
    if (largest >= level.maxCoeff()) continue;
    throw std::invalid_argument(subject(function, argument) + " holds " + to_text(counts.time_points()[held]) +
                                ", the only time point at which input \"" +
                                counts.names()[static_cast<std::size_t>(input)] + "\" is at its largest level, " +
                                to_text(level.maxCoeff()) + ": nothing is known of it without");
  }
}

}  // namespace detail

/// Throws std::invalid_argument unless each of the times [h] can be left out of the table: it is a time point, not the
/// first, and other ones show every input at its largest level; std::domain_error on a time that is not finite. None
/// stands for all but the first.
/// @param function, argument what the message names
template <class Use = CompiledWhereUsed>
inline void check_times_to_hold_out(const char* function, const char* argument, const WhereUsed<Vector, Use>& times,
                                    const WhereUsed<Counts, Use>& counts) {
  check_all_finite(function, argument, times);
  const WhereUsed<Vector, Use>& known = counts.time_points();
  std::string later;
  for (Index k = 1; k < known.size(); ++k) later += (k > 1 ? ", " : "") + to_text(known[k]);
  for (Index i = 0; i < times.size(); ++i) {
    const Index held = std::find(known.begin(), known.end(), times[i]) - known.begin();
    if (held == 0 || held == known.size()) {
      throw std::invalid_argument(detail::subject(function, detail::element(argument, i)) + " is " + to_text(times[i]) +
                                  (known.size() > 0 && held == 0 ? ", the first time point" : "") +
                                  ", must be a later time point of the data" + (later.empty() ? "" : ": " + later));
    }
    detail::check_levels_without(function, argument, counts, held);
  }
  if (known.size() < 2) {
    throw std::invalid_argument(detail::subject(function, argument) +
                                " needs data of at least two time points, there is " + to_text(known.size()));
  }
  if (times.size() > 0) return;
  for (Index k = 1; k < known.size(); ++k) detail::check_levels_without(function, argument, counts, k);
}

/// Throws std::invalid_argument or std::domain_error naming the field.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<HoldOutOptions, Use>& options, const WhereUsed<Counts, Use>& counts) {
  check_at_least("HoldOutOptions", "resamples", options.resamples, 1);
  check_times_to_hold_out("HoldOutOptions", "times", options.times, counts);
}

namespace detail {

/// Rows of the cells at the given time points, in order of time.
template <class Use = CompiledWhereUsed>
std::vector<Index> rows_at(const WhereUsed<Counts, Use>& counts, const std::vector<Index>& time_points) {
  std::vector<Index> rows;
  for (const Index k : time_points) {
    const auto cells = counts.cells_at(k);
    rows.insert(rows.end(), cells.begin(), cells.end());
  }
  return rows;
}

/// Compares time point k of the data with simulated cells of the same times.
template <class Use = CompiledWhereUsed>
HeldOut compare_held_out(const WhereUsed<Counts, Use>& counts, const WhereUsed<Counts, Use>& simulated, Index k,
                         const WhereUsed<HoldOutOptions, Use>& options, ExecutorRef executor) {
  std::vector<Index> beside{k - 1};
  if (k + 1 < counts.time_points().size()) beside.push_back(k + 1);
  const auto cells = [&](const Counts& table, const std::vector<Index>& time_points) -> Matrix {
    return table.values()(rows_at(table, time_points), Eigen::all);
  };
  const WhereUsed<Matrix, Use> observed = cells(counts, {k});
  const WhereUsed<Matrix, Use> predicted = cells(simulated, {k});
  const WhereUsed<Matrix, Use> neighbours = cells(counts, beside);
  const WassersteinOptions genes{.inputs = counts.inputs()};
  HeldOut result;
  result.time = counts.time_points()[k];
  result.names = counts.names();
  result.inputs = counts.inputs();
  result.distance = marginal_wasserstein(observed, predicted, genes);
  result.chance.setZero(counts.nodes());
  for_each_index(executor, counts.genes(), [&](Index gene) {
    const Index node = counts.inputs() + gene;
    WhereUsed<Vector, Use> sorted = observed.col(node);
    std::sort(sorted.begin(), sorted.end());
    RandomStream random = verdict_stream(options.seed, node);
    result.chance[node] = distance_by_chance(sorted, sorted.size(), sorted.size(), options.resamples, random);
  });
  result.neighbours = marginal_wasserstein(observed, neighbours, genes);
  const auto energy = [&](const Matrix& other) {
    return observed.rows() < 2 || other.rows() < 2
               ? std::numeric_limits<double>::quiet_NaN()
               : energy_distance(observed.array().log1p().matrix(), other.array().log1p().matrix(), genes, executor);
  };
  result.energy = energy(predicted);
  result.energy_neighbours = energy(neighbours);
  return result;
}

/// A function of one's own in place of `infer`.
struct InferenceOfRole {
  template <class T>
  static constexpr bool fits = [] {
    if constexpr (std::is_invocable_v<const T&, const Counts&>) {
      return IsInference<std::remove_cvref_t<std::invoke_result_t<const T&, const Counts&>>>::value;
    } else {
      return false;
    }
  }();
  template <class T>
  static constexpr bool check() {
    static_assert(fits<T> || !std::is_invocable_v<const T&, const Counts&>,
                  "hold_out: the function of counts must return an Inference<Rate>");
    return true;
  }
};

/// @param inference_of (counts): the inference from the remaining cells
template <class InferenceOf, ObservationLaw Law>
std::vector<HeldOut> predict_held_out(const Counts& counts, const HoldOutOptions& options,
                                      const InferenceOf& inference_of, const Law& law, ExecutorRef executor,
                                      FunctionRef<bool(Index, Index)> progress) {
  validate(options, counts);
  const WhereUsed<Vector, InferenceOf>& known = counts.time_points();
  const WhereUsed<Vector, InferenceOf> times =
      options.times.size() > 0 ? options.times : Vector(known.tail(known.size() - 1));
  ProgressCounter counter(progress, times.size());
  std::vector<HeldOut> results;
  for (const double time : times) {
    const Index held = std::find(known.begin(), known.end(), time) - known.begin();
    std::vector<Index> others;
    for (Index k = 0; k < known.size(); ++k) {
      if (k != held) others.push_back(k);
    }
    const auto inference = inference_of(counts.select_cells(rows_at(counts, others)));
    const Counts predicted = simulate_anew(inference, counts, {.seed = options.seed}, law, executor);
    results.push_back(compare_held_out(counts, predicted, held, options, executor));
    counter.add();
  }
  return results;
}

}  // namespace detail

/// Leaves out each of the time points in turn, infers from the other cells, simulates the cells of the time point and
/// compares them with those that were left out. Of these nothing is used before but their number, their depths where
/// the table has any, and the levels of their inputs.
///
/// Policies are those of `infer`; the executor runs within each fit, and the observer is told of time points done. The
/// observation law measures predicted cells too (`PoissonCapture`; give `ExactMeasurement` for continuous data). In
/// place of `infer`, a function of counts may give an `Inference<Rate>`:
///
///     for (const HeldOut& time : hold_out(counts, {}, SelectAndFit{}, Threads{})) std::cout << held_out_line(time);
///
/// @return one per time point of the options, in their order
/// @throws std::invalid_argument on a time that is no later time point or the only one with an input at its largest
/// level, or fewer than two time points; what `infer` and `simulate_anew` throw; Cancelled
/// Cost of as many inferences as times.
template <class... Policies>
[[nodiscard]] std::vector<HeldOut> hold_out(const Counts& counts, const HoldOutOptions& options = {},
                                            const Policies&... policies) {
  using Outer = RoleList<detail::InferenceOfRole, ObservationRole, ExecutorRole, ProgressRole>;
  constexpr bool own = count_of<detail::InferenceOfRole, Outer, Policies...> != 0;
  static_assert(count_of<detail::InferenceOfRole, Outer, Policies...> <= 1,
                "hold_out: more than one function of counts");
  static_assert(count_of<ObservationRole, Outer, Policies...> <= 1, "hold_out: more than one ObservationLaw");
  static_assert(count_of<ExecutorRole, Outer, Policies...> <= 1, "hold_out: more than one Executor");
  static_assert(count_of<ProgressRole, Outer, Policies...> <= 1, "hold_out: more than one Progress");
  const std::tuple<const Policies&...> all(policies...);
  const auto law = policy_or<ObservationRole>(Outer{}, PoissonCapture{}, all);
  const auto executor = policy_or<ExecutorRole>(Outer{}, Sequential{}, all);
  auto progress = policy_or<ProgressRole>(Outer{}, IgnoreProgress{}, all);
  if constexpr (own) {
    static_assert((policy_fits<Policies, Outer>() && ...));
    const auto inference_of = policy_or<detail::InferenceOfRole>(Outer{}, nullptr, all);
    return detail::predict_held_out(counts, options, inference_of, law, executor, progress);
  } else {
    const auto inference_of = [&](const Counts& rest) {
      return with_policies_but(
          RoleList<ProgressRole>{}, [&](const auto&... used) { return infer(rest, options.inference, used...); },
          policies...);
    };
    return detail::predict_held_out(counts, options, inference_of, law, executor, progress);
  }
}

/// A call that left the options out compiles nowhere, and is told so.
template <InPlaceOfOptions<HoldOutOptions> Given, class... Rest>
auto hold_out(const Counts&, const Given&, const Rest&...) {
  static_assert(!InPlaceOfOptions<Given, HoldOutOptions>,
                "hold_out: options are left out; argument 2 must be HoldOutOptions, hold_out(counts, {}, policies…)");
}

}  // namespace cardamom
