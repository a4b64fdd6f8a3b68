/// @file
/// Many cells simulated by tau-leaping, in blocks that run side by side.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/cells.hpp>
#include <cardamom/simulation/leaping/model.hpp>
#include <cardamom/simulation/leaping/protocol.hpp>
#include <cardamom/simulation/leaping/steps.hpp>

namespace cardamom {

/// Cells on their way from one observation time to the next. Blocks are cut by the number of cells alone, so results do
/// not depend on the executor.
///
///     LeapingPopulation population(model, protocol);
///     while (!population.finished()) population.advance(executor, [&](Index block, const auto& cells) { … });
template <LeapingModel Model>
class LeapingPopulation {
 public:
  /// @param model, protocol referred to
  /// @throws as `validate(protocol, inputs)`
  LeapingPopulation(const Model& model, const LeapProtocol& protocol)
      : model_(model),
        protocol_(protocol),
        blocks_(static_cast<std::size_t>(std::max(fewest_blocks, protocol.cells / cells_per_block))) {
    validate(protocol, model.kinetics.inputs());
  }

  [[nodiscard]] Index blocks() const noexcept { return static_cast<Index>(blocks_.size()); }
  /// Whether all observation times have been reached.
  [[nodiscard]] bool finished() const noexcept { return next_ == protocol_.observation_times.size(); }

  /// Carries all cells to the next observation time and shows them, block by block from any thread:
  /// `visit(block, const LeapingCells<Model>&)`.
  /// Cost O(cells · steps · (genes · cost of a rate + parameters)).
  template <class Visit>
  void advance(const ExecutorRef& executor, const Visit& visit) {
    const std::size_t k = next_++;
    const auto& times = protocol_.observation_times;
    const LeapSteps steps(model_.kinetics, k == 0 ? protocol_.burn_in : times[k] - times[k - 1],
                          protocol_.longest_step);
    WhereUsed<Vector, Model> levels = Vector::Zero(protocol_.levels.cols());
    if (k > 0) levels = protocol_.levels.row(static_cast<Index>(k)).transpose();
    for_each_index(executor, blocks(), [&](Index b) {
      auto& block = blocks_[static_cast<std::size_t>(b)];
      if (!block) {
        const Index cells = protocol_.cells * (b + 1) / blocks() - protocol_.cells * b / blocks();
        block.emplace(model_, protocol_, b, cells);
      }
      block->advance(steps, levels);
      visit(b, std::as_const(*block));
    });
  }

 private:
  // Large enough that loops over a block's cells are long; the number of blocks is also the most threads that find
  // work.
  static constexpr Index cells_per_block = 128;
  static constexpr Index fewest_blocks = 8;

  const Model& model_;
  const LeapProtocol& protocol_;
  std::vector<std::optional<LeapingCells<Model>>> blocks_;
  std::size_t next_ = 0;
};

}  // namespace cardamom
