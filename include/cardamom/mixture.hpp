/// @file
/// Mixtures.
#pragma once

#include <cardamom/mixture/gamma_mixture.hpp>
