/// @file
/// From counts to networks.
#pragma once

#include <cardamom/inference/attractor_samples.hpp>
#include <cardamom/inference/chain.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/infer_burst_rate.hpp>
#include <cardamom/inference/infer_from_proteins.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/methods.hpp>
#include <cardamom/inference/propagate.hpp>
#include <cardamom/inference/refine.hpp>
#include <cardamom/inference/refine_burst_rate.hpp>
#include <cardamom/inference/refinement_options.hpp>
#include <cardamom/inference/stability.hpp>
