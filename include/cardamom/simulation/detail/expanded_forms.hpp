/// @file
/// Linear forms of many proteins when every gene has a d0 and d1 of its own: the argument of each gene is expanded in
/// time to third order, with a bound of what the expansion leaves out. Nearly always that decides a candidate; when it
/// does not, the argument is computed from scratch. Exact all the same.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/simulation/detail/gene_constants.hpp>
#include <cardamom/simulation/detail/held.hpp>
#include <cardamom/simulation/detail/lazy_proteins.hpp>
#include <cardamom/simulation/detail/targets.hpp>
#include <cardamom/simulation/process.hpp>

namespace cardamom::detail {

/// A candidate costs a cubic, a burst four multiply-adds per target, and every so often the expansion is renewed from
/// all proteins. The error is one number for all genes, which suits networks in which most genes act on most.
template <class Rate, Jump jump>
requires LinkedBurstRate<Rate> && SparseBurstRate<Rate>
class ExpandedForms {
 public:
  static constexpr Path path = Path::expansion;

  ExpandedForms(std::shared_ptr<const Rate> rate, std::shared_ptr<const GeneConstants> constants,
                std::shared_ptr<const Targets> targets)
      : exact_(std::move(rate), std::move(constants)), targets_(std::move(targets)) {
    const Index genes = this->constants().genes();
    terms_.setZero(4, genes);
    strongest_.setZero(genes);
    for (Index j = 0; j < genes; ++j) {
      targets_->for_each(j, [&](Index, double w) { strongest_[j] = std::max(strongest_[j], std::abs(w)); });
    }
  }

  const Rate& rate_function() const noexcept { return exact_.rate_function(); }
  const GeneConstants& constants() const noexcept { return exact_.constants(); }
  double time() const noexcept { return exact_.time(); }

  void start(const CellState& state, const HeldLevels& held, double time) {
    exact_.start(state, held, time);
    expand();
  }
  void move_to(double time) { exact_.move_to(time); }
  void read(CellState& state) const { exact_.read(state); }

  double rate(Index gene) { return exact_.rate(gene); }

  /// Whether the rate is at least `level`.
  bool reaches(Index gene, double level) {
    double t = time() - anchor_;
    double error = constant_error_ + quartic_error_ * (t * t) * (t * t);
    if (error > tolerance) {
      expand();
      t = 0.0;
      error = constant_error_;
    }
    const double argument = terms_(0, gene) + t * (terms_(1, gene) + t * (terms_(2, gene) + t * terms_(3, gene)));
    if (link_reaches(gene, argument - error, level)) return true;
    if (!link_reaches(gene, argument + error, level)) return false;
    return exact_.rate(gene) >= level;
  }

  /// Adds the response to the burst, s1 h (x − (d0 + d1) x²/2 + (d0² + d0 d1 + d1²) x³/6 − …), x = t − now, shifted to
  /// the anchor.
  void burst(Index gene, double size) {
    exact_.burst(gene, size);
    if (exact_.held(gene)) return;
    const double d0 = constants().mrna_decay[gene];
    const double d1 = constants().protein_decay[gene];
    const double b = time() - anchor_;
    Eigen::Array4d c;
    double fourth;
    if constexpr (jump == Jump::mrna) {
      const double scale = constants().protein_synthesis[gene] * size;
      c << 0.0, scale, -0.5 * scale * (d0 + d1), scale * (d0 * d0 + d0 * d1 + d1 * d1) / 6.0;
      fourth = scale * fourth_of_transfer(d0, d1);
    } else {
      c << size, -size * d1, 0.5 * size * d1 * d1, -size * d1 * d1 * d1 / 6.0;
      fourth = size * d1 * d1 * d1 * d1;
    }
    add(gene, Eigen::Array4d(c[0] - b * (c[1] - b * (c[2] - b * c[3])), c[1] - b * (2.0 * c[2] - 3.0 * b * c[3]),
                             c[2] - 3.0 * b * c[3], c[3]));
    quartic_error_ += strongest_[gene] * fourth / 24.0;
  }

 private:
  /// Of an argument: weighs renewals against doubtful candidates; its cost is flat around this value.
  static constexpr double tolerance = 0.15;

  bool link_reaches(Index gene, double argument, double level) const {
    if constexpr (requires { rate_function().link_reaches(gene, argument, level); }) {
      return rate_function().link_reaches(gene, argument, level);
    } else {
      return rate_function().link(gene, argument) >= level;
    }
  }

  /// The fourth derivative of (e^(−d1 t) − e^(−d0 t))/(d0 − d1) is a mean over x between d1 and d0 of
  /// −(4 − x t) x³ e^(−x t), at most the mean of 4 x³.
  static double fourth_of_transfer(double d0, double d1) { return (d0 + d1) * (d0 * d0 + d1 * d1); }

  void expand() {
    const Index genes = terms_.cols();
    anchor_ = time();
    terms_.setZero();
    terms_.row(0) = rate_function().basal().array();
    constant_error_ = 1e-10;  // rounding
    quartic_error_ = 0.0;
    const double negligible = 0.01 / static_cast<double>(genes);
    for (Index j = 0; j < genes; ++j) {
      const auto [protein, synthesis] = exact_.now(j);
      if (exact_.held(j)) {
        if (protein != 0.0) add(j, Eigen::Array4d(protein, 0.0, 0.0, 0.0));
        continue;
      }
      if (protein == 0.0 && synthesis == 0.0) continue;
      const double d0 = constants().mrna_decay[j];
      const double d1 = constants().protein_decay[j];
      // What is left of a gene long silent is not worth four multiply-adds per target.
      const double ceiling = protein + synthesis / constants().protein_synthesis[j] * constants().peak[j];
      if (strongest_[j] * ceiling < negligible) {
        constant_error_ += strongest_[j] * ceiling;
        continue;
      }
      // Derivatives of P' = S − d1 P, S' = −d0 S.
      const double first = synthesis - d1 * protein;
      const double second = -d0 * synthesis - d1 * first;
      const double third = d0 * d0 * synthesis - d1 * second;
      add(j, Eigen::Array4d(protein, first, second / 2.0, third / 6.0));
      quartic_error_ += strongest_[j] * (d1 * d1 * d1 * d1 * protein + fourth_of_transfer(d0, d1) * synthesis) / 24.0;
    }
  }

  void add(Index source, const Eigen::Array4d& change) {
    targets_->for_each(source, [&](Index i, double weight) { terms_.col(i) += weight * change; });
  }

  LazyProteins<Rate, jump> exact_;
  std::shared_ptr<const Targets> targets_;
  Eigen::Array<double, 4, Eigen::Dynamic> terms_;  // of the arguments in powers of the time since the anchor
  Vector strongest_;                               // per source: its largest |θ|
  double anchor_ = 0.0;
  double constant_error_ = 0.0;
  double quartic_error_ = 0.0;  // times the fourth power of the time since the anchor
};

}  // namespace cardamom::detail
