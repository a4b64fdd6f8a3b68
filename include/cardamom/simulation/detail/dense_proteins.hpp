/// @file
/// The plain way to follow a cell: every protein is brought to the time of every candidate.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/shared_decay.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// Serves any rate. A gene that has not burst yet (M = P = 0) costs nothing; the others a multiply-add pair each.
template <class Rate, Jump jump>
class DenseProteins {
 public:
  static constexpr Path path = Path::plain;

  DenseProteins(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants)
      : rate_(std::move(rate)), constants_(std::move(constants)), factors_(constants_->groups.size()) {
    if (SharedDecay::fits(*constants_, jump)) shared_.emplace(*constants_, jump);
    const Index genes = constants_->genes();
    synthesis_.setZero(genes);
    anchored_.setZero(genes);
    protein_.setZero(genes);
    moving_.reserve(static_cast<std::size_t>(genes));
    is_moving_.resize(static_cast<std::size_t>(genes));
  }

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }

  void start(const CellState& state, const HeldLevels& held, double time) {
    anchor_ = time;
    if constexpr (jump == Jump::mrna) {
      synthesis_ = constants_->protein_synthesis.cwiseProduct(state.mrna);
      synthesis_[0] = 0.0;
    }
    protein_ = state.protein;
    held_ = held;
    for (const Held& h : held_) protein_[h.gene] = h.level;
    anchored_ = protein_;
    moving_.clear();
    is_moving_.assign(is_moving_.size(), 0);
    for (Index j = 1; j < protein_.size(); ++j) {
      if (synthesis_[j] != 0.0 || anchored_[j] != 0.0) start_moving(j);
    }
    set_time(time);
  }

  /// Brings all proteins to a time not before the last burst.
  void move_to(double time) {
    set_time(time);
    if (factors_.size() == 1) {
      const FlowFactors f = factors_[0];
      for (const Index j : moving_) protein_[j] = f.protein * anchored_[j] + f.transfer * synthesis_[j];
    } else {
      for (const Index j : moving_) {
        const FlowFactors& f = factors_[constants_->group[static_cast<std::size_t>(j)]];
        protein_[j] = f.protein * anchored_[j] + f.transfer * synthesis_[j];
      }
    }
  }

  double rate(Index gene) const { return (*rate_)(gene, protein_); }

  /// At the time of the last `move_to`.
  void burst(Index gene, double size) {
    anchor_ = time_;
    for (const Index j : moving_) {
      synthesis_[j] *= factors_[constants_->group[static_cast<std::size_t>(j)]].mrna;
      anchored_[j] = protein_[j];
    }
    for (const Held& h : held_) {
      if (h.gene > 0) synthesis_[h.gene] *= factors_[constants_->group[static_cast<std::size_t>(h.gene)]].mrna;
    }
    if constexpr (jump == Jump::mrna) {
      synthesis_[gene] += constants_->protein_synthesis[gene] * size;
    } else if (!is_held(held_, gene)) {
      anchored_[gene] += size;
      protein_[gene] += size;
    }
    if (!is_moving_[static_cast<std::size_t>(gene)]) start_moving(gene);
    set_time(time_);
  }

  /// Where the proteins can be between now and now + duration, without bursts. P first rises, then falls: it is lowest
  /// at an end, and never above what all the mRNA there is can add.
  void box(double duration, Vector& lower, Vector& upper) const {
    lower = upper = protein_;
    for (const Index j : moving_) {
      const auto g = constants_->group[static_cast<std::size_t>(j)];
      const double synthesis = synthesis_[j] * factors_[g].mrna;
      const FlowFactors f = factors_after(g, duration);
      lower[j] = std::min(protein_[j], f.protein * protein_[j] + f.transfer * synthesis);
      if (synthesis > 0.0) upper[j] = protein_[j] + synthesis / constants_->protein_synthesis[j] * constants_->peak[j];
    }
  }

  /// The whole cell at the time of the last `move_to`.
  void read(CellState& state) const {
    state.protein = protein_;
    for (Index j = 1; j < protein_.size(); ++j) {
      state.mrna[j] = synthesis_[j] == 0.0
                          ? 0.0
                          : synthesis_[j] * factors_[constants_->group[static_cast<std::size_t>(j)]].mrna /
                                constants_->protein_synthesis[j];
    }
  }

 private:
  void start_moving(Index gene) {
    if (is_held(held_, gene)) return;
    moving_.push_back(gene);
    is_moving_[static_cast<std::size_t>(gene)] = 1;
  }

  void set_time(double time) {
    time_ = time;
    const double elapsed = time - anchor_;
    if (shared_) {
      shared_->set(elapsed);
      const double transfer = jump == Jump::mrna ? (shared_->protein - shared_->mrna) / shared_->gap() : 0.0;
      factors_[0] = {shared_->mrna, shared_->protein, transfer};
      return;
    }
    for (std::size_t g = 0; g < factors_.size(); ++g) factors_[g] = factors_after(g, elapsed);
  }

  FlowFactors factors_after(std::size_t g, double elapsed) const {
    if constexpr (jump == Jump::mrna) {
      return flow_factors(constants_->groups[g].first, constants_->groups[g].second, elapsed);
    } else {
      return {1.0, std::exp(-constants_->groups[g].second * elapsed), 0.0};
    }
  }

  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  std::optional<SharedDecay> shared_;
  HeldLevels held_;
  double anchor_ = 0.0;
  double time_ = 0.0;
  std::vector<FlowFactors> factors_;  // per group, since the anchor
  Vector synthesis_;                  // s1 M at the anchor
  Vector anchored_;                   // P at the anchor
  Vector protein_;                    // P at time_
  std::vector<Index> moving_;         // genes whose protein changes
  std::vector<char> is_moving_;
};

}  // namespace cardamom::detail
