/// @file
/// Kinetics, networks, and the named networks of the literature.
#pragma once

#include <cardamom/model/check_model.hpp>
#include <cardamom/model/decay_rates.hpp>
#include <cardamom/model/generators.hpp>
#include <cardamom/model/input_levels.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/model/model.hpp>
#include <cardamom/model/named_networks.hpp>
#include <cardamom/model/network.hpp>
