/// @file
/// Follows only what a candidate needs: each protein is known in closed form since its own last burst, and brought to
/// the present when a gene it regulates is asked.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// Serves rates that name their regulators; any d0, d1. A candidate costs two transcendental functions per regulator.
/// What is computed for a gene depends on its own bursts alone, to the last bit.
template <SparseBurstRate Rate, Jump jump>
class LazyProteins {
 public:
  static constexpr Path path = Path::sparse;

  LazyProteins(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants)
      : rate_(std::move(rate)),
        constants_(std::move(constants)),
        genes_(static_cast<std::size_t>(constants_->genes())),
        protein_(Vector::Zero(constants_->genes())) {}

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }

  void start(const CellState& state, const HeldLevels& held, double time) {
    time_ = time;
    protein_ = state.protein;
    for (std::size_t j = 0; j < genes_.size(); ++j) {
      const auto i = static_cast<Index>(j);
      const double synthesis = jump == Jump::mrna && i > 0 ? constants_->protein_synthesis[i] * state.mrna[i] : 0.0;
      genes_[j] = {time, synthesis, state.protein[i], false};
    }
    genes_[0].held = true;  // nothing moves the stimulus
    for (const Held& h : held) hold(h.gene, h.level);
  }

  /// Holds one gene from the present on; the others are not touched.
  void hold(Index gene, double level) {
    bring(gene);
    Gene& g = genes_[static_cast<std::size_t>(gene)];
    g.held = true;
    g.protein = protein_[gene] = level;
  }
  void release(Index gene) {
    bring(gene);
    genes_[static_cast<std::size_t>(gene)].held = gene == 0;
  }

  void move_to(double time) { time_ = time; }

  double rate(Index gene) {
    for (const auto j : rate_->regulators(gene)) look(static_cast<Index>(j));
    return (*rate_)(gene, protein_);
  }

  void burst(Index gene, double size) {
    bring(gene);
    Gene& g = genes_[static_cast<std::size_t>(gene)];
    if constexpr (jump == Jump::mrna) {
      g.synthesis += constants_->protein_synthesis[gene] * size;
    } else if (!g.held) {
      g.protein += size;
    }
  }

  /// (P, s1 M) now.
  std::pair<double, double> now(Index gene) const {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (g.held || (g.protein == 0.0 && g.synthesis == 0.0)) return {g.protein, g.synthesis};
    const FlowFactors f = factors(gene, g);
    return {f.protein * g.protein + f.transfer * g.synthesis, f.mrna * g.synthesis};
  }

  /// P can never again exceed this without another burst of the gene.
  double ceiling(Index gene) const {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (g.held) return g.protein;
    const FlowFactors f = factors(gene, g);
    double top = f.protein * g.protein;
    if constexpr (jump == Jump::mrna) {
      top += (f.transfer + f.mrna * constants_->peak[gene] / constants_->protein_synthesis[gene]) * g.synthesis;
    }
    return top;
  }
  double floor(Index gene) const {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    return g.held ? g.protein : 0.0;
  }
  bool held(Index gene) const { return genes_[static_cast<std::size_t>(gene)].held; }

  void read(CellState& state) const {
    for (std::size_t j = 0; j < genes_.size(); ++j) {
      const auto i = static_cast<Index>(j);
      const Gene& g = genes_[j];
      const FlowFactors f = i > 0 ? factors(i, g) : FlowFactors{1.0, 1.0, 0.0};
      state.protein[i] = g.held ? g.protein : f.protein * g.protein + f.transfer * g.synthesis;
      state.mrna[i] = g.synthesis == 0.0 ? 0.0 : f.mrna * g.synthesis / constants_->protein_synthesis[i];
    }
  }

 private:
  struct Gene {
    double since;      // time of the values that follow
    double synthesis;  // s1 M
    double protein;    // P
    bool held;
  };

  FlowFactors factors(Index gene, const Gene& g) const {
    if constexpr (jump == Jump::mrna) {
      return flow_factors(constants_->mrna_decay[gene], constants_->protein_decay[gene], time_ - g.since);
    } else {
      return {1.0, std::exp(-constants_->protein_decay[gene] * (time_ - g.since)), 0.0};
    }
  }

  /// protein_[gene] ← P now.
  void look(Index gene) {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (g.held || (g.protein == 0.0 && g.synthesis == 0.0)) {
      protein_[gene] = g.protein;
      return;
    }
    const FlowFactors f = factors(gene, g);
    protein_[gene] = f.protein * g.protein + f.transfer * g.synthesis;
  }

  /// The gene's own values ← now.
  void bring(Index gene) {
    Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (gene > 0) {
      const FlowFactors f = factors(gene, g);
      if (!g.held) g.protein = f.protein * g.protein + f.transfer * g.synthesis;
      g.synthesis *= f.mrna;
    }
    g.since = time_;
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  std::vector<Gene> genes_;
  Vector protein_;  // scratch: only the regulators of the gene asked are up to date
  double time_ = 0.0;
};

}  // namespace cardamom::detail
