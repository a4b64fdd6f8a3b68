/// @file
/// Time-stamped single-cell data.
#pragma once

#include <cardamom/data/check_inputs.hpp>
#include <cardamom/data/condition.hpp>
#include <cardamom/data/condition_groups.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/data/depth.hpp>
#include <cardamom/data/fingerprint.hpp>
#include <cardamom/data/level_change.hpp>
#include <cardamom/data/mean_input_levels.hpp>
#include <cardamom/data/perturbation.hpp>
#include <cardamom/data/series_inputs.hpp>
#include <cardamom/data/thin_counts.hpp>
