/// @file
/// Nodes of the data in files that may know more genes: networks, truths and rates of a whole genome are used as they
/// are, what the data lack is passed over and counted. What looks like a mistake is an error: an index out of range, a
/// name that differs from a known one in case alone, an input that is not there.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// What to do with genes of a file that the data lack.
enum class UnknownGenes {
  refuse,  ///< they are errors
  skip,    ///< they are passed over, and counted
};

/// The nodes of the data.
struct KnownNodes {
  std::vector<std::string> names = {};  ///< per node, inputs first; empty when nodes can only be indices
  Index nodes = 0;                      ///< inputs and genes; 0: the number of names or, without names, any index
  Index inputs = 1;                     ///< how many of the nodes, the first ones, are inputs
  UnknownGenes unknown = UnknownGenes::refuse;
  /// Names of a list by which nodes were chosen, inputs first, where the data lack some of them: what indices of the
  /// file count, and the lines of a file without names. Empty: the same as the data.
  std::vector<std::string> listed = {};
};

/// Finds the nodes that one file names.
class NodeFinder {
 public:
  /// @param path named in errors
  /// @throws std::invalid_argument when sizes of the nodes disagree
  template <class Use = CompiledWhereUsed>
  NodeFinder(const std::string& path, const WhereUsed<KnownNodes, Use>& nodes)
      : path_(path),
        labels_(nodes.names, nodes.nodes, nodes.inputs),
        inputs_(nodes.inputs),
        bounded_(nodes.nodes != 0 || !nodes.names.empty()),
        skips_(nodes.unknown == UnknownGenes::skip && !nodes.names.empty()),
        names_(nodes.names) {
    if (!nodes.listed.empty()) listed_.emplace(nodes.listed, 0, nodes.inputs);
    for (const std::string& name : names_) spelling_.emplace(lower_case(name), name);
  }

  /// The node that has this name or, else, this index; none for a gene that the data lack, where such may be skipped or
  /// the index is that of a list.
  /// @throws IoError with line and column on any other node
  template <class = CompiledWhereUsed>
  [[nodiscard]] std::optional<Index> find(std::string_view text, Index line, Index column) const {
    const NodeLabels& indexed = listed_ ? *listed_ : labels_;
    Index index = 0;
    const bool is_index = parse_whole(text, index);
    if (listed_ && is_index && std::find(names_.begin(), names_.end(), text) == names_.end()) {
      if (const std::optional<Index> place = indexed.find(text)) return node_of_name(indexed.name(*place));
    } else if (const std::optional<Index> node = labels_.find(text)) {
      return node;
    }
    const std::string what = "unknown gene " + in_quotes(text);
    std::string expectation;
    if (is_index) {
      if (!bounded_) throw IoError(path_, line, column, what);
      expectation = ", indices are " + to_text(indexed.first_index()) + " to " + to_text(indexed.last_index());
    } else if (names_.empty()) {
      expectation = ", must be an index, since no names are given";
    } else if (const auto other = spelling_.find(lower_case(text)); other != spelling_.end()) {
      expectation = ", but there is " + in_quotes(other->second) + ": upper and lower case differ";
    } else if (inputs_ > 0 && lower_case(text) == "stimulus") {
      expectation = ", the first input is called " + in_quotes(names_.front());
    } else if (skips_ && marked_input(text).empty()) {
      return std::nullopt;
    }
    throw IoError(path_, line, column, what + expectation);
  }

  const NodeLabels& labels() const noexcept { return labels_; }

 private:
  /// The node of the data with a name of the list.
  std::optional<Index> node_of_name(const std::string& name) const {
    const auto node = std::find(names_.begin(), names_.end(), name);
    if (node == names_.end()) return std::nullopt;
    return static_cast<Index>(node - names_.begin());
  }

  std::string path_;
  NodeLabels labels_;
  std::optional<NodeLabels> listed_ = {};
  Index inputs_;
  bool bounded_;
  bool skips_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::string> spelling_;
};

}  // namespace cardamom
