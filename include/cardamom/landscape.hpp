/// @file
/// The landscape of a network: attractors, basins and the chain between them, the Gamma mixture and its potential.
#pragma once

#include <cardamom/landscape/assign_basins.hpp>
#include <cardamom/landscape/attractors.hpp>
#include <cardamom/landscape/compare_landscapes.hpp>
#include <cardamom/landscape/equilibrium.hpp>
#include <cardamom/landscape/impulsion.hpp>
#include <cardamom/landscape/landscape.hpp>
#include <cardamom/landscape/potential.hpp>
#include <cardamom/landscape/protein_cells.hpp>
#include <cardamom/landscape/relaxation.hpp>
#include <cardamom/landscape/transitions.hpp>
#include <cardamom/landscape/vector_field.hpp>
