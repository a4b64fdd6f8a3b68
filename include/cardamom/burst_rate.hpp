/// @file
/// Burst rates kon: the concept ladder and its models.
#pragma once

#include <cardamom/burst_rate/check_frequencies.hpp>
#include <cardamom/burst_rate/check_rate.hpp>
#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/function_rate.hpp>
#include <cardamom/burst_rate/hill.hpp>
#include <cardamom/burst_rate/linear_rate.hpp>
#include <cardamom/burst_rate/link.hpp>
#include <cardamom/burst_rate/mixture_rate.hpp>
#include <cardamom/burst_rate/parametric_rate.hpp>
#include <cardamom/burst_rate/perceptron.hpp>
#include <cardamom/burst_rate/perturbed_rate.hpp>
#include <cardamom/burst_rate/protein_view.hpp>
#include <cardamom/burst_rate/sigmoid.hpp>
