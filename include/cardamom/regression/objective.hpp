/// @file
/// The smooth part of the regression of one gene on the proteins of all, and the requirements optimizers rely on.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/link.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/regression/loss.hpp>
#include <cardamom/regression/shared_columns.hpp>

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
/// | `f.nearly_all_columns(v, most, out, error)` | the same, every entry within its `error`; returns the largest, 0 …
/// most |
/// | `f.evaluate(u, slope, curvature, majorant)` | value; its first two derivatives in u and a safe curvature |
template <class F>
concept LinearObjective = SmoothObjective<F> &&
    requires(const F& f, Index j, double d, const VectorIn& v, VectorOut out) {
  { f.samples() } -> std::convertible_to<Index>;
  f.add_column(j, d, out);
  { f.dot_column(j, v) } -> std::convertible_to<double>;
  f.scaled_column(j, v, out);
  f.all_columns(v, out);
  { f.nearly_all_columns(v, d, out, out) } -> std::convertible_to<double>;
  { f.evaluate(v, out, out, out) } -> std::convertible_to<double>;
};

/// A linear objective whose samples are alike where a few of its columns are.
///
/// | expression | meaning |
/// | --- | --- |
/// | `f.grouped(columns)` | an optional `g` of samples with equal target and entries in these columns, their weights |
/// | | added up; none where that is not worth it. Columns ascend, the last one of all among them |
/// | `g->row()` | a `LinearObjective` of these columns, a sample per group |
/// | `f.spread(*g, of_groups, out)` | the derivative in u of every sample from that of its group |
template <class F>
concept GroupingObjective = LinearObjective<F> &&
    requires(const F& f, const std::vector<Index>& columns, const VectorIn& v, VectorOut out) {
  { f.grouped(columns)->row() } -> LinearObjective;
  f.spread(*f.grouped(columns), v, out);
};

/// A product Xᵀ v kept from one fit of a row to the next. That of another v is the known one and mean_j Σ_s (v −
/// known)_s, up to ‖X_j − mean_j‖₂ ‖v − known‖₂.
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

  /// The same for one of the rows of a regression, fitted again and again: `known`, empty at first, is kept up to date
  /// and spares most products with all of X. One thread at a time.
  /// @param row number of the target
  /// @param shared of the regression's samples; outlives the objective
  RowObjective(L loss, LinkType link, const TableIn& proteins, const ColumnIn& targets,
               const WhereUsed<VectorIn, L>& weights, double floor, Index row, const SharedColumns& shared,
               KnownProduct& known)
      : RowObjective(std::move(loss), std::move(link), proteins, targets, weights, floor) {
    row_ = row;
    shared_ = &shared;
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
  double nearly_all_columns(const WhereUsed<VectorIn, L>& v, double most, WhereUsed<VectorOut, L> out,
                            WhereUsed<VectorOut, L> error) const {
    if (known_ != nullptr && known_->v.size() > 0) {
      const Index nodes = proteins_.cols();
      const double distance = (v - known_->v).norm();
      const double sum = (v - known_->v).sum();
      error.head(nodes) = distance * shared_->spread;
      error[nodes] = 0.0;
      const double largest = error.maxCoeff();
      if (largest <= most) {
        out.head(nodes) = known_->product.head(nodes) + sum * shared_->mean;
        out[nodes] = known_->product[nodes] + sum;
        return largest;
      }
    }
    all_columns(v, out);
    error.setZero();
    if (known_ != nullptr) *known_ = {v, out};
    return 0.0;
  }

  /// Samples that a row of few coefficients cannot tell apart, as samples of their own.
  class Grouped {
   public:
    [[nodiscard]] RowObjective row() const { return {loss_, link_, proteins_, targets_, weights_, floor_}; }

   private:
    friend RowObjective;
    Grouped(const RowObjective& whole, SampleGroups groups, const std::vector<Index>& columns)
        : loss_(whole.loss_),
          link_(whole.link_),
          proteins_(groups.count(), static_cast<Index>(columns.size()) - 1),
          targets_(groups.count()),
          weights_(Vector::Zero(groups.count())),
          floor_(whole.floor_),
          groups_(std::move(groups)) {
      for (Index s = 0; s < whole.samples(); ++s) weights_[groups_.of(s)] += whole.weights_[s];
      for (Index g = 0; g < groups_.count(); ++g) {
        const Index first = groups_.first(g);
        targets_[g] = whole.targets_[first];
        for (Index k = 0; k < proteins_.cols(); ++k)
          proteins_(g, k) = whole.proteins_(first, columns[static_cast<std::size_t>(k)]);
      }
    }

    L loss_;
    LinkType link_;
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> proteins_;
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> targets_;
    Vector weights_;
    double floor_;
    SampleGroups groups_;
  };

  std::optional<Grouped> grouped(const std::vector<Index>& columns) const {
    if (shared_ == nullptr || !shared_->targets.known()) return std::nullopt;
    const Index most = samples() / least_in_group;
    SampleGroups groups(samples());
    if (!groups.refine(shared_->targets, row_, most)) return std::nullopt;
    for (const Index j : columns) {
      if (j < proteins_.cols() && !groups.refine(shared_->proteins, j, most)) return std::nullopt;
    }
    return Grouped(*this, std::move(groups), columns);
  }
  void spread(const Grouped& grouped, const WhereUsed<VectorIn, L>& of_groups, WhereUsed<VectorOut, L> out) const {
    const Vector share = (grouped.weights_.array() > 0.0).select(of_groups.cwiseQuotient(grouped.weights_), 0.0);
    for (Index s = 0; s < samples(); ++s) out[s] = weights_[s] * share[grouped.groups_.of(s)];
  }

  double evaluate(const WhereUsed<VectorIn, L>& u, WhereUsed<VectorOut, L> slope, WhereUsed<VectorOut, L> curvature,
                  WhereUsed<VectorOut, L> majorant) const {
    return sum_terms(u, [&](Index s, const LossTerm& term) {
      const double weight = weights_[s];
      slope[s] = weight * term.slope;
      curvature[s] = weight * term.curvature;
      majorant[s] = weight * term.majorant;
    });
  }

  /// The derivative in u of every sample, at u = X x; returns the value.
  double slopes_at(const WhereUsed<VectorIn, L>& x, WhereUsed<VectorOut, L> slope) const {
    return sum(x, [&](Index s, const LossTerm& term) { slope[s] = weights_[s] * term.slope; });
  }

  double operator()(const WhereUsed<VectorIn, L>& x, WhereUsed<VectorOut, L> gradient) const {
    check_size("RowObjective", "x", x.size(), size());
    check_size("RowObjective", "gradient", gradient.size(), size());
    WhereUsed<Vector, L> slope(samples());
    const double result = slopes_at(x, slope);
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
    return sum_terms(u, visit);
  }

  /// Block by block: among many samples one sum would round by more than the steps of an optimizer gain at its end. The
  /// links of a whole block are found at once.
  template <class Visit>
  double sum_terms(const WhereUsed<VectorIn, L>& u, Visit&& visit) const {
    constexpr Index block = 512;
    std::array<double, block> links;
    double total = 0.0;
    for (Index begin = 0; begin < u.size(); begin += block) {
      const Index size = std::min(u.size() - begin, block);
      double part = 0.0;
      const auto add = [&](Index s, const LossTerm& term) {
        visit(s, term);
        part += weights_[s] * term.value;
      };
      if constexpr (LogisticLoss<L, LinkType>) {
        if (size == block) {
          logistic(u.segment(begin, size), Eigen::Map<WhereUsed<Vector, L>>(links.data(), size));
          for (Index k = 0; k < size; ++k) {
            const Index s = begin + k;
            add(s, loss_.at_logistic(links[static_cast<std::size_t>(k)], static_cast<double>(targets_[s]), floor_));
          }
          total += part;
          continue;
        }
      }
      for (Index s = begin; s < begin + size; ++s)
        add(s, loss_through(loss_, link_, u[s], static_cast<double>(targets_[s]), floor_));
      total += part;
    }
    return total;
  }

  L loss_;
  LinkType link_;
  TableIn proteins_;
  ColumnIn targets_;
  WhereUsed<VectorIn, L> weights_;
  double floor_;
  Index row_ = 0;
  const SharedColumns* shared_ = nullptr;
  KnownProduct* known_ = nullptr;

  /// Groups must be so much fewer than samples to save more than it takes to find them.
  static constexpr Index least_in_group = 4;
};

}  // namespace cardamom
