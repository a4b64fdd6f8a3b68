/// @file
/// From counts to burst-frequency modes: clusterers, and the grouping of cells into basins.
#pragma once

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/diagnostics.hpp>
#include <cardamom/clustering/each_cell.hpp>
#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/clustering/responsibilities.hpp>
#include <cardamom/clustering/rjmcmc.hpp>
