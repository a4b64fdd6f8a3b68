/// @file
/// From a network to cells: stochastic processes, protocols, measurements, populations. Their deterministic limit is in
/// <cardamom/simulation/deterministic_course.hpp>.
#pragma once

#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/cells.hpp>
#include <cardamom/simulation/conditions.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/flow.hpp>
#include <cardamom/simulation/leaping/learned_law.hpp>
#include <cardamom/simulation/leaping/linear_law.hpp>
#include <cardamom/simulation/leaping/population.hpp>
#include <cardamom/simulation/measurement.hpp>
#include <cardamom/simulation/pathwise/cells.hpp>
#include <cardamom/simulation/pathwise/linear_law.hpp>
#include <cardamom/simulation/pathwise/population.hpp>
#include <cardamom/simulation/population.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/protocol.hpp>
#include <cardamom/simulation/schedule.hpp>
#include <cardamom/simulation/trajectory.hpp>
#include <cardamom/simulation/two_state_process.hpp>
