/// @file
/// The landscape of a network: attractors, basins, the Gamma mixture and its potential.
#pragma once

#include <cardamom/landscape/attractors.hpp>
#include <cardamom/landscape/relaxation.hpp>
