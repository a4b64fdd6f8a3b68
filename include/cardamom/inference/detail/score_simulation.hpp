/// @file
/// Simulation of many cells of model (1) with burst rate (2), together with the likelihood score of every path.
///
/// Time is leapt in steps short against the mRNA's lifetime: bursts of a step are Poisson given the rates at its start,
/// which is also what makes the score a plain sum. Cells run side by side so that everything but the drawing of random
/// numbers is vector arithmetic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom::detail {

/// Model of the A genes that take part; column 0 of `interactions` is the stimulus.
struct ScoreModel {
  Vector basal;         ///< β, A
  Matrix interactions;  ///< θ, A × (A + 1)
  Vector k0, k1;        ///< [1/h]
  Vector burst;         ///< s0/koff [molecules]
  Vector d0, d1, s1;

  Index genes() const noexcept { return basal.size(); }
  /// Parameters of a row: θ_i0 … θ_iA, β_i.
  Index row_size() const noexcept { return genes() + 2; }
};

/// What is compared with the data at each time point: threshold exceedances φ_i = [count_i >= c_i] around the data's
/// shares f_i, and products of pairs.
struct ScoreStatistics {
  std::vector<double> thresholds;            ///< c_i, A
  std::vector<std::pair<Index, Index>> all;  ///< (i, i): φ_i; (i, j), i < j: (φ_i − f_i)(φ_j − f_j)
  /// Statistics and parameters whose sensitivities are computed together: all of them, or for each row its own.
  struct Group {
    std::vector<Index> statistics;
    Index first_parameter;
    Index parameters;
  };
  std::vector<Group> groups;
};

/// Means over the simulated cells at one time point.
struct ScoreMoments {
  Vector statistics;                ///< per statistic
  std::vector<Matrix> sensitivity;  ///< per group: ∂E[statistic]/∂parameter = Cov(statistic, score)
};

struct ScoreProtocol {
  std::vector<double> times;     ///< readings, increasing [h]
  std::vector<double> stimulus;  ///< its level up to each reading since the one before
  double burn_in = 5.0;
  double step = 0.5;  ///< longest leap [h]
  Index cells = 1000;
  std::uint64_t seed = 0;
  std::uint64_t pass = 0;  ///< passes of the same seed are independent
};

/// P(Poisson(mean) >= threshold).
inline double exceedance(double mean, double threshold) {
  double term = std::exp(-mean);
  double below = term;
  for (double k = 1.0; k < threshold; k += 1.0) {
    term *= mean / k;
    below += term;
  }
  return std::clamp(1.0 - below, 0.0, 1.0);
}

/// One block of cells, advanced together.
class ScoreBlock {
 public:
  ScoreBlock(const ScoreModel& model, const ScoreProtocol& protocol, Index first, Index count)
      : model_(model),
        protein_(Matrix::Zero(count, model.genes() + 1)),
        mrna_(Matrix::Zero(count, model.genes())),
        score_(Matrix::Zero(count, model.genes() * model.row_size())),
        uniform_(count, model.genes()),
        weight_(count, model.genes()),
        argument_(count, model.genes()) {
    streams_.reserve(static_cast<std::size_t>(count));
    for (Index c = 0; c < count; ++c) {
      streams_.emplace_back(protocol.seed, Purpose::refinement,
                            (protocol.pass << 32U) + static_cast<std::uint64_t>(first + c));
    }
  }

  void advance(double duration, double longest, double stimulus) {
    if (!(duration > 0.0)) return;
    protein_.col(0).setConstant(stimulus);
    const auto steps = static_cast<Index>(std::ceil(duration / longest - 1e-9));
    const double dt = duration / static_cast<double>(steps);
    const Index genes = model_.genes();
    const Vector decay0 = (-model_.d0.array() * dt).exp();
    const Vector decay1 = (-model_.d1.array() * dt).exp();
    Vector feed(genes);
    for (Index i = 0; i < genes; ++i) {
      const double gap = model_.d0[i] - model_.d1[i];
      feed[i] = model_.s1[i] * decay1[i] * (std::abs(gap * dt) < 1e-8 ? dt : -std::expm1(-gap * dt) / gap);
    }
    const Vector half0 = (-model_.d0.array() * 0.5 * dt).exp();
    for (Index k = 0; k < steps; ++k) step(dt, decay0, decay1, feed, half0);
  }

  const Matrix& mrna() const noexcept { return mrna_; }
  const Matrix& score() const noexcept { return score_; }

 private:
  void step(double dt, const Vector& decay0, const Vector& decay1, const Vector& feed, const Vector& half0) {
    const Index genes = model_.genes();
    const Index cells = mrna_.rows();
    argument_.noalias() = protein_ * model_.interactions.transpose();
    for (Index c = 0; c < cells; ++c) {
      RandomStream& stream = streams_[static_cast<std::size_t>(c)];
      for (Index i = 0; i < genes; ++i) uniform_(c, i) = stream.uniform();
    }
    for (Index i = 0; i < genes; ++i) {
      const double range = model_.k1[i] - model_.k0[i];
      auto sigma = argument_.col(i).array();
      sigma = 1.0 / (1.0 + (-(sigma + model_.basal[i])).exp());
      weight_.col(i) = (-(model_.k0[i] + range * sigma) * dt).exp();  // P(no burst)
      for (Index c = 0; c < cells; ++c) {
        const double s = argument_(c, i);
        const double rate = model_.k0[i] + range * s;
        double n = 0.0;
        if (uniform_(c, i) > weight_(c, i)) {
          double mass = weight_(c, i);
          double total = mass;
          double size = 0.0;
          do {
            n += 1.0;
            mass *= rate * dt / n;
            total += mass;
            size -= std::log(streams_[static_cast<std::size_t>(c)].uniform());
          } while (uniform_(c, i) > total && n < 50.0);
          burst_ = size * model_.burst[i] * half0[i];
        }
        weight_(c, i) = (n - rate * dt) * range * s * (1.0 - s) / std::max(rate, 1e-12);
        // Exact flow over the step; a burst comes in its middle.
        const double m = mrna_(c, i);
        protein_next_ = protein_(c, i + 1) * decay1[i] + feed[i] * m;
        mrna_(c, i) = m * decay0[i];
        if (n > 0.0) {
          mrna_(c, i) += burst_;
          protein_next_ += 0.5 * dt * model_.s1[i] * burst_;
        }
        uniform_(c, i) = protein_next_;  // the proteins of the start of the step are still needed for the score
      }
    }
    const Index row = model_.row_size();
    for (Index i = 0; i < genes; ++i) {
      for (Index j = 0; j <= genes; ++j) {
        score_.col(i * row + j).array() += weight_.col(i).array() * protein_.col(j).array();
      }
      score_.col(i * row + genes + 1) += weight_.col(i);
    }
    protein_.rightCols(genes) = uniform_;
  }

  const ScoreModel& model_;
  Matrix protein_;
  Matrix mrna_;
  Matrix score_;
  Matrix uniform_;
  Matrix weight_;
  Matrix argument_;
  std::vector<RandomStream> streams_;
  double burst_ = 0.0;
  double protein_next_ = 0.0;
};

/// Moments at every reading; independent of the executor: blocks are summed in order.
/// @param shares per reading, A: f of the data
template <Executor E>
std::vector<ScoreMoments> simulate_scores(const ScoreModel& model, const ScoreProtocol& protocol,
                                          const ScoreStatistics& statistics, const std::vector<Vector>& shares,
                                          const E& executor) {
  constexpr Index block_size = 125;
  const Index blocks = (protocol.cells + block_size - 1) / block_size;
  const std::size_t readings = protocol.times.size();
  struct Sums {
    Vector statistics;
    Vector score;
    std::vector<Matrix> cross;
  };
  std::vector<std::vector<Sums>> sums(static_cast<std::size_t>(blocks), std::vector<Sums>(readings));
  const auto count = static_cast<Index>(statistics.all.size());
  for_each_index(executor, blocks, [&](Index b) {
    const Index first = b * block_size;
    const Index cells = std::min(block_size, protocol.cells - first);
    ScoreBlock block(model, protocol, first, cells);
    block.advance(protocol.burn_in, protocol.step, 0.0);
    Matrix deviation(cells, model.genes());
    Matrix values(cells, count);
    Matrix chosen;
    for (std::size_t k = 0; k < readings; ++k) {
      if (k > 0) block.advance(protocol.times[k] - protocol.times[k - 1], protocol.step, protocol.stimulus[k]);
      for (Index i = 0; i < model.genes(); ++i) {
        const double threshold = statistics.thresholds[static_cast<std::size_t>(i)];
        for (Index c = 0; c < cells; ++c) deviation(c, i) = exceedance(block.mrna()(c, i), threshold) - shares[k][i];
      }
      for (Index q = 0; q < count; ++q) {
        const auto [i, j] = statistics.all[static_cast<std::size_t>(q)];
        if (i == j) {
          values.col(q) = deviation.col(i);
        } else {
          values.col(q) = deviation.col(i).cwiseProduct(deviation.col(j));
        }
      }
      Sums& sum = sums[static_cast<std::size_t>(b)][k];
      sum.statistics = values.colwise().sum();
      sum.score = block.score().colwise().sum();
      for (const auto& group : statistics.groups) {
        chosen.resize(cells, static_cast<Index>(group.statistics.size()));
        for (Index q = 0; q < chosen.cols(); ++q) {
          chosen.col(q) = values.col(group.statistics[static_cast<std::size_t>(q)]);
        }
        sum.cross.push_back(chosen.transpose() * block.score().middleCols(group.first_parameter, group.parameters));
      }
    }
  });
  std::vector<ScoreMoments> moments(readings);
  const double scale = 1.0 / static_cast<double>(protocol.cells);
  for (std::size_t k = 0; k < readings; ++k) {
    Sums total = sums[0][k];
    for (std::size_t b = 1; b < sums.size(); ++b) {
      total.statistics += sums[b][k].statistics;
      total.score += sums[b][k].score;
      for (std::size_t g = 0; g < total.cross.size(); ++g) total.cross[g] += sums[b][k].cross[g];
    }
    moments[k].statistics = total.statistics * scale;
    for (std::size_t g = 0; g < total.cross.size(); ++g) {
      const auto& group = statistics.groups[g];
      Matrix& sensitivity = total.cross[g];
      sensitivity *= scale;
      for (Index q = 0; q < sensitivity.rows(); ++q) {
        sensitivity.row(q) -= moments[k].statistics[group.statistics[static_cast<std::size_t>(q)]] * scale *
                              total.score.segment(group.first_parameter, group.parameters).transpose();
      }
      moments[k].sensitivity.push_back(std::move(sensitivity));
    }
  }
  return moments;
}

}  // namespace cardamom::detail
