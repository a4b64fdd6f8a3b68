/// @file
/// The protocol of the experiment behind a table: what cells predicted from a fitted model go through.
#pragma once

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/mean_input_levels.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/protocol.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// The protocol of the cells of a table. Time 0 is the table's first time point. Cells begin as the experiment says;
/// an input that is read at a time point has had that level since the time point before (`observed_course`), and keeps
/// the last one ever after.
/// @param experiment fitted beside the model
/// @param cells_per_time_point >= 1
/// @throws std::invalid_argument when there are no cells, on cells of conditions (take those of one), or nodes or
/// inputs of table and model disagree
template <BurstRate Rate>
[[nodiscard]] Protocol data_protocol(const BasicModel<Rate>& model, const FittedExperiment& experiment,
                                     const Counts& counts, Index cells_per_time_point) {
  const char* const function = "data_protocol";
  check_at_least(function, "counts.cells()", counts.cells(), 1);
  refuse_conditions(function, counts);
  check_size(function, "counts.nodes()", counts.nodes(), model.nodes());
  check_size(function, "counts.inputs()", counts.inputs(), model.inputs());
  check_at_least(function, "cells_per_time_point", cells_per_time_point, 1);
  const Vector times = counts.time_points().array() - counts.time_points()[0];
  Protocol protocol;
  protocol.time_points.assign(times.begin(), times.end());
  protocol.cells_per_time_point = cells_per_time_point;
  start_from(protocol, experiment.first_state, model, observed_course(times, mean_input_levels(counts)));
  return protocol;
}

}  // namespace cardamom
