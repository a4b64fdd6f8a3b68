/// @file
/// Moments of simulated cells, their sensitivities to every parameter, and their covariances between cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/executor.hpp>
#include <cardamom/core/random.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/inference/moments/observation.hpp>
#include <cardamom/inference/moments/statistics.hpp>
#include <cardamom/simulation/leaping/population.hpp>

namespace cardamom {

/// Estimates over the simulated cells at one observation time.
struct MomentEstimates {
  Vector statistics;                ///< mean of every statistic
  std::vector<Matrix> sensitivity;  ///< per group: ∂E[statistic]/∂parameter = Cov(statistic, path score)
  std::vector<Matrix> covariance;   ///< per group: of the statistics of single cells, the noise of observing included
};

namespace detail {

/// Sums over a block of cells at one observation time.
struct MomentSums {
  Eigen::VectorXf statistics;
  Eigen::VectorXf score;
  std::vector<Eigen::MatrixXf> cross;   ///< per group: statistics × parameters
  Eigen::VectorXf observed;             ///< statistics of observations drawn for some of the cells
  std::vector<Eigen::MatrixXf> square;  ///< per group, of these
  Index cells_observed = 0;
};

/// Statistics (columns) of cells (rows) from their deviations φ_a − f_a.
template <class Use = CompiledWhereUsed>
inline Eigen::MatrixXf statistics_of(const WhereUsed<Eigen::MatrixXf, Use>& deviation,
                                     const WhereUsed<MomentStatistics, Use>& statistics) {
  WhereUsed<Eigen::MatrixXf, Use> values(deviation.rows(), static_cast<Index>(statistics.all.size()));
  for (Index q = 0; q < values.cols(); ++q) {
    const auto [a, b] = statistics.all[static_cast<std::size_t>(q)];
    values.col(q) = deviation.col(a);
    if (a != b) values.col(q).array() *= deviation.col(b).array();
  }
  return values;
}

template <class Use = CompiledWhereUsed>
inline Eigen::MatrixXf chosen_columns(const WhereUsed<Eigen::MatrixXf, Use>& values, const std::vector<Index>& chosen) {
  WhereUsed<Eigen::MatrixXf, Use> result(values.rows(), static_cast<Index>(chosen.size()));
  for (Index q = 0; q < result.cols(); ++q) result.col(q) = values.col(chosen[static_cast<std::size_t>(q)]);
  return result;
}

/// Draws observations for one cell in four: enough, since covariances are averaged over many steps.
template <class Use = CompiledWhereUsed>
inline void sum_observed(const WhereUsed<CellValues, Use>& mrna, const WhereUsed<MomentStatistics, Use>& statistics,
                         const WhereUsed<Vector, Use>& centre, const WhereUsed<Observation, Use>& observation,
                         WhereUsed<RandomStream, Use>& random, WhereUsed<MomentSums, Use>& sums) {
  constexpr Index cells_per_draw = 4;
  sums.cells_observed = (mrna.rows() + cells_per_draw - 1) / cells_per_draw;
  WhereUsed<Vector, Use> depth(sums.cells_observed);
  for (double& value : depth) value = observation.depth(random);
  WhereUsed<Eigen::MatrixXf, Use> deviation(sums.cells_observed, mrna.cols());
  for (Index a = 0; a < deviation.cols(); ++a) {
    const SummaryStatistic& phi = statistics.summaries[static_cast<std::size_t>(a)];
    for (Index c = 0; c < deviation.rows(); ++c) {
      const double observed = observation.observe(static_cast<double>(mrna(c, a)), depth[c], random);
      deviation(c, a) = static_cast<float>(phi(observed) - centre[a]);
    }
  }
  const WhereUsed<Eigen::MatrixXf, Use> values = statistics_of(deviation, statistics);
  sums.observed = values.colwise().sum();
  sums.square.resize(statistics.groups.size());
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const WhereUsed<Eigen::MatrixXf, Use> chosen = chosen_columns(values, statistics.groups[g].statistics);
    sums.square[g].noalias() = chosen.transpose() * chosen;
  }
}

template <class Use = CompiledWhereUsed>
inline void sum_scores(const WhereUsed<CellValues, Use>& mrna, const WhereUsed<CellScores, Use>& score,
                       const WhereUsed<MomentStatistics, Use>& statistics, const WhereUsed<Vector, Use>& centre,
                       WhereUsed<MomentSums, Use>& sums) {
  const Index cells = mrna.rows();
  const Index genes = mrna.cols();
  WhereUsed<Eigen::MatrixXf, Use> deviation(cells, genes);
  for (Index a = 0; a < genes; ++a) {
    const SummaryStatistic& phi = statistics.summaries[static_cast<std::size_t>(a)];
    const auto mean = static_cast<float>(centre[a]);
    for (Index c = 0; c < cells; ++c) deviation(c, a) = phi.averaged(mrna(c, a)) - mean;
  }
  const WhereUsed<Eigen::MatrixXf, Use> values = statistics_of(deviation, statistics);
  sums.statistics = values.colwise().sum();
  sums.score = score.colwise().sum();
  sums.cross.resize(statistics.groups.size());
  for (std::size_t g = 0; g < statistics.groups.size(); ++g) {
    const auto& group = statistics.groups[g];
    const auto scores = score.middleCols(group.first_parameter, group.parameters);
    if (static_cast<Index>(group.statistics.size()) == values.cols()) {
      sums.cross[g].noalias() = values.transpose() * scores;
    } else {
      sums.cross[g].noalias() = chosen_columns(values, group.statistics).transpose() * scores;
    }
  }
}

/// @param blocks at one observation time
template <class Use = CompiledWhereUsed>
inline Matrix combine_covariance(const std::vector<MomentSums>& blocks,
                                 const WhereUsed<MomentStatistics, Use>& statistics, std::size_t group) {
  const auto& chosen = statistics.groups[group].statistics;
  WhereUsed<Vector, Use> mean = Vector::Zero(static_cast<Index>(chosen.size()));
  WhereUsed<Matrix, Use> square = Matrix::Zero(mean.size(), mean.size());
  Index cells = 0;
  for (const MomentSums& sums : blocks) {
    for (Index q = 0; q < mean.size(); ++q) {
      mean[q] += static_cast<double>(sums.observed[chosen[static_cast<std::size_t>(q)]]);
    }
    square += sums.square[group].template cast<double>();
    cells += sums.cells_observed;
  }
  mean /= static_cast<double>(cells);
  return square / static_cast<double>(cells) - mean * mean.transpose();
}

/// Cov(statistic, score) of a group, the scores' mean of 0 estimated like any other.
template <class Use = CompiledWhereUsed>
inline Matrix combine_sensitivity(const std::vector<MomentSums>& blocks, const MomentStatistics::Group& group,
                                  std::size_t g, const WhereUsed<Vector, Use>& means,
                                  const WhereUsed<Vector, Use>& score, double scale) {
  WhereUsed<Matrix, Use> cross = blocks[0].cross[g].template cast<double>();
  for (std::size_t b = 1; b < blocks.size(); ++b) cross += blocks[b].cross[g].template cast<double>();
  cross *= scale;
  for (Index q = 0; q < cross.rows(); ++q) {
    cross.row(q) -= means[group.statistics[static_cast<std::size_t>(q)]] * scale *
                    score.segment(group.first_parameter, group.parameters).transpose();
  }
  return cross;
}

/// Estimates at one observation time from the sums of all blocks, added in order.
template <class Use = CompiledWhereUsed>
inline MomentEstimates combine(const std::vector<MomentSums>& blocks,
                               const WhereUsed<MomentStatistics, Use>& statistics, Index cells,
                               const ExecutorRef& executor) {
  const double scale = 1.0 / static_cast<double>(cells);
  WhereUsed<Vector, Use> mean = Vector::Zero(static_cast<Index>(statistics.all.size()));
  WhereUsed<Vector, Use> score = Vector::Zero(blocks[0].score.size());
  for (const MomentSums& sums : blocks) {
    mean += sums.statistics.template cast<double>();
    score += sums.score.template cast<double>();
  }
  MomentEstimates result{mean * scale, std::vector<Matrix>(statistics.groups.size()),
                         std::vector<Matrix>(statistics.groups.size())};
  for_each_index(executor, static_cast<Index>(statistics.groups.size()), [&](Index k) {
    const auto g = static_cast<std::size_t>(k);
    result.sensitivity[g] = combine_sensitivity(blocks, statistics.groups[g], g, result.statistics, score, scale);
    result.covariance[g] = combine_covariance(blocks, statistics, g);
  });
  return result;
}

}  // namespace detail

/// Simulates a model and estimates its moments at every observation time; independent of the executor.
/// @param centres per observation time, A: f of the data, around which products are taken
/// Cost: the simulation, and O(cells · statistics · parameters) per observation time of a joint group.
template <LeapingModel Model>
[[nodiscard]] std::vector<MomentEstimates> simulate_moments(const Model& model, const LeapProtocol& protocol,
                                                            const MomentStatistics& statistics,
                                                            const std::vector<Vector>& centres,
                                                            const Observation& observation,
                                                            const ExecutorRef& executor) {
  LeapingPopulation<Model> population(model, protocol);
  std::vector<RandomStream> draws;
  for (Index b = 0; b < population.blocks(); ++b) {
    draws.emplace_back(protocol.seed, Purpose::counts, (protocol.replicate << 32U) + static_cast<std::uint64_t>(b));
  }
  // Of one observation time: those of all would be large.
  std::vector<detail::MomentSums> sums(draws.size());
  std::vector<MomentEstimates> moments;
  while (!population.finished()) {
    const WhereUsed<Vector, Model>& centre = centres[moments.size()];
    population.advance(executor, [&](Index block, const LeapingCells<Model>& cells) {
      const auto b = static_cast<std::size_t>(block);
      detail::sum_scores(cells.mrna(), cells.score(), statistics, centre, sums[b]);
      detail::sum_observed(cells.mrna(), statistics, centre, observation, draws[b], sums[b]);
    });
    moments.push_back(detail::combine(sums, statistics, protocol.cells, executor));
  }
  return moments;
}

}  // namespace cardamom
