// The type, or the condition, of every cell, as the user gives it: a column of obs, or a file with a line per cell.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/text.hpp>

#include "support/formats.hpp"
#include "support/program.hpp"

namespace support {

/// What labels are, for messages.
struct LabelWords {
  std::string option, one, several;
};

/// The path of `--types` where it is a file, else empty.
inline std::string label_file(const std::string& types) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(types, ignored) ? types : std::string();
}

/// A label per cell.
/// @param counts the file of the counts
/// @param types a file with a line per cell, else a column of obs of `counts`
/// @param cells that the counts have
/// @throws UsageError when it is neither, IoError on a label that is missing or another number of them
inline std::vector<std::string> read_cell_labels(const std::string& counts, const std::string& types,
                                                 cardamom::Index cells,
                                                 const LabelWords& words = {"--types", "type", "types"}) {
  std::vector<std::string> labels;
  std::string path = types;
  if (label_file(types).empty()) {
    if (!counts.ends_with(".h5ad")) {
      throw UsageError(words.option + ": there is no file " + cardamom::in_quotes(types) + "; it must be " +
                       (words.one == "type" ? "a number of types, " : "") + "a file, or a column of an AnnData file");
    }
    path = counts + ", obs/" + types;
    labels = obs_labels(counts, types);
  } else {
    const std::string text = file_reader()(types);
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      labels.emplace_back(line);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (labels.back().empty()) {
        throw cardamom::IoError(types, static_cast<cardamom::Index>(labels.size()), 0,
                                "the line is empty, must be the " + words.one + " of a cell");
      }
    }
  }
  if (static_cast<cardamom::Index>(labels.size()) != cells) {
    throw cardamom::IoError(path, "there are " + words.several + " of " + std::to_string(labels.size()) +
                                      " cells, must be " + std::to_string(cells) + ", a line for each");
  }
  return labels;
}

}  // namespace support
