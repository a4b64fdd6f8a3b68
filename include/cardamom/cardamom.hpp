/// @file
/// The whole library but for what integrates differential equations, whose header costs a compiler as much as Eigen
/// does: the landscape and the deterministic limit, <cardamom/landscape.hpp> and
/// <cardamom/simulation/deterministic_course.hpp>. Include single headers or areas instead where compile time matters,
/// <cardamom/everything.hpp> where it does not.
#pragma once

#include <cardamom/burst_rate.hpp>
#include <cardamom/clustering.hpp>
#include <cardamom/core.hpp>
#include <cardamom/data.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/io.hpp>
#include <cardamom/mixture.hpp>
#include <cardamom/model.hpp>
#include <cardamom/numerics.hpp>
#include <cardamom/prediction.hpp>
#include <cardamom/regression.hpp>
#include <cardamom/simulation.hpp>
#include <cardamom/version.hpp>
