/// @file
/// Simulation of many cells of model (1) with burst rate (2), together with the likelihood score of every path.
///
/// Time is leapt in steps short against the lives of mRNA and protein: bursts of a step are Poisson given the rates at
/// its start, which is also what makes the score a plain sum. Cells run side by side, in single precision, so that
/// everything but bursts is vector arithmetic. Every gene of every cell consumes one random number per step whatever
/// happens, so that models simulated from the same seed see the same chance.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/response.hpp>

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

/// What is compared with the data at each time point: responses φ_i of counts around the data's
/// means f_i, and products of pairs.
struct ScoreStatistics {
  std::vector<Response> responses;           ///< φ_i, A
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
  /// Rate at which scores fade [1/h]. At 0 sensitivities are unbiased; what happened long ago, whose trace proteins
  /// have lost, then adds noise alone.
  double fading = 0.0;
  std::uint64_t seed = 0;
  std::uint64_t pass = 0;  ///< passes of the same seed are independent
};

/// A leap that follows mRNA (four to its life), protein and single bursts of every gene [h].
inline double leap_length(const ScoreModel& model) {
  if (model.genes() == 0) return 0.5;
  return std::min({0.25 / model.d0.maxCoeff(), 0.1 / model.d1.maxCoeff(), 0.6 / model.k1.maxCoeff()});
}

/// One block of cells, advanced together.
class ScoreBlock {
 public:
  using Values = Eigen::ArrayXXf;

  ScoreBlock(const ScoreModel& model, const ScoreProtocol& protocol, Index block, Index count)
      : model_(model),
        fading_(protocol.fading),
        random_(protocol.seed, Purpose::refinement, (protocol.pass << 32U) + static_cast<std::uint64_t>(block)),
        protein_(Values::Zero(count, model.genes() + 1)),
        held_(count, model.genes() + 1),
        mrna_(Values::Zero(count, model.genes())),
        next_(count, model.genes()),
        weight_(Values::Zero(count, model.genes())),
        score_(Eigen::MatrixXf::Zero(count, model.genes() * model.row_size())),
        sigma_(count),
        rate_(count),
        none_(count),
        bursts_(count) {
    constants_.resize(static_cast<std::size_t>(model.genes()));
  }

  void advance(double duration, double longest, double stimulus) {
    if (!(duration > 0.0)) return;
    protein_.col(0).setConstant(static_cast<float>(stimulus));
    const auto steps = static_cast<Index>(std::ceil(duration / longest - 1e-9));
    const double dt = duration / static_cast<double>(steps);
    set_constants(dt);
    const auto kept = static_cast<float>(std::exp(-fading_ * dt * static_cast<double>(scored_together)));
    for (Index k = 0; k < steps; ++k) {
      if (k % scored_together == 0) held_ = protein_;
      step();
      if ((k + 1) % scored_together == 0 || k + 1 == steps) collect_score(kept);
    }
  }

  const Values& mrna() const noexcept { return mrna_; }
  const Eigen::MatrixXf& score() const noexcept { return score_; }

 private:
  // Proteins hardly move in so many steps; those at the start of the group stand for all, which keeps the score a
  // martingale.
  static constexpr Index scored_together = 4;
  static constexpr std::size_t positions = 64;  // of a burst within a step
  static constexpr int most_bursts = 8;         // in a step, of a mean of at most 0.6

  struct Constants {
    float least, range;                          // k0 dt, (k1 − k0) dt
    float decay0, decay1;                        // over a step
    float feed;                                  // protein at the end per mRNA at the start
    std::array<float, positions> mrna, protein;  // at the end of the step per unit of Exp(1), by position of the burst
  };

  void set_constants(double dt) {
    for (Index i = 0; i < model_.genes(); ++i) {
      Constants& c = constants_[static_cast<std::size_t>(i)];
      const auto feed = [&](double time) {
        const double gap = (model_.d0[i] - model_.d1[i]) * time;
        return model_.s1[i] * time * std::exp(-model_.d1[i] * time) *
               (std::abs(gap) < 1e-8 ? 1.0 : -std::expm1(-gap) / gap);
      };
      c.least = static_cast<float>(model_.k0[i] * dt);
      c.range = static_cast<float>((model_.k1[i] - model_.k0[i]) * dt);
      c.decay0 = static_cast<float>(std::exp(-model_.d0[i] * dt));
      c.decay1 = static_cast<float>(std::exp(-model_.d1[i] * dt));
      c.feed = static_cast<float>(feed(dt));
      for (std::size_t p = 0; p < positions; ++p) {
        const double left = dt * (static_cast<double>(p) + 0.5) / static_cast<double>(positions);
        c.mrna[p] = static_cast<float>(model_.burst[i] * std::exp(-model_.d0[i] * left));
        c.protein[p] = static_cast<float>(model_.burst[i] * feed(left));
      }
    }
  }

  void step() {
    const Index genes = model_.genes();
    for (Index i = 0; i < genes; ++i) {
      const Constants& c = constants_[static_cast<std::size_t>(i)];
      sigma_.setConstant(static_cast<float>(-model_.basal[i]));
      for (Index j = 0; j <= genes; ++j) {
        const double theta = model_.interactions(i, j);
        if (theta != 0.0) sigma_ -= static_cast<float>(theta) * protein_.col(j);
      }
      sigma_ = 1.0F / (1.0F + sigma_.min(80.0F).exp());
      rate_ = c.least + c.range * sigma_;
      none_ = (-rate_).exp();
      next_.col(i) = protein_.col(i + 1) * c.decay1 + c.feed * mrna_.col(i);
      mrna_.col(i) *= c.decay0;
      burst(c, i);
      weight_.col(i) += (bursts_ - rate_) * c.range * sigma_ * (1.0F - sigma_) / rate_.max(1e-12F);
    }
    protein_.rightCols(genes) = next_;
  }

  // Numbers, sizes and positions of bursts: 24 bits of a random word for the number, 32 for the size of the first and 6
  // for its position; further bursts draw from a scramble of the word.
  void burst(const Constants& c, Index i) {
    bursts_.setZero();
    float* const mrna = mrna_.col(i).data();
    float* const protein = next_.col(i).data();
    for (Index cell = 0; cell < bursts_.size(); ++cell) {
      std::uint64_t word = random_();
      const float uniform = static_cast<float>(word >> 40U) * 0x1.0p-24F;
      if (uniform < none_[cell]) continue;
      float mass = none_[cell];
      float total = mass;
      int n = 0;
      do {
        ++n;
        mass *= rate_[cell] / static_cast<float>(n);
        total += mass;
        const float size = -std::log((static_cast<float>((word >> 8U) & 0xffffffU) + 0.5F) * 0x1.0p-24F);
        const auto position = static_cast<std::size_t>(word & (positions - 1));
        mrna[cell] += size * c.mrna[position];
        protein[cell] += size * c.protein[position];
        word = (word ^ (word >> 29U)) * 0xbf58476d1ce4e5b9U;
        word ^= word >> 32U;
      } while (uniform >= total && n < most_bursts);
      bursts_[cell] = static_cast<float>(n);
    }
  }

  void collect_score(float kept) {
    if (kept < 1.0F) score_ *= kept;
    const Index genes = model_.genes();
    const Index row = model_.row_size();
    for (Index i = 0; i < genes; ++i) {
      for (Index j = 0; j <= genes; ++j) score_.col(i * row + j).array() += weight_.col(i) * held_.col(j);
      score_.col(i * row + genes + 1).array() += weight_.col(i);
    }
    weight_.setZero();
  }

  const ScoreModel& model_;
  double fading_;
  RandomStream random_;
  std::vector<Constants> constants_;
  Values protein_, held_, mrna_, next_, weight_;
  Eigen::MatrixXf score_;
  Eigen::ArrayXf sigma_, rate_, none_, bursts_;
};

/// Sums over a block of cells at one reading.
struct ScoreSums {
  Eigen::VectorXf statistics;
  Eigen::VectorXf score;
  std::vector<Eigen::MatrixXf> cross;  ///< per group: statistics × parameters
};

inline void sum_scores(const ScoreBlock& block, const ScoreStatistics& statistics, const Vector& shares,
                       ScoreSums& sums) {
  const Index cells = block.mrna().rows();
  const Index genes = block.mrna().cols();
  Eigen::MatrixXf deviation(cells, genes);
  for (Index i = 0; i < genes; ++i) {
    const Response& response = statistics.responses[static_cast<std::size_t>(i)];
    const auto mean = static_cast<float>(shares[i]);
    for (Index c = 0; c < cells; ++c) deviation(c, i) = response.averaged(block.mrna()(c, i)) - mean;
  }
  const auto count = static_cast<Index>(statistics.all.size());
  Eigen::MatrixXf values(cells, count);
  for (Index q = 0; q < count; ++q) {
    const auto [i, j] = statistics.all[static_cast<std::size_t>(q)];
    values.col(q) = deviation.col(i);
    if (i != j) values.col(q).array() *= deviation.col(j).array();
  }
  sums.statistics = values.colwise().sum();
  sums.score = block.score().colwise().sum();
  sums.cross.resize(statistics.groups.size());
  Eigen::MatrixXf chosen;
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const auto& group = statistics.groups[g];
    const auto scores = block.score().middleCols(group.first_parameter, group.parameters);
    if (static_cast<Index>(group.statistics.size()) == count) {
      sums.cross[g].noalias() = values.transpose() * scores;
      continue;
    }
    chosen.resize(cells, static_cast<Index>(group.statistics.size()));
    for (Index q = 0; q < chosen.cols(); ++q) chosen.col(q) = values.col(group.statistics[static_cast<std::size_t>(q)]);
    sums.cross[g].noalias() = chosen.transpose() * scores;
  }
}

/// Moments from the sums of all blocks, added in order.
inline ScoreMoments combine_scores(const std::vector<std::vector<ScoreSums>>& blocks, std::size_t reading,
                                   const ScoreStatistics& statistics, Index cells) {
  const double scale = 1.0 / static_cast<double>(cells);
  Vector mean = Vector::Zero(static_cast<Index>(statistics.all.size()));
  Vector score = Vector::Zero(blocks[0][reading].score.size());
  for (const auto& block : blocks) {
    mean += block[reading].statistics.cast<double>();
    score += block[reading].score.cast<double>();
  }
  ScoreMoments moments;
  moments.statistics = mean * scale;
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const auto& group = statistics.groups[g];
    Matrix cross = blocks[0][reading].cross[g].cast<double>();
    for (std::size_t b = 1; b < blocks.size(); ++b) cross += blocks[b][reading].cross[g].cast<double>();
    cross *= scale;
    for (Index q = 0; q < cross.rows(); ++q) {
      cross.row(q) -= moments.statistics[group.statistics[static_cast<std::size_t>(q)]] * scale *
                      score.segment(group.first_parameter, group.parameters).transpose();
    }
    moments.sensitivity.push_back(std::move(cross));
  }
  return moments;
}

/// Moments at every reading; independent of the executor.
/// @param shares per reading, A: f of the data
template <Executor E>
std::vector<ScoreMoments> simulate_scores(const ScoreModel& model, const ScoreProtocol& protocol,
                                          const ScoreStatistics& statistics, const std::vector<Vector>& shares,
                                          const E& executor) {
  constexpr Index blocks = 16;  // also the most threads that find work
  const std::size_t readings = protocol.times.size();
  std::vector<std::vector<ScoreSums>> sums(static_cast<std::size_t>(blocks), std::vector<ScoreSums>(readings));
  for_each_index(executor, blocks, [&](Index b) {
    const Index cells = protocol.cells * (b + 1) / blocks - protocol.cells * b / blocks;
    ScoreBlock block(model, protocol, b, cells);
    block.advance(protocol.burn_in, protocol.step, 0.0);
    for (std::size_t k = 0; k < readings; ++k) {
      if (k > 0) block.advance(protocol.times[k] - protocol.times[k - 1], protocol.step, protocol.stimulus[k]);
      sum_scores(block, statistics, shares[k], sums[static_cast<std::size_t>(b)][k]);
    }
  });
  std::vector<ScoreMoments> moments;
  for (std::size_t k = 0; k < readings; ++k) moments.push_back(combine_scores(sums, k, statistics, protocol.cells));
  return moments;
}

}  // namespace cardamom::detail
