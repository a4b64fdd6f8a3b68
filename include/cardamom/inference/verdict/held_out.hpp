/// @file
/// `HeldOut`: how close cells predicted for a time point that took no part in the inference come to its cells.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/verdict/text.hpp>

namespace cardamom {

/// A time point that was left out, and what was predicted of it. Distances of genes are W1 between their counts
/// [molecules], per node, 0 for inputs. Distances of the joint law are energy distances of log(1 + count), about 0 for
/// samples of one law.
struct HeldOut {
  double time = 0.0;               ///< [h]
  std::vector<std::string> names;  ///< per node
  Index inputs = 1;                ///< how many of the nodes, the first ones, are inputs

  Vector distance;    ///< data from simulated cells, as many as the time point has
  Vector chance;      ///< two bootstrap draws of the data from each other
  Vector neighbours;  ///< data from the cells of the time points on either side taken together: a guess without a model
  // NaN where one of the two samples is a single cell.
  double energy = 0.0;             ///< joint law, data from simulated cells; or NaN: not known
  double energy_neighbours = 0.0;  ///< joint law, data from the cells of the time points on either side; or NaN

  [[nodiscard]] Index genes() const noexcept { return distance.size() - inputs; }
  /// Means over genes [molecules]; of no gene 0.
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_distance() const {
    return mean_of(distance);
  }
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_chance() const {
    return mean_of(chance);
  }
  template <class = CompiledWhereUsed>
  [[nodiscard]] double mean_neighbours() const {
    return mean_of(neighbours);
  }

 private:
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] double mean_of(const WhereUsed<Vector, Use>& values) const {
    return genes() > 0 ? values.tail(genes()).mean() : 0.0;
  }
};

/// One line without its end: "held out 36 h: predicted cells are 0.18 molecules from the data (chance 0.071, cells of
/// the neighbouring times 0.15); joint law 0.061 (0.040)". What is NaN is "not known".
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string held_out_line(const WhereUsed<HeldOut, Use>& result) {
  constexpr int digits = 2;
  const auto number = [](double value) {
    return std::isnan(value) ? "not known"
                             : (value < 0.0 ? "-" : "") + detail::significant(value < 0.0 ? -value : value, digits);
  };
  return "held out " + to_text(result.time) + " h: predicted cells are " + number(result.mean_distance()) +
         " molecules from the data (chance " + number(result.mean_chance()) + ", cells of the neighbouring times " +
         number(result.mean_neighbours()) + "); joint law " + number(result.energy) + " (" +
         number(result.energy_neighbours) + ")";
}

}  // namespace cardamom
