/// @file
/// The course of model (4), the deterministic limit, through a protocol.
#pragma once

#include <stdexcept>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>
#include <cardamom/simulation/protocol.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// One row per time asked for.
struct DeterministicCourse {
  Vector times;    ///< [h]
  Matrix protein;  ///< P, times × nodes; of inputs their levels just before a change at the same time
};

/// Integrates model (4) through the protocol of an experiment, from −burn_in on; its time points play no part.
/// @param protocol of `initial_states` it may have one, the start; none: all proteins at zero
/// @param times [h], increasing, from −burn_in on
/// @throws std::invalid_argument, std::domain_error on the arguments, NumericalError when a rate misbehaves
template <BurstRate Rate>
[[nodiscard]] DeterministicCourse deterministic_course(const BasicModel<Rate>& model, const Protocol& protocol,
                                                       const std::vector<double>& times,
                                                       const DeterministicLimitOptions& options = {}) {
  const char* const function = "deterministic_course";
  validate(model);
  validate(protocol, model.nodes(), model.inputs());
  check_times(function, times, protocol);
  if (protocol.initial_states.size() > 1) {
    throw std::invalid_argument(detail::subject(function, "protocol.initial_states.size()") + " is " +
                                detail::to_text(static_cast<Index>(protocol.initial_states.size())) +
                                ", must be at most 1: there is one course");
  }
  DeterministicLimit<Rate> limit(model, options);
  if (protocol.initial_states.empty()) {
    limit.reset(Vector::Zero(model.nodes()), -protocol.burn_in);
  } else {
    limit.reset(protocol.initial_states.front().protein, -protocol.burn_in);
  }
  const auto rows = static_cast<Index>(times.size());
  DeterministicCourse result{Eigen::Map<const Vector>(times.data(), rows), Matrix(rows, model.nodes())};
  const std::vector<LevelChange> schedule = in_order(protocol.schedule, model.inputs());
  ScheduleFollower follower(schedule, -protocol.burn_in);
  for (Index k = 0; k < rows; ++k) {
    follower.advance_to(result.times[k], limit);
    result.protein.row(k) = limit.protein();
  }
  return result;
}

}  // namespace cardamom
