/// @file
/// What `infer` hands to an estimator: the data, the options, and every policy of the call.
#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <cardamom/clustering/cluster.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/function_ref.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/mixture/gamma.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/regression/edge_prior.hpp>
#include <cardamom/regression/penalty.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/protocol.hpp>

namespace cardamom {

/// How many lives of the shortest-lived molecules the time from the first to the last time point may hold: hours for
/// rates per hour, and hardly ever for rates of another unit. A simulation takes a step for each.
inline constexpr double fewest_lives = 1e-4;
/// The upper limit of the same.
inline constexpr double most_lives = 1e5;

/// What all estimators share.
struct InferenceOptions {
  std::uint64_t seed = 0;   ///< of every random number that is drawn
  Coefficients prior = {};  ///< θ^0 and β^0, a network believed before seeing the data; empty: zero
  /// d0 and d1 [1/h], one per node, those of inputs ignored; the fastest times the time between first and last time
  /// point in [fewest_lives, most_lives]. Counts alone do not determine them. Empty: `Successive`
  /// needs none and its model has typical ones, `PropagatedProteins` takes 1/(median time step) for d1,
  /// `SimulatedMoments` refuses.
  DecayRates rates = {};
  /// Which edges may be there (`only_from` a list of regulators), and which are likelier than others; empty: nothing is
  /// known. Of every regression and every inclusion probability of an estimator; of rates with a linear form.
  EdgePrior edge_prior = {};
};

namespace detail {

/// Throws std::domain_error where times and rates cannot be of the same unit.
/// @param name of the rates; @param rates [1/h], positive, one entry per node
template <class Use = CompiledWhereUsed>
inline void check_time_scale(const char* name, const WhereUsed<Vector, Use>& rates,
                             const WhereUsed<Counts, Use>& counts) {
  if (counts.genes() == 0 || counts.time_points().size() < 2) return;
  const double span = counts.time_points()[counts.time_points().size() - 1] - counts.time_points()[0];
  Index gene = 0;
  const double fastest = rates.tail(counts.genes()).maxCoeff(&gene);
  if (fastest * span >= fewest_lives && fastest * span <= most_lives) return;
  throw std::domain_error("infer: " + element(name, counts.inputs() + gene) + " is " + to_text(fastest) +
                          " per hour and the time points span " + to_text(span) + " hours, " + to_text(fastest * span) +
                          " lives, must be in [" + to_text(fewest_lives) + ", " + to_text(most_lives) +
                          "]: are times in hours and rates per hour?");
}

/// Throws std::invalid_argument where an edge that is forbidden is not 0.
/// @param values nodes × nodes; @param name of them
template <class Use = CompiledWhereUsed>
inline void check_allowed(const WhereUsed<EdgePrior, Use>& prior, const WhereUsed<MatrixIn, Use>& values,
                          const std::string& name, Index inputs) {
  if (prior.empty()) return;
  for (Index j = 0; j < values.cols(); ++j) {
    for (Index i = inputs; i < values.rows(); ++i) {
      if (values(i, j) == 0.0 || prior.allows(i, j)) continue;
      throw std::invalid_argument("infer: " + name + '(' + to_text(i) + ", " + to_text(j) + ") is " +
                                  to_text(values(i, j)) + ", must be 0, because options.edge_prior forbids the edge");
    }
  }
}

/// Throws std::invalid_argument where the options of an estimator hold a prior: that of the call is for all it does.
template <class Use = CompiledWhereUsed>
inline void require_prior_of_call(const WhereUsed<EdgePrior, Use>& prior, const char* options) {
  if (prior.empty()) return;
  throw std::invalid_argument("infer: " + std::string(options) +
                              "::edge_prior must be empty, the prior is InferenceOptions::edge_prior of the call");
}

}  // namespace detail

/// Throws std::invalid_argument, std::domain_error naming the field, also on time points more than `longest_time`
/// apart.
template <class Use = CompiledWhereUsed>
inline void validate(const WhereUsed<InferenceOptions, Use>& options, const WhereUsed<Counts, Use>& counts) {
  const WhereUsed<Vector, Use>& times = counts.time_points();
  if (times.size() > 1) {
    check_in("infer", "the time between the first and the last of counts.time_points()",
             times[times.size() - 1] - times[0], 0.0, longest_time);
  }
  detail::prior_or_zero(options.prior, "infer", "options.prior", counts.nodes());
  validate(options.edge_prior, "infer", "options.edge_prior", counts.nodes(), counts.inputs());
  if (!options.prior.empty()) {
    detail::check_allowed(options.edge_prior, options.prior.interactions, "options.prior.interactions",
                          counts.inputs());
  }
  for (const auto& [name, values] : {std::pair{"options.rates.mrna", &options.rates.mrna},
                                     std::pair{"options.rates.protein", &options.rates.protein}}) {
    if (values->size() == 0) continue;
    check_size("infer", name, values->size(), counts.nodes());
    check_all_positive("infer", name, *values, counts.inputs());
    detail::check_time_scale(name, *values, counts);
  }
}

/// Stands for a policy that the caller does not name: the estimator's own default then holds.
struct Unspecified {};

/// The law of an observation given mRNA that a mixture family implies over Gamma distributed mRNA: what its member
/// `observation_law()` returns, `ExactMeasurement` for `Gamma`, else counting by `PoissonCapture`.
template <class Family>
[[nodiscard]] auto observation_law_of(const Family& family) {
  if constexpr (requires { family.observation_law(); }) {
    return family.observation_law();
  } else if constexpr (std::same_as<Family, Gamma>) {
    return ExactMeasurement{};
  } else {
    return PoissonCapture{};
  }
}

/// @tparam Real in which a regression's samples are stored, double or float
template <class RateT, class FamilyT, class LawT, class ClustererT, class LossT, class OptimizerT,
          std::floating_point RealT>
struct InferenceProblem {
  using Rate = RateT;
  using Real = RealT;
  static constexpr bool names_clusterer = !std::same_as<ClustererT, Unspecified>;
  static constexpr bool names_law = !std::same_as<LawT, Unspecified>;
  static constexpr bool names_loss = !std::same_as<LossT, Unspecified>;

  const Counts& counts;
  InferenceOptions options;
  RateT rate;  ///< a `LinearRate` of no nodes: its link is what counts; else start and anchor of the fit
  FamilyT family;
  LawT law;  ///< of the observation given mRNA, or `Unspecified`, as the next three may be
  ClustererT clusterer;
  LossT loss;
  OptimizerT optimizer;
  ExecutorRef executor;
  FunctionRef<bool(Index, Index)> progress;

  /// The law of an observation: the one named, else the family's.
  [[nodiscard]] auto observation_law() const {
    if constexpr (names_law) {
      return law;
    } else {
      return observation_law_of(family);
    }
  }
  template <class Default>
  [[nodiscard]] auto clusterer_or(Default fallback) const {
    return choose(clusterer, std::move(fallback));
  }
  template <class Default>
  [[nodiscard]] auto loss_or(Default fallback) const {
    return choose(loss, std::move(fallback));
  }
  template <class Default>
  [[nodiscard]] auto optimizer_or(Default fallback) const {
    return choose(optimizer, std::move(fallback));
  }

  /// The same problem, its progress told to another observer, which must outlive it.
  [[nodiscard]] InferenceProblem told_to(FunctionRef<bool(Index, Index)> observer) const {
    InferenceProblem result = *this;
    result.progress = observer;
    return result;
  }
  /// The same problem for one thread of several that the caller runs.
  [[nodiscard]] InferenceProblem run_by(ExecutorRef other) const {
    InferenceProblem result = *this;
    result.executor = other;
    return result;
  }

  /// The same problem of other cells, which must outlive it.
  [[nodiscard]] InferenceProblem of(const Counts& cells) const {
    return {cells, options, rate, family, law, clusterer, loss, optimizer, executor, progress};
  }

  /// The same problem of other cells, read through another family.
  template <class Other>
  [[nodiscard]] auto of(const Counts& cells, Other other) const {
    return InferenceProblem<RateT, Other, LawT, ClustererT, LossT, OptimizerT, RealT>{
        cells, options, rate, other, law, clusterer, loss, optimizer, executor, progress};
  }

  /// The same problem without its observation law, for the part of an estimator that reads cells through the family.
  [[nodiscard]] auto without_law() const {
    return InferenceProblem<RateT, FamilyT, Unspecified, ClustererT, LossT, OptimizerT, RealT>{
        counts, options, rate, family, {}, clusterer, loss, optimizer, executor, progress};
  }

  /// Modes of all genes by a clusterer, which may be other than the problem's.
  template <class C>
  [[nodiscard]] Clustering find_modes(const C& chosen, FunctionRef<bool(Index, Index)> observer) const {
    return cluster(counts, {.seed = options.seed}, family, chosen, executor, observer);
  }

 private:
  template <class Given, class Default>
  static auto choose(const Given& given, Default fallback) {
    if constexpr (std::same_as<Given, Unspecified>) {
      return fallback;
    } else {
      return given;
    }
  }
};

}  // namespace cardamom
