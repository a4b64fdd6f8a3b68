/// @file
/// Numerical methods that know nothing of genes: each header stands alone.
#pragma once

#include <cardamom/numerics/adam.hpp>
#include <cardamom/numerics/assignment.hpp>
#include <cardamom/numerics/binomial_interval.hpp>
#include <cardamom/numerics/derivatives.hpp>
#include <cardamom/numerics/draw_category.hpp>
#include <cardamom/numerics/expectation_maximization.hpp>
#include <cardamom/numerics/gamma_functions.hpp>
#include <cardamom/numerics/k_means.hpp>
#include <cardamom/numerics/k_means_start.hpp>
#include <cardamom/numerics/least_squares.hpp>
#include <cardamom/numerics/log_sum_exp.hpp>
#include <cardamom/numerics/median.hpp>
#include <cardamom/numerics/penalised_quadratic.hpp>
#include <cardamom/numerics/principal_components.hpp>
#include <cardamom/numerics/sinkhorn.hpp>
#include <cardamom/numerics/spike_and_slab.hpp>
