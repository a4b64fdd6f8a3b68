/// @file
/// `SelectAndFit`: edges by simulated moments, the model by gradients through its cells.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/core/progress.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/simulated_distance.hpp>
#include <cardamom/inference/simulated_moments.hpp>
#include <cardamom/inference/usual_problem.hpp>

namespace cardamom {

/// Two estimators, each for what it does best. `Select` says which edges there are: its scores rank them, its
/// probabilities stay. `Fit` makes the model: it starts from nothing and from the network selected, and the model whose
/// cells are closer to the data stays, with its kinetics, degradation rates and depths. Not in the paper.
///
/// Probabilities are tempered where the model selected does not fit: the evidence for or against an edge, on the
/// logarithmic scale beyond its prior odds, is divided by twice the objective, at least 1.
///
/// Where the selection does not fit with the degradation rates as given (`poor_objective`), or none are given, it is
/// repeated with those that the fit found, and the selection that fits better stays.
template <class Select = SimulatedMoments<>, class Fit = SimulatedDistance<>>
class SelectAndFit {
 public:
  /// Objectives above it, half a mean squared residual, are worse than chance explains where the model is right: there
  /// they are at most about ½.
  static constexpr double poor_objective = 0.7;

  SelectAndFit() = default;
  explicit SelectAndFit(Select select, Fit fit = {}) : select_(std::move(select)), fit_(std::move(fit)) {}

  template <class Problem>
  [[nodiscard]] Index plan(const Problem& problem) const {
    return 2 * detail::planned_units(select_, problem) + 2 * detail::planned_units(fit_, problem);
  }

  template <class Problem>
  [[nodiscard]] Inference<typename Problem::Rate> estimate(const Problem& problem) const {
    using Rate = typename Problem::Rate;
    static_assert(IsLinearRate<Rate>::value,
                  "SelectAndFit: the burst rate must be a LinearRate<Link>; fit another rate with SimulatedMoments");
    ProgressPlan progress(problem.progress, plan(problem));
    // Without a network, for the rates and kinetics.
    auto fit_part = progress.part(detail::planned_units(fit_, problem));
    Inference<Rate> fitted = detail::estimate_by(fit_, problem.told_to(fit_part));
    fit_part.finish();

    auto select_part = progress.part(detail::planned_units(select_, problem));
    const bool rates_given = problem.options.rates.mrna.size() > 0 && problem.options.rates.protein.size() > 0;
    Inference<Rate> selected = detail::estimate_by(
        select_, rates_given ? problem.told_to(select_part) : with_rates_of(fitted, problem).told_to(select_part));
    select_part.finish();
    auto second_part = progress.part(detail::planned_units(select_, problem));
    if (rates_given && selected.fit.objective > poor_objective) {
      Inference<Rate> again = detail::estimate_by(select_, with_rates_of(fitted, problem).told_to(second_part));
      if (again.fit.objective < selected.fit.objective) selected = std::move(again);
    }
    second_part.finish();

    auto last_part = progress.part(detail::planned_units(fit_, problem));
    InferenceBase described = static_cast<const InferenceBase&>(selected);
    Inference<Rate> from_selected =
        fit_.fit(problem.told_to(last_part), std::move(described), &selected.model, &fitted.experiment.first_state);
    last_part.finish();
    const bool closer = from_selected.fit.distance < fitted.fit.distance;
    return combine(std::move(selected), closer ? std::move(from_selected) : std::move(fitted));
  }

  friend void validate(const SelectAndFit& estimator, const Counts& counts, const InferenceOptions& options) {
    validate(estimator.fit_, counts, options);
  }

 private:
  template <class Problem, class Rate>
  static Problem with_rates_of(const Inference<Rate>& fitted, Problem problem) {
    problem.options.rates = {fitted.model.kinetics.mrna_decay, fitted.model.kinetics.protein_decay};
    return problem;
  }

  // A model that is wrong by so much takes chance for evidence. Where it is right the objective is at most about ½, and
  // nothing changes. How well tempered probabilities are calibrated has not been measured.
  static void temper(Matrix& probabilities, double objective) {
    constexpr double certain = 1e-12;  // keeps odds finite
    const double prior = MomentsOptions{}.prior_inclusion;
    const double temperature = std::max(1.0, 2.0 * objective);
    if (temperature == 1.0) return;
    const double prior_odds = std::log(prior / (1.0 - prior));
    for (double& p : probabilities.reshaped()) {
      if (p == 0.0) continue;  // nothing is said of it
      const double q = std::clamp(p, certain, 1.0 - certain);
      const double odds = prior_odds + (std::log(q / (1.0 - q)) - prior_odds) / temperature;
      p = 1.0 / (1.0 + std::exp(-odds));
    }
  }

  // The model of one with the opinion on edges of the other.
  template <class Rate>
  static Inference<Rate> combine(Inference<Rate> selected, Inference<Rate> fitted) {
    fitted.scores = std::move(selected.scores);
    fitted.probabilities = std::move(selected.probabilities);
    temper(fitted.probabilities, selected.fit.objective);
    fitted.clustering = std::move(selected.clustering);
    fitted.basins = std::move(selected.basins);
    const double distance = fitted.fit.distance;
    fitted.fit = std::move(selected.fit);
    fitted.fit.distance = distance;
    fitted.diagnostics = std::move(selected.diagnostics);
    return fitted;
  }

  Select select_;
  Fit fit_;
};

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Inference<Sigmoid> detail::estimate_by(const SelectAndFit<>&, const UsualProblem&);
}  // namespace cardamom
#endif
