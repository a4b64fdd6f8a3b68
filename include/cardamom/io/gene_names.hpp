/// @file
/// Gene-name files: one line per gene, the stimulus (index 0) included.
///
///     0   Stimulus
///     1   Pou5f1
///
/// Index and name are separated by tabs or spaces; a name may contain spaces. The lines may come in any order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/detail/text.hpp>
#include <cardamom/io/file_set.hpp>

namespace cardamom {

/// Names by gene index.
/// @param genes G, the number of names that there must be, the stimulus included; 0 accepts any
/// @throws IoError with line and column when an index or a name is missing or occurs twice, an index is no whole number
///   or the indices are not 0…G−1
inline std::vector<std::string> read_gene_names(const std::string& path, Index genes = 0) {
  const std::string text = detail::read_file(path);
  detail::Lines lines(text);
  std::vector<std::pair<Index, std::string>> entries;
  std::unordered_map<Index, Index> line_of_index;
  std::unordered_map<std::string, Index> line_of_name;
  while (lines.next()) {
    const std::string_view line = detail::trim(lines.line());
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view field = line.substr(0, end);
    Index index = 0;
    if (!detail::parse_whole(field, index)) {
      throw IoError(path, lines.number(), 1, "gene index is " + detail::in_quotes(field) + ", must be a whole number");
    }
    std::string name(detail::trim(line.substr(end)));
    if (name.empty()) throw IoError(path, lines.number(), 2, "gene " + detail::to_text(index) + " has no name");
    if (const auto [entry, added] = line_of_index.try_emplace(index, lines.number()); !added) {
      throw IoError(path, lines.number(), 1,
                    "gene " + detail::to_text(index) + " is named already in line " + detail::to_text(entry->second));
    }
    if (const auto [entry, added] = line_of_name.try_emplace(name, lines.number()); !added) {
      throw IoError(path, lines.number(), 2,
                    "name " + detail::in_quotes(name) + " is given already in line " + detail::to_text(entry->second));
    }
    entries.emplace_back(index, std::move(name));
  }
  if (entries.empty()) throw IoError(path, "the file is empty");
  const auto size = static_cast<Index>(entries.size());
  if (genes != 0 && size != genes) {
    throw IoError(path, "the file names " + detail::to_text(size) +
                            " genes, the stimulus included, but the counts have " + detail::to_text(genes));
  }
  std::vector<std::string> names(entries.size());
  for (auto& [index, name] : entries) {
    if (index >= size) {
      throw IoError(path, line_of_index[index], 1,
                    "gene index is " + detail::to_text(index) + ", but there are only " + detail::to_text(size) +
                        " lines: the indices must be 0, 1, 2, ... without a gap");
    }
    names[static_cast<std::size_t>(index)] = std::move(name);
  }
  return names;
}

/// Writes one line `index<TAB>name` per name. Throws IoError.
inline void write_gene_names(const std::string& path, const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += std::to_string(i) + '\t' + names[i] + '\n';
  FileSet files;
  files.add(path, text);
  files.commit();
}

}  // namespace cardamom
