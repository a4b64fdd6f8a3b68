// The option --start: what cells are at the first observation.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <cardamom/io/text.hpp>
#include <cardamom/simulation/first_state.hpp>

#include "support/program.hpp"

namespace support {

/// The value of --start, which is not empty.
/// @param words besides rest and burn-in:H, for the message
inline cardamom::FirstState parse_start(const std::string& text, const std::string& words = "") {
  if (text == "rest") return cardamom::AtRest{};
  constexpr std::string_view burn_in = "burn-in:";
  double hours = 0.0;
  if (text.substr(0, burn_in.size()) != burn_in ||
      !cardamom::parse_number(std::string_view(text).substr(burn_in.size()), hours) || !std::isfinite(hours) ||
      hours < 0.0) {
    throw UsageError("--start: value is " + cardamom::in_quotes(text) + ", must be " + words +
                     "rest or burn-in:H, H a finite number >= 0");
  }
  return cardamom::BurnIn{hours};
}

}  // namespace support
