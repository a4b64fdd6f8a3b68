// Counts of genes that say little: silent, constant, a single cell, huge.
#pragma once

#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>

namespace support {

/// @param depth per cell (6), or empty
inline cardamom::Counts awkward_counts(const cardamom::Vector& depth = {}) {
  cardamom::Matrix table = cardamom::Matrix::Zero(6, 8);
  cardamom::Vector time(6);
  time << 0, 0, 0, 5, 5, 5;
  table.col(2).setConstant(7);
  table(3, 3) = 1;
  table(4, 4) = 1e9;
  table.col(5).setConstant(1e9);
  table.col(6) << 0, 1e9, 3, 1, 1e8, 1;
  table.col(7) << 1, 2, 3, 1, 2, 3;
  return cardamom::Counts(table, time, {}, depth);
}

/// Depths of these cells.
inline cardamom::Vector awkward_depths() { return cardamom::Vector{{1, 0.5, 2, 1, 1, 3}}; }

}  // namespace support
