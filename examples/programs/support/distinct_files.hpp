// The check that what a program writes is not what it reads, nor written twice.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <cardamom/core/error.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/model_directory/layout.hpp>
#include <cardamom/io/ten_x.hpp>

#include "support/program.hpp"

namespace support {

/// A file or directory of the command line; without a path it is not given.
struct NamedPath {
  std::string option;             ///< as the user writes it
  std::string path;               ///< the one on the command line
  std::vector<std::string> more;  ///< files that go with it, such as those in a directory
};

/// A model directory, read or written.
inline NamedPath model_path(const std::string& option, const std::string& directory) {
  namespace file = cardamom::detail::model_files;
  NamedPath result{option, directory, {}};
  if (directory.empty()) return result;
  for (const std::string_view name :
       {file::basal, file::interactions, file::shape_min, file::shape_max, file::inverse_burst_size, file::modes,
        file::basal_history, file::interactions_history, file::inputs, file::further_interactions, file::further_levels,
        file::further_history, file::rates, file::experiment}) {
    result.more.push_back((std::filesystem::path(directory) / name).string());
  }
  return result;
}

/// The directory of a report.
inline NamedPath report_path(const std::string& option, const std::string& directory) {
  if (directory.empty()) return {option, directory, {}};
  return {option, directory, {(std::filesystem::path(directory) / "index.html").string()}};
}

/// Counts that are read: a file, or a folder with the files of a format; a matrix or a table takes files beside it.
inline NamedPath counts_path(const std::string& option, const std::string& path) {
  namespace fs = std::filesystem;
  NamedPath result{option, path, {}};
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const auto add = [&](std::initializer_list<const char*> names) {
    for (const std::string name : names) {
      for (const char* const ending : {"", ".gz"}) {
        result.more.push_back(((folder ? fs::path(path) : fs::path(path).parent_path()) / (name + ending)).string());
      }
    }
  };
  const fs::path file = fs::path(path).filename();
  if (folder || cardamom::is_matrix_market_name(file.string())) {
    add({"matrix.mtx", "features.tsv", "genes.tsv", "barcodes.tsv"});
    try {
      const cardamom::TenXFiles files = cardamom::find_ten_x_files(path);
      result.more.insert(result.more.end(), {files.matrix, files.features, files.barcodes});
    } catch (const cardamom::IoError&) {
      // No such table: the reader says so, or knows another.
    }
  }
  if (folder || file.extension() == ".csv") add({"PseudoTime.csv"});
  if (folder) add({"ExpressionData.csv"});
  return result;
}

namespace detail {

/// The file that is meant, as an absolute path without links, `.` and `..`; it need not exist.
inline std::filesystem::path resolved(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path result = fs::absolute(cardamom::followed_link(path), error);
  const fs::path canonical = fs::weakly_canonical(result, error);
  if (!error) result = canonical;
  result = result.lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

/// Whether two paths are one file or directory, by name or as links to it. Pipes and devices are shared by right.
inline bool same_file(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::file_status status = fs::status(a, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) return false;
  return resolved(a) == resolved(b) || fs::equivalent(a, b, ignored);
}

/// The path of `a` that is one of `b` too; empty: none.
inline std::string shared_file(const NamedPath& a, const NamedPath& b) {
  if (a.path.empty() || b.path.empty()) return {};
  if (same_file(a.path, b.path)) return a.path;
  for (const std::string& file : a.more) {
    if (same_file(file, b.path)) return file;
  }
  for (const std::string& other : b.more) {
    if (same_file(a.path, other)) return a.path;
    for (const std::string& file : a.more) {
      if (same_file(file, other)) return file;
    }
  }
  return {};
}

}  // namespace detail

/// Call it before anything is computed. Throws UsageError, with both options, when an output is an input or another
/// output.
inline void require_distinct_files(const std::vector<NamedPath>& inputs, const std::vector<NamedPath>& outputs) {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    for (const NamedPath& input : inputs) {
      const std::string file = detail::shared_file(outputs[k], input);
      if (file.empty()) continue;
      throw UsageError(outputs[k].option + " would write over what " + input.option + " reads, " +
                       cardamom::in_quotes(file));
    }
    for (std::size_t other = 0; other < k; ++other) {
      const std::string file = detail::shared_file(outputs[k], outputs[other]);
      if (file.empty()) continue;
      throw UsageError(outputs[other].option + " and " + outputs[k].option + " would both write " +
                       cardamom::in_quotes(file));
    }
  }
}

}  // namespace support
