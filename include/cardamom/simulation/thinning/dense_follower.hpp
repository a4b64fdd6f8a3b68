/// @file
/// The plain way to follow a cell: every protein is brought to the time of every candidate.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>

namespace cardamom::thinning {

/// Serves any rate. A gene that has not burst yet (M = P = 0) costs nothing; the others a multiply-add pair each.
template <class Rate, Jump jump>
class DenseFollower {
 public:
  static constexpr Path path = Path::plain;

  DenseFollower(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants)
      : rate_(std::move(rate)), constants_(std::move(constants)), factors_(constants_->groups.size()) {
    const auto nodes = static_cast<std::size_t>(constants_->nodes());
    moving_.reserve(nodes);
    place_.resize(nodes);
    protein_.setZero(constants_->nodes());
  }

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }

  void start(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    anchor_ = time;
    protein_ = state.protein;
    clamped_ = clamped;
    for (const Clamp& c : clamped_) protein_[c.node] = c.level;
    moving_.clear();
    place_.assign(place_.size(), nowhere);
    for (Index j = constants_->inputs; j < protein_.size(); ++j) {
      const double synthesis = jump == Jump::mrna ? constants_->protein_synthesis[j] * state.mrna[j] : 0.0;
      if (synthesis != 0.0 || protein_[j] != 0.0) {
        mover(j).synthesis = synthesis;
        mover(j).anchored = protein_[j];
      }
    }
    set_time(time);
  }

  /// Brings all proteins to a time not before the last burst.
  void move_to(double time) {
    set_time(time);
    double* const protein = protein_.data();
    if (factors_.size() == 1) {
      const FlowFactors f = factors_[0];
      for (const Mover& m : moving_) protein[m.gene] = f.protein * m.anchored + f.transfer * m.synthesis;
    } else {
      for (const Mover& m : moving_) {
        const FlowFactors& f = factors_[m.group];
        protein[m.gene] = f.protein * m.anchored + f.transfer * m.synthesis;
      }
    }
    for (const Clamp& c : clamped_) protein[c.node] = c.level;
  }

  double rate(Index gene) const { return (*rate_)(gene, protein_); }

  /// At the time of the last `move_to`.
  void burst(Index gene, double size) {
    anchor_ = time_;
    for (Mover& m : moving_) {
      m.synthesis *= factors_[m.group].mrna;
      m.anchored = protein_.coeff(m.gene);
    }
    Mover& m = mover(gene);
    if constexpr (jump == Jump::mrna) {
      m.synthesis += constants_->protein_synthesis[gene] * size;
    } else if (!is_clamped(clamped_, gene)) {
      m.anchored += size;
      protein_[gene] += size;
    }
    set_time(time_);
  }

  /// Where the proteins can be between now and now + duration, without bursts. P first rises, then falls: it is lowest
  /// at an end, and never above what all the mRNA there is can add.
  void box(double duration, WhereUsed<Vector, Rate>& lower, WhereUsed<Vector, Rate>& upper) const {
    lower = upper = protein_;
    for (const Mover& m : moving_) {
      if (is_clamped(clamped_, m.gene)) continue;
      const double now = protein_[m.gene];
      const double synthesis = m.synthesis * factors_[m.group].mrna;
      const Motion& motion = constants_->groups[m.group];
      const FlowFactors f = motion.after(duration);
      lower[m.gene] = std::min(now, f.protein * now + f.transfer * synthesis);
      upper[m.gene] = motion.ceiling({1.0, 1.0, 0.0}, now, synthesis);
    }
  }

  /// The whole cell at the time of the last `move_to`.
  void read(WhereUsed<CellState, Rate>& state) const {
    state.protein = protein_;
    state.mrna.setZero();
    if constexpr (jump == Jump::mrna) {
      for (const Mover& m : moving_) {
        state.mrna[m.gene] = m.synthesis * factors_[m.group].mrna / constants_->protein_synthesis[m.gene];
      }
    }
  }

 private:
  /// A gene that has had a burst or protein: the only ones that need following.
  struct Mover {
    Index gene;
    std::size_t group;  // of `factors_`
    double synthesis;   // s1 M at the anchor
    double anchored;    // P at the anchor
  };
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  Mover& mover(Index gene) {
    std::size_t& place = place_[static_cast<std::size_t>(gene)];
    if (place == nowhere) {
      place = moving_.size();
      moving_.push_back({gene, constants_->group[static_cast<std::size_t>(gene)], 0.0, 0.0});
    }
    return moving_[place];
  }

  void set_time(double time) {
    time_ = time;
    const double elapsed = time - anchor_;
    for (std::size_t g = 0; g < factors_.size(); ++g) factors_[g] = constants_->groups[g].after(elapsed);
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  ClampedLevels clamped_;
  double anchor_ = 0.0;
  double time_ = 0.0;
  std::vector<FlowFactors> factors_;  // per group, since the anchor
  WhereUsed<Vector, Rate> protein_;   // P at time_
  std::vector<Mover> moving_;
  std::vector<std::size_t> place_;  // per gene: in moving_, or nowhere
};

}  // namespace cardamom::thinning
