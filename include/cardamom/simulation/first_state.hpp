/// @file
/// What cells are at the first observation: a policy of experiments, simulated or fitted.
#pragma once

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protocol.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// Cells are made from nothing, M = P = 0, so long before the first observation: the habit of simulated benchmarks.
struct BurnIn {
  double hours = 5.0;  ///< in [0, longest_time]

  friend bool operator==(const BurnIn&, const BurnIn&) = default;
};

/// Cells are at rest under the inputs of the first observation: they start where their mean would rest and live from
/// there until chance has spread them, a few lives of the slowest protein.
struct AtRest {
  double hours = 300.0;  ///< in [0, longest_time]; two lives of a protein of half-life 92 h

  friend bool operator==(const AtRest&, const AtRest&) = default;
};

/// What cells were before the first observation.
using FirstState = std::variant<BurnIn, AtRest>;

/// Throws std::domain_error naming the field.
inline void validate(const FirstState& first) {
  std::visit([](const auto& kind) { check_in("FirstState", "hours", kind.hours, 0.0, longest_time); }, first);
}

/// How long cells live before the first observation [h].
[[nodiscard]] inline double hours_before(const FirstState& first) {
  return std::visit([](const auto& kind) { return kind.hours; }, first);
}

/// Where the mean of cells comes to rest: the fixed point of P_i = kon_i(P)/c_i d1_i, model (4), from proteins at half
/// their scale, with the mRNA that goes with it. Of a network with several rest points it is one of them.
/// @param levels of the inputs, one per input
template <BurstRate Rate>
[[nodiscard]] CellState rest_state(const BasicModel<Rate>& model, const WhereUsed<VectorIn, Rate>& levels) {
  constexpr int iterations = 60;  // the distance halves each time
  const WhereUsed<Kinetics, Rate>& kinetics = model.kinetics;
  const Index inputs = model.inputs();
  check_size("rest_state", "levels", levels.size(), inputs);
  WhereUsed<CellState, Rate> state{Vector::Zero(model.nodes()), Vector::Constant(model.nodes(), 0.5)};
  state.protein.head(inputs) = levels;
  for (int k = 0; k < iterations; ++k) {
    const WhereUsed<Vector, Rate> before = state.protein;
    for (Index i = inputs; i < model.nodes(); ++i) {
      state.mrna[i] = model.rate(i, before) / (kinetics.mrna_decay[i] * kinetics.inverse_burst_size[i]);
      const double protein = state.mrna[i] * kinetics.protein_synthesis[i] / kinetics.protein_decay[i];
      state.protein[i] = 0.5 * (before[i] + protein);
    }
  }
  return state;
}

/// Lets the cells of a protocol begin as `first` says.
/// @param levels of the inputs before the first observation, one per input
template <BurstRate Rate>
void start_from(Protocol& protocol, const FirstState& first, const BasicModel<Rate>& model,
                const WhereUsed<VectorIn, Rate>& levels) {
  validate(first);
  protocol.burn_in = hours_before(first);
  protocol.initial_states.clear();
  if (std::holds_alternative<AtRest>(first)) protocol.initial_states.push_back(rest_state(model, levels));
}

/// The same where time counts from the first observation and inputs follow a course: the protocol's schedule becomes
/// that of the course. Cells at rest live their hours before anything happens: until the first change or the first of
/// the protocol's time points, where either is before 0.
/// @throws as validate(FirstState) and rest_state
template <BurstRate Rate>
void start_from(Protocol& protocol, const FirstState& first, const BasicModel<Rate>& model, const InputCourse& course) {
  start_from(protocol, first, model, course.before);
  if (std::holds_alternative<AtRest>(first)) {
    double end = 0.0;
    for (const double time : protocol.time_points) end = std::min(end, time);
    for (const LevelChange& change : course.changes) end = std::min(end, change.time);
    protocol.burn_in -= end;
  }
  protocol.schedule.clear();
  for (Index input = 0; input < course.before.size(); ++input) {
    // Inputs of cells that are made from nothing are at 0.
    if (course.before[input] != 0.0) protocol.schedule.push_back({-protocol.burn_in, course.before[input], input});
  }
  protocol.schedule.insert(protocol.schedule.end(), course.changes.begin(), course.changes.end());
}

}  // namespace cardamom
