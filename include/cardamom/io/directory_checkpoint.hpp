/// @file
/// A checkpoint in a directory: a run that was killed goes on where it was.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
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

/// A model of `Checkpoint`: a directory with a file `identity`, the version of the format, that of the library and what
/// else the run is told by, and a file `pieces`, to whose end every piece is written, with its length and CRC-32. What
/// a kill cuts off is dropped by the next run. For one run at a time; the directory may be removed when it is done.
///
///     stability(counts, {.resamples = 1000}, Threads{}, DirectoryCheckpoint("kept", {{"method", "paper"}}));
///
/// Copies keep the same pieces, which are in memory as well.
class DirectoryCheckpoint {
 public:
  /// Opens the directory, or makes it, whose parent must be there.
  /// @param identity neither names nor values may hold a tab or a line end
  /// @throws IoError when it cannot be made, read or written, when it holds other things than a checkpoint, and, naming
  /// what differs, when it is that of another run; std::invalid_argument on the identity
  template <class = CompiledWhereUsed>
  explicit DirectoryCheckpoint(const std::string& path, const CheckpointIdentity& identity = {})
      : kept_(std::make_shared<Kept>()) {
    const std::string text = identity_text(identity);
    const std::string file = path + "/identity";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
      FileSet files;
      files.add_directory(path);  // which removes what a killed program left in one that is there
      if (!std::filesystem::is_empty(path, error) || error) {
        throw IoError(path, "the directory is neither empty nor a checkpoint: it has no file identity");
      }
      files.add(file, text);
      files.commit();
    } else {
      check_same(file, read_plain_file(file), text);
    }
    kept_->path = path + "/pieces";
    if (std::filesystem::exists(kept_->path, error)) read_pieces();
    kept_->file.reset(std::fopen(kept_->path.c_str(), "ab"));
    if (!kept_->file) throw IoError(kept_->path, "cannot be written: " + system_message(errno));
  }

  /// The bytes of a piece; none where there is no such piece.
  std::optional<std::string> load(const std::string& name) const {
    const std::lock_guard lock(kept_->mutex);
    const auto found = kept_->pieces.find(name);
    if (found == kept_->pieces.end()) return std::nullopt;
    return found->second;
  }

  /// Keeps a piece.
  /// @param name without blanks
  /// @throws IoError when it cannot be written; std::invalid_argument on the name
  template <class = CompiledWhereUsed>
  void save(const std::string& name, const std::string& bytes) const {
    if (name.empty() || name.find_first_of(" \t\r\n") != std::string::npos) {
      throw std::invalid_argument("DirectoryCheckpoint: name is " + in_quotes(name) + ", must be one word");
    }
    const std::string record = head_of(name, bytes) + bytes + '\n';
    const std::lock_guard lock(kept_->mutex);
    std::FILE* const file = kept_->file.get();
    if (std::fwrite(record.data(), 1, record.size(), file) != record.size() || std::fflush(file) != 0) {
      throw IoError(kept_->path, "cannot be written: " + system_message(errno));
    }
    kept_->pieces[name] = bytes;
  }

 private:
  static constexpr std::string_view format = "1";

  struct Kept {
    std::string path;
    std::mutex mutex = {};
    FileHandle file = {};
    std::map<std::string, std::string> pieces = {};
  };

  /// What precedes the bytes of a piece: its name, length and CRC-32.
  static std::string head_of(const std::string& name, std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return name + ' ' + std::to_string(bytes.size()) + ' ' + std::to_string(crc.checksum()) + '\n';
  }

  /// Takes all pieces up to the first that is not whole, from which on the file is cut off.
  template <class = CompiledWhereUsed>
  void read_pieces() const {
    const std::string all = read_bytes(kept_->path);
    std::string_view rest = all;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      const std::size_t blank = rest.find(' ');
      if (end == std::string_view::npos || blank >= end) break;
      const std::string_view length = rest.substr(blank + 1, rest.find(' ', blank + 1) - blank - 1);
      Index size = 0;
      if (!parse_whole(length, size) || static_cast<std::size_t>(size) + 1 > rest.size() - (end + 1)) break;
      const std::string name(rest.substr(0, blank));
      const std::string_view bytes = rest.substr(end + 1, static_cast<std::size_t>(size));
      if (head_of(name, bytes) != rest.substr(0, end + 1) || rest[end + 1 + bytes.size()] != '\n') break;
      kept_->pieces[name] = bytes;
      rest.remove_prefix(end + 1 + bytes.size() + 1);
    }
    if (rest.empty()) return;
    std::error_code error;
    std::filesystem::resize_file(kept_->path, all.size() - rest.size(), error);
    if (error) throw IoError(kept_->path, "cannot be written: " + error.message());
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

  std::shared_ptr<Kept> kept_;
};

}  // namespace cardamom
