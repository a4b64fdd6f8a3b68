/// @file
/// Distances between the cells of a snapshot and simulated ones, with their derivatives by the simulated counts: what a
/// fit by `SimulatedDistance` minimises.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/simulation/leaping/model.hpp>

namespace cardamom {

namespace detail {

/// h(y) = E[log(1 + y u e)/(y u)] for an exponential size e of mean 1 and a uniform decay u, tabulated over log y.
class BurstSlopeTable {
 public:
  template <class = CompiledWhereUsed>
  static const BurstSlopeTable& instance() {
    static const BurstSlopeTable table;
    return table;
  }
  /// @param log_y log2 of y; minus infinity for 0
  [[nodiscard]] float at(float log_y) const {
    if (log_y < lowest) return 1.0F;
    const float place = std::min((log_y - lowest) * per_octave, static_cast<float>(size - 2));
    const auto k = static_cast<std::size_t>(place);
    const float rest = place - static_cast<float>(k);
    return values_[k] + rest * (values_[k + 1] - values_[k]);
  }

 private:
  static constexpr float lowest = -10.0F;  // log2 of the smallest y, where h is 1 to 1e-3
  static constexpr float per_octave = 4.0F;
  static constexpr std::size_t size = 161;  // up to 2^30

  BurstSlopeTable() {
    // Middles of equal parts of u, and of equal probability of e, are exact to a per cent or so.
    constexpr int parts = 40;
    for (std::size_t k = 0; k < size; ++k) {
      const double y =
          std::exp2(static_cast<double>(lowest) + static_cast<double>(k) / static_cast<double>(per_octave));
      double sum = 0.0;
      for (int a = 0; a < parts; ++a) {
        const double u = (a + 0.5) / parts;
        for (int b = 0; b < parts; ++b) sum += std::log1p(-y * u * std::log((b + 0.5) / parts)) / (y * u);
      }
      values_[k] = static_cast<float>(sum / (parts * parts));
    }
  }

  std::array<float, size> values_;
};

}  // namespace detail

/// Slope of the logarithm log(1 + count) by the mean count: not 1/(1 + count), but the mean change that one more burst
/// makes, of exponential size and at a uniform age, per molecule that it brings. The derivative of an expectation by
/// the rate of a Poisson process is the expected difference that one more of its points makes; where bursts are large
/// the derivative at a point is several times too steep.
/// @param burst mean count of a fresh burst
[[nodiscard]] inline float one_more_burst(float count, float burst) {
  const float inverse = 1.0F / (1.0F + count);
  return inverse * detail::BurstSlopeTable::instance().at(std::log2(burst * inverse));
}

/// log(1 + count) of simulated cells, cells × genes, and the slopes that stand for its derivatives (`one_more_burst`).
struct LogCounts {
  CellValues value, slope;

  template <class Use = CompiledWhereUsed>
  LogCounts(const WhereUsed<CellValues, Use>& counts, const Vector& burst)
      : value(counts.log1p()), slope((1.0F + counts).inverse()) {
    constexpr float octaves = 1.44269504F;  // log2 of e
    const detail::BurstSlopeTable& table = detail::BurstSlopeTable::instance();
    for (Index a = 0; a < slope.cols(); ++a) {
      const auto log_burst = static_cast<float>(std::log2(burst[a]));
      for (Index c = 0; c < slope.rows(); ++c) slope(c, a) *= table.at(log_burst - octaves * value(c, a));
    }
  }
};

/// Simulated cells as a distance sees them.
class SimulatedSnapshot {
 public:
  /// Keeps references to both.
  SimulatedSnapshot(const CellValues& cell_counts, const Vector& burst_means)
      : counts(cell_counts), burst(burst_means) {}

  const CellValues& counts;  ///< cells × genes
  const Vector& burst;       ///< mean count that a burst of the gene brings while its mRNA is fresh, > 0

  /// Computed when first asked for; one thread at a time.
  template <class = CompiledWhereUsed>
  [[nodiscard]] const LogCounts& logs() const {
    if (!logs_) logs_.emplace(counts, burst);
    return *logs_;
  }

 private:
  mutable std::optional<LogCounts> logs_;
};

/// A distance knows the data of every snapshot before it is asked.
///
/// | expression | type | meaning |
/// | --- | --- | --- |
/// | `distance.prepare(snapshots, cells)` | a `PreparedDistance` | keeps what it needs of the observed counts, a `Matrix` cells × genes per time point, to be compared with so many simulated `cells` |
/// | `prepared.add(k, simulated, gradient)` | `double` | the distance of a `SimulatedSnapshot` from the data of time point k, >= 0; adds its derivatives by the counts, or what stands for them (`one_more_burst`), to `gradient`, cells × genes |
///
/// Models: `SortedCounts`, `LogMeans`, `LogCovariances`, sums of these (`DistanceSum`).
template <class D>
concept CellDistance = std::copy_constructible<D> &&
    requires(const D& distance, const std::vector<Matrix>& snapshots, Index cells, Index k,
             const SimulatedSnapshot& simulated, CellValues& gradient) {
  { distance.prepare(snapshots, cells).add(k, simulated, gradient) } -> std::convertible_to<double>;
};

namespace detail {

template <class Use = CompiledWhereUsed>
inline Matrix log_counts(const WhereUsed<Matrix, Use>& counts) {
  return counts.array().log1p().matrix();
}

}  // namespace detail

namespace detail {

/// Numbers of the values in rising order, equal ones in the order of their numbers. Whole numbers that are not large
/// are counted, which takes a fifth of the time of sorting them.
class RisingOrder {
 public:
  /// @param values of `size` cells, >= 0
  template <class = CompiledWhereUsed>
  const std::vector<Index>& of(const float* values, Index size) {
    order_.resize(static_cast<std::size_t>(size));
    if (!count(values, size)) sort(values, size);
    return order_;
  }

 private:
  template <class = CompiledWhereUsed>
  bool count(const float* values, Index size) {
    constexpr Index longest = 4;  // a list of numbers per cell that is still quick to go through
    const float limit = static_cast<float>(longest * size);
    float largest = 0.0F;
    for (Index c = 0; c < size; ++c) {
      if (!(values[c] <= limit) || values[c] != std::floor(values[c])) return false;
      largest = std::max(largest, values[c]);
    }
    first_.assign(static_cast<std::size_t>(largest) + 2, 0);
    for (Index c = 0; c < size; ++c) ++first_[static_cast<std::size_t>(values[c]) + 1];
    for (std::size_t k = 1; k < first_.size(); ++k) first_[k] += first_[k - 1];
    for (Index c = 0; c < size; ++c) order_[first_[static_cast<std::size_t>(values[c])]++] = c;
    return true;
  }
  template <class = CompiledWhereUsed>
  void sort(const float* values, Index size) {
    for (Index c = 0; c < size; ++c) order_[static_cast<std::size_t>(c)] = c;
    std::sort(order_.begin(), order_.end(),
              [&](Index a, Index b) { return values[a] < values[b] || (values[a] == values[b] && a < b); });
  }

  std::vector<Index> order_;
  std::vector<std::size_t> first_;  // place in the order of the first cell of a value
};

}  // namespace detail

/// The Wasserstein distance W1 between observed and simulated counts of every gene, over √(mean count of the gene +
/// 0.1), summed over genes: Poisson noise is about the same for all.
struct SortedCounts {
  double weight = 1.0;

  /// The sorted counts of the data, prepared once for a fit.
  class Prepared {
   public:
    template <class Use = CompiledWhereUsed>
    Prepared(const std::vector<Matrix>& snapshots, Index cells, double weight) {
      constexpr double least_mean = 0.1;
      WhereUsed<Vector, Use> sum = Vector::Zero(snapshots.front().cols());
      double total = 0.0;
      for (const WhereUsed<Matrix, Use>& counts : snapshots) {
        sum += counts.colwise().sum().transpose();
        total += static_cast<double>(counts.rows());
      }
      inverse_scale_ =
          (weight * (sum.array() / total + least_mean).rsqrt() / static_cast<double>(cells)).template cast<float>();
      for (const Matrix& counts : snapshots) quantiles_.push_back(quantiles(counts, cells));
    }

    template <class = CompiledWhereUsed>
    double add(Index k, const SimulatedSnapshot& simulated, CellValues& gradient) const {
      const CellValues& wanted = quantiles_[static_cast<std::size_t>(k)];
      const Index cells = wanted.rows();
      detail::RisingOrder rising;
      double sum = 0.0;
      for (Index a = 0; a < wanted.cols(); ++a) {
        const float* const values = simulated.counts.col(a).data();
        const std::vector<Index>& order = rising.of(values, cells);
        for (Index r = 0; r < cells; ++r) {
          const Index cell = order[static_cast<std::size_t>(r)];
          const float gap = values[cell] - wanted(r, a);
          sum += static_cast<double>(std::abs(gap) * inverse_scale_[a]);
          if (gap != 0.0F) gradient(cell, a) += std::copysign(inverse_scale_[a], gap);
        }
      }
      return sum;
    }

   private:
    // The observed count at the middle of every `cells`th of the distribution.
    template <class Use = CompiledWhereUsed>
    static CellValues quantiles(const WhereUsed<Matrix, Use>& counts, Index cells) {
      CellValues result(cells, counts.cols());
      for (Index a = 0; a < counts.cols(); ++a) {
        WhereUsed<Vector, Use> sorted = counts.col(a);
        std::sort(sorted.begin(), sorted.end());
        for (Index r = 0; r < cells; ++r) {
          const double place = (static_cast<double>(r) + 0.5) / static_cast<double>(cells);
          const auto rank = static_cast<Index>(place * static_cast<double>(sorted.size()));
          result(r, a) = static_cast<float>(sorted[std::min(rank, sorted.size() - 1)]);
        }
      }
      return result;
    }

    std::vector<CellValues> quantiles_;
    Eigen::ArrayXf inverse_scale_;  // of a difference of one cell
  };

  template <class = CompiledWhereUsed>
  [[nodiscard]] Prepared prepare(const std::vector<Matrix>& snapshots, Index cells) const {
    return {snapshots, cells, weight};
  }
};

/// |difference of the mean log(1 + count)|, summed over genes.
struct LogMeans {
  double weight = 0.5;

  /// The means of the data, computed once for a fit.
  class Prepared {
   public:
    template <class Use = CompiledWhereUsed>
    Prepared(const std::vector<Matrix>& snapshots, double weight) : weight_(weight) {
      for (const WhereUsed<Matrix, Use>& counts : snapshots) {
        means_.push_back(detail::log_counts(counts).colwise().mean().transpose());
      }
    }
    template <class Use = CompiledWhereUsed>
    double add(Index k, const SimulatedSnapshot& simulated, WhereUsed<CellValues, Use>& gradient) const {
      const WhereUsed<LogCounts, Use>& logs = simulated.logs();
      const auto cells = static_cast<double>(logs.value.rows());
      double sum = 0.0;
      for (Index a = 0; a < logs.value.cols(); ++a) {
        const double gap = static_cast<double>(logs.value.col(a).mean()) - means_[static_cast<std::size_t>(k)][a];
        sum += weight_ * std::abs(gap);
        gradient.col(a) += static_cast<float>(std::copysign(weight_ / cells, gap)) * logs.slope.col(a);
      }
      return sum;
    }

   private:
    std::vector<Vector> means_;
    double weight_;
  };

  template <class = CompiledWhereUsed>
  [[nodiscard]] Prepared prepare(const std::vector<Matrix>& snapshots, Index) const {
    return {snapshots, weight};
  }
};

/// Half the squared differences of the covariances of log(1 + count) over the product of the genes' variances, summed
/// over ordered pairs of genes.
struct LogCovariances {
  double weight = 0.5;

  /// The covariances of the data, computed once for a fit.
  class Prepared {
   public:
    template <class Use = CompiledWhereUsed>
    Prepared(const std::vector<Matrix>& snapshots, double weight) : weight_(weight) {
      constexpr double least_variance = 0.02;  // that of one cell in 25 with one molecule
      for (const WhereUsed<Matrix, Use>& counts : snapshots) {
        const WhereUsed<Matrix, Use> logs = detail::log_counts(counts);
        const WhereUsed<Matrix, Use> centred = logs.rowwise() - logs.colwise().mean();
        const WhereUsed<Matrix, Use> covariance = centred.transpose() * centred / static_cast<double>(logs.rows());
        covariances_.push_back(covariance);
        const WhereUsed<Vector, Use> inverse = (covariance.diagonal().array() + least_variance).inverse();
        WhereUsed<Matrix, Use> weights = inverse * inverse.transpose();
        weights.diagonal().setZero();
        weights_.push_back(std::move(weights));
      }
    }
    template <class Use = CompiledWhereUsed>
    double add(Index k, const SimulatedSnapshot& simulated, CellValues& gradient) const {
      const WhereUsed<LogCounts, Use>& logs = simulated.logs();
      const auto cells = static_cast<double>(logs.value.rows());
      const WhereUsed<CellValues, Use> centred = logs.value.rowwise() - logs.value.colwise().mean();
      const WhereUsed<Matrix, Use> covariance =
          (centred.matrix().transpose() * centred.matrix()).template cast<double>() / cells;
      const WhereUsed<Matrix, Use> gap = covariance - covariances_[static_cast<std::size_t>(k)];
      const WhereUsed<Matrix, Use> weighted = gap.cwiseProduct(weights_[static_cast<std::size_t>(k)]);
      // Every pair counts twice, and a covariance moves by (y_a − ȳ_a)/n with y_b.
      gradient += (centred.matrix() * (2.0 * weight_ / cells * weighted).template cast<float>()).array() * logs.slope;
      return 0.5 * weight_ * weighted.cwiseProduct(gap).sum();
    }

   private:
    std::vector<Matrix> covariances_, weights_;
    double weight_;
  };

  template <class = CompiledWhereUsed>
  [[nodiscard]] Prepared prepare(const std::vector<Matrix>& snapshots, Index) const {
    return {snapshots, weight};
  }
};

/// The sum of several distances.
template <CellDistance... Distances>
class DistanceSum {
 public:
  DistanceSum() = default;
  explicit DistanceSum(Distances... parts) requires(sizeof...(Distances) > 0) : parts_(std::move(parts)...) {}

  /// The parts, each prepared for the data.
  template <class... Parts>
  class Prepared {
   public:
    explicit Prepared(Parts... parts) : parts_(std::move(parts)...) {}
    double add(Index k, const SimulatedSnapshot& simulated, CellValues& gradient) const {
      return std::apply([&](const Parts&... part) { return (part.add(k, simulated, gradient) + ...); }, parts_);
    }

   private:
    std::tuple<Parts...> parts_;
  };

  // The type is said, so that a concept can ask for it without a compiler going through what it calls.
  [[nodiscard]] Prepared<decltype(std::declval<const Distances&>().prepare(std::declval<const std::vector<Matrix>&>(),
                                                                           Index{}))...>
  prepare(const std::vector<Matrix>& snapshots, Index cells) const {
    return std::apply(
        [&](const Distances&... part) {
          return Prepared<decltype(part.prepare(snapshots, cells))...>(part.prepare(snapshots, cells)...);
        },
        parts_);
  }

 private:
  std::tuple<Distances...> parts_;
};

/// Distributions of single genes and covariances of pairs: the distance of `SimulatedDistance` where none is named.
using MarginalsAndPairs = DistanceSum<SortedCounts, LogMeans, LogCovariances>;

static_assert(CellDistance<SortedCounts> && CellDistance<LogMeans> && CellDistance<LogCovariances> &&
              CellDistance<MarginalsAndPairs>);

}  // namespace cardamom
