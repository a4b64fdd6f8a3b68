/// @file
/// Many cells simulated and differentiated through their course, in blocks that run side by side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/model.hpp>
#include <cardamom/simulation/pathwise/cells.hpp>
#include <cardamom/simulation/pathwise/layout.hpp>
#include <cardamom/simulation/pathwise/protocol.hpp>

namespace cardamom {

/// Where the mean of cells comes to rest: mRNA in mean bursts, and proteins, per gene, if every gene bursts at the rate
/// that the proteins themselves make.
struct PathwiseRest {
  Vector mrna, protein;
};

/// Damped fixed-point iteration from proteins at half their scale; an approximation where networks have several states.
/// @param levels of the inputs
template <class Law>
[[nodiscard]] PathwiseRest pathwise_rest(const Law& law, const PathwiseDecay& decay, const VectorIn& levels) {
  constexpr int iterations = 60;  // halving the distance each time
  CellValues proteins = CellValues::Constant(1, law.nodes(), 0.5F);
  for (Index j = 0; j < law.inputs(); ++j) proteins(0, j) = static_cast<float>(levels[j]);
  CellValues rate(1, law.genes());
  CellValues kept(1, law.genes());
  PathwiseRest rest{Vector(law.genes()), Vector(law.genes())};
  for (int k = 0; k < iterations; ++k) {
    law.rates(proteins, rate, kept);
    for (Index a = 0; a < law.genes(); ++a) {
      rest.mrna[a] = static_cast<double>(rate(0, a)) / decay.mrna[a];
      rest.protein[a] = rest.mrna[a] * static_cast<double>(law.protein_per_burst(a));
      float& now = proteins(0, law.inputs() + a);
      now = 0.5F * (now + static_cast<float>(rest.protein[a]));
    }
  }
  return rest;
}

/// Simulates a protocol once, then answers with derivatives. Blocks are cut by the number of cells alone, so results do
/// not depend on the executor.
/// @tparam Law such as `PathwiseLinearLaw`
template <class Law>
class PathwisePopulation {
 public:
  /// Simulates: cost O(cells · leaps · genes · nodes), and 16 bytes of memory per cell, leap and gene.
  /// @param law, decay, protocol referred to
  /// @throws as `validate(protocol, inputs)`
  PathwisePopulation(const Law& law, const PathwiseDecay& decay, const PathwiseProtocol& protocol,
                     const ExecutorRef& executor)
      : law_(law), protocol_(protocol) {
    validate(protocol, law.inputs());
    const Index blocks = (protocol.cells + cells_per_block - 1) / cells_per_block;
    const auto times = static_cast<Index>(protocol.observation_times.size());
    mrna_.assign(static_cast<std::size_t>(times), CellValues(protocol.cells, law.genes()));
    for (Index b = 0; b < blocks; ++b) {
      first_.push_back(protocol.cells * b / blocks);
      const Index size = protocol.cells * (b + 1) / blocks - first_.back();
      blocks_.emplace_back(law, decay, protocol, b, size);
      sizes_.push_back(size);
    }
    const PathwiseRest rest = protocol.from_rest ? pathwise_rest(law, decay, protocol.levels.row(0).transpose())
                                                 : PathwiseRest{Vector::Zero(law.genes()), Vector::Zero(law.genes())};
    using Stretch = typename PathwiseCells<Law>::Stretch;
    std::vector<std::shared_ptr<const Stretch>> stretches;
    for (Index k = 0; k < times; ++k) {
      const auto now = static_cast<std::size_t>(k);
      const auto& when = protocol.observation_times;
      stretches.push_back(std::make_shared<const Stretch>(
          decay, k == 0 ? protocol.burn_in : when[now] - when[now - 1],
          k == 0 ? protocol.longest_burn_in_step : protocol.longest_step, protocol.levels.row(k).transpose()));
    }
    for_each_index(executor, blocks, [&](Index b) {
      auto& block = blocks_[static_cast<std::size_t>(b)];
      block.start_at(rest.mrna, rest.protein);
      for (std::size_t k = 0; k < stretches.size(); ++k) {
        block.advance(stretches[k]);
        mrna_[k].middleRows(first(b), size(b)) = block.mrna();
      }
    });
  }

  /// mRNA in mean bursts at observation k, cells × genes.
  [[nodiscard]] const CellValues& mrna(Index k) const { return mrna_[static_cast<std::size_t>(k)]; }

  /// The derivative by the parameters of a function of the cells' mRNA at the observations.
  /// @param by_mrna per observation: its derivative by `mrna(k)`, or empty where it does not depend on it
  /// @param gradient added to, in the order of the layout
  void backward(const std::vector<CellValues>& by_mrna, const PathwiseLayout& layout, const ExecutorRef& executor,
                Vector& gradient) const {
    std::vector<Vector> parts(blocks_.size(), Vector::Zero(layout.size()));
    for_each_index(executor, static_cast<Index>(blocks_.size()), [&](Index b) {
      std::vector<CellValues> own;
      for (const CellValues& all : by_mrna) {
        own.push_back(all.size() > 0 ? CellValues(all.middleRows(first(b), size(b))) : CellValues());
      }
      blocks_[static_cast<std::size_t>(b)].backward(own, layout, parts[static_cast<std::size_t>(b)]);
    });
    for (const Vector& part : parts) gradient += part;
  }

 private:
  // Long enough for vector instructions, small enough that what a leap keeps stays in the cache; the number of blocks
  // is also the most threads that find work.
  static constexpr Index cells_per_block = 64;

  [[nodiscard]] Index first(Index b) const { return first_[static_cast<std::size_t>(b)]; }
  [[nodiscard]] Index size(Index b) const { return sizes_[static_cast<std::size_t>(b)]; }

  const Law& law_;
  const PathwiseProtocol& protocol_;
  std::vector<PathwiseCells<Law>> blocks_;
  std::vector<Index> first_, sizes_;
  std::vector<CellValues> mrna_;  // per observation
};

}  // namespace cardamom
