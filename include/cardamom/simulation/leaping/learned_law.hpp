/// @file
/// Any burst rate with parameters as leaping simulates it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/kinetics.hpp>
#include <cardamom/numerics/derivatives.hpp>
#include <cardamom/simulation/leaping/model.hpp>

namespace cardamom {

template <LearnableBurstRate Rate>
class LearnedLaw;

/// Some genes of a burst rate; the proteins of the others stay as they are.
template <LearnableBurstRate Rate>
struct LearnedLeapingModel {
  using Law = LearnedLaw<Rate>;

  WhereUsed<Kinetics, Rate> kinetics;  ///< of the inputs and the genes simulated; rates are cut at k1
  Rate burst_rate;                     ///< of all nodes
  std::vector<Index> active;           ///< nodes of the genes simulated
  WhereUsed<Vector, Rate> others;      ///< one entry per node: protein of the genes that are not

  LearnedLeapingModel(WhereUsed<Kinetics, Rate> simulated, Rate rate, std::vector<Index> genes,
                      WhereUsed<Vector, Rate> rest)
      : kinetics(std::move(simulated)),
        burst_rate(std::move(rate)),
        active(std::move(genes)),
        others(std::move(rest)) {}

  /// The parameters of the genes simulated, gene after gene.
  [[nodiscard]] Vector parameters() const {
    std::vector<double> all;
    for (const Index i : active) {
      const WhereUsed<Vector, Rate> own = burst_rate.parameters(i);
      all.insert(all.end(), own.begin(), own.end());
    }
    return Eigen::Map<const Vector>(all.data(), static_cast<Index>(all.size()));
  }

  /// Replaces them, cut at ±limit.
  void set_parameters(const WhereUsed<Vector, Rate>& x, double limit) {
    Index first = 0;
    for (const Index i : active) {
      const Index own = Vector(burst_rate.parameters(i)).size();
      burst_rate.set_parameters(i, Vector(x.segment(first, own).cwiseMax(-limit).cwiseMin(limit)));
      first += own;
    }
  }

  /// Adds to them.
  void move(const WhereUsed<Vector, Rate>& step, double limit) { set_parameters(parameters() + step, limit); }
};

/// Rates and scores of a block of cells, as `LeapingModel` asks: one cell after another, in double precision. The
/// gradient of log kon is that of the rate when it offers one, else taken by central differences, two evaluations per
/// parameter. Throws NumericalError when the rate is not finite and >= 0 or its gradient not finite.
template <LearnableBurstRate Rate>
class LearnedLaw {
 public:
  LearnedLaw(const LearnedLeapingModel<Rate>& model, Index cells)
      : burst_rate_(model.burst_rate),
        active_(model.active),
        inputs_(model.kinetics.inputs()),
        largest_(model.kinetics.frequency_max.tail(model.kinetics.genes())),
        proteins_(model.others.replicate(1, cells)),
        frequency_(cells, model.kinetics.genes()),
        slope_(CellScores::Zero(cells, model.parameters().size())),
        weight_(CellValues::Zero(cells, model.kinetics.genes())) {
    for (const Index i : active_) parameters_.push_back(burst_rate_.parameters(i));
  }

  void begin_step(const WhereUsed<CellValues, Rate>& proteins, double dt, bool clamp) {
    dt_ = dt;
    for (Index j = 0; j < inputs_; ++j) proteins_.row(j) = proteins.col(j).template cast<double>();
    for (std::size_t a = 0; a < active_.size(); ++a) {
      proteins_.row(active_[a]) = proteins.col(inputs_ + static_cast<Index>(a)).template cast<double>();
    }
    Index first = 0;
    for (std::size_t a = 0; a < active_.size(); ++a) {
      const auto column = static_cast<Index>(a);
      for (Index c = 0; c < proteins_.cols(); ++c) {
        const double kon = burst_rate_(active_[a], proteins_.col(c));
        if (!(kon >= 0.0 && std::isfinite(kon))) misbehaves(a, c, "rate", kon, "finite and >= 0");
        frequency_(c, column) = std::min(kon, largest_[column]);
      }
      if (clamp) set_slopes(a, first);
      first += parameters_[a].size();
    }
  }

  void rate(Index a, WhereUsed<CellValue, Rate>& rate) { rate = (dt_ * frequency_.col(a)).template cast<float>(); }

  void accumulate(Index a, const WhereUsed<CellValue, Rate>& increment) {
    weight_.col(a) += increment * frequency_.col(a).template cast<float>() * static_cast<float>(dt_);
  }

  void flush(WhereUsed<CellScores, Rate>& score) {
    Index p = 0;
    for (std::size_t a = 0; a < active_.size(); ++a) {
      for (const Index end = p + parameters_[a].size(); p < end; ++p) {
        score.col(p).array() += weight_.col(static_cast<Index>(a)) * slope_.col(p).array();
      }
    }
    weight_.setZero();
  }

 private:
  // ∂ log kon/∂ parameter of one gene, every cell; where kon is cut off, nothing moves it.
  void set_slopes(std::size_t a, Index first) {
    const Index gene = active_[a];
    const WhereUsed<Vector, Rate>& at = parameters_[a];
    const auto column = static_cast<Index>(a);
    const auto relative = [&](Index c, double slope) {
      const double kon = frequency_(c, column);
      return kon > 0.0 && kon < largest_[column] ? static_cast<float>(slope / kon) : 0.0F;
    };
    if constexpr (ParameterGradientBurstRate<Rate>) {
      WhereUsed<Vector, Rate> slope(at.size());
      for (Index c = 0; c < proteins_.cols(); ++c) {
        burst_rate_.parameter_gradient(gene, proteins_.col(c), slope);
        for (Index p = 0; p < at.size(); ++p) {
          if (!std::isfinite(slope[p])) misbehaves(a, c, "parameter gradient", slope[p], "finite");
          slope_(c, first + p) = relative(c, slope[p]);
        }
      }
    } else {
      WhereUsed<Vector, Rate> moved = at;
      for (Index p = 0; p < at.size(); ++p) {
        const DifferenceStencil stencil = central_stencil(parameter_step(at[p]));
        WhereUsed<Vector, Rate> difference = Vector::Zero(proteins_.cols());
        for (const auto& [offset, weight] : stencil.points()) {
          moved[p] = at[p] + offset;
          burst_rate_.set_parameters(gene, moved);
          for (Index c = 0; c < proteins_.cols(); ++c) difference[c] += weight * burst_rate_(gene, proteins_.col(c));
        }
        moved[p] = at[p];
        for (Index c = 0; c < proteins_.cols(); ++c)
          slope_(c, first + p) = relative(c, difference[c] / stencil.divisor());
      }
      burst_rate_.set_parameters(gene, at);
    }
  }

  [[noreturn]] void misbehaves(std::size_t a, Index cell, const char* what, double value, const char* expected) const {
    std::string proteins;
    for (const double p : proteins_.col(cell)) proteins += (proteins.empty() ? "" : ", ") + detail::to_text(p);
    throw NumericalError("LearnedLeapingModel: the " + std::string(what) + " of gene " + detail::to_text(active_[a]) +
                         " is " + detail::to_text(value) + " at proteins (" + proteins + "), must be " + expected);
  }

  Rate burst_rate_;
  const std::vector<Index>& active_;
  std::vector<Vector> parameters_;  // per active gene
  Index inputs_;
  WhereUsed<Vector, Rate> largest_;  // rates that are simulated, per gene
  double dt_ = 0.0;
  WhereUsed<Matrix, Rate> proteins_;            // nodes × cells
  WhereUsed<Eigen::ArrayXXd, Rate> frequency_;  // cells × genes
  WhereUsed<CellScores, Rate> slope_;           // cells × parameters: ∂ log kon at the clamped proteins
  WhereUsed<CellValues, Rate> weight_;          // scores of log kon since the last flush
};

}  // namespace cardamom
