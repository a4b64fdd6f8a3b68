/// @file
/// What simulated cells are compared with data by: means of responses and of their products, the sensitivities of these
/// to every parameter, and their covariances between cells.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/detail/response.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>

namespace cardamom::detail {

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
  std::vector<Matrix> covariance;   ///< per group: of the statistics of single cells, counting noise included
};

/// Sums over a block of cells at one reading.
struct ScoreSums {
  Eigen::VectorXf statistics;
  Eigen::VectorXf score;
  std::vector<Eigen::MatrixXf> cross;   ///< per group: statistics × parameters
  Eigen::VectorXf counted;              ///< statistics of counts drawn for some of the cells
  std::vector<Eigen::MatrixXf> square;  ///< per group, of these
  Index cells_counted = 0;
};

/// Statistics (columns) of cells (rows) from their deviations φ_i − f_i.
inline Eigen::MatrixXf statistics_of(const Eigen::MatrixXf& deviation, const ScoreStatistics& statistics) {
  Eigen::MatrixXf values(deviation.rows(), static_cast<Index>(statistics.all.size()));
  for (Index q = 0; q < values.cols(); ++q) {
    const auto [i, j] = statistics.all[static_cast<std::size_t>(q)];
    values.col(q) = deviation.col(i);
    if (i != j) values.col(q).array() *= deviation.col(j).array();
  }
  return values;
}

/// The columns of a group.
inline Eigen::MatrixXf columns_of(const Eigen::MatrixXf& values, const std::vector<Index>& chosen) {
  Eigen::MatrixXf result(values.rows(), static_cast<Index>(chosen.size()));
  for (Index q = 0; q < result.cols(); ++q) result.col(q) = values.col(chosen[static_cast<std::size_t>(q)]);
  return result;
}

/// Draws counts for one cell in four: enough, since covariances are averaged over many steps.
template <class Model>
void sum_counted(const ScoreBlock<Model>& block, const ScoreStatistics& statistics, const Vector& shares,
                 RandomStream& random, ScoreSums& sums) {
  sums.cells_counted = (block.mrna().rows() + 3) / 4;
  Eigen::MatrixXf deviation(sums.cells_counted, block.mrna().cols());
  for (Index i = 0; i < deviation.cols(); ++i) {
    const Response& response = statistics.responses[static_cast<std::size_t>(i)];
    for (Index c = 0; c < deviation.rows(); ++c) {
      const auto count = static_cast<double>(random.poisson(static_cast<double>(block.mrna()(c, i))));
      deviation(c, i) = static_cast<float>(response(count) - shares[i]);
    }
  }
  const Eigen::MatrixXf values = statistics_of(deviation, statistics);
  sums.counted = values.colwise().sum();
  sums.square.resize(statistics.groups.size());
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const Eigen::MatrixXf chosen = columns_of(values, statistics.groups[g].statistics);
    sums.square[g].noalias() = chosen.transpose() * chosen;
  }
}

template <class Model>
void sum_scores(const ScoreBlock<Model>& block, const ScoreStatistics& statistics, const Vector& shares,
                ScoreSums& sums) {
  const Index cells = block.mrna().rows();
  const Index genes = block.mrna().cols();
  Eigen::MatrixXf deviation(cells, genes);
  for (Index i = 0; i < genes; ++i) {
    const Response& response = statistics.responses[static_cast<std::size_t>(i)];
    const auto mean = static_cast<float>(shares[i]);
    for (Index c = 0; c < cells; ++c) deviation(c, i) = response.averaged(block.mrna()(c, i)) - mean;
  }
  const Eigen::MatrixXf values = statistics_of(deviation, statistics);
  sums.statistics = values.colwise().sum();
  sums.score = block.score().colwise().sum();
  sums.cross.resize(statistics.groups.size());
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const auto& group = statistics.groups[g];
    const auto scores = block.score().middleCols(group.first_parameter, group.parameters);
    if (static_cast<Index>(group.statistics.size()) == values.cols()) {
      sums.cross[g].noalias() = values.transpose() * scores;
    } else {
      sums.cross[g].noalias() = columns_of(values, group.statistics).transpose() * scores;
    }
  }
}

/// @param blocks at one reading
inline Matrix combine_covariance(const std::vector<ScoreSums>& blocks, const ScoreStatistics& statistics,
                                 std::size_t group) {
  const auto& chosen = statistics.groups[group].statistics;
  Vector mean = Vector::Zero(static_cast<Index>(chosen.size()));
  Matrix square = Matrix::Zero(mean.size(), mean.size());
  Index cells = 0;
  for (const ScoreSums& sums : blocks) {
    for (Index q = 0; q < mean.size(); ++q) {
      mean[q] += static_cast<double>(sums.counted[chosen[static_cast<std::size_t>(q)]]);
    }
    square += sums.square[group].cast<double>();
    cells += sums.cells_counted;
  }
  mean /= static_cast<double>(cells);
  return square / static_cast<double>(cells) - mean * mean.transpose();
}

/// Moments at one reading from the sums of all blocks, added in order.
template <Executor E>
ScoreMoments combine_scores(const std::vector<ScoreSums>& blocks, const ScoreStatistics& statistics, Index cells,
                            const E& executor) {
  const double scale = 1.0 / static_cast<double>(cells);
  Vector mean = Vector::Zero(static_cast<Index>(statistics.all.size()));
  Vector score = Vector::Zero(blocks[0].score.size());
  for (const ScoreSums& sums : blocks) {
    mean += sums.statistics.cast<double>();
    score += sums.score.cast<double>();
  }
  ScoreMoments moments{mean * scale, std::vector<Matrix>(statistics.groups.size()),
                       std::vector<Matrix>(statistics.groups.size())};
  for_each_index(executor, static_cast<Index>(statistics.groups.size()), [&](Index k) {
    const auto g = static_cast<std::size_t>(k);
    const auto& group = statistics.groups[g];
    Matrix& cross = moments.sensitivity[g];
    cross = blocks[0].cross[g].cast<double>();
    for (std::size_t b = 1; b < blocks.size(); ++b) cross += blocks[b].cross[g].cast<double>();
    cross *= scale;
    for (Index q = 0; q < cross.rows(); ++q) {
      cross.row(q) -= moments.statistics[group.statistics[static_cast<std::size_t>(q)]] * scale *
                      score.segment(group.first_parameter, group.parameters).transpose();
    }
    moments.covariance[g] = combine_covariance(blocks, statistics, g);
  });
  return moments;
}

/// Moments at every reading; independent of the executor.
/// @param shares per reading, A: f of the data
template <ScoreModelLike Model, Executor E>
std::vector<ScoreMoments> simulate_scores(const Model& model, const ScoreProtocol& protocol,
                                          const ScoreStatistics& statistics, const std::vector<Vector>& shares,
                                          const E& executor) {
  struct Part {
    ScoreBlock<Model> block;
    RandomStream random;
  };
  // Large enough that loops over a block's cells are long; also the most threads that find work.
  const Index blocks = std::max<Index>(8, protocol.cells / 128);
  std::vector<std::optional<Part>> parts(static_cast<std::size_t>(blocks));
  // Of one reading: those of all would be large.
  std::vector<ScoreSums> sums(static_cast<std::size_t>(blocks));
  std::vector<ScoreMoments> moments;
  for (std::size_t k = 0; k < protocol.times.size(); ++k) {
    const Leaps leaps(model, k == 0 ? protocol.burn_in : protocol.times[k] - protocol.times[k - 1], protocol.step);
    for_each_index(executor, blocks, [&](Index b) {
      const auto place = static_cast<std::size_t>(b);
      std::optional<Part>& part = parts[place];
      if (k == 0) {
        const Index cells = protocol.cells * (b + 1) / blocks - protocol.cells * b / blocks;
        part.emplace(
            Part{ScoreBlock<Model>(model, protocol, b, cells),
                 RandomStream(protocol.seed, Purpose::counts, (protocol.pass << 32U) + static_cast<std::uint64_t>(b))});
      }
      part->block.advance(leaps, k == 0 ? 0.0 : protocol.stimulus[k]);
      sum_scores(part->block, statistics, shares[k], sums[place]);
      sum_counted(part->block, statistics, shares[k], part->random, sums[place]);
    });
    moments.push_back(combine_scores(sums, statistics, protocol.cells, executor));
  }
  return moments;
}

}  // namespace cardamom::detail
