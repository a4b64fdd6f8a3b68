/// @file
/// From protein levels and burst rates to interactions: problems (9), (17) and (20), penalty (15), successive fit (16).
#pragma once

#include <cardamom/regression/adaptive_weights.hpp>
#include <cardamom/regression/check_optimizer.hpp>
#include <cardamom/regression/edge_prior.hpp>
#include <cardamom/regression/learn.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/objective.hpp>
#include <cardamom/regression/optimizer.hpp>
#include <cardamom/regression/penalty.hpp>
#include <cardamom/regression/proximal_gradient.hpp>
#include <cardamom/regression/proximal_newton.hpp>
#include <cardamom/regression/regress.hpp>
#include <cardamom/regression/row_penalty.hpp>
#include <cardamom/regression/samples.hpp>
#include <cardamom/regression/shared_columns.hpp>
#include <cardamom/regression/smoothed_optimizer.hpp>
#include <cardamom/regression/successive.hpp>
