/// @file
/// From counts to networks.
#pragma once

#include <cardamom/inference/ancestry/propagate.hpp>
#include <cardamom/inference/attractor_samples.hpp>
#include <cardamom/inference/averaged.hpp>
#include <cardamom/inference/diagnose.hpp>
#include <cardamom/inference/estimator.hpp>
#include <cardamom/inference/hold_out.hpp>
#include <cardamom/inference/infer.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/inference/mode_kinetics.hpp>
#include <cardamom/inference/moments/fit.hpp>
#include <cardamom/inference/moments/fit_rate.hpp>
#include <cardamom/inference/problem.hpp>
#include <cardamom/inference/propagated_proteins.hpp>
#include <cardamom/inference/proteins.hpp>
#include <cardamom/inference/select_and_fit.hpp>
#include <cardamom/inference/simulated_distance.hpp>
#include <cardamom/inference/simulated_moments.hpp>
#include <cardamom/inference/stability.hpp>
#include <cardamom/inference/successive.hpp>
#include <cardamom/inference/switch_effects.hpp>
#include <cardamom/inference/verdict.hpp>
