/// @file
/// Optimal assignment of n rows to n columns of a cost matrix (Jonker & Volgenant, Computing 38, 1987): shortest
/// augmenting paths after a start that already assigns most rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// An assignment of every row to a column of its own, of least total cost. Keeps a reference to the costs.
///
/// Costs are stored transposed, costs(column, row), so that a row's costs are contiguous. O(n³) at worst, about n^2.3
/// on distances between points.
class Assignment {
 public:
  /// @param costs n × n, finite; costs(j, i) is the cost of row i in column j; must outlive this
  template <class Use = CompiledWhereUsed>
  explicit Assignment(const WhereUsed<Matrix, Use>& costs)
      : costs_(costs),
        size_(costs.rows()),
        column_of_(static_cast<std::size_t>(size_), -1),
        row_of_(static_cast<std::size_t>(size_), -1),
        price_(Vector::Zero(size_)) {
    reduce_columns();
    // Jonker and Volgenant make two passes; rows that are still free after them go to the augmentation, whose cost
    // later passes would hardly lower.
    for (int pass = 0; pass < 2; ++pass) reduce_rows();
    augment();
  }

  /// The column of each row.
  [[nodiscard]] const std::vector<Index>& columns() const noexcept { return column_of_; }

  /// Σ costs of the assignment.
  [[nodiscard]] double total() const {
    double sum = 0.0;
    for (Index i = 0; i < size_; ++i) sum += costs_(column(i), i);
    return sum;
  }

  /// Largest violation of the optimality conditions by the dual prices: 0 up to rounding, a proof of optimality.
  template <class = CompiledWhereUsed>
  [[nodiscard]] double slack() const {
    double worst = 0.0;
    for (Index i = 0; i < size_; ++i) {
      const double own = costs_(column(i), i) - price_[column(i)];
      worst = std::max(worst, own - (costs_.col(i) - price_).minCoeff());
    }
    return worst;
  }

 private:
  Index column(Index row) const { return column_of_[static_cast<std::size_t>(row)]; }
  void assign(Index row, Index column) {
    column_of_[static_cast<std::size_t>(row)] = column;
    row_of_[static_cast<std::size_t>(column)] = row;
  }

  /// Prices every column at its least cost and assigns it to that row where the row is free.
  template <class = CompiledWhereUsed>
  void reduce_columns() {
    for (Index j = size_ - 1; j >= 0; --j) {
      Index row = 0;
      price_[j] = costs_.row(j).minCoeff(&row);
      if (column(row) < 0) assign(row, j);
    }
  }

  /// Every free row bids for its cheapest column, up to its second cheapest; the row driven out bids next.
  template <class = CompiledWhereUsed>
  void reduce_rows() {
    std::vector<Index> free;
    for (Index i = 0; i < size_; ++i) {
      if (column(i) < 0) free.push_back(i);
    }
    if (size_ < 2) return;
    // Rounding could let two rows bid for ever by amounts that vanish: ten bids per row bound the
    // work, and what is left over is augmented.
    std::size_t budget = 10 * static_cast<std::size_t>(size_);
    while (!free.empty() && budget-- > 0) {
      const Index row = free.back();
      free.pop_back();
      double least = std::numeric_limits<double>::infinity();
      double second = least;
      Index best = -1;
      for (Index j = 0; j < size_; ++j) {
        const double reduced = costs_(j, row) - price_[j];
        if (reduced < least) {
          second = least;
          least = reduced;
          best = j;
        } else if (reduced < second) {
          second = reduced;
        }
      }
      const Index previous = row_of_[static_cast<std::size_t>(best)];
      if (previous >= 0 && !(second > least)) continue;  // a tie: bidding gains nothing
      price_[best] -= second - least;
      if (previous >= 0) {
        column_of_[static_cast<std::size_t>(previous)] = -1;
        free.push_back(previous);
      }
      assign(row, best);
    }
  }

  /// Dijkstra over the columns from every free row to the nearest free column.
  template <class Use = CompiledWhereUsed>
  void augment() {
    WhereUsed<Vector, Use> distance(size_);
    std::vector<Index> from(static_cast<std::size_t>(size_));
    std::vector<Index> columns(static_cast<std::size_t>(size_));
    std::iota(columns.begin(), columns.end(), Index{0});
    const auto at = [&](std::size_t k) { return columns[k]; };
    const auto count = static_cast<std::size_t>(size_);
    for (Index row = 0; row < size_; ++row) {
      if (column(row) >= 0) continue;
      distance = costs_.col(row) - price_;
      std::fill(from.begin(), from.end(), row);
      std::size_t ready = 0;    // columns[0, ready): settled
      std::size_t nearest = 0;  // columns[ready, nearest): at the least distance, to be scanned
      double least = 0.0;
      std::size_t settled_before = 0;
      Index end = -1;
      while (end < 0) {
        if (ready == nearest) {
          settled_before = ready;
          least = std::numeric_limits<double>::infinity();
          for (std::size_t k = ready; k < count; ++k) {
            const double d = distance[at(k)];
            if (d <= least) {
              if (d < least) {
                nearest = ready;
                least = d;
              }
              std::swap(columns[k], columns[nearest++]);
            }
          }
          for (std::size_t k = ready; k < nearest && end < 0; ++k) {
            if (row_of_[static_cast<std::size_t>(at(k))] < 0) end = at(k);
          }
          if (end >= 0) break;
        }
        const Index scanned = at(ready++);
        const Index through = row_of_[static_cast<std::size_t>(scanned)];
        const double offset = costs_(scanned, through) - price_[scanned] - least;
        for (std::size_t k = nearest; k < count && end < 0; ++k) {
          const Index j = at(k);
          const double d = costs_(j, through) - price_[j] - offset;
          if (d >= distance[j]) continue;
          distance[j] = d;
          from[static_cast<std::size_t>(j)] = through;
          if (d <= least) {
            if (row_of_[static_cast<std::size_t>(j)] < 0) {
              end = j;
            } else {
              std::swap(columns[k], columns[nearest++]);
            }
          }
        }
      }
      for (std::size_t k = 0; k < settled_before; ++k) price_[at(k)] += distance[at(k)] - least;
      for (Index j = end;;) {
        const Index owner = from[static_cast<std::size_t>(j)];
        const Index next = column(owner);
        assign(owner, j);
        if (owner == row) break;
        j = next;
      }
    }
  }

  const Matrix& costs_;
  Index size_;
  std::vector<Index> column_of_;
  std::vector<Index> row_of_;
  Vector price_;
};

}  // namespace cardamom
