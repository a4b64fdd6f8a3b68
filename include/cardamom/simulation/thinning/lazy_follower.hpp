/// @file
/// Follows only what a candidate needs: each protein is known in closed form since its own last burst, and brought to
/// the present when a gene it regulates is asked.
#pragma once

#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/link_reaches.hpp>
#include <cardamom/simulation/thinning/selective_rate.hpp>

namespace cardamom::thinning {

/// Serves rates that read from a view or name their regulators; any d0, d1. A candidate costs two transcendental
/// functions per regulator. What is computed for a gene depends on its own bursts alone, to the last bit.
template <class Rate, Jump jump>
requires SelectiveBurstRate<Rate>
class LazyFollower {
 public:
  static constexpr Path path = Path::sparse;

  LazyFollower(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants)
      : rate_(std::move(rate)),
        constants_(std::move(constants)),
        nodes_(static_cast<std::size_t>(constants_->nodes())),
        protein_(Vector::Zero(constants_->nodes())) {}

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }

  void start(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    time_ = time;
    protein_ = state.protein;
    for (std::size_t j = 0; j < nodes_.size(); ++j) {
      const auto i = static_cast<Index>(j);
      const double synthesis =
          jump == Jump::mrna && i >= constants_->inputs ? constants_->protein_synthesis[i] * state.mrna[i] : 0.0;
      nodes_[j] = {time, synthesis, state.protein[i], false};
    }
    for (Index i = 0; i < constants_->inputs; ++i) node(i).clamped = true;  // nothing moves an input
    for (const Clamp& c : clamped) clamp(c.node, c.level);
  }

  /// Clamps one node from the present on; the others are not touched.
  void clamp(Index gene, double level) {
    bring(gene);
    Node& g = node(gene);
    g.clamped = true;
    g.protein = protein_[gene] = level;
  }
  void release(Index gene) {
    bring(gene);
    node(gene).clamped = gene < constants_->inputs;
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
    Node& g = node(gene);
    if constexpr (jump == Jump::mrna) {
      g.synthesis += constants_->protein_synthesis[gene] * size;
    } else if (!g.clamped) {
      g.protein += size;
    }
  }

  /// (P, s1 M) now.
  std::pair<double, double> now(Index gene) const {
    const Node& g = node(gene);
    if (g.still() && g.synthesis == 0.0) return {g.protein, 0.0};
    const FlowFactors f = factors(gene, g);
    return {g.clamped ? g.protein : f.protein * g.protein + f.transfer * g.synthesis, f.mrna * g.synthesis};
  }
  double protein(Index gene) const {
    const Node& g = node(gene);
    if (g.still()) return g.protein;
    const FlowFactors f = factors(gene, g);
    return f.protein * g.protein + f.transfer * g.synthesis;
  }

  /// P can never again exceed this without another burst of the gene.
  double ceiling(Index gene) const {
    const Node& g = node(gene);
    if (g.still()) return g.protein;
    return constants_->motion(gene).ceiling(factors(gene, g), g.protein, g.synthesis);
  }
  double floor(Index gene) const {
    const Node& g = node(gene);
    return g.clamped ? g.protein : 0.0;
  }
  bool clamped(Index gene) const { return node(gene).clamped; }

  void read(WhereUsed<CellState, Rate>& state) const {
    for (Index j = 0; j < protein_.size(); ++j) {
      const auto [protein, synthesis] = now(j);
      state.protein.coeffRef(j) = protein;
      state.mrna.coeffRef(j) = synthesis == 0.0 ? 0.0 : synthesis / constants_->protein_synthesis.coeff(j);
    }
  }

 private:
  struct Node {
    double since;      // time of the values that follow
    double synthesis;  // s1 M
    double protein;    // P
    bool clamped;

    bool still() const noexcept { return clamped || (protein == 0.0 && synthesis == 0.0); }
  };

  Node& node(Index i) { return nodes_[static_cast<std::size_t>(i)]; }
  const Node& node(Index i) const { return nodes_[static_cast<std::size_t>(i)]; }

  FlowFactors factors(Index gene, const Node& g) const { return constants_->motion(gene).after(time_ - g.since); }

  /// The gene's own values ← now.
  void bring(Index gene) {
    Node& g = node(gene);
    if (!g.still() || g.synthesis != 0.0) std::tie(g.protein, g.synthesis) = now(gene);
    g.since = time_;
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  std::vector<Node> nodes_;
  WhereUsed<Vector, Rate> protein_;  // scratch: only the regulators of the gene asked are up to date
  double time_ = 0.0;
};

}  // namespace cardamom::thinning
