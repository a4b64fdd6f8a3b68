/// @file
/// Any burst rate with parameters as the refinement simulates it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/burst_rate/concepts.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>

namespace cardamom::detail {

template <LearnableBurstRate Rate>
class LearnedScores;

template <LearnableBurstRate Rate>
struct LearnedScoreModel : ScoreKinetics {
  using Law = LearnedScores<Rate>;

  Rate burst_rate;            ///< of all G genes; above k1 it is cut
  std::vector<Index> active;  ///< A
  Vector others;              ///< G: protein of the genes that take no part

  LearnedScoreModel(ScoreKinetics kinetics, Rate rate, std::vector<Index> genes, Vector rest)
      : ScoreKinetics(std::move(kinetics)),
        burst_rate(std::move(rate)),
        active(std::move(genes)),
        others(std::move(rest)) {}

  Vector parameters() const {
    std::vector<double> all;
    for (const Index i : active) {
      const Vector own = burst_rate.parameters(i);
      all.insert(all.end(), own.begin(), own.end());
    }
    return Eigen::Map<const Vector>(all.data(), static_cast<Index>(all.size()));
  }

  void set_parameters(const Vector& x, double limit) {
    Index first = 0;
    for (const Index i : active) {
      const Index own = Vector(burst_rate.parameters(i)).size();
      burst_rate.set_parameters(i, Vector(x.segment(first, own).cwiseMax(-limit).cwiseMin(limit)));
      first += own;
    }
  }

  void move(const Vector& step, double limit) { set_parameters(parameters() + step, limit); }
};

/// Rates and scores of a block of cells, as `ScoreModelLike` asks: one cell after another, in double precision. The
/// gradient of log kon is that of the rate when it offers one, else taken by central differences.
template <LearnableBurstRate Rate>
class LearnedScores {
 public:
  LearnedScores(const LearnedScoreModel<Rate>& model, Index cells)
      : burst_rate_(model.burst_rate),
        active_(model.active),
        most_(model.k1),
        proteins_(model.others.replicate(1, cells)),
        frequency_(cells, model.genes()),
        slope_(Eigen::MatrixXf::Zero(cells, model.parameters().size())),
        weight_(CellValues::Zero(cells, model.genes())) {
    for (const Index i : active_) parameters_.push_back(burst_rate_.parameters(i));
  }

  void begin_step(const CellValues& proteins, double dt, bool held) {
    dt_ = dt;
    proteins_.row(0) = proteins.col(0).template cast<double>();
    for (std::size_t a = 0; a < active_.size(); ++a) {
      proteins_.row(active_[a]) = proteins.col(static_cast<Index>(a) + 1).template cast<double>();
    }
    Index first = 0;
    for (std::size_t a = 0; a < active_.size(); ++a) {
      const auto column = static_cast<Index>(a);
      for (Index c = 0; c < proteins_.cols(); ++c) {
        const double kon = burst_rate_(active_[a], proteins_.col(c));
        if (!(kon >= 0.0 && std::isfinite(kon))) misbehaves(a, c, "rate", kon, "finite and >= 0");
        frequency_(c, column) = std::min(kon, most_[column]);
      }
      if (held) set_slopes(a, first);
      first += parameters_[a].size();
    }
  }

  void rate(Index a, Eigen::ArrayXf& rate) { rate = (dt_ * frequency_.col(a)).template cast<float>(); }

  void credit(Index a, const Eigen::ArrayXf& surplus) {
    weight_.col(a) += surplus * frequency_.col(a).template cast<float>() * static_cast<float>(dt_);
  }

  void collect(Eigen::MatrixXf& score) {
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
    const Vector& at = parameters_[a];
    const auto column = static_cast<Index>(a);
    const auto relative = [&](Index c, double slope) {
      const double kon = frequency_(c, column);
      return kon > 0.0 && kon < most_[column] ? static_cast<float>(slope / kon) : 0.0F;
    };
    if constexpr (ParameterGradientBurstRate<Rate>) {
      Vector slope(at.size());
      for (Index c = 0; c < proteins_.cols(); ++c) {
        burst_rate_.parameter_gradient(gene, proteins_.col(c), slope);
        for (Index p = 0; p < at.size(); ++p) {
          if (!std::isfinite(slope[p])) misbehaves(a, c, "parameter gradient", slope[p], "finite");
          slope_(c, first + p) = relative(c, slope[p]);
        }
      }
    } else {
      Vector moved = at;
      for (Index p = 0; p < at.size(); ++p) {
        const double step = 1e-4 * std::max(1.0, std::abs(at[p]));
        Vector difference = Vector::Zero(proteins_.cols());
        for (const double sign : {1.0, -1.0}) {
          moved[p] = at[p] + sign * step;
          burst_rate_.set_parameters(gene, moved);
          for (Index c = 0; c < proteins_.cols(); ++c) difference[c] += sign * burst_rate_(gene, proteins_.col(c));
        }
        moved[p] = at[p];
        for (Index c = 0; c < proteins_.cols(); ++c) slope_(c, first + p) = relative(c, difference[c] / (2.0 * step));
      }
      burst_rate_.set_parameters(gene, at);
    }
  }

  [[noreturn]] void misbehaves(std::size_t a, Index cell, const char* what, double value, const char* expected) const {
    std::string proteins;
    for (const double p : proteins_.col(cell)) proteins += (proteins.empty() ? "" : ", ") + to_text(p);
    throw NumericalError("refine_burst_rate: the " + std::string(what) + " of gene " + to_text(active_[a]) + " is " +
                         to_text(value) + " at proteins (" + proteins + "), must be " + expected);
  }

  Rate burst_rate_;
  const std::vector<Index>& active_;
  std::vector<Vector> parameters_;  // per active gene
  Vector most_;                     // largest rates that are simulated
  double dt_ = 0.0;
  Matrix proteins_;            // G × cells
  Eigen::ArrayXXd frequency_;  // cells × A
  Eigen::MatrixXf slope_;      // cells × parameters: ∂ log kon at the proteins held
  CellValues weight_;          // scores of log kon not yet collected
};

}  // namespace cardamom::detail
