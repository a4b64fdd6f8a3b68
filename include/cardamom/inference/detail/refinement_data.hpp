/// @file
/// What the refinement by simulation takes from the data: the genes that take part, their kinetics and responses, and
/// the statistics that simulated cells are to reproduce.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <cardamom/clustering/modes.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/response.hpp>
#include <cardamom/inference/detail/score_moments.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/mixture/negative_binomial.hpp>

namespace cardamom::detail {

/// The data's side of the comparison at one time point of n cells.
struct Snapshot {
  double time = 0.0;
  double stimulus = 0.0;  ///< share of the cells under stimulus
  double cells = 0.0;     ///< n
  Vector shares;          ///< f, A: means of the responses φ
  Vector spread;          ///< variance of φ, A
  Vector statistics;      ///< as ScoreStatistics::all; 0 for single genes, whose φ are centred on f
};

struct RefinementData {
  std::vector<Index> active;  ///< genes that take part, A of them
  bool joint = true;          ///< few enough for the sensitivities of all statistics to all parameters
  ScoreStatistics statistics;
  std::vector<Index> owner;  ///< of every parameter: whose it is, 0 … A − 1
  std::vector<Snapshot> snapshots;
  Vector spread;  ///< variance of φ within time points over f(1 − f), A

  Index size() const noexcept { return static_cast<Index>(active.size()); }
  Index gene(Index a) const { return active[static_cast<std::size_t>(a)]; }
};

/// Kinetics as the modes of genes have them, G; entry 0 without meaning.
struct ModeKinetics {
  Vector low, high;  ///< α0, α1
  Vector inverse;    ///< koff/s0
};

/// Cells of each gene in its highest mode; 0 for genes of one mode.
inline Vector cells_active(const Clustering& clustering, Index genes) {
  Vector result = Vector::Zero(genes);
  for (Index i = 1; i < genes; ++i) {
    const ModeIndex top = clustering.gene(i).count() - 1;
    if (top > 0) result[i] = static_cast<double>((clustering.modes.col(i).array() == top).count());
  }
  return result;
}

/// Estimates from few active cells lean on the median of those from many.
inline Vector lean_on_median(const Vector& own, const std::vector<Index>& active, const Vector& cells) {
  constexpr double many = 100.0;
  constexpr double half_way = 400.0;  // cells for which a gene's own estimate and the median weigh the same
  std::vector<double> trusted;
  for (const Index i : active) {
    if (cells[i] > many) trusted.push_back(own[i]);
  }
  Vector result = own;
  if (trusted.empty()) return result;
  const auto middle = trusted.begin() + static_cast<std::ptrdiff_t>(trusted.size() / 2);
  std::nth_element(trusted.begin(), middle, trusted.end());
  for (const Index i : active) {
    const double share = cells[i] / (cells[i] + half_way);
    result[i] = share * own[i] + (1.0 - share) * *middle;
  }
  return result;
}

/// The genes in their highest mode in at least so many cells, but not in all.
inline std::vector<Index> active_genes(const Vector& cells, Index all, Index least) {
  std::vector<Index> active;
  for (Index i = 1; i < cells.size(); ++i) {
    if (cells[i] >= static_cast<double>(least) && cells[i] < static_cast<double>(all)) active.push_back(i);
  }
  return active;
}

inline ModeKinetics mode_kinetics(const Clustering& clustering, const Vector& cells, const std::vector<Index>& active) {
  const Index genes = cells.size();
  Vector low = Vector::Zero(genes);
  Vector high = Vector::Zero(genes);
  Vector inverse = Vector::Zero(genes);
  for (Index i = 1; i < genes; ++i) {
    const GeneModes& gene = clustering.gene(i);
    low[i] = std::log(std::max(gene.shape_min(), 1e-3));
    high[i] = std::log(std::max(gene.shape_max(), 1e-3));
    inverse[i] = std::log(gene.inverse_burst_size);
  }
  ModeKinetics result{lean_on_median(low, active, cells).array().exp(),
                      lean_on_median(high, active, cells).array().exp(),
                      lean_on_median(inverse, active, cells).array().exp()};
  result.low = result.low.cwiseMin(result.high);
  // Means are kept.
  const Vector excess = (result.high / most_frequent).cwiseMax(1.0);
  for (Vector* field : {&result.low, &result.high, &result.inverse}) *field = field->cwiseQuotient(excess);
  return result;
}

/// The smallest count for which the high mode is likelier than the low one.
inline double mode_threshold(double low, double high, double inverse) {
  constexpr double largest = 1000.0;
  const NegativeBinomial family;
  double threshold = 1.0;
  while (threshold < largest &&
         family.log_density(threshold, high, inverse, 1.0) <= family.log_density(threshold, low, inverse, 1.0)) {
    threshold += 1.0;
  }
  return threshold;
}

/// @param parameters how many each of the A genes has
inline ScoreStatistics score_statistics(const ScoreKinetics& kinetics, const std::vector<Index>& parameters,
                                        bool joint) {
  const Index size = kinetics.genes();
  ScoreStatistics statistics;
  for (Index a = 0; a < size; ++a) {
    const double low = std::max(kinetics.k0[a] / kinetics.d0[a], 1e-3);
    const double high = kinetics.k1[a] / kinetics.d0[a];
    // Most of what a count says about the rate it says below the threshold between the modes.
    statistics.responses.emplace_back(0.2 * mode_threshold(low, high, 1.0 / kinetics.burst[a]),
                                      2.0 * high * kinetics.burst[a]);
    for (Index b = a; b < size; ++b) statistics.all.emplace_back(a, b);
  }
  const auto all = static_cast<Index>(statistics.all.size());
  Index first_parameter = 0;
  for (Index a = 0; a < size; ++a) {
    const Index own = parameters[static_cast<std::size_t>(a)];
    if (a == 0 || !joint) {
      ScoreStatistics::Group group{{}, first_parameter, 0};
      for (Index q = 0; q < all; ++q) {
        const auto& [first, second] = statistics.all[static_cast<std::size_t>(q)];
        if (joint || first == a || second == a) group.statistics.push_back(q);
      }
      statistics.groups.push_back(std::move(group));
    }
    statistics.groups.back().parameters += own;
    first_parameter += own;
  }
  return statistics;
}

inline Snapshot take_snapshot(const Counts& counts, const Clustering& clustering, Index k, const RefinementData& data) {
  const auto cells = counts.cells_at(k);
  const auto n = static_cast<Index>(cells.size());
  Snapshot result;
  result.time = counts.time_points()[k];
  result.cells = static_cast<double>(n);
  Matrix response(n, data.size());
  for (Index c = 0; c < n; ++c) {
    const Index cell = cells[static_cast<std::size_t>(c)];
    result.stimulus += clustering.modes(cell, 0) > 0 ? 1.0 / result.cells : 0.0;
    for (Index a = 0; a < data.size(); ++a) {
      response(c, a) = data.statistics.responses[static_cast<std::size_t>(a)](counts.values()(cell, data.gene(a)));
    }
  }
  result.shares = response.colwise().mean();
  const Matrix deviation = response.rowwise() - result.shares.transpose();
  result.spread = deviation.colwise().squaredNorm() / result.cells;
  result.statistics = Vector::Zero(static_cast<Index>(data.statistics.all.size()));
  for (Index q = 0; q < result.statistics.size(); ++q) {
    const auto& [a, b] = data.statistics.all[static_cast<std::size_t>(q)];
    if (a != b) result.statistics[q] = deviation.col(a).dot(deviation.col(b)) / result.cells;
  }
  return result;
}

/// Sets the variance of the responses relative to that of shares of cells.
inline void set_spread(RefinementData& data) {
  Vector own = Vector::Zero(data.size());
  Vector binary = Vector::Zero(data.size());
  for (const Snapshot& snapshot : data.snapshots) {
    own += snapshot.spread;
    binary.array() += snapshot.shares.array() * (1.0 - snapshot.shares.array());
  }
  data.spread = (binary.array() > 0.0).select(own.array() / binary.array(), 1.0);
}

/// @param kinetics, parameters of the active genes
inline RefinementData take_refinement_data(const Counts& counts, const Clustering& clustering,
                                           std::vector<Index> active, const ScoreKinetics& kinetics,
                                           const std::vector<Index>& parameters, Index joint_genes) {
  RefinementData data;
  data.active = std::move(active);
  data.joint = data.size() <= joint_genes;
  data.statistics = score_statistics(kinetics, parameters, data.joint);
  for (Index a = 0; a < data.size(); ++a) {
    data.owner.insert(data.owner.end(), static_cast<std::size_t>(parameters[static_cast<std::size_t>(a)]), a);
  }
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    data.snapshots.push_back(take_snapshot(counts, clustering, k, data));
  }
  set_spread(data);
  return data;
}

}  // namespace cardamom::detail
