/// @file
/// Evaluator and candidates of the two-state model: promoters switch on at rate kon(P), bounded by the burst rate's
/// constant bound, and off at a known rate.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/detail/candidates.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/thinning.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// While a promoter keeps still, (M, P) relaxes by the flow of (1) towards where its promoter draws it: nothing when
/// off, (s0/d0, s1 s0/(d0 d1)) when on.
template <class Rate>
class PromoterProteins {
 public:
  static constexpr Path path = Path::plain;

  PromoterProteins(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants,
                   const Vector& off_rate)
      : rate_(std::move(rate)),
        constants_(std::move(constants)),
        off_rate_(off_rate),
        full_mrna_(off_rate.cwiseProduct(constants_->mean_burst).cwiseQuotient(constants_->mrna_decay)),
        full_protein_(full_mrna_.cwiseProduct(constants_->protein_synthesis).cwiseQuotient(constants_->protein_decay)),
        factors_(constants_->groups.size()),
        state_(CellState::zero(constants_->genes())),
        on_(static_cast<std::size_t>(constants_->genes())),
        is_held_(on_.size()) {}

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }
  bool is_on(Index gene) const { return on_[static_cast<std::size_t>(gene)] != 0; }
  double off_rate(Index gene) const { return off_rate_[gene]; }

  void start(const CellState& state, const HeldLevels& held, double time) {
    std::fill(on_.begin(), on_.end(), char{0});
    restart(state, held, time);
  }
  /// The same, promoters as they are.
  void restart(const CellState& state, const HeldLevels& held, double time) {
    time_ = time;
    state_ = state;
    std::fill(is_held_.begin(), is_held_.end(), char{0});
    for (const Held& h : held) {
      is_held_[static_cast<std::size_t>(h.gene)] = 1;
      state_.protein[h.gene] = h.level;
    }
  }

  void move_to(double time) {
    for (std::size_t g = 0; g < factors_.size(); ++g) {
      factors_[g] = constants_->groups[g].after(time - time_);
    }
    time_ = time;
    for (Index j = 1; j < off_rate_.size(); ++j) {
      const auto place = static_cast<std::size_t>(j);
      const FlowFactors& f = factors_[constants_->group[place]];
      const double mrna = on_[place] ? full_mrna_[j] : 0.0;
      const double protein = on_[place] ? full_protein_[j] : 0.0;
      if (!is_held_[place]) {
        // The distance to the target shrinks from above or below: rounding may overshoot zero by a hair.
        state_.protein[j] = std::max(0.0, protein + f.protein * (state_.protein[j] - protein) +
                                              f.transfer * constants_->protein_synthesis[j] * (state_.mrna[j] - mrna));
      }
      state_.mrna[j] = std::max(0.0, mrna + f.mrna * (state_.mrna[j] - mrna));
    }
  }

  /// Of the switch the promoter can make now.
  double rate(Index gene) const { return is_on(gene) ? off_rate_[gene] : double((*rate_)(gene, state_.protein)); }
  /// 1 on, 0 off.
  double next_size(Index gene) const { return is_on(gene) ? 0.0 : 1.0; }
  void burst(Index gene, double size) { on_[static_cast<std::size_t>(gene)] = size > 0.0; }
  void read(CellState& state) const { state = state_; }

 private:
  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  Vector off_rate_;
  Vector full_mrna_;
  Vector full_protein_;
  std::vector<FlowFactors> factors_;
  CellState state_;  // at time_
  std::vector<char> on_;
  std::vector<char> is_held_;
  double time_ = 0.0;
};

/// Bounds follow the promoters; O(G) per switch.
class PromoterCandidates {
 public:
  static constexpr Candidates kind = Candidates::constant;

  /// @param on_bound of switching on, per gene
  explicit PromoterCandidates(Vector on_bound) : on_bound_(std::move(on_bound)), bound_(on_bound_) {}

  template <class Evaluator>
  void start(const Evaluator& evaluator, double) {
    for (Index i = 1; i < bound_.size(); ++i) bound_[i] = evaluator.is_on(i) ? evaluator.off_rate(i) : on_bound_[i];
    total_ = bound_.sum();
  }
  double total() const noexcept { return total_; }
  double expiry() const noexcept { return never; }
  template <class Evaluator>
  void expire(const Evaluator&) {}
  template <class Evaluator>
  void after_burst(const Evaluator& evaluator, Index gene, double) {
    bound_[gene] = evaluator.is_on(gene) ? evaluator.off_rate(gene) : on_bound_[gene];
    total_ = bound_.sum();
  }
  template <class Evaluator>
  void after_rejection(const Evaluator&, Index) {}

  double bound(Index gene) const { return bound_[gene]; }
  Candidate pick(RandomStream& stream) const { return pick_linearly(bound_, total_, stream); }

 private:
  Vector on_bound_;  // of switching on
  Vector bound_;     // of what each promoter can do now
  double total_ = 0.0;
};

template <class Rate>
using PromoterEngine = std::variant<Thinning<PromoterProteins<Rate>, PromoterCandidates>>;

template <class Rate>
PromoterEngine<Rate> make_promoter_engine(const char* function, const Kinetics& kinetics, const Vector& off_rate,
                                          const Rate& rate) {
  validate(kinetics);
  check_size(function, "kinetics", kinetics.genes(), static_cast<Index>(rate.genes()));
  check_size(function, "off_rate", off_rate.size(), kinetics.genes());
  check_all_positive(function, "off_rate", off_rate, 1);
  return Thinning(PromoterProteins<Rate>(std::make_shared<const Rate>(rate),
                                         std::make_shared<const GeneConstants>(kinetics, Jump::mrna), off_rate),
                  PromoterCandidates(constant_bounds(rate)));
}

}  // namespace cardamom::detail
