/// @file
/// Follows only what a candidate needs: each protein is known in closed form since its own last burst, and brought to
/// the present when a gene it regulates is asked.
#pragma once

#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/link.hpp>
#include <cardamom/simulation/detail/selective.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// Serves rates that read from a view or name their regulators; any d0, d1. A candidate costs two transcendental
/// functions per regulator. What is computed for a gene depends on its own bursts alone, to the last bit.
template <class Rate, Jump jump>
requires SelectiveBurstRate<Rate>
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

  double rate(Index gene) { return selective_rate(*rate_, gene, *this, protein_); }
  /// Whether the rate is at least `level`.
  bool reaches(Index gene, double level) const requires ComparableLink<Rate> {
    double sum = rate_->basal().coeff(gene);
    for (SparseMatrix::InnerIterator edge(rate_->interactions(), gene); edge; ++edge) {
      sum += edge.value() * protein(edge.col());
    }
    return rate_->link_reaches(gene, sum, level);
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
    if (g.still() && g.synthesis == 0.0) return {g.protein, 0.0};
    const FlowFactors f = factors(gene, g);
    return {g.held ? g.protein : f.protein * g.protein + f.transfer * g.synthesis, f.mrna * g.synthesis};
  }
  double protein(Index gene) const {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (g.still()) return g.protein;
    const FlowFactors f = factors(gene, g);
    return f.protein * g.protein + f.transfer * g.synthesis;
  }

  /// P can never again exceed this without another burst of the gene.
  double ceiling(Index gene) const {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (g.still()) return g.protein;
    return constants_->motion(gene).ceiling(factors(gene, g), g.protein, g.synthesis);
  }
  double floor(Index gene) const {
    const Gene& g = genes_[static_cast<std::size_t>(gene)];
    return g.held ? g.protein : 0.0;
  }
  bool held(Index gene) const { return genes_[static_cast<std::size_t>(gene)].held; }

  void read(CellState& state) const {
    for (Index j = 0; j < protein_.size(); ++j) {
      const auto [protein, synthesis] = now(j);
      state.protein.coeffRef(j) = protein;
      state.mrna.coeffRef(j) = synthesis == 0.0 ? 0.0 : synthesis / constants_->protein_synthesis.coeff(j);
    }
  }

 private:
  struct Gene {
    double since;      // time of the values that follow
    double synthesis;  // s1 M
    double protein;    // P
    bool held;

    bool still() const noexcept { return held || (protein == 0.0 && synthesis == 0.0); }
  };

  FlowFactors factors(Index gene, const Gene& g) const { return constants_->motion(gene).after(time_ - g.since); }

  /// The gene's own values ← now.
  void bring(Index gene) {
    Gene& g = genes_[static_cast<std::size_t>(gene)];
    if (!g.still() || g.synthesis != 0.0) std::tie(g.protein, g.synthesis) = now(gene);
    g.since = time_;
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  std::vector<Gene> genes_;
  Vector protein_;  // scratch: only the regulators of the gene asked are up to date
  double time_ = 0.0;
};

}  // namespace cardamom::detail
