/// @file
/// A gene regulatory network: basal activities β and interactions θ, made by hand, by a generator or by inference.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>

namespace cardamom {

/// source → target with the weight θ(target, source): positive activates, negative represses.
struct Edge {
  Index source;
  Index target;
  double weight;
  friend bool operator==(const Edge&, const Edge&) = default;
};

/// Inputs, which are sources only, and genes. Memory is proportional to the number of edges.
class Network {
 public:
  Network() : Network(Vector::Zero(1), SparseMatrix(1, 1)) {}

  /// @param basal β, one per node (those of inputs ignored), finite
  /// @param interactions θ, nodes × nodes, θ(i, j) the action of j on i; rows of inputs must be empty; explicit zeros
  /// are dropped
  /// @param names per node, or empty
  /// @param inputs how many of the nodes, the first ones, are inputs
  /// @throws std::invalid_argument on shapes, std::domain_error on values that are not finite or an edge into an input
  template <class Use = CompiledWhereUsed>
  Network(WhereUsed<Vector, Use> basal, WhereUsed<SparseMatrix, Use> interactions, std::vector<std::string> names = {},
          Index inputs = 1)
      : basal_(std::move(basal)), interactions_(std::move(interactions)), names_(std::move(names)), inputs_(inputs) {
    check_at_least("Network", "inputs", inputs_, 0);
    check_at_least("Network", "basal.size()", basal_.size(), inputs_);
    check_shape("Network", "interactions", interactions_, nodes(), nodes());
    check_all_finite("Network", "basal", basal_, inputs_);
    if (!names_.empty()) check_size("Network", "names", static_cast<Index>(names_.size()), nodes());
    interactions_.prune([](Index, Index, double value) { return value != 0.0; });
    interactions_.makeCompressed();
    for (Index target = 0; target < nodes(); ++target) {
      for (SparseMatrix::InnerIterator edge(interactions_, target); edge; ++edge) {
        check_edge("Network", {edge.col(), target, edge.value()});
      }
    }
  }

  /// The same from a dense θ.
  template <class Use = CompiledWhereUsed>
  Network(WhereUsed<Vector, Use> basal, const WhereUsed<MatrixIn, Use>& interactions,
          std::vector<std::string> names = {}, Index inputs = 1)
      : Network(std::move(basal), SparseMatrix(interactions.sparseView()), std::move(names), inputs) {}

  /// The same from a list of edges; an edge given twice or out of range is an error (std::invalid_argument).
  template <class Use = CompiledWhereUsed>
  Network(WhereUsed<Vector, Use> basal, const std::vector<Edge>& edges, std::vector<std::string> names = {},
          Index inputs = 1)
      : Network(basal, assemble(basal.size(), edges), std::move(names), inputs) {}

  Index nodes() const noexcept { return basal_.size(); }
  Index inputs() const noexcept { return inputs_; }
  Index genes() const noexcept { return nodes() - inputs_; }
  const Vector& basal() const noexcept { return basal_; }
  const SparseMatrix& interactions() const noexcept { return interactions_; }
  /// Per node, or empty when the nodes have no names.
  const std::vector<std::string>& names() const noexcept { return names_; }

  /// θ(target, source), 0 when there is no such edge; O(log regulators).
  double weight(Index target, Index source) const { return interactions_.coeff(target, source); }

  /// All edges, ordered by target, then source.
  template <class = CompiledWhereUsed>
  std::vector<Edge> edges() const {
    std::vector<Edge> list;
    list.reserve(static_cast<std::size_t>(interactions_.nonZeros()));
    for (Index target = 0; target < nodes(); ++target) {
      for (SparseMatrix::InnerIterator edge(interactions_, target); edge; ++edge) {
        list.push_back({edge.col(), target, edge.value()});
      }
    }
    return list;
  }

 private:
  template <class = CompiledWhereUsed>
  static SparseMatrix assemble(Index nodes, const std::vector<Edge>& edges) {
    std::vector<Eigen::Triplet<double>> triplets;
    triplets.reserve(edges.size());
    for (const Edge& edge : edges) {
      check_index("Network", "source of an edge", edge.source, nodes);
      check_index("Network", "target of an edge", edge.target, nodes);
      triplets.emplace_back(static_cast<SparseMatrix::StorageIndex>(edge.target),
                            static_cast<SparseMatrix::StorageIndex>(edge.source), edge.weight);
    }
    SparseMatrix interactions(nodes, nodes);
    interactions.setFromTriplets(triplets.begin(), triplets.end(), [](double, double) -> double {
      throw std::invalid_argument("Network: an edge is given twice");
    });
    return interactions;
  }

  template <class Use = CompiledWhereUsed>
  void check_edge(std::string_view function, const WhereUsed<Edge, Use>& edge) const {
    if (edge.target < inputs_) {
      throw std::domain_error(std::string(function) + ": edge " + detail::to_text(edge.source) + " -> " +
                              detail::to_text(edge.target) + " acts on an input, which has no regulators");
    }
    if (!std::isfinite(edge.weight)) {
      detail::throw_domain(function,
                           "interactions(" + detail::to_text(edge.target) + ", " + detail::to_text(edge.source) + ")",
                           edge.weight, "finite");
    }
  }

  Vector basal_;
  SparseMatrix interactions_;
  std::vector<std::string> names_;
  Index inputs_;
};

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Network::Network(Vector, SparseMatrix, std::vector<std::string>, Index);
extern template std::vector<Edge> Network::edges<>() const;
}  // namespace cardamom
#endif
