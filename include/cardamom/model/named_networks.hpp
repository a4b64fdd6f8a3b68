/// @file
/// The networks of the paper and of the field's benchmark, with their kinetics and the protocol they were observed by.
///
/// The paper is Ventre, In Silico Biology 14, 2021; the benchmark Ventre, Herbach, Espinasse, Benoit and Gandrillon,
/// PLOS Computational Biology 2023. Both observe independent cells at given times after a stimulus, once a burn-in
/// without stimulus has passed. The stimulus, node 0, is the one input of every network here; genes are numbered
/// from 1.
///
/// | function | name | genes | what it is |
/// | --- | --- | --- | --- |
/// | `toggle_switch` | toggle | 2 | mutual repression with self-activation; two attractors |
/// | `two_toggles` | toggles | 4 | the same twice, in parallel; the stimulus has no effect |
/// | `fn4` | fn4 | 4 | branching and feedback, kinetics of the benchmark |
/// | `fn4_paper` | fn4_paper | 4 | the same network with the kinetics of the paper |
/// | `cn5` | cn5 | 5 | a cycle |
/// | `fn8` | fn8 | 8 | feedback |
/// | `bn8` | bn8 | 8 | branching with mutual repressions |
/// | `benchmark_tree` | tree:N | N | a uniform random tree |
/// | `benchmark_cascade` | cascade:N | N | a chain |
#pragma once

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/model/generators.hpp>
#include <cardamom/model/model.hpp>

namespace cardamom {

/// Kinetics of the paper (Table 1; the paper prints no mRNA parameters, d0 and koff/s0 are ours): d0 = 1, d1 = 0.2,
/// koff/s0 = 0.02, k0 = 0.1, k1 = 2, hence c = 10.
/// @param nodes inputs and genes
template <class = CompiledWhereUsed>
[[nodiscard]] inline Kinetics paper_kinetics(Index nodes, Index inputs = 1) {
  return Kinetics::uniform(nodes, 1.0, 0.2, 0.02, 0.1, 2.0, inputs);
}

/// Kinetics of the benchmark: k0 = 0, k1 = 2 d0, koff/s0 = 0.02.
/// @param nodes inputs and genes
/// @param mrna_decay d0 [1/h]
/// @param protein_decay d1 [1/h]
template <class = CompiledWhereUsed>
[[nodiscard]] inline Kinetics benchmark_kinetics(Index nodes, double mrna_decay, double protein_decay,
                                                 Index inputs = 1) {
  return Kinetics::uniform(nodes, mrna_decay, protein_decay, 0.02, 0.0, 2.0 * mrna_decay, inputs);
}

/// Kinetics of the benchmark's trees: d0 = 0.25, d1 = 0.05 for five genes and d0 = 1, d1 = 0.2 for 10 to 100. Other
/// sizes take the nearest published rule: fewer than ten genes the slow rates, ten or more the fast.
/// @param nodes inputs and genes
template <class = CompiledWhereUsed>
[[nodiscard]] inline Kinetics tree_kinetics(Index nodes, Index inputs = 1) {
  return nodes - inputs < 10 ? benchmark_kinetics(nodes, 0.25, 0.05, inputs)
                             : benchmark_kinetics(nodes, 1.0, 0.2, inputs);
}

/// Toggle switch (Table 1): θ_ii = 5, θ_ij = −7, β = 0. Exactly two attractors, (0.9905, 0.0512) and its mirror image.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model toggle_switch() {
  return make_model(paper_kinetics(3), {Vector::Zero(3), {{1, 1, 5.0}, {2, 1, -7.0}, {1, 2, -7.0}, {2, 2, 5.0}}});
}

/// Two independent toggle switches, genes 1–2 and 3–4 (section 6.2): four attractors.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model two_toggles() {
  std::vector<Edge> edges;
  for (const Index first : {1, 3}) {
    const Index second = first + 1;
    edges.insert(edges.end(),
                 {{first, first, 5.0}, {second, first, -7.0}, {first, second, -7.0}, {second, second, 5.0}});
  }
  return make_model(paper_kinetics(5), {Vector::Zero(5), edges});
}

namespace detail {

/// Edges of one weight, appended.
template <class = CompiledWhereUsed>
inline void add_edges(std::vector<Edge>& edges, double weight,
                      std::initializer_list<std::pair<Index, Index>> source_target) {
  for (const auto& [source, target] : source_target) edges.push_back({source, target, weight});
}

template <class = CompiledWhereUsed>
inline Network fn4_network() {
  std::vector<Edge> edges;
  add_edges(edges, 10.0, {{0, 1}, {1, 2}, {1, 3}, {2, 2}, {3, 3}, {3, 4}});
  add_edges(edges, -10.0, {{4, 1}});
  return {Vector::Constant(5, -5.0), edges};
}

}  // namespace detail

/// Four genes, branching and feedback (Table 2), with the kinetics of the benchmark: d0 = 0.2, d1 = 0.04.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model fn4() {
  return make_model(benchmark_kinetics(5, 0.2, 0.04), detail::fn4_network());
}

/// Four genes, branching and feedback (Table 2), with the kinetics of the paper.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model fn4_paper() {
  return make_model(paper_kinetics(5), detail::fn4_network());
}

/// Five genes in a cycle: d0 = 0.5, d1 = 0.1.
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline Model cn5() {
  std::vector<Edge> edges;
  detail::add_edges(edges, 10.0, {{0, 1}, {3, 4}, {4, 5}, {5, 1}});
  detail::add_edges(edges, -10.0, {{1, 2}, {2, 3}});
  WhereUsed<Vector, Use> basal(6);
  basal << 0.0, -5.0, 4.0, 4.0, -5.0, -5.0;
  return make_model(benchmark_kinetics(6, 0.5, 0.1), {std::move(basal), edges});
}

/// Eight genes with feedback: d0 = 0.4, d1 = 0.08.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model fn8() {
  std::vector<Edge> edges;
  detail::add_edges(edges, 10.0,
                    {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {3, 5}, {3, 6}, {6, 7}, {7, 6}, {4, 4}, {5, 5}, {6, 6}, {8, 8}});
  detail::add_edges(edges, -10.0, {{4, 1}, {5, 1}, {6, 1}, {4, 8}, {4, 7}});
  return make_model(benchmark_kinetics(9, 0.4, 0.08), {Vector::Constant(9, -5.0), edges});
}

/// Eight genes, branching with mutual repressions: d0 = 0.25, d1 = 0.05.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model bn8() {
  std::vector<Edge> edges;
  detail::add_edges(edges, 10.0, {{0, 1}, {1, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 6}, {5, 7}, {7, 8}});
  detail::add_edges(edges, -10.0, {{3, 2}, {2, 3}, {2, 5}, {3, 4}, {4, 7}, {5, 6}, {6, 8}});
  detail::add_edges(edges, 5.0, {{2, 2}, {3, 3}});
  return make_model(benchmark_kinetics(9, 0.25, 0.05), {Vector::Constant(9, -4.0), edges});
}

/// A tree drawn by `random_tree` with `tree_kinetics`.
/// @param nodes inputs and genes
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model benchmark_tree(Index nodes, std::uint64_t seed) {
  return make_model(tree_kinetics(nodes), random_tree(nodes, seed));
}

/// A chain made by `cascade` with `tree_kinetics`.
/// @param nodes inputs and genes
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model benchmark_cascade(Index nodes) {
  return make_model(tree_kinetics(nodes), cascade(nodes));
}

/// A network and how its cells were observed.
struct NamedExperiment {
  std::string name;
  Model model;
  Vector time_points;          ///< [h] after the stimulus
  Index cells_per_time_point;  ///< independent cells
  double burn_in;              ///< [h] without stimulus before t = 0
};

/// What `named_experiment` knows, for messages and help texts.
inline constexpr std::string_view named_networks = "toggle, toggles, fn4, fn4_paper, cn5, fn8, bn8, tree:N, cascade:N";

namespace detail {

template <class = CompiledWhereUsed>
inline Vector to_vector(std::initializer_list<double> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Index>(values.size()));
}

/// The largest network that a name may ask for.
inline constexpr Index most_named_genes = 100'000;

/// N of "kind:N", from 1 to `most_named_genes`.
template <class = CompiledWhereUsed>
inline Index parse_network_size(std::string_view name, std::string_view size) {
  Index genes = 0;
  const auto result = std::from_chars(size.data(), size.data() + size.size(), genes);
  if (result.ec != std::errc() || result.ptr != size.data() + size.size() || genes < 1 || genes > most_named_genes) {
    throw std::invalid_argument("named_experiment: name is \"" + std::string(name) +
                                "\", the number of genes after the colon must be a whole number in [1, " +
                                to_text(most_named_genes) + "]");
  }
  return genes;
}

}  // namespace detail

/// A network by its name in the table above, with the protocol of its published experiment: toggles 0 and 20 h × 50
/// cells; fn4_paper 0 2 4 6 8 11 13 15 17 20 h × 50 cells; fn4, cn5, fn8, bn8 and slow trees and cascades
/// 0 6 12 24 36 48 60 72 84 96 h × 100 cells; fast ones 0 2 5 8 11 13 16 19 22 25 h × 100 cells. The single toggle is
/// not published as an experiment and takes the protocol of the two. Burn-in 5 h throughout (the benchmark's).
/// @param name N of tree:N and cascade:N counts the genes without the stimulus, as the benchmark does; 1 to 100,000
/// @param seed draws the tree of tree:N
/// @throws std::invalid_argument listing the names when there is no such network
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline NamedExperiment named_experiment(std::string_view name, std::uint64_t seed = 1) {
  constexpr double burn_in = 5.0;
  const WhereUsed<Vector, Use> slow = detail::to_vector({0, 6, 12, 24, 36, 48, 60, 72, 84, 96});
  const WhereUsed<Vector, Use> fast = detail::to_vector({0, 2, 5, 8, 11, 13, 16, 19, 22, 25});
  const WhereUsed<Vector, Use> ends = detail::to_vector({0, 20});
  const WhereUsed<Vector, Use> paper = detail::to_vector({0, 2, 4, 6, 8, 11, 13, 15, 17, 20});
  const std::string label(name);

  if (name == "toggle") return {label, toggle_switch(), ends, 50, burn_in};
  if (name == "toggles") return {label, two_toggles(), ends, 50, burn_in};
  if (name == "fn4") return {label, fn4(), slow, 100, burn_in};
  if (name == "fn4_paper") return {label, fn4_paper(), paper, 50, burn_in};
  if (name == "cn5") return {label, cn5(), slow, 100, burn_in};
  if (name == "fn8") return {label, fn8(), slow, 100, burn_in};
  if (name == "bn8") return {label, bn8(), slow, 100, burn_in};

  const auto colon = name.find(':');
  const std::string_view kind = name.substr(0, colon);
  if (colon != std::string_view::npos && (kind == "tree" || kind == "cascade")) {
    const Index nodes = 1 + detail::parse_network_size(name, name.substr(colon + 1));  // the stimulus and N genes
    Model model = kind == "tree" ? benchmark_tree(nodes, seed) : benchmark_cascade(nodes);
    const bool is_slow = model.kinetics.mrna_decay[model.inputs()] < 1.0;
    return {label, std::move(model), is_slow ? slow : fast, 100, burn_in};
  }
  throw std::invalid_argument("named_experiment: there is no network \"" + label + "\"; known are " +
                              std::string(named_networks));
}

/// The model of `named_experiment` alone.
template <class = CompiledWhereUsed>
[[nodiscard]] inline Model named_model(std::string_view name, std::uint64_t seed = 1) {
  return named_experiment(name, seed).model;
}

}  // namespace cardamom

#ifdef CARDAMOM_PRECOMPILED
namespace cardamom {
extern template Model fn4<>();
extern template Model cn5<>();
extern template Model fn8<>();
extern template Model bn8<>();
}  // namespace cardamom
#endif
