/// @file
/// A checkpoint in a directory: a run that was killed goes on where it was.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/crc.hpp>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/core/table_field.hpp>
#include <cardamom/core/types.hpp>
#include <cardamom/io/file_set.hpp>
#include <cardamom/io/read_file.hpp>
#include <cardamom/io/text.hpp>
#include <cardamom/version.hpp>

namespace cardamom {

/// What a run is that a checkpoint belongs to: names and values of what must be the same when it goes on.
using CheckpointIdentity = std::vector<std::pair<std::string, std::string>>;

/// A model of `Checkpoint`: a file per piece, NAME.piece, in a directory of its own, and a file `identity` with the
/// version of the format, that of the library, and what else the run is told by. Each file is written whole or not at
/// all, at whatever moment the program is killed; a piece that is damaged later counts as none. The directory may be
/// removed when the run is done.
///
///     stability(counts, {.resamples = 1000}, Threads{}, DirectoryCheckpoint("kept", {{"method", "paper"}}));
class DirectoryCheckpoint {
 public:
  /// Opens the directory, or makes it, whose parent must be there.
  /// @param identity neither names nor values may hold a tab or a line end
  /// @throws IoError when it cannot be made or read, when it holds other things than a checkpoint, and, naming what
  /// differs, when it is that of another run; std::invalid_argument on the identity
  template <class = CompiledWhereUsed>
  explicit DirectoryCheckpoint(std::string path, const CheckpointIdentity& identity = {}) : path_(std::move(path)) {
    const std::string text = identity_text(identity);
    const std::string file = path_ + "/identity";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
      FileSet files;
      files.add_directory(path_);  // which removes what a killed program left in one that is there
      if (!std::filesystem::is_empty(path_, error) || error) {
        throw IoError(path_, "the directory is neither empty nor a checkpoint: it has no file identity");
      }
      files.add(file, text);
      files.commit();
      return;
    }
    check_same(file, read_plain_file(file), text);
  }

  /// The bytes of a piece; none where there is no such piece, or a damaged one.
  /// @throws IoError when it is there and cannot be read
  template <class = CompiledWhereUsed>
  std::optional<std::string> load(const std::string& name) const {
    const std::string file = path_of(name);
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return std::nullopt;
    std::string bytes = read_bytes(file);
    const std::size_t end = bytes.find('\n');
    if (end == std::string::npos) return std::nullopt;
    const std::string head = bytes.substr(0, end);
    bytes.erase(0, end + 1);
    if (head != head_of(bytes)) return std::nullopt;
    return bytes;
  }

  /// Keeps a piece.
  /// @throws IoError when it cannot be written
  template <class = CompiledWhereUsed>
  void save(const std::string& name, const std::string& bytes) const {
    FileSet files;
    files.add(path_of(name), head_of(bytes) + '\n' + bytes);
    files.commit();
  }

 private:
  static constexpr std::string_view format = "1";

  std::string path_of(const std::string& name) const { return path_ + '/' + name + ".piece"; }

  /// Length and CRC-32 of the bytes.
  static std::string head_of(const std::string& bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return std::to_string(bytes.size()) + ' ' + std::to_string(crc.checksum());
  }

  static std::string identity_text(const CheckpointIdentity& identity) {
    std::string text = "checkpoint\t" + std::string(format) + "\nlibrary\t" + std::to_string(CARDAMOM_VERSION_MAJOR) +
                       '.' + std::to_string(CARDAMOM_VERSION_MINOR) + '.' + std::to_string(CARDAMOM_VERSION_PATCH) +
                       '\n';
    for (const auto& [name, value] : identity) {
      for (const std::string* const part : {&name, &value}) {
        if (part->find_first_of("\t\r\n") == std::string::npos) continue;
        throw std::invalid_argument("DirectoryCheckpoint: identity holds " + in_quotes(*part) +
                                    ", must be without tabs and line ends");
      }
      text += name + '\t' + value + '\n';
    }
    return text;
  }

  /// Throws IoError that names the first difference.
  static void check_same(const std::string& file, std::string_view found, std::string_view expected) {
    const auto next = [](std::string_view& text) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      const std::size_t tab = line.find('\t');
      return std::pair(line.substr(0, tab), tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1));
    };
    for (Index line = 1; found != expected; ++line) {
      const auto [name, value] = next(found);
      const auto [name_now, value_now] = next(expected);
      if (name == name_now && value == value_now) continue;
      const std::string_view shown = name_now.empty() ? name : name_now;
      throw IoError(file, line, 0,
                    "the checkpoint is of another run: " + std::string(shown) + " was " +
                        in_quotes(name == name_now ? value : std::string_view()) + ", is " + in_quotes(value_now) +
                        "; name another directory, or remove this one to begin anew");
    }
  }

  std::string path_;
};

}  // namespace cardamom
