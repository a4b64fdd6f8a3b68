/// @file
/// Time-stamped single-cell snapshots: the table from which networks are inferred, and what the simulator returns.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/core/visible_text.hpp>
#include <cardamom/data/condition.hpp>

namespace cardamom {

/// Cells × nodes, column-major so that a gene is contiguous: first the columns of the inputs (a level, 0 when off),
/// then the genes. Values of genes are molecules: non-negative integers for counts (exact up to 2^53), non-negative
/// reals where a family for continuous data reads them; which of the two is admissible is the mixture family's to
/// check.
class Counts {
 public:
  Counts() : Counts(Matrix(0, 1), Vector(0)) {}

  /// @param values cells × nodes, inputs first, finite and >= 0 (std::domain_error naming cell and node otherwise)
  /// @param times per cell [h], finite, in any order
  /// @param names per column, or empty: then "Stimulus" (several inputs: "Input1", "Input2", …) and "1", "2", … of
  /// genes
  /// @param depth per-cell sequencing depth relative to 1 (> 0), or empty: all equal
  /// @param inputs how many of the columns, the first ones, are inputs
  /// @throws std::invalid_argument when sizes disagree or a name occurs twice
  template <class Use = CompiledWhereUsed>
  Counts(WhereUsed<Matrix, Use> values, WhereUsed<Vector, Use> times, std::vector<std::string> names = {},
         WhereUsed<Vector, Use> depth = {}, Index inputs = 1)
      : values_(std::move(values)),
        times_(std::move(times)),
        names_(std::move(names)),
        depth_(std::move(depth)),
        inputs_(inputs) {
    check_at_least("Counts", "inputs", inputs_, 0);
    check_at_least("Counts", "values.cols()", values_.cols(), inputs_);
    check_size("Counts", "times", times_.size(), cells());
    check_all_finite("Counts", "times", times_);
    if (depth_.size() > 0) {
      check_size("Counts", "depth", depth_.size(), cells());
      check_all_positive("Counts", "depth", depth_);
    }
    for (Index node = 0; node < nodes(); ++node) {
      // All at once, by vector instructions; x·0 is 0 for finite x alone. Only what fails is searched.
      if (cells() == 0 || ((values_.col(node) * 0.0).sum() == 0.0 && values_.col(node).minCoeff() >= 0.0)) continue;
      for (Index cell = 0; cell < cells(); ++cell) {
        if (const double value = values_(cell, node); !(std::isfinite(value) && value >= 0)) {
          detail::throw_domain("Counts",
                               "values(cell " + detail::to_text(cell) + ", node " + detail::to_text(node) + ")", value,
                               "finite and >= 0");
        }
      }
    }
    name_genes();
    group_by_time();
  }

  /// The same of whole numbers.
  template <std::integral Count, int Options>
  Counts(const Eigen::Matrix<Count, Eigen::Dynamic, Eigen::Dynamic, Options>& values, Vector times,
         std::vector<std::string> names = {}, Vector depth = {}, Index inputs = 1)
      : Counts(Matrix(values.template cast<double>()), std::move(times), std::move(names), std::move(depth), inputs) {}

  Index cells() const noexcept { return values_.rows(); }
  /// Columns: inputs, then genes.
  Index nodes() const noexcept { return values_.cols(); }
  Index inputs() const noexcept { return inputs_; }
  Index genes() const noexcept { return nodes() - inputs_; }

  const Matrix& values() const noexcept { return values_; }
  const Vector& times() const noexcept { return times_; }
  const std::vector<std::string>& names() const noexcept { return names_; }
  /// Per-cell depth, or an empty vector when all cells are alike.
  const Vector& depth() const noexcept { return depth_; }

  /// Cells × lineages: the time of each cell along each lineage [h], NaN in lineages that it is no part of; no columns
  /// where none are known. `times()` are those of all cells together.
  const Matrix& lineage_times() const noexcept { return lineage_times_; }
  Index lineages() const noexcept { return lineage_times_.cols(); }

  /// The same cells with what is known of their lineages.
  /// @param times as `lineage_times()`
  /// @throws std::invalid_argument on another number of rows; std::domain_error on infinite times, naming cell and
  ///   lineage, and on a lineage without cells
  template <class Use = CompiledWhereUsed>
  Counts with_lineages(WhereUsed<Matrix, Use> times) const {
    check_shape("Counts::with_lineages", "times", times, cells(), times.cols());
    for (Index lineage = 0; lineage < times.cols(); ++lineage) {
      Index found = 0;
      for (Index cell = 0; cell < cells(); ++cell) {
        if (std::isinf(times(cell, lineage))) {
          detail::throw_domain("Counts::with_lineages",
                               "times(" + detail::to_text(cell) + ", " + detail::to_text(lineage) + ")",
                               times(cell, lineage), "a time, or NaN where the cell is no part of the lineage");
        }
        if (!std::isnan(times(cell, lineage))) ++found;
      }
      if (found == 0) {
        throw std::domain_error("Counts::with_lineages: times.col(" + detail::to_text(lineage) +
                                ") is NaN throughout, a lineage must have cells");
      }
    }
    Counts result = *this;
    result.lineage_times_ = std::move(times);
    return result;
  }

  /// The cells of one lineage at their times along it, themselves of no lineages.
  /// @throws std::invalid_argument on the index
  template <class Use = CompiledWhereUsed>
  Counts lineage(Index k) const {
    check_index("Counts::lineage", "k", k, lineages());
    std::vector<Index> rows;
    for (Index cell = 0; cell < cells(); ++cell) {
      if (!std::isnan(lineage_times_(cell, k))) rows.push_back(cell);
    }
    Counts selected = select_cells(rows);
    WhereUsed<Vector, Use> times(static_cast<Index>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) times[static_cast<Index>(i)] = lineage_times_(rows[i], k);
    Counts result(std::move(selected.values_), std::move(times), names_, std::move(selected.depth_), inputs_);
    result.conditions_ = std::move(selected.conditions_);
    result.condition_of_cell_ = std::move(selected.condition_of_cell_);
    return result;
  }

  /// What was done to cells; empty where nothing is said of it.
  const std::vector<Condition>& conditions() const noexcept { return conditions_; }
  /// Per cell the number of its condition; empty where there are none.
  const std::vector<Index>& condition_of_cell() const noexcept { return condition_of_cell_; }

  /// The same cells with what was done to them. Inputs that a condition sets (`Condition::levels`) are at that level in
  /// the columns of its cells: a change acts on cells that are seen after it, and before the first an input is at 0.
  /// @param of_cell per cell the number of its condition
  /// @throws std::invalid_argument, std::domain_error as validate(Condition); std::invalid_argument on sizes and
  /// numbers, on a condition without cells, and on one without cells at a time point of the table
  /// Cost O(cells · nodes).
  template <class = CompiledWhereUsed>
  Counts with_conditions(std::vector<Condition> conditions, std::vector<Index> of_cell) const {
    const char* const function = "Counts::with_conditions";
    validate(conditions, function, "conditions", nodes(), inputs_);
    check_size(function, "of_cell", static_cast<Index>(of_cell.size()), cells());
    for (std::size_t cell = 0; cell < of_cell.size(); ++cell) {
      check_index(function, detail::element("of_cell", static_cast<Index>(cell)), of_cell[cell],
                  static_cast<Index>(conditions.size()));
    }
    Counts result = *this;
    result.conditions_ = std::move(conditions);
    result.condition_of_cell_ = std::move(of_cell);
    result.check_condition_times(function);
    result.impose_levels();
    return result;
  }

  /// Throws std::invalid_argument, naming `function`, on a condition without cells at one of the time points.
  template <class = CompiledWhereUsed>
  void check_condition_times(std::string_view function) const {
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      std::vector<bool> seen(static_cast<std::size_t>(time_points_.size()), false);
      for (Index k = 0; k < time_points_.size(); ++k) {
        for (const Index cell : cells_at(k)) {
          if (condition_of_cell_[static_cast<std::size_t>(cell)] == static_cast<Index>(c)) {
            seen[static_cast<std::size_t>(k)] = true;
          }
        }
      }
      const auto missing = std::find(seen.begin(), seen.end(), false);
      const std::string condition = detail::subject(function, detail::element("conditions", static_cast<Index>(c))) +
                                    " (\"" + visible_text(conditions_[c].name) + "\") has no cells";
      if (seen.empty() || std::find(seen.begin(), seen.end(), true) == seen.end()) {
        throw std::invalid_argument(condition + ", must have some");
      }
      if (missing == seen.end()) continue;
      throw std::invalid_argument(condition + " at time " + detail::to_text(time_points_[missing - seen.begin()]) +
                                  ", must have some at every time point, as other conditions");
    }
  }

  /// The cells of one condition, themselves of no conditions.
  /// @throws std::invalid_argument on the index
  template <class = CompiledWhereUsed>
  Counts of_condition(Index k) const {
    check_index("Counts::of_condition", "k", k, static_cast<Index>(conditions_.size()));
    std::vector<Index> rows;
    for (Index cell = 0; cell < cells(); ++cell) {
      if (condition_of_cell_[static_cast<std::size_t>(cell)] == k) rows.push_back(cell);
    }
    Counts selected = select_cells(rows);
    selected.conditions_.clear();
    selected.condition_of_cell_.clear();
    return selected;
  }

  /// These cells with the lineages and conditions of another table of the same cells and nodes.
  /// @throws std::invalid_argument on sizes
  template <class = CompiledWhereUsed>
  Counts annotated_as(const Counts& other) const {
    check_size("Counts::annotated_as", "other.cells()", other.cells(), cells());
    check_size("Counts::annotated_as", "other.nodes()", other.nodes(), nodes());
    check_size("Counts::annotated_as", "other.inputs()", other.inputs(), inputs_);
    Counts result = *this;
    result.lineage_times_ = other.lineage_times_;
    result.conditions_ = other.conditions_;
    result.condition_of_cell_ = other.condition_of_cell_;
    return result;
  }

  /// The distinct times, increasing.
  const Vector& time_points() const noexcept { return time_points_; }
  /// Rows of the cells taken at `time_points()[k]`, in the order of the table.
  std::span<const Index> cells_at(Index k) const {
    return std::span(by_time_).subspan(
        static_cast<std::size_t>(first_[static_cast<std::size_t>(k)]),
        static_cast<std::size_t>(first_[static_cast<std::size_t>(k) + 1] - first_[static_cast<std::size_t>(k)]));
  }

  /// The same table with the cells at the given rows, in that order (rows may repeat: a bootstrap sample).
  template <class Use = CompiledWhereUsed>
  Counts select_cells(std::span<const Index> rows) const {
    const auto size = static_cast<Index>(rows.size());
    WhereUsed<Matrix, Use> values(size, nodes());
    WhereUsed<Vector, Use> times(size);
    WhereUsed<Vector, Use> depth(depth_.size() > 0 ? size : 0);
    WhereUsed<Matrix, Use> lineage_times(size, lineages());
    for (Index i = 0; i < size; ++i) {
      const Index row = rows[static_cast<std::size_t>(i)];
      check_index("Counts::select_cells", detail::element("rows", i), row, cells());
      values.row(i) = values_.row(row);
      times[i] = times_[row];
      if (depth.size() > 0) depth[i] = depth_[row];
      lineage_times.row(i) = lineage_times_.row(row);
    }
    Counts result(std::move(values), std::move(times), names_, std::move(depth), inputs_);
    result.lineage_times_ = std::move(lineage_times);
    result.conditions_ = conditions_;
    if (!conditions_.empty()) {
      for (const Index row : rows) {
        result.condition_of_cell_.push_back(condition_of_cell_[static_cast<std::size_t>(row)]);
      }
    }
    return result;
  }

 private:
  template <class = CompiledWhereUsed>
  void impose_levels() {
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      std::vector<LevelChange> changes = conditions_[c].levels;
      std::stable_sort(changes.begin(), changes.end(),
                       [](const LevelChange& a, const LevelChange& b) { return a.time < b.time; });
      for (Index input = 0; input < inputs_; ++input) {
        const auto sets = [&](const LevelChange& change) { return change.node == input || change.node == every_input; };
        if (std::none_of(changes.begin(), changes.end(), sets)) continue;
        for (Index cell = 0; cell < cells(); ++cell) {
          if (condition_of_cell_[static_cast<std::size_t>(cell)] != static_cast<Index>(c)) continue;
          double& level = values_(cell, input) = 0.0;
          for (const LevelChange& change : changes) {
            if (sets(change) && change.time < times_[cell]) level = change.level;
          }
        }
      }
    }
  }

  template <class = CompiledWhereUsed>
  void name_genes() {
    if (names_.empty()) {
      names_.reserve(static_cast<std::size_t>(nodes()));
      for (Index input = 0; input < inputs_; ++input) {
        names_.push_back(inputs_ == 1 ? "Stimulus" : "Input" + std::to_string(input + 1));
      }
      for (Index gene = 0; gene < genes(); ++gene) names_.push_back(std::to_string(gene + 1));
      return;
    }
    check_size("Counts", "names", static_cast<Index>(names_.size()), nodes());
    std::vector<std::string> sorted = names_;
    std::sort(sorted.begin(), sorted.end());
    if (const auto twin = std::adjacent_find(sorted.begin(), sorted.end()); twin != sorted.end()) {
      throw std::invalid_argument("Counts: names holds \"" + visible_text(*twin) + "\" twice, must be unique");
    }
  }

  template <class = CompiledWhereUsed>
  void group_by_time() {
    by_time_.resize(static_cast<std::size_t>(cells()));
    std::iota(by_time_.begin(), by_time_.end(), Index{0});
    std::stable_sort(by_time_.begin(), by_time_.end(), [this](Index a, Index b) { return times_[a] < times_[b]; });
    std::vector<double> points;
    first_.clear();
    for (std::size_t i = 0; i < by_time_.size(); ++i) {
      if (points.empty() || times_[by_time_[i]] != points.back()) {
        points.push_back(times_[by_time_[i]]);
        first_.push_back(static_cast<Index>(i));
      }
    }
    first_.push_back(cells());
    time_points_ = Eigen::Map<const Vector>(points.data(), static_cast<Index>(points.size()));
  }

  Matrix values_;
  Vector times_;
  std::vector<std::string> names_;
  Vector depth_;
  Index inputs_;
  Matrix lineage_times_ = Matrix(values_.rows(), 0);
  std::vector<Condition> conditions_;
  std::vector<Index> condition_of_cell_;
  Vector time_points_;
  std::vector<Index> by_time_;
  std::vector<Index> first_;
};

}  // namespace cardamom
