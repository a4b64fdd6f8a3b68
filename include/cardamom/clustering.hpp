/// @file
/// From counts to burst-frequency modes: clusterers, and the grouping of cells into basins.
#pragma once

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/modes.hpp>
