/// @file
/// Follower and candidates of the two-state model: promoters switch on at rate kon(P), bounded by the burst rate's
/// constant bound, and off at a known rate.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/engine.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>

namespace cardamom::thinning {

/// While a promoter keeps still, (M, P) relaxes by the flow of (1) towards where its promoter draws it: nothing when
/// off, (s0/d0, s1 s0/(d0 d1)) when on.
template <class Rate>
class PromoterFollower {
 public:
  static constexpr Path path = Path::plain;

  PromoterFollower(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants,
                   const WhereUsed<Vector, Rate>& off_rate)
      : rate_(std::move(rate)),
        constants_(std::move(constants)),
        off_rate_(off_rate),
        full_mrna_(off_rate.cwiseProduct(constants_->mean_burst).cwiseQuotient(constants_->mrna_decay)),
        full_protein_(full_mrna_.cwiseProduct(constants_->protein_synthesis).cwiseQuotient(constants_->protein_decay)),
        factors_(constants_->groups.size()),
        state_(CellState::zero(constants_->nodes())),
        on_(static_cast<std::size_t>(constants_->nodes())),
        is_clamped_(on_.size()) {}

  const Rate& rate_function() const noexcept { return *rate_; }
  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }
  bool is_on(Index gene) const { return on_[static_cast<std::size_t>(gene)] != 0; }
  double off_rate(Index gene) const { return off_rate_[gene]; }

  void start(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    std::fill(on_.begin(), on_.end(), char{0});
    restart(state, clamped, time);
  }
  /// The same, promoters as they are.
  void restart(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    time_ = time;
    state_ = state;
    std::fill(is_clamped_.begin(), is_clamped_.end(), char{0});
    for (const Clamp& c : clamped) {
      is_clamped_[static_cast<std::size_t>(c.node)] = 1;
      state_.protein[c.node] = c.level;
    }
  }

  void move_to(double time) {
    for (std::size_t g = 0; g < factors_.size(); ++g) {
      factors_[g] = constants_->groups[g].after(time - time_);
    }
    time_ = time;
    for (Index j = constants_->inputs; j < off_rate_.size(); ++j) {
      const auto place = static_cast<std::size_t>(j);
      const FlowFactors& f = factors_[constants_->group[place]];
      const double mrna = on_[place] ? full_mrna_[j] : 0.0;
      const double protein = on_[place] ? full_protein_[j] : 0.0;
      if (!is_clamped_[place]) {
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
  void read(WhereUsed<CellState, Rate>& state) const { state = state_; }

 private:
  std::shared_ptr<const Rate> rate_;
  std::shared_ptr<const GeneConstants> constants_;
  WhereUsed<Vector, Rate> off_rate_;
  WhereUsed<Vector, Rate> full_mrna_;
  WhereUsed<Vector, Rate> full_protein_;
  std::vector<FlowFactors> factors_;
  WhereUsed<CellState, Rate> state_;  // at time_
  std::vector<char> on_;
  std::vector<char> is_clamped_;
  double time_ = 0.0;
};

/// Bounds follow the promoters; O(nodes) per switch.
class PromoterProposals {
 public:
  static constexpr Candidates kind = Candidates::constant;

  /// @param on_bound of switching on, per gene
  explicit PromoterProposals(Vector on_bound) : on_bound_(std::move(on_bound)), bound_(on_bound_) {}

  template <class Follower>
  void start(const Follower& follower, double) {
    for (Index i = follower.constants().inputs; i < bound_.size(); ++i)
      bound_[i] = follower.is_on(i) ? follower.off_rate(i) : on_bound_[i];
    total_ = bound_.sum();
  }
  double total() const noexcept { return total_; }
  double expiry() const noexcept { return never; }
  template <class Follower>
  void expire(const Follower&) {}
  template <class Follower>
  void after_burst(const Follower& follower, Index gene, double) {
    bound_[gene] = follower.is_on(gene) ? follower.off_rate(gene) : on_bound_[gene];
    total_ = bound_.sum();
  }
  template <class Follower>
  void after_rejection(const Follower&, Index) {}

  double bound(Index gene) const { return bound_[gene]; }
  Candidate pick(RandomStream& stream) const { return pick_linearly(bound_, total_, stream); }

 private:
  Vector on_bound_;  // of switching on
  Vector bound_;     // of what each promoter can do now
  double total_ = 0.0;
};

/// The engine of promoters that switch on and off.
template <class Rate>
using PromoterEngine = std::variant<ThinningEngine<PromoterFollower<Rate>, PromoterProposals>>;

/// The engine of promoters that switch off at `off_rate`.
template <class Rate>
PromoterEngine<Rate> make_promoter_engine(const char* function, const WhereUsed<Kinetics, Rate>& kinetics,
                                          const WhereUsed<Vector, Rate>& off_rate, const Rate& rate) {
  validate(kinetics);
  check_size(function, "kinetics", kinetics.nodes(), static_cast<Index>(rate.nodes()));
  check_size(function, "off_rate", off_rate.size(), kinetics.nodes());
  check_all_positive(function, "off_rate", off_rate, kinetics.inputs());
  return ThinningEngine(PromoterFollower<Rate>(std::make_shared<const Rate>(rate),
                                               std::make_shared<const GeneConstants>(kinetics, Jump::mrna), off_rate),
                        PromoterProposals(constant_bounds(rate, kinetics.inputs())));
}

}  // namespace cardamom::thinning
