/// @file
/// Whether a burst rate keeps the duties that no compiler checks, on every rung of the ladder it stands on.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/burst_rate/protein_view.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/derivatives.hpp>

namespace cardamom {

/// How closely `check_rate` looks, and on what scale.
struct CheckRateOptions {
  Vector scale = {};        ///< per node, the level on which its effect changes, > 0; empty: 1, as under (11)
  Index boxes = 100;        ///< random boxes of levels looked at
  double tolerance = 1e-3;  ///< largest relative error of a gradient
  std::uint64_t seed = 0;
};

/// @throws std::invalid_argument on sizes and numbers, std::domain_error on values
inline void validate(const CheckRateOptions& options) {
  check_all_positive("CheckRateOptions", "scale", options.scale);
  check_at_least("CheckRateOptions", "boxes", options.boxes, 1);
  check_positive("CheckRateOptions", "tolerance", options.tolerance);
}

namespace detail {

/// Levels lower <= inside <= upper, per node.
struct LevelBox {
  Vector lower;
  Vector upper;
  Vector inside;
};

/// Boxes of four kinds in turn: from zero, anywhere, thin, and far beyond all scales.
template <class Use = CompiledWhereUsed>
[[nodiscard]] LevelBox draw_box(const WhereUsed<VectorIn, Use>& scale, Index number,
                                WhereUsed<RandomStream, Use>& random) {
  LevelBox box{Vector::Zero(scale.size()), Vector::Zero(scale.size()), Vector::Zero(scale.size())};
  for (Index j = 0; j < scale.size(); ++j) {
    const double level = 3.0 * scale[j] * random.uniform();
    const double width = random.uniform();
    switch (number % 4) {
      case 0:
        box.upper[j] = level;
        break;
      case 1:
        box.lower[j] = level;
        box.upper[j] = level + 3.0 * scale[j] * width * width;
        break;
      case 2:
        box.lower[j] = level;
        box.upper[j] = level + 0.05 * scale[j] * width;
        break;
      default:
        box.upper[j] = 1000.0 * level;
    }
    box.inside[j] = box.lower[j] + (box.upper[j] - box.lower[j]) * random.uniform();
  }
  return box;
}

/// Equal but for rounding.
[[nodiscard]] inline bool nearly_equal(double a, double b, double tolerance = 1e-9) noexcept {
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

/// Reads from a vector, as views of a simulator read from a state.
struct LevelSource {
  const Vector* levels;
  double protein(Index gene) const { return (*levels)[gene]; }
};

template <BurstRate Rate>
class RateCheck {
  static_assert(explain_rate_members<Rate>());

 public:
  RateCheck(const Rate& rate, const CheckRateOptions& options)
      : rate_(rate),
        options_(options),
        nodes_(static_cast<Index>(rate.nodes())),
        inputs_(inputs_of(rate)),
        scale_(options.scale),
        random_(options.seed, Purpose::checks) {
    check_at_least("check_rate", "rate.inputs()", inputs_, 0);
    check_at_least("check_rate", "rate.nodes()", nodes_, std::max<Index>(1, inputs_));
    if (scale_.size() == 0) scale_ = Vector::Ones(nodes_);
    check_size("check_rate", "options.scale", scale_.size(), nodes_);
    largest_ = Vector::Zero(nodes_);
  }

  void run() {
    check_structure();
    for (Index number = 0; number < options_.boxes; ++number) {
      const LevelBox box = draw_box(scale_, number, random_);
      WhereUsed<Vector, Rate> away_from_zero = box.inside.cwiseMax(0.05 * scale_);
      const bool far = number % 4 == 3;
      for (Index gene = inputs_; gene < nodes_; ++gene) {
        check_reads(gene, box.inside);
        const double value = value_at(rate_, gene, box.inside);
        check_bounds(gene, box);
        if constexpr (SparseBurstRate<Rate> && BoxBoundBurstRate<Rate>) check_bounds(gene, without_others(gene, box));
        check_regulators(gene, box.inside, value);
        check_lazy(gene, box.inside, value);
        check_link(gene, box.inside, value);
        if (far) continue;
        check_gradient(gene, away_from_zero);
        check_parameters(gene, away_from_zero);
      }
    }
  }

  /// The largest kon seen, per node.
  const Vector& largest() const noexcept { return largest_; }

 private:
  static std::string rate_at(Index gene) { return "rate(" + to_text(gene) + ", protein)"; }

  [[noreturn]] static void fail(const std::string& what) { throw NumericalError("check_rate: " + what); }
  [[noreturn]] static void fail(const std::string& what, const WhereUsed<Vector, Rate>& protein) {
    fail(what + "; protein = " + list_text(protein));
  }

  /// kon, finite and >= 0.
  static double value_at(const Rate& rate, Index gene, const WhereUsed<Vector, Rate>& protein) {
    const double value = rate(gene, protein);
    if (!(std::isfinite(value) && value >= 0.0)) {
      fail(rate_at(gene) + " is " + to_text(value) + ", must be finite and >= 0", protein);
    }
    return value;
  }

  /// What does not depend on levels.
  void check_structure() {
    for (Index gene = inputs_; gene < nodes_; ++gene) {
      if constexpr (SparseBurstRate<Rate>) {
        for (const auto j : rate_.regulators(gene)) {
          if (static_cast<Index>(j) < 0 || static_cast<Index>(j) >= nodes_) {
            fail("rate.regulators(" + to_text(gene) + ") has " + to_text(static_cast<Index>(j)) +
                 ", must be a node in [0, " + to_text(nodes_) + ")");
          }
        }
      }
    }
    if constexpr (LinkedBurstRate<Rate>) {
      check_size("check_rate", "rate.basal()", rate_.basal().size(), nodes_);
      check_shape("check_rate", "rate.interactions()", rate_.interactions(), nodes_, nodes_);
    }
  }

  /// The nodes that the rate of `gene` says it reads.
  std::vector<Index> read_nodes(Index gene) const {
    std::vector<Index> nodes;
    if constexpr (SparseBurstRate<Rate>) {
      for (const auto j : rate_.regulators(gene)) nodes.push_back(static_cast<Index>(j));
    } else {
      for (Index j = 0; j < nodes_; ++j) nodes.push_back(j);
    }
    return nodes;
  }

  /// The same box of the nodes that are read, and 0 for all others: a simulator keeps nothing else up to date.
  LevelBox without_others(Index gene, const LevelBox& box) const {
    LevelBox result{Vector::Zero(nodes_), Vector::Zero(nodes_), Vector::Zero(nodes_)};
    for (const Index j : read_nodes(gene)) {
      result.lower[j] = box.lower[j];
      result.upper[j] = box.upper[j];
      result.inside[j] = box.inside[j];
    }
    return result;
  }

  /// The same from call to call, and whatever stands in memory before and behind the levels.
  void check_reads(Index gene, const WhereUsed<Vector, Rate>& inside) const {
    WhereUsed<Vector, Rate> memory(3 * nodes_);
    const auto among = [&](double others) {
      memory.setConstant(others);
      memory.segment(nodes_, nodes_) = inside;
      const WhereUsed<VectorIn, Rate> levels(memory.segment(nodes_, nodes_));
      return static_cast<double>(rate_(gene, levels));
    };
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    const double value = among(0.0);
    if (!same(among(0.0), value)) fail(rate_at(gene) + " differs from call to call", inside);
    for (const double others : {1.0, 1000.0, std::nan("")}) {
      if (!same(among(others), value)) {
        fail(rate_at(gene) + " reads beyond the " + to_text(nodes_) + " levels of protein, must read nodes in [0, " +
                 to_text(nodes_) + ") alone",
             inside);
      }
    }
  }

  /// Never above a bound, on the way from a point inside to where the gene is most active: node by node to the edge of
  /// the box that favours it.
  void check_bounds(Index gene, const LevelBox& box) {
    WhereUsed<Vector, Rate> protein = box.inside;
    double best = within_bounds(gene, box, protein);
    for (const Index j : read_nodes(gene)) {
      double favourable = protein[j];
      for (const double level : {box.lower[j], box.upper[j]}) {
        protein[j] = level;
        const double value = within_bounds(gene, box, protein);
        if (value > best) {
          best = value;
          favourable = level;
        }
      }
      protein[j] = favourable;
    }
    largest_[gene] = std::max(largest_[gene], best);
  }

  /// kon at a point of the box, once it is known to be within the bounds.
  double within_bounds(Index gene, const LevelBox& box, const WhereUsed<Vector, Rate>& protein) const {
    const double value = value_at(rate_, gene, protein);
    [[maybe_unused]] const auto compare = [&](double bound, const std::string& name) {
      if (!(std::isfinite(bound) && bound >= 0.0)) fail(name + " is " + to_text(bound) + ", must be finite and >= 0");
      // As much room for rounding as simulation leaves.
      if (value > bound * (1.0 + 1e-9)) {
        fail(rate_at(gene) + " is " + to_text(value) + ", must not exceed " + name + ", which is " + to_text(bound),
             protein);
      }
    };
    if constexpr (ConstantBoundBurstRate<Rate>) compare(rate_.bound(gene), "rate.bound(" + to_text(gene) + ")");
    if constexpr (BoxBoundBurstRate<Rate>) {
      compare(rate_.bound(gene, box.lower, box.upper), "rate.bound(" + to_text(gene) + ", lower, upper) of lower = " +
                                                           list_text(box.lower) + ", upper = " + list_text(box.upper));
    }
    return value;
  }

  /// Levels of nodes that are not listed change nothing.
  void check_regulators(Index gene, const WhereUsed<Vector, Rate>& inside, double value) {
    if constexpr (SparseBurstRate<Rate>) {
      const std::vector<Index> listed = read_nodes(gene);
      WhereUsed<Vector, Rate> others = inside;
      for (Index j = 0; j < nodes_; ++j) {
        if (std::find(listed.begin(), listed.end(), j) == listed.end()) {
          others[j] = 3.0 * scale_[j] * random_.uniform();
        }
      }
      if (nearly_equal(value_at(rate_, gene, others), value)) return;
      WhereUsed<Vector, Rate> protein = inside;
      for (Index j = 0; j < nodes_; ++j) {
        protein[j] = others[j];
        const double changed = value_at(rate_, gene, protein);
        if (!nearly_equal(changed, value)) {
          fail(rate_at(gene) + " changes from " + to_text(value) + " to " + to_text(changed) + " with node " +
                   to_text(j) + ", which rate.regulators(" + to_text(gene) + ") must list",
               protein);
        }
      }
      fail(rate_at(gene) + " changes with nodes that rate.regulators(" + to_text(gene) + ") does not list", inside);
    }
  }

  /// The same value from a view.
  void check_lazy(Index gene, const WhereUsed<Vector, Rate>& inside, double value) const {
    if constexpr (LazyBurstRate<Rate>) {
      const LevelSource source{&inside};
      const double lazy = rate_(gene, view_of(source, nodes_));
      if (!nearly_equal(lazy, value)) {
        fail(rate_at(gene) + " is " + to_text(lazy) + " of a ProteinView, must be " + to_text(value) +
                 " as of a VectorIn",
             inside);
      }
    }
  }

  /// The link of the linear form is the rate, and increases.
  void check_link(Index gene, const WhereUsed<Vector, Rate>& inside, double value) {
    if constexpr (LinkedBurstRate<Rate>) {
      double argument = rate_.basal()[gene];
      for (SparseMatrix::InnerIterator edge(rate_.interactions(), gene); edge; ++edge) {
        argument += edge.value() * inside[edge.col()];
      }
      const double linked = rate_.link(gene, argument);
      const std::string name = "rate.link(" + to_text(gene) + ", " + to_text(argument) + ")";
      if (!nearly_equal(linked, value, 1e-7)) {
        fail(name + " is " + to_text(linked) + ", must be " + rate_at(gene) + ", which is " + to_text(value), inside);
      }
      if constexpr (requires {
                      { rate_.link_reaches(gene, argument, linked) } -> std::same_as<bool>;
                    }) {
        for (const double factor : {0.5, 1.0 - 1e-6, 1.0 + 1e-6, 1.5}) {
          const double level = factor * linked;
          // Nobody asks beyond the bound.
          if constexpr (ConstantBoundBurstRate<Rate>) {
            if (level > rate_.bound(gene)) continue;
          }
          if (linked > 0.0 && rate_.link_reaches(gene, argument, level) != (linked >= level)) {
            fail("rate.link_reaches(" + to_text(gene) + ", " + to_text(argument) + ", " + to_text(level) + ") is " +
                 (linked >= level ? "false" : "true") + ", but " + name + " is " + to_text(linked));
          }
        }
      }
      const double above = argument + 4.0 * random_.uniform();
      const double next = rate_.link(gene, above);
      if (!(next >= linked || nearly_equal(next, linked))) {
        fail(name + " is " + to_text(linked) + ", must not exceed rate.link(" + to_text(gene) + ", " + to_text(above) +
             "), which is " + to_text(next));
      }
    }
  }

  /// ∂kon/∂P_j is that of differences.
  void check_gradient(Index gene, const WhereUsed<Vector, Rate>& protein) const {
    if constexpr (DifferentiableBurstRate<Rate>) {
      WhereUsed<Vector, Rate> gradient = Vector::Constant(nodes_, std::nan(""));
      rate_.gradient(gene, protein, gradient);
      const double size = std::abs(rate_(gene, protein));
      WhereUsed<Vector, Rate> moved = protein;
      for (Index j = 0; j < nodes_; ++j) {
        // Of several steps one agrees: the long ones where the rate is smooth, the short one near a kink.
        double expected = 0.0;
        bool agrees = false;
        for (const double share : {1.0, 0.03, 0.001}) {
          const double numeric = derivative(
              [&](double level) {
                moved[j] = level;
                return value_at(rate_, gene, moved);
              },
              protein[j], level_stencil(protein[j], share * scale_[j]));
          if (share == 1.0) expected = numeric;
          const double largest = std::max(std::abs(numeric), std::abs(gradient[j]));
          agrees = std::abs(gradient[j] - numeric) <= options_.tolerance * largest + 1e-7 * size / scale_[j];
          if (agrees) break;
        }
        moved[j] = protein[j];
        if (!agrees) {
          fail("rate.gradient(" + to_text(gene) + ", protein, out) gives out[" + to_text(j) +
                   "] = " + to_text(gradient[j]) + ", differences give " + to_text(expected),
               protein);
        }
      }
    }
  }

  /// Parameters go in and out, any are allowed, and the derivatives with respect to them are those of differences.
  void check_parameters(Index gene, const WhereUsed<Vector, Rate>& protein) {
    if constexpr (LearnableBurstRate<Rate>) {
      Rate changed = rate_;
      WhereUsed<Vector, Rate> x = changed.parameters(gene);
      if (x.size() == 0) return;
      for (Index p = 0; p < x.size(); ++p) x[p] += random_.normal();
      const auto set = [&](const WhereUsed<Vector, Rate>& values) {
        changed.set_parameters(gene, values);
        return value_at(changed, gene, protein);
      };
      const double value = set(x);
      const WhereUsed<Vector, Rate> back = changed.parameters(gene);
      const std::string set_parameters = "rate.set_parameters(" + to_text(gene) + ", x)";
      if (back.size() != x.size() || !((back - x).cwiseAbs().maxCoeff() <= 1e-9 * (1.0 + x.cwiseAbs().maxCoeff()))) {
        fail("rate.parameters(" + to_text(gene) + ") is " + list_text(back) + " after " + set_parameters +
             ", must be x = " + list_text(x));
      }
      if constexpr (ConstantBoundBurstRate<Rate>) {
        if (value > changed.bound(gene) * (1.0 + 1e-9)) {
          fail(rate_at(gene) + " is " + to_text(value) + " after " + set_parameters + " of x = " + list_text(x) +
                   ", must not exceed rate.bound(" + to_text(gene) + "), which is " + to_text(changed.bound(gene)),
               protein);
        }
      }
      if constexpr (ParameterGradientBurstRate<Rate>) {
        WhereUsed<Vector, Rate> gradient = Vector::Constant(x.size(), std::nan(""));
        changed.parameter_gradient(gene, protein, gradient);
        WhereUsed<Vector, Rate> moved = x;
        for (Index p = 0; p < x.size(); ++p) {
          const double expected = derivative(
              [&](double parameter) {
                moved[p] = parameter;
                return set(moved);
              },
              x[p]);
          moved[p] = x[p];
          const double largest = std::max(std::abs(expected), std::abs(gradient[p]));
          if (!(std::abs(gradient[p] - expected) <= options_.tolerance * largest + 1e-7 * value)) {
            fail("rate.parameter_gradient(" + to_text(gene) + ", protein, out) gives out[" + to_text(p) + "] = " +
                     to_text(gradient[p]) + ", differences give " + to_text(expected) + " at x = " + list_text(x),
                 protein);
          }
        }
      }
    }
  }

  const Rate& rate_;
  const CheckRateOptions& options_;
  Index nodes_;
  Index inputs_;
  WhereUsed<Vector, Rate> scale_;
  WhereUsed<Vector, Rate> largest_;
  RandomStream random_;
};

}  // namespace detail

/// Tries a burst rate at random levels of all nodes, from 0 to three times their scale and in every fourth box far
/// beyond, and asks of each gene what the rate promises:
///
/// | of every rate | finite, >= 0, the same from call to call, reads no more than the levels of its nodes |
/// | --- | --- |
/// | `bound` | never exceeded |
/// | `regulators` | nodes that exist; no other changes the rate |
/// | views of proteins | the value of the vector |
/// | `link` | the rate itself, and increasing; `link_reaches` compares it |
/// | `gradient` | that of differences |
/// | `parameters` | come back as they were set, any are allowed; `parameter_gradient` is that of differences |
///
///     check_rate(rate);                         // levels of about 1
///     check_rate(rate, {.scale = levels});
///
/// What holds at all these levels need not hold at others: a pass is no proof. O(boxes · genes · nodes) evaluations, of
/// a sparse rate without gradient O(boxes · edges).
/// @throws NumericalError naming member, gene, values and expectation; std::invalid_argument or std::domain_error on
/// options out of range
template <BurstRate Rate>
void check_rate(const Rate& rate, const CheckRateOptions& options = {}) {
  validate(options);
  detail::RateCheck<Rate>(rate, options).run();
}

}  // namespace cardamom
