/// @file
/// The whole library. Include single headers or areas instead where compile time matters.
#pragma once

#include <cardamom/burst_rate.hpp>
#include <cardamom/clustering.hpp>
#include <cardamom/core.hpp>
#include <cardamom/data.hpp>
#include <cardamom/evaluation.hpp>
#include <cardamom/inference.hpp>
#include <cardamom/io.hpp>
#include <cardamom/landscape.hpp>
#include <cardamom/mixture.hpp>
#include <cardamom/model.hpp>
#include <cardamom/numerics.hpp>
#include <cardamom/regression.hpp>
#include <cardamom/simulation.hpp>
#include <cardamom/version.hpp>
