// Options about inputs: which rows of a table they are (--inputs), and their levels in a simulation (--input).
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <cardamom/core/types.hpp>
#include <cardamom/io/node_labels.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/simulation/schedule.hpp>

#include "support/program.hpp"

namespace support {

/// Adds --inputs.
inline void describe_inputs(CLI::App& app, std::vector<std::string>& inputs) {
  app.add_option(
         "--inputs", inputs,
         "Names of the inputs, which stand first in a panel, or none. Default: the first row (index 0), and the "
         "rows after it whose label begins with input:, such as input:dose")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...|none");
}

/// What readers of counts take for the value of --inputs.
inline std::optional<std::vector<std::string>> declared_inputs(const std::vector<std::string>& inputs) {
  if (inputs.empty()) return std::nullopt;
  if (inputs == std::vector<std::string>{"none"}) return std::vector<std::string>{};
  return inputs;
}

/// Adds --input.
inline void describe_input_levels(CLI::App& app, std::vector<std::string>& schedules) {
  app.add_option("--input", schedules,
                 "Levels of an input, NAME being its name, input:NAME, or 0 for the first: 0 to begin with, LEVEL from "
                 "TIME [h] on. May be given once per input. Default: that of the model directory, where it has one, "
                 "else 1 from 0 on")
      ->allow_extra_args(false)
      ->type_name("NAME=TIME:LEVEL,...");
}

/// The values of --input: levels of every input before the first observation, and their changes.
/// @param labels nodes of the model
/// @param saved the course of inputs without a value of their own; without any they are on from t = 0
/// @throws UsageError
inline cardamom::InputCourse input_levels(const std::vector<std::string>& schedules, const cardamom::NodeLabels& labels,
                                          cardamom::Index inputs,
                                          const std::optional<cardamom::InputCourse>& saved = std::nullopt) {
  using cardamom::Index;
  cardamom::InputCourse course{cardamom::Vector::Zero(inputs), {}};
  std::vector<bool> given(static_cast<std::size_t>(inputs), false);
  for (const std::string& text : schedules) {
    const std::size_t equal = text.rfind('=');
    if (equal == std::string::npos) {
      throw UsageError("--input: value is " + cardamom::in_quotes(text) + ", must be NAME=TIME:LEVEL,...");
    }
    const auto input = labels.find(text.substr(0, equal));
    if (!input || *input >= inputs) {
      throw UsageError("--input: there is no input " + cardamom::in_quotes(text.substr(0, equal)));
    }
    if (given[static_cast<std::size_t>(*input)]) {
      throw UsageError("--input: input " + cardamom::in_quotes(text.substr(0, equal)) + " is given twice");
    }
    given[static_cast<std::size_t>(*input)] = true;
    std::string_view rest = std::string_view(text).substr(equal + 1);
    for (bool more = true; more;) {
      const std::size_t comma = rest.find(',');
      const std::string_view change = rest.substr(0, comma);
      const std::size_t colon = change.find(':');
      cardamom::LevelChange entry{0.0, 0.0, *input};
      if (colon == std::string_view::npos || !cardamom::parse_number(change.substr(0, colon), entry.time) ||
          !cardamom::parse_number(change.substr(colon + 1), entry.level) || !std::isfinite(entry.time) ||
          !std::isfinite(entry.level) || entry.level < 0.0) {
        throw UsageError("--input: change is " + cardamom::in_quotes(change) +
                         ", must be TIME:LEVEL, a finite number and one >= 0");
      }
      course.changes.push_back(entry);
      more = comma != std::string_view::npos;
      if (more) rest.remove_prefix(comma + 1);
    }
  }
  for (Index input = 0; input < inputs; ++input) {
    if (given[static_cast<std::size_t>(input)]) continue;
    if (!saved) {
      course.changes.push_back({0.0, 1.0, input});
      continue;
    }
    course.before[input] = saved->before[input];
    for (const cardamom::LevelChange& change : saved->changes) {
      if (change.node == input) course.changes.push_back(change);
    }
  }
  return course;
}

}  // namespace support
