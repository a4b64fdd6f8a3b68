/// @file
/// What files call nodes: one rule for panels, edge lists, gene names and model directories.
///
/// | node | label |
/// | --- | --- |
/// | the first input | `0` |
/// | every further input | `input:` and its name, such as `input:dose` |
/// | genes | `1`, `2`, … in their order, whatever the number of inputs |
///
/// In files that call nodes by name, the first input and the genes stand under their names, further inputs as above, so
/// that every reader sees that they are inputs.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// The beginning of the label of an input that is not the first.
inline constexpr std::string_view input_marker = "input:";

/// What the first input is called where nobody gives it a name.
inline constexpr std::string_view default_input = "Stimulus";

/// The same beside genes, one of which may be called so: then `input:Stimulus`.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string default_input_beside(const std::vector<std::string>& genes) {
  const std::string name(default_input);
  const bool taken = std::find(genes.begin(), genes.end(), name) != genes.end();
  return taken ? std::string(input_marker) + name : name;
}

/// The name in a label such as `input:dose`, a view into it; empty when the label is not marked.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string_view marked_input(std::string_view label) noexcept {
  return label.substr(0, input_marker.size()) == input_marker ? label.substr(input_marker.size()) : std::string_view{};
}

/// The nodes of one table or network, by label and by name.
class NodeLabels {
 public:
  /// @param names per node, inputs first, distinct; or empty: then inputs are called Stimulus (several: Input1, Input2,
  /// …) and genes by their index
  /// @param nodes inputs and genes; 0 takes the number of names or, without names, any index for a gene's
  /// @param inputs how many of the nodes, the first ones, are inputs
  /// @throws std::invalid_argument when sizes disagree
  template <class = CompiledWhereUsed>
  explicit NodeLabels(std::vector<std::string> names, Index nodes = 0, Index inputs = 1)
      : names_(std::move(names)), nodes_(nodes != 0 ? nodes : static_cast<Index>(names_.size())), inputs_(inputs) {
    check_at_least("NodeLabels", "inputs", inputs_, 0);
    if (nodes_ != 0) check_at_least("NodeLabels", "nodes", nodes_, inputs_);
    if (!names_.empty()) check_size("NodeLabels", "names", static_cast<Index>(names_.size()), nodes_);
    for (std::size_t i = 0; i < names_.size(); ++i) node_of_.emplace(names_[i], static_cast<Index>(i));
  }

  /// The node that a file calls by its name, its label or, of inputs, by its name after `input:`; none when there is no
  /// such node. A name comes before an index.
  template <class = CompiledWhereUsed>
  [[nodiscard]] std::optional<Index> find(std::string_view text) const {
    if (const auto found = node_of_.find(std::string(text)); found != node_of_.end()) return found->second;
    if (const std::string_view marked = marked_input(text); !marked.empty()) {
      for (Index input = 0; input < inputs_; ++input) {
        if (plain_name(input) == marked) return input;
      }
      return std::nullopt;
    }
    Index index = 0;
    if (!parse_whole(text, index) || (index == 0 && inputs_ == 0)) return std::nullopt;
    const Index node = index == 0 ? 0 : inputs_ - 1 + index;
    return nodes_ == 0 || node < nodes_ ? std::optional(node) : std::nullopt;
  }

  /// The least and the largest index that a label may be.
  [[nodiscard]] Index first_index() const noexcept { return inputs_ > 0 ? 0 : 1; }
  [[nodiscard]] Index last_index() const noexcept { return nodes_ - inputs_; }

  /// The label of a node: an index, or a marked name.
  [[nodiscard]] std::string label(Index node) const {
    if (node > 0 && node < inputs_) return std::string(input_marker) + plain_name(node);
    return to_text(node < inputs_ ? 0 : node - inputs_ + 1);
  }
  /// What a file that calls nodes by name calls a node.
  [[nodiscard]] std::string name(Index node) const {
    return node > 0 && node < inputs_ ? label(node) : plain_name(node);
  }

  /// `label` of every node.
  template <class = CompiledWhereUsed>
  [[nodiscard]] std::vector<std::string> labels() const {
    std::vector<std::string> result;
    for (Index node = 0; node < nodes_; ++node) result.push_back(label(node));
    return result;
  }
  /// `name` of every node.
  template <class = CompiledWhereUsed>
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (Index node = 0; node < nodes_; ++node) result.push_back(name(node));
    return result;
  }

 private:
  std::string plain_name(Index node) const {
    if (!names_.empty()) return names_[static_cast<std::size_t>(node)];
    if (node >= inputs_) return to_text(node - inputs_ + 1);
    return inputs_ == 1 ? std::string(default_input) : "Input" + to_text(node + 1);
  }

  std::vector<std::string> names_;
  std::unordered_map<std::string, Index> node_of_;
  Index nodes_;
  Index inputs_;
};

}  // namespace cardamom
