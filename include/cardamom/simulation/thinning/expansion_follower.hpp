/// @file
/// Linear forms of many proteins when every gene has a d0 and d1 of its own: the argument of each gene is kept as a sum
/// of a few exponentials that all genes share, with a bound of what they leave out. Nearly always that decides a
/// candidate; when it does not, the argument is computed from scratch. Exact all the same.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/candidate.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/decay_basis.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/lazy_follower.hpp>
#include <cardamom/simulation/thinning/link_reaches.hpp>
#include <cardamom/simulation/thinning/targets.hpp>

namespace cardamom::thinning {

/// A candidate costs one exponential and some fifteen products, a burst eight multiply-adds per target; now and then
/// all forms are renewed from all proteins. Suits networks in which most genes act on most.
template <class Rate, Jump jump>
requires LinkedBurstRate<Rate> && SparseBurstRate<Rate>
class ExpansionFollower {
 public:
  static constexpr Path path = Path::expansion;

  static bool fits(const GeneConstants& constants) {
    return Shapes::fastest(constants) <= DecayBasis::widest * Shapes::slowest(constants);
  }

  /// Needs `fits(constants)`.
  ExpansionFollower(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants,
                    std::shared_ptr<const Targets> targets)
      : exact_(std::move(rate), constants),
        targets_(std::move(targets)),
        shapes_(std::make_shared<const Shapes>(*constants)),
        base_(Vector::Zero(constants->nodes())),
        forms_(static_cast<std::size_t>(constants->nodes())) {}

  const Rate& rate_function() const noexcept { return exact_.rate_function(); }
  const GeneConstants& constants() const noexcept { return exact_.constants(); }
  double time() const noexcept { return exact_.time(); }

  void start(const WhereUsed<CellState, Rate>& state, const ClampedLevels& clamped, double time) {
    exact_.start(state, clamped, time);
    renew();
  }
  void move_to(double time) {
    exact_.move_to(time);
    moment(time, now_);
  }

  /// The basis at a time, good while `anchor()` stays.
  using Terms = WhereUsed<DecayBasis::Terms, Rate>;
  using Moment = Terms;
  double anchor() const noexcept { return anchor_; }
  void moment(double time, Moment& out) const { shapes_->basis.at(time - anchor_, out); }
  void move_to(double time, const Moment& moment) {
    exact_.move_to(time);
    now_ = moment;
  }
  void read(WhereUsed<CellState, Rate>& state) const { exact_.read(state); }

  /// Whether the rate is at least `level`.
  bool reaches(Index gene, double level) {
    if (form(gene).coeff(DecayBasis::size) > tolerance && bursts_ >= fewest_bursts) renew();
    const Terms& f = form(gene);
    const double highest = base_.coeff(gene) + (f * now_).sum();
    if (!link_reaches(rate_function(), gene, highest, level)) return false;
    if (link_reaches(rate_function(), gene, highest - 2.0 * f.coeff(DecayBasis::size), level)) return true;
    if constexpr (ComparableLink<Rate>) {
      return exact_.reaches(gene, level);
    } else {
      return exact_.rate(gene) >= level;
    }
  }

  void burst(Index gene, double size) {
    exact_.burst(gene, size);
    ++bursts_;
    if (exact_.clamped(gene)) return;
    // The terms at the anchor grow: start afresh long before they overflow.
    if ((time() - anchor_) * shapes_->basis.fastest() > 200.0) return renew();
    if constexpr (jump == Jump::mrna) {
      add(gene, constants().protein_synthesis.coeff(gene) * size * shapes_->response(constants(), gene));
    } else {
      add(gene, size * shapes_->decay(constants(), gene));
    }
  }

 private:
  /// Of an argument: weighs renewals against doubtful candidates.
  static constexpr double tolerance = 0.1;
  /// Between renewals, where so much is going on that a fresh expansion is beyond the tolerance at once.
  static constexpr int fewest_bursts = 32;

  /// How the genes' proteins move, per group of equal d0 and d1.
  struct Shapes {
    explicit Shapes(const GeneConstants& constants) : basis(slowest(constants), fastest(constants)) {
      for (const Motion& motion : constants.groups) {
        decays.push_back(basis.decay(motion.protein_decay()));
        if constexpr (jump == Jump::mrna) {
          responses.push_back(basis.response(motion.mrna_decay(), motion.protein_decay()));
        }
      }
    }
    const Terms& decay(const GeneConstants& constants, Index gene) const {
      return decays[constants.group[static_cast<std::size_t>(gene)]];
    }
    const Terms& response(const GeneConstants& constants, Index gene) const {
      return responses[constants.group[static_cast<std::size_t>(gene)]];
    }
    static double slowest(const GeneConstants& constants) {
      double rate = never;
      for (const Motion& motion : constants.groups) {
        rate = std::min(rate, motion.protein_decay());
        if constexpr (jump == Jump::mrna) rate = std::min(rate, motion.mrna_decay());
      }
      return constants.groups.empty() ? 1.0 : rate;
    }
    static double fastest(const GeneConstants& constants) {
      double rate = 0.0;
      for (const Motion& m : constants.groups) rate = std::max({rate, m.protein_decay(), m.mrna_decay()});
      return constants.groups.empty() ? 1.0 : rate;
    }

    DecayBasis basis;
    std::vector<Terms> decays;     // of P
    std::vector<Terms> responses;  // of P to one unit of s1 M
  };

  Terms& form(Index gene) { return forms_[static_cast<std::size_t>(gene)]; }

  void renew() {
    bursts_ = 0;
    anchor_ = time();
    now_.setOnes();
    base_ = rate_function().basal();
    Terms rounding = Terms::Zero();
    rounding[DecayBasis::size] = 1e-10;
    forms_.assign(forms_.size(), rounding);
    for (Index j = 0; j < base_.size(); ++j) {
      const auto [protein, synthesis] = exact_.now(j);
      if (exact_.clamped(j)) {
        for (const Target& target : targets_->from(j)) base_[target.gene] += target.weight * protein;
        continue;
      }
      if (protein == 0.0 && synthesis == 0.0) continue;
      Terms sum = protein * shapes_->decay(constants(), j);
      if constexpr (jump == Jump::mrna) sum += synthesis * shapes_->response(constants(), j);
      add(j, sum);
    }
  }

  /// The protein of `source` moves by this from now on; errors add up whatever the sign.
  void add(Index source, const Terms& fit) {
    static_assert(Terms::SizeAtCompileTime == 8);
    const Terms terms = fit / now_;
    for (const auto& [target, weight] : targets_->from(source)) {
      Terms& f = form(target);
      f.template head<6>() += weight * terms.template head<6>();
      f.template tail<2>() += Eigen::Array2d(weight, std::abs(weight)) * terms.template tail<2>();
    }
  }

  LazyFollower<Rate, jump> exact_;
  std::shared_ptr<const Targets> targets_;
  std::shared_ptr<const Shapes> shapes_;
  WhereUsed<Vector, Rate> base_;  // β and what clamped proteins contribute
  std::vector<Terms> forms_;      // the rest of each argument, since the anchor
  Terms now_ = Terms::Ones();     // the basis at the present
  double anchor_ = 0.0;
  int bursts_ = 0;  // since the anchor
};

}  // namespace cardamom::thinning
