/// @file
/// A level imposed on an input or, where a protein is clamped, on a gene, from a time on.
#pragma once

#include <cardamom/core/types.hpp>

namespace cardamom {

/// Stands for every input of a network in a `LevelChange`.
inline constexpr Index every_input = -1;

/// From `time` on the protein of `node` is clamped at `level`; a negative level lets the protein of a gene go again.
/// Before their first change inputs are at 0, or at their level in the cell's initial state.
struct LevelChange {
  double time = 0.0;         ///< [h]
  double level = 1.0;        ///< protein units of (11); of an input >= 0
  Index node = every_input;  ///< an input, a gene, or every input

  friend bool operator==(const LevelChange&, const LevelChange&) = default;
};

}  // namespace cardamom
