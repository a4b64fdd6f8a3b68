/// @file
/// Proteins of genes that all share d0 and d1: P_j(t) = e^(−d1 t) U_j − e^(−d0 t) V_j with U, V constant between the
/// bursts of gene j, so time costs two exponentials for all of them.
#pragma once

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/simulation/process.hpp>
#include <cardamom/simulation/thinning/clamped.hpp>
#include <cardamom/simulation/thinning/gene_constants.hpp>
#include <cardamom/simulation/thinning/shared_decay.hpp>

namespace cardamom::thinning {

/// Needs `fits(constants)`.
template <Jump jump>
class SeparableProteins {
 public:
  /// What multiplies e^(−d1 t) and −e^(−d0 t), t since the anchor.
  using Parts = Eigen::Array2d;
  using Moment = SharedDecay::Factors;

  static bool fits(const GeneConstants& constants) { return SharedDecay::fits(constants, jump); }

  explicit SeparableProteins(std::shared_ptr<const GeneConstants> constants)
      : constants_(std::move(constants)), decay_(*constants_) {
    const Index nodes = constants_->nodes();
    const Index genes = nodes - inputs();
    parts_.setZero(2, nodes);
    clamp_level_.setConstant(nodes, -1.0);
    burst_scale_.setOnes(nodes);
    part_peak_.setZero(nodes);
    if constexpr (jump == Jump::mrna) {
      burst_scale_ = constants_->protein_synthesis / decay_.gap();
      part_peak_.tail(genes) = constants_->peak.tail(genes).cwiseQuotient(burst_scale_.tail(genes));
      peak_ = genes > 0 ? part_peak_.tail(genes).maxCoeff() : 0.0;
    }
  }

  const GeneConstants& constants() const noexcept { return *constants_; }
  double time() const noexcept { return time_; }
  double anchor() const noexcept { return anchor_; }
  /// The exponentials now.
  const Moment& now() const noexcept { return now_; }
  Parts parts(Index gene) const { return parts_.col(gene); }

  void start_empty(double time) {
    set_anchor(time);
    parts_.setZero();
    clamp_level_.setConstant(-1.0);
    clamp_level_.head(inputs()).setZero();
  }
  void start(const CellState& state, const ClampedLevels& clamped, double time) {
    start_empty(time);
    clamp_level_.head(inputs()) = state.protein.head(inputs());
    for (const Clamp& c : clamped) clamp_level_[c.node] = c.level;
    for (Index j = 0; j < clamp_level_.size(); ++j) {
      if (jump == Jump::mrna && j >= inputs()) parts_(1, j) = burst_scale_[j] * state.mrna[j];
      parts_(0, j) = parts_(1, j) + state.protein[j];
    }
  }

  /// Sets another level of a node that is clamped already.
  /// @return the change
  double shift_clamp(Index node, double level) { return level - std::exchange(clamp_level_.coeffRef(node), level); }

  void move_to(double time) {
    time_ = time;
    decay_.at(time - anchor_, now_);
  }
  /// The exponentials at a time, good while `anchor()` stays.
  void moment(double time, Moment& out) const { decay_.at(time - anchor_, out); }
  /// From one time to a later one.
  void move_moment(double from, double to, Moment& moment) const { decay_.advance(to - from, moment); }
  void move_to(double time, const Moment& moment) {
    time_ = time;
    now_ = moment;
  }

  /// Growing exponentials: to `rebase` long before they overflow.
  bool needs_rebase() const { return (time_ - anchor_) * decay_.fastest() > 200.0; }
  /// Moves the anchor to the present. By what U and V have been multiplied.
  Parts rebase() {
    const Parts factors = now_;
    parts_.colwise() *= factors;
    set_anchor(time_);
    return factors;
  }

  /// What is added to U and V; the protein of a clamped gene does not show it.
  Parts burst(Index gene, double size) {
    const double scaled = burst_scale_.coeff(gene) * size;
    Parts part(scaled / now_.coeff(0), 0.0);
    if constexpr (jump == Jump::mrna) part.coeffRef(1) = scaled / now_.coeff(1);
    parts_.coeffRef(0, gene) += part.coeff(0);
    parts_.coeffRef(1, gene) += part.coeff(1);
    return part;
  }

  /// P now.
  double protein(Index gene) const { return clamped(gene) ? clamp_level_.coeff(gene) : free_protein(gene); }
  /// P now unless clamped. A difference of numbers that grow: rounding may leave a hair below zero.
  double free_protein(Index gene) const {
    const Parts terms = now_ * parts_.col(gene);
    // As a vector operation: written as a choice it becomes a branch, and whether a gene is silent is hard to predict.
    return (terms - terms.reverse()).cwiseMax(0.0).coeff(0);
  }
  void read(CellState& state) const {
    state.protein = (now_.coeff(0) * parts_.row(0) - now_.coeff(1) * parts_.row(1)).cwiseMax(0.0).transpose();
    state.protein = (clamp_level_.array() >= 0.0).select(clamp_level_, state.protein);
    if constexpr (jump == Jump::mrna) {
      state.mrna = (now_.coeff(1) * parts_.row(1)).transpose() / burst_scale_.array();
      state.mrna.head(inputs()).setZero();
    } else {
      state.mrna.setZero();
    }
  }

  /// P can never again exceed this without another burst of the gene.
  double ceiling(Index gene) const {
    if (clamped(gene)) return clamp_level_.coeff(gene);
    const double first = now_.coeff(0) * parts_.coeff(0, gene);
    if constexpr (jump == Jump::protein) return first;
    const double second = now_.coeff(1) * parts_.coeff(1, gene);
    return std::max(0.0, first - second) + second * part_peak_.coeff(gene);
  }
  /// The same of a sum of the parts of genes none of which is clamped.
  double ceiling_of(const Parts& parts) const {
    const double first = now_.coeff(0) * parts.coeff(0);
    if constexpr (jump == Jump::protein) return first;
    const double second = now_.coeff(1) * parts.coeff(1);
    return first - second + second * peak_;
  }
  double floor(Index gene) const { return std::max(clamp_level_.coeff(gene), 0.0); }
  bool clamped(Index gene) const { return clamp_level_.coeff(gene) >= 0.0; }

 private:
  // Known only once `jump` is: expressions of members wait until they are used.
  template <class T>
  using Own = WhereUsed<T, std::integral_constant<Jump, jump>>;

  Index inputs() const noexcept { return constants_->inputs; }
  void set_anchor(double time) {
    anchor_ = time;
    move_to(time);
  }

  std::shared_ptr<const GeneConstants> constants_;
  Own<SharedDecay> decay_;
  Own<Moment> now_ = Moment::Ones();
  double anchor_ = 0.0;
  double time_ = 0.0;
  Own<Eigen::Array<double, 2, Eigen::Dynamic>> parts_;  // per gene (U, V)
  Own<Vector> clamp_level_;                             // < 0: free
  Own<Vector>
      burst_scale_;  // s1/(d0 − d1): what one molecule adds to U and V at the anchor; 1 in the protein-only model
  Own<Vector> part_peak_;  // most that one unit of V(t) can still add to P
  double peak_ = 0.0;      // the same of all genes, up to rounding
};

}  // namespace cardamom::thinning
