/// @file
/// Degradation rates, which counts alone do not determine.
#pragma once

#include <cardamom/core/types.hpp>

namespace cardamom {

/// Degradation rates by gene, length G, entry 0 (the stimulus) ignored. A half-life t½ is a rate ln 2 / t½. An empty
/// vector means "unknown" where a function says what it takes instead.
struct DecayRates {
  Vector mrna = {};     ///< d0 [1/h], > 0
  Vector protein = {};  ///< d1 [1/h], > 0
};

}  // namespace cardamom
