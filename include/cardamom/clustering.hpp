/// @file
/// From counts to burst-frequency modes: clusterers, and the grouping of cells into basins.
#pragma once

#include <cardamom/clustering/basins.hpp>
#include <cardamom/clustering/binarize.hpp>
#include <cardamom/clustering/check_clusterer.hpp>
#include <cardamom/clustering/check_clustering.hpp>
#include <cardamom/clustering/cluster.hpp>
#include <cardamom/clustering/clusterer.hpp>
#include <cardamom/clustering/diagnostics.hpp>
#include <cardamom/clustering/fixed_modes.hpp>
#include <cardamom/clustering/gene_clustering.hpp>
#include <cardamom/clustering/input_modes.hpp>
#include <cardamom/clustering/is_on.hpp>
#include <cardamom/clustering/modes.hpp>
#include <cardamom/clustering/no_clustering.hpp>
#include <cardamom/clustering/responsibilities.hpp>
#include <cardamom/clustering/rjmcmc.hpp>
#include <cardamom/clustering/rjmcmc/chain.hpp>
#include <cardamom/clustering/rjmcmc/moves.hpp>
#include <cardamom/clustering/rjmcmc/prior.hpp>
#include <cardamom/clustering/rjmcmc/state.hpp>
#include <cardamom/clustering/rjmcmc/summary.hpp>
