/// @file
/// The least shape a mode is given.
#pragma once

namespace cardamom {

/// Smallest shape a = k/d0 of a mode. A group of cells without a positive observation has the maximum-likelihood shape
/// 0, under which a single molecule would be impossible rather than unlikely, and whose logarithm does not exist. A
/// mode of this shape shows a molecule in one of 1000/ln(1 + 1/b) cells, rarer than the rarest modes that snapshots of
/// some thousand cells can tell apart; smaller values only make likelihood ratios more extreme.
inline constexpr double smallest_shape = 1e-3;

}  // namespace cardamom
