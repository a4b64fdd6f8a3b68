/// @file
/// What the refinement by simulation takes from the data: the genes that take part, their kinetics and responses, and
/// the statistics that simulated cells are to reproduce.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <cardamom/core/types.hpp>
#include <cardamom/data/counts.hpp>
#include <cardamom/inference/detail/response.hpp>
#include <cardamom/inference/detail/score_moments.hpp>
#include <cardamom/inference/detail/score_simulation.hpp>
#include <cardamom/inference/inference.hpp>
#include <cardamom/mixture/negative_binomial.hpp>
#include <cardamom/model/decay_rates.hpp>

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
  Vector low, high, inverse;  ///< α0, α1, koff/s0 as used, G; entry 0 without meaning
  ScoreModel model;           ///< kinetics, and θ and β of the start
  ScoreStatistics statistics;
  std::vector<Snapshot> snapshots;
  Vector spread;  ///< variance of φ within time points over f(1 − f), A

  Index size() const noexcept { return static_cast<Index>(active.size()); }
  Index gene(Index a) const { return active[static_cast<std::size_t>(a)]; }
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

inline void set_kinetics(const Clustering& clustering, const Vector& cells, RefinementData& data) {
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
  data.low = lean_on_median(low, data.active, cells).array().exp();
  data.high = lean_on_median(high, data.active, cells).array().exp();
  data.inverse = lean_on_median(inverse, data.active, cells).array().exp();
  data.low = data.low.cwiseMin(data.high);
  // Means are kept.
  const Vector excess = (data.high / most_frequent).cwiseMax(1.0);
  for (Vector* field : {&data.low, &data.high, &data.inverse}) *field = field->cwiseQuotient(excess);
}

inline void set_model(const Inference& start, const DecayRates& rates, RefinementData& data) {
  const Index size = data.size();
  ScoreModel& model = data.model;
  model.interactions = Matrix::Zero(size, size + 1);
  for (Vector* field : {&model.basal, &model.k0, &model.k1, &model.burst, &model.d0, &model.d1, &model.s1}) {
    field->resize(size);
  }
  for (Index a = 0; a < size; ++a) {
    const Index i = data.gene(a);
    model.d0[a] = rates.mrna[i];
    model.d1[a] = rates.protein[i];
    model.k0[a] = std::min(data.low[i], largest_ratio * data.high[i]) * model.d0[a];
    model.k1[a] = data.high[i] * model.d0[a];
    model.burst[a] = 1.0 / data.inverse[i];
    model.s1[a] = model.d1[a] * model.d0[a] * data.inverse[i] / model.k1[a];
    model.basal[a] = start.basal()[i];
    model.interactions(a, 0) = start.interactions().coeff(i, 0);
    for (Index b = 0; b < size; ++b) model.interactions(a, b + 1) = start.interactions().coeff(i, data.gene(b));
  }
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

inline void set_statistics(Index joint_genes, RefinementData& data) {
  const Index size = data.size();
  ScoreStatistics& statistics = data.statistics;
  for (Index a = 0; a < size; ++a) {
    const ScoreModel& model = data.model;
    const double low = std::max(model.k0[a] / model.d0[a], 1e-3);
    const double high = model.k1[a] / model.d0[a];
    // Most of what a count says about the rate it says below the threshold between the modes.
    statistics.responses.emplace_back(0.2 * mode_threshold(low, high, 1.0 / model.burst[a]),
                                      2.0 * high * model.burst[a]);
    for (Index b = a; b < size; ++b) statistics.all.emplace_back(a, b);
  }
  const auto all = static_cast<Index>(statistics.all.size());
  const Index row = data.model.row_size();
  const bool joint = size <= joint_genes;
  for (Index a = 0; a < (joint ? 1 : size); ++a) {
    ScoreStatistics::Group group{{}, a * row, joint ? size * row : row};
    for (Index q = 0; q < all; ++q) {
      const auto& [first, second] = statistics.all[static_cast<std::size_t>(q)];
      if (joint || first == a || second == a) group.statistics.push_back(q);
    }
    statistics.groups.push_back(std::move(group));
  }
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

/// @param least_active a gene takes part when it is in its highest mode in so many cells, but not in all
inline RefinementData take_refinement_data(const Counts& counts, const Inference& start, const DecayRates& rates,
                                           Index least_active, Index joint_genes) {
  RefinementData data;
  const Vector cells = cells_active(start.clustering, counts.genes());
  for (Index i = 1; i < counts.genes(); ++i) {
    if (cells[i] >= static_cast<double>(least_active) && cells[i] < static_cast<double>(counts.cells())) {
      data.active.push_back(i);
    }
  }
  set_kinetics(start.clustering, cells, data);
  set_model(start, rates, data);
  set_statistics(joint_genes, data);
  for (Index k = 0; k < counts.time_points().size(); ++k) {
    data.snapshots.push_back(take_snapshot(counts, start.clustering, k, data));
  }
  set_spread(data);
  return data;
}

}  // namespace cardamom::detail
