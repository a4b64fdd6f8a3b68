/// @file
/// The smooth part of the regression of one gene on the proteins of all, and the requirements optimizers rely on.
#pragma once

#include <concepts>
#include <utility>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/loss.hpp>

namespace cardamom {

/// A differentiable function of the coefficients of one row.
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `f.size()` | `Index` | number of coefficients |
/// | `f(x, gradient)` | `double` | value at x; the gradient is written to `gradient`, of the same length already |
template <class F>
concept SmoothObjective = requires(const F& f, const VectorIn& x, VectorOut gradient) {
  { f.size() } -> std::convertible_to<Index>;
  { f(x, gradient) } -> std::convertible_to<double>;
};

/// A smooth objective that sees its coefficients only through u = X x: what second-order optimizers exploit.
///
/// | expression | meaning |
/// | --- | --- |
/// | `f.samples()` | N, length of u |
/// | `f.add_column(j, d, u)` | u ← u + d X_j |
/// | `f.dot_column(j, v)` | X_jᵀ v |
/// | `f.scaled_column(j, h, out)` | out ← h ⊙ X_j |
/// | `f.all_columns(v, out)` | out ← Xᵀ v |
/// | `f.nearly_all_columns(v, most, out)` | the same, every entry within the distance returned, 0 … most |
/// | `f.evaluate(u, slope, curvature, majorant)` | value; its first two derivatives in u and a safe curvature |
template <class F>
concept LinearObjective = SmoothObjective<F> &&
    requires(const F& f, Index j, double d, const VectorIn& v, VectorOut out) {
  { f.samples() } -> std::convertible_to<Index>;
  f.add_column(j, d, out);
  { f.dot_column(j, v) } -> std::convertible_to<double>;
  f.scaled_column(j, v, out);
  f.all_columns(v, out);
  { f.nearly_all_columns(v, d, out) } -> std::convertible_to<double>;
  { f.evaluate(v, out, out, out) } -> std::convertible_to<double>;
};

/// A product Xᵀ v kept from one fit of a row to the next. With |X_sj| <= reach, that of another v differs in no entry
/// by more than reach ‖v − known‖₁.
struct KnownProduct {
  Vector v;
  Vector product;
};

/// Σ_s w_s loss(r + (1 − r) L(β + Σ_j θ_j P_sj), y_s): row i of (9), (17) or (20). Coefficients are θ of all nodes in
/// their order, then β. Refers to the data it is given, which must outlive it.
/// @tparam Scalar in which proteins and targets are stored
template <Loss L, Link LinkType = Logistic, std::floating_point Scalar = double>
class RowObjective {
 public:
  using TableIn = Eigen::Ref<const Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>>;
  using ColumnIn = Eigen::Ref<const Eigen::Matrix<Scalar, Eigen::Dynamic, 1>>;

  /// @param proteins N × nodes samples
  /// @param targets N, kon/k1 in [0, 1]
  /// @param weights N, >= 0
  /// @param floor r = k0/k1 in [0, 1)
  RowObjective(L loss, LinkType link, const TableIn& proteins, const ColumnIn& targets,
               const WhereUsed<VectorIn, L>& weights, double floor)
      : loss_(std::move(loss)),
        link_(std::move(link)),
        proteins_(proteins),
        targets_(targets),
        weights_(weights),
        floor_(floor) {
    check_size("RowObjective", "targets", targets.size(), proteins.rows());
    check_size("RowObjective", "weights", weights.size(), proteins.rows());
  }

  /// The same, for a row fitted again and again: `known`, empty at first, is kept up to date and spares most products
  /// with all of X. One thread at a time.
  /// @param reach at least 1 and all |P_sj|
  RowObjective(L loss, LinkType link, const TableIn& proteins, const ColumnIn& targets,
               const WhereUsed<VectorIn, L>& weights, double floor, double reach, KnownProduct& known)
      : RowObjective(std::move(loss), std::move(link), proteins, targets, weights, floor) {
    reach_ = reach;
    known_ = &known;
  }

  Index samples() const noexcept { return proteins_.rows(); }
  Index size() const noexcept { return proteins_.cols() + 1; }

  void add_column(Index j, double d, WhereUsed<VectorOut, L> u) const {
    if (j < proteins_.cols()) {
      u.noalias() += d * column(j);
    } else {
      u.array() += d;
    }
  }
  double dot_column(Index j, const WhereUsed<VectorIn, L>& v) const {
    return j < proteins_.cols() ? column(j).dot(v) : v.sum();
  }
  void scaled_column(Index j, const WhereUsed<VectorIn, L>& h, WhereUsed<VectorOut, L> out) const {
    if (j < proteins_.cols()) {
      out = column(j).cwiseProduct(h);
    } else {
      out = h;
    }
  }
  void all_columns(const WhereUsed<VectorIn, L>& v, WhereUsed<VectorOut, L> out) const {
    if constexpr (std::same_as<Scalar, double>) {
      out.head(proteins_.cols()).noalias() = proteins_.transpose() * v;
    } else {
      for (Index j = 0; j < proteins_.cols(); ++j) out[j] = column(j).dot(v);
    }
    out[proteins_.cols()] = v.sum();
  }
  double nearly_all_columns(const WhereUsed<VectorIn, L>& v, double most, WhereUsed<VectorOut, L> out) const {
    if (known_ != nullptr && known_->v.size() > 0) {
      const double distance = reach_ * (v - known_->v).template lpNorm<1>();
      if (distance <= most) {
        out = known_->product;
        return distance;
      }
    }
    all_columns(v, out);
    if (known_ != nullptr) *known_ = {v, out};
    return 0.0;
  }

  double evaluate(const WhereUsed<VectorIn, L>& u, WhereUsed<VectorOut, L> slope, WhereUsed<VectorOut, L> curvature,
                  WhereUsed<VectorOut, L> majorant) const {
    double value = 0.0;
    for (Index s = 0; s < u.size(); ++s) {
      const LossTerm term = loss_through(loss_, link_, u[s], static_cast<double>(targets_[s]), floor_);
      const double weight = weights_[s];
      value += weight * term.value;
      slope[s] = weight * term.slope;
      curvature[s] = weight * term.curvature;
      majorant[s] = weight * term.majorant;
    }
    return value;
  }

  double operator()(const WhereUsed<VectorIn, L>& x, WhereUsed<VectorOut, L> gradient) const {
    check_size("RowObjective", "x", x.size(), size());
    check_size("RowObjective", "gradient", gradient.size(), size());
    WhereUsed<Vector, L> slope(samples());
    const double result = sum(x, [&](Index s, const LossTerm& term) { slope[s] = weights_[s] * term.slope; });
    all_columns(slope, gradient);
    return result;
  }

  double value(const WhereUsed<VectorIn, L>& x) const {
    return sum(x, [](Index, const LossTerm&) {});
  }

 private:
  auto column(Index j) const { return proteins_.col(j).template cast<double>(); }

  template <class Visit>
  double sum(const WhereUsed<VectorIn, L>& x, Visit&& visit) const {
    WhereUsed<Vector, L> u = Vector::Zero(samples());
    for (Index j = 0; j < size(); ++j) {
      if (x[j] != 0.0) add_column(j, x[j], u);
    }
    double total = 0.0;
    for (Index s = 0; s < u.size(); ++s) {
      const LossTerm term = loss_through(loss_, link_, u[s], static_cast<double>(targets_[s]), floor_);
      visit(s, term);
      total += weights_[s] * term.value;
    }
    return total;
  }

  L loss_;
  LinkType link_;
  TableIn proteins_;
  ColumnIn targets_;
  WhereUsed<VectorIn, L> weights_;
  double floor_;
  double reach_ = 1.0;
  KnownProduct* known_ = nullptr;
};

}  // namespace cardamom
