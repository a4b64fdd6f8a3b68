/// @file
/// From a network to cells: stochastic processes, their deterministic limit, experiments.
#pragma once

#include <cardamom/simulation/bursty_process.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>
#include <cardamom/simulation/experiment.hpp>
#include <cardamom/simulation/flow.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/protein_process.hpp>
#include <cardamom/simulation/trajectory.hpp>
#include <cardamom/simulation/two_state_process.hpp>
