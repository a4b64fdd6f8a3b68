/// @file
/// Degradation rates, which counts alone do not determine.
#pragma once

#include <cardamom/core/types.hpp>

namespace cardamom {

/// Degradation rates, one entry per node, those of inputs ignored. A half-life t½ is a rate ln 2 / t½. An empty vector
/// means "unknown" where a function says what it takes instead.
struct DecayRates {
  Vector mrna = {};     ///< d0 [1/h], > 0
  Vector protein = {};  ///< d1 [1/h], > 0
};

/// Half-lives [h] assumed for genes whose rates are not known: medians of mammalian cells (Schwanhäusser et al., Nature
/// 2011), as the Python packages of the field assume them.
inline constexpr double assumed_mrna_half_life = 9.0;
/// The same of proteins [h].
inline constexpr double assumed_protein_half_life = 46.0;

}  // namespace cardamom
