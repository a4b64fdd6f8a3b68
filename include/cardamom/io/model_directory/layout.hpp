/// @file
/// How a model lies in the files of its directory: their names, and the arrays of the Python package.
#pragma once

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/model/network.hpp>

namespace cardamom::detail {

/// Names of the files of a model directory.
namespace model_files {
inline constexpr std::string_view basal = "basal.npy";
inline constexpr std::string_view interactions = "inter.npy";
inline constexpr std::string_view shape_min = "kmin.npy";
inline constexpr std::string_view shape_max = "kmax.npy";
inline constexpr std::string_view inverse_burst_size = "bet.npy";
inline constexpr std::string_view modes = "data_bool.npy";
inline constexpr std::string_view basal_history = "basal_t.npy";
inline constexpr std::string_view interactions_history = "inter_t.npy";
inline constexpr std::string_view inputs = "inputs.tsv";
inline constexpr std::string_view further_interactions = "inter_inputs.npy";
inline constexpr std::string_view further_levels = "data_inputs.npy";
inline constexpr std::string_view further_history = "inter_inputs_t.npy";
inline constexpr std::string_view rates = "rates.tsv";
inline constexpr std::string_view experiment = "experiment.tsv";
}  // namespace model_files

/// Title of `inputs.tsv`.
inline constexpr std::string_view inputs_title = "input\tname";

inline std::string inside(const std::string& directory, std::string_view name) {
  return (std::filesystem::path(directory) / name).string();
}

/// The arrays of the Python package have one entry for the stimulus and one per gene; how they lie in arrays over
/// nodes.
class PythonLayout {
 public:
  PythonLayout(Index genes, Index inputs) : genes_(genes), inputs_(inputs) {}

  Index genes() const noexcept { return genes_; }
  Index inputs() const noexcept { return inputs_; }
  Index nodes() const noexcept { return inputs_ + genes_; }
  /// Entries of the Python package.
  Index stored() const noexcept { return 1 + genes_; }
  Index further_inputs() const noexcept { return std::max<Index>(0, inputs_ - 1); }

  /// An array over nodes; entries of further inputs are `otherwise`.
  template <class Use = CompiledWhereUsed>
  Vector to_nodes(const WhereUsed<VectorIn, Use>& array, double otherwise) const {
    WhereUsed<Vector, Use> values = Vector::Constant(nodes(), otherwise);
    values.tail(genes_) = array.tail(genes_);
    if (inputs_ > 0) values[0] = array[0];
    return values;
  }
  /// An array of the Python package; its entry 0 is `otherwise` where there are no inputs.
  template <class Use = CompiledWhereUsed>
  Vector to_stored(const WhereUsed<VectorIn, Use>& values, double otherwise) const {
    WhereUsed<Vector, Use> array(stored());
    array[0] = inputs_ > 0 ? values[0] : otherwise;
    array.tail(genes_) = values.tail(genes_);
    return array;
  }

  /// The network of β and interactions i -> j as stored from the given places on, `further` those of further inputs
  /// (inputs − 1 rows of n), which may be null where there are none.
  template <class Use = CompiledWhereUsed>
  Network to_network(const std::string& path, const double* basal, const double* interactions, const double* further,
                     const std::vector<std::string>& names) const {
    // Stored by rows of sources, read by columns of sources: this is the transposition.
    const Index size = stored();
    const Eigen::Map<const Matrix> table(interactions, size, size);
    WhereUsed<Matrix, Use> theta = Matrix::Zero(nodes(), nodes());
    theta.bottomRightCorner(genes_, genes_) = table.bottomRightCorner(genes_, genes_);
    if (inputs_ > 0) {
      theta.col(0).tail(genes_) = table.col(0).tail(genes_);
      // An action on the stimulus is refused by Network.
      theta(0, 0) = table(0, 0);
      theta.row(0).tail(genes_) = table.row(0).tail(genes_);
    } else if ((table.col(0).array() != 0.0).any() || (table.row(0).array() != 0.0).any()) {
      throw IoError(path, "there are edges of index 0, but inputs.tsv says that there are no inputs");
    }
    for (Index input = 1; input < inputs_; ++input) {
      theta.col(input).tail(genes_) = Eigen::Map<const Vector>(further + (input - 1) * genes_, genes_);
    }
    try {
      return Network(to_nodes(Eigen::Map<const Vector>(basal, size), 0.0), MatrixIn(theta), names, inputs_);
    } catch (const std::logic_error& error) {
      throw IoError(path, error.what());
    }
  }

  /// Appends interactions i -> j as the Python package stores them.
  template <class Use = CompiledWhereUsed>
  void append_stored(const WhereUsed<Network, Use>& network, std::vector<double>& values) const {
    const WhereUsed<Matrix, Use> theta = network.interactions();
    WhereUsed<Matrix, Use> table = Matrix::Zero(stored(), stored());
    table.bottomRightCorner(genes_, genes_) = theta.bottomRightCorner(genes_, genes_);
    if (inputs_ > 0) table.col(0).tail(genes_) = theta.col(0).tail(genes_);
    values.insert(values.end(), table.data(), table.data() + table.size());
  }
  /// Appends the actions of the further inputs.
  template <class Use = CompiledWhereUsed>
  void append_further(const WhereUsed<Network, Use>& network, std::vector<double>& values) const {
    for (Index input = 1; input < inputs_; ++input) {
      for (Index i = inputs_; i < nodes(); ++i) values.push_back(network.weight(i, input));
    }
  }

 private:
  Index genes_;
  Index inputs_;
};

}  // namespace cardamom::detail
