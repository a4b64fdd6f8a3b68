/// @file
/// The whole library: <cardamom/cardamom.hpp> and the headers that it leaves out because they include Boost.odeint.
#pragma once

#include <cardamom/cardamom.hpp>
#include <cardamom/landscape.hpp>
#include <cardamom/simulation/deterministic_course.hpp>
#include <cardamom/simulation/deterministic_limit.hpp>
