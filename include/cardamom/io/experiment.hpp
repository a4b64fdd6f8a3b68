/// @file
/// `experiment.tsv` of a model directory: what an inference says about the experiment, and what inputs were.
///
/// Lines of fields between tabs, in any order after the first:
///
/// | line | content |
/// | --- | --- |
/// | `version` 1 | first line: the version of the format |
/// | `first_observation` t | time of the first observation of the data [h] |
/// | `first_state` `burn-in` h | before it cells were made from nothing and lived so long [h], >= 0 |
/// | `first_state` `rest` h | before it cells were at rest, and h hours spread them, >= 0 |
/// | `depth_deviation` s | standard deviation of the logarithm of depths between cells, in [0, 5] |
/// | `level` t input level | any number of lines: from t on [h] the input, by its label, is at that level, >= 0 |
///
/// Levels before the first observation are those that cells began with. Without any line `level` nothing is said about
/// inputs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/io/text_lines.hpp>
#include <cardamom/simulation/first_state.hpp>
#include <cardamom/simulation/fitted_experiment.hpp>
#include <cardamom/simulation/schedule.hpp>

namespace cardamom {

/// The version of `experiment.tsv` that is written, and the only one that is read.
inline constexpr Index experiment_version = 1;

/// What `experiment.tsv` holds.
struct SavedExperiment {
  FittedExperiment experiment;
  double first_observation = 0.0;     ///< [h]
  std::vector<LevelChange> schedule;  ///< of inputs; or empty
};

/// The text of `experiment.tsv`.
/// @param labels of the nodes; entries of the schedule are inputs
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline std::string experiment_text(const WhereUsed<SavedExperiment, Use>& saved,
                                                 const WhereUsed<NodeLabels, Use>& labels) {
  const FirstState& first = saved.experiment.first_state;
  std::string text = "version\t" + to_text(experiment_version) + '\n';
  text += "first_observation\t" + to_text(saved.first_observation) + '\n';
  text += std::string("first_state\t") + (std::holds_alternative<AtRest>(first) ? "rest" : "burn-in") + '\t' +
          to_text(hours_before(first)) + '\n';
  text += "depth_deviation\t" + to_text(saved.experiment.depth_deviation) + '\n';
  for (const LevelChange& change : saved.schedule) {
    text += "level\t" + to_text(change.time) + '\t' + labels.label(change.node) + '\t' + to_text(change.level) + '\n';
  }
  return text;
}

namespace detail {

/// Reads `experiment.tsv` line by line.
class ExperimentReader {
 public:
  template <class Use = CompiledWhereUsed>
  ExperimentReader(const std::string& path, const WhereUsed<NodeLabels, Use>& labels, Index inputs)
      : path_(path), labels_(labels), inputs_(inputs) {}

  template <class = CompiledWhereUsed>
  SavedExperiment read() {
    const std::string text = read_plain_file(path_);
    TextLines lines(text);
    read_version(lines);
    while (lines.next()) {
      split(lines);
      read_line();
    }
    for (const std::string_view key : {"first_observation", "first_state", "depth_deviation"}) {
      if (!seen(key)) throw IoError(path_, "there is no line " + std::string(key));
    }
    return std::move(saved_);
  }

 private:
  template <class Use = CompiledWhereUsed>
  void read_version(WhereUsed<TextLines, Use>& lines) {
    if (lines.next()) split(lines);
    const std::string expected = to_text(experiment_version);
    if (fields_.size() != 2 || fields_[0] != "version") {
      throw IoError(path_, 1, 0, "the line must hold version and " + expected);
    }
    if (fields_[1] != expected) {
      throw IoError(path_, 1, 2, "version of the file is " + in_quotes(fields_[1]) + ", must be " + expected);
    }
  }

  template <class = CompiledWhereUsed>
  void read_line() {
    const std::string_view key = fields_[0];
    if (key == "level") {
      expect(4, "level, a time [h], an input and its level");
      const double time = number(1, -largest_, largest_, "a finite number [h]");
      const auto input = labels_.find(fields_[2]);
      if (!input || *input >= inputs_) refuse(2, "input", "the label of an input");
      saved_.schedule.push_back({time, number(3, 0.0, largest_, "a finite number >= 0"), *input});
      return;
    }
    if (seen(key)) throw IoError(path_, line_, 1, "key " + in_quotes(key) + " is given already");
    if (key == "first_observation") {
      expect(2, "first_observation and a time [h]");
      saved_.first_observation = number(1, -largest_, largest_, "a finite number [h]");
    } else if (key == "first_state") {
      expect(3, "first_state, burn-in or rest, and a time [h]");
      if (fields_[1] != "burn-in" && fields_[1] != "rest") refuse(1, "first state", "burn-in or rest");
      const double hours = number(2, 0.0, largest_, "a finite number >= 0 [h]");
      if (fields_[1] == "rest") {
        saved_.experiment.first_state = AtRest{hours};
      } else {
        saved_.experiment.first_state = BurnIn{hours};
      }
    } else if (key == "depth_deviation") {
      expect(2, "depth_deviation and a number");
      saved_.experiment.depth_deviation = number(1, 0.0, 5.0, "a number in [0, 5]");
    } else {
      refuse(0, "key", "first_observation, first_state, depth_deviation or level");
    }
    keys_.emplace_back(key);
  }

  template <class Use = CompiledWhereUsed>
  void split(const WhereUsed<TextLines, Use>& lines) {
    line_ = lines.number();
    fields_.clear();
    std::string_view rest = lines.line();
    for (;;) {
      const std::size_t tab = rest.find('\t');
      fields_.push_back(trim(rest.substr(0, tab)));
      if (tab == std::string_view::npos) return;
      rest.remove_prefix(tab + 1);
    }
  }

  template <class = CompiledWhereUsed>
  bool seen(std::string_view key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  }

  void expect(std::size_t fields, const char* what) const {
    if (fields_.size() != fields) throw IoError(path_, line_, 0, std::string("the line must hold ") + what);
  }

  [[noreturn]] void refuse(std::size_t field, const char* what, const std::string& expected) const {
    throw IoError(path_, line_, static_cast<Index>(field) + 1,
                  std::string(what) + " is " + in_quotes(fields_[field]) + ", must be " + expected);
  }

  double number(std::size_t field, double low, double high, const char* expected) const {
    double value = 0.0;
    if (!parse_number(fields_[field], value) || !(value >= low && value <= high)) refuse(field, "value", expected);
    return value;
  }

  static constexpr double largest_ = std::numeric_limits<double>::max();

  const std::string& path_;
  const NodeLabels& labels_;
  Index inputs_;
  SavedExperiment saved_;
  std::vector<std::string> keys_;
  std::vector<std::string_view> fields_;
  Index line_ = 0;
};

}  // namespace detail

/// Reads `experiment.tsv`.
/// @param labels of the nodes; @param inputs how many of them, the first ones, are inputs
/// @throws IoError naming the file and, where one is to blame, the line: another version, an unknown or repeated key, a
///   value out of range, an unknown input, a missing line
template <class Use = CompiledWhereUsed>
[[nodiscard]] inline SavedExperiment read_experiment(const std::string& path, const WhereUsed<NodeLabels, Use>& labels,
                                                     Index inputs) {
  return detail::ExperimentReader(path, labels, inputs).read();
}

}  // namespace cardamom
