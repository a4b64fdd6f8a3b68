/// @file
/// `NearestCentre`: the type of a cell is that whose centre is the nearest in log(1 + count).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/numerics/k_means.hpp>
#include <cardamom/prediction/cell_classifier.hpp>

namespace cardamom {

/// log(1 + count) of the genes.
/// @param values cells × nodes, inputs first
/// @returns cells × genes
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Matrix log_counts(const WhereUsed<MatrixIn, Use>& values, Index inputs) {
  check_at_least("log_counts", "inputs", inputs, 0);
  check_at_least("log_counts", "values.cols()", values.cols(), inputs);
  return values.rightCols(values.cols() - inputs).array().log1p();
}

/// A model of `CellClassifier`, from `find_types` or `class_means`.
class NearestCentre {
 public:
  /// @param centres types × genes, means of log(1 + count); at least one type
  /// @param names of the types, or empty: "1", "2", …
  /// @throws std::invalid_argument on sizes, std::domain_error on centres that are not finite
  template <class Use = CompiledWhereUsed>
  NearestCentre(WhereUsed<Matrix, Use> centres, Index inputs, std::vector<std::string> names = {})
      : centres_(std::move(centres)), inputs_(inputs), names_(std::move(names)) {
    check_at_least("NearestCentre", "centres.rows()", centres_.rows(), 1);
    check_at_least("NearestCentre", "inputs", inputs_, 0);
    check_all_finite("NearestCentre", "centres", static_cast<const WhereUsed<Matrix, Use>&>(centres_).reshaped());
    if (names_.empty()) {
      for (Index z = 0; z < types(); ++z) names_.push_back(std::to_string(z + 1));
    }
    check_size("NearestCentre", "names", static_cast<Index>(names_.size()), types());
  }

  [[nodiscard]] Index types() const noexcept { return centres_.rows(); }
  [[nodiscard]] Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] const Matrix& centres() const noexcept { return centres_; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// @param counts per node, inputs first
  template <class Use = CompiledWhereUsed>
  [[nodiscard]] Index classify(const WhereUsed<VectorIn, Use>& counts) const {
    check_size("NearestCentre::classify", "counts", counts.size(), inputs_ + centres_.cols());
    const WhereUsed<Vector, Use> point = counts.tail(centres_.cols()).array().log1p();
    return nearest_centre(centres_, point).first;
  }

 private:
  Matrix centres_;
  Index inputs_;
  std::vector<std::string> names_;
};

static_assert(CellClassifier<NearestCentre>);

}  // namespace cardamom
