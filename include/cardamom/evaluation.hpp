/// @file
/// Scores of inferred networks and distances between samples.
#pragma once

#include <cardamom/evaluation/basin_comparison.hpp>
#include <cardamom/evaluation/edge_ranking.hpp>
#include <cardamom/evaluation/energy_distance.hpp>
#include <cardamom/evaluation/joint_wasserstein.hpp>
#include <cardamom/evaluation/ranking_measures.hpp>
#include <cardamom/evaluation/sign_accuracy.hpp>
#include <cardamom/evaluation/wasserstein.hpp>
