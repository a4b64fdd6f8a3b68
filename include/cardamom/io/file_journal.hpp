/// @file
/// What a set of files is about to do, in a file beside the first of them: written before the first file is replaced
/// and removed after the last, it lets the next program finish what one that was killed between them has begun.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/io/file_lock.hpp>
#include <cardamom/io/read_file.hpp>

namespace cardamom::detail {

/// Names of the files of a set that are not its results; a number follows.
inline constexpr std::string_view part_marker = ".cardamom.part";  ///< content to be put in place
inline constexpr std::string_view set_marker = ".cardamom.set";    ///< a journal
inline constexpr std::string_view external_ending = ".external";   ///< after a part: written by a library
inline constexpr std::string_view old_ending = ".old";             ///< after a part: what was in place

/// Removes a file, where there is one. Some file systems lose an answer once: it is tried again.
template <class = CompiledWhereUsed>
inline bool remove_file(const std::string& path) noexcept {
  constexpr int attempts = 3;
  std::error_code error;
  for (int i = 0; i < attempts; ++i) {
    std::filesystem::remove(path, error);
    if (!error) return true;
  }
  return false;
}

/// What follows the last marker and its number in a name; none where the name has no such marker or number.
template <class = CompiledWhereUsed>
inline std::optional<std::string_view> ending_after(std::string_view name, std::string_view marker) noexcept {
  const std::size_t at = name.rfind(marker);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = name.substr(at + marker.size());
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits == 0) return std::nullopt;
  return rest.substr(digits);
}

/// A journal, or a note in another directory of the same set on where it is. Paths are absolute.
struct FileJournal {
  struct Move {
    std::string from;
    std::string to;
  };
  std::vector<Move> moves = {};
  std::vector<std::string> removals = {};
  std::vector<std::string> leftovers = {};  ///< what is removed in the end: notes, old files
  std::string place = {};                   ///< of a note: the journal

  template <class = CompiledWhereUsed>
  std::string text() const {
    std::string result;
    const auto put = [&result](std::string_view field) { (result += field) += '\0'; };
    put(head);
    for (const Move& move : moves) {
      put("move");
      put(move.from);
      put(move.to);
    }
    for (const auto& [word, list] : {std::pair{"remove", &removals}, std::pair{"leftover", &leftovers}}) {
      for (const std::string& path : *list) {
        put(word);
        put(path);
      }
    }
    if (!place.empty()) {
      put("place");
      put(place);
    }
    put("end");
    return result;
  }

  /// None where the text is no whole journal: then no file has been replaced yet.
  template <class = CompiledWhereUsed>
  static std::optional<FileJournal> parse(std::string_view text) {
    const auto take = [&text](std::string& field) {
      const std::size_t end = text.find('\0');
      if (end == std::string_view::npos) return false;
      field = text.substr(0, end);
      text.remove_prefix(end + 1);
      return true;
    };
    FileJournal journal;
    std::string word;
    if (!take(word) || word != head) return std::nullopt;
    while (take(word)) {
      if (word == "end") return journal;
      std::string path;
      if (!take(path)) return std::nullopt;
      if (word == "move") {
        Move move{path, {}};
        if (!take(move.to) || !is_part_of(move)) return std::nullopt;
        journal.moves.push_back(std::move(move));
      } else if (word == "remove") {
        journal.removals.push_back(std::move(path));
      } else if (word == "leftover" && (ending_after(path, part_marker) || ending_after(path, set_marker))) {
        journal.leftovers.push_back(std::move(path));
      } else if (word == "place" && ending_after(path, set_marker)) {
        journal.place = std::move(path);
      } else {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  /// Does what is left to do. Throws IoError.
  template <class = CompiledWhereUsed>
  void finish() const {
    std::error_code error;
    for (const Move& move : moves) {
      if (!std::filesystem::exists(std::filesystem::symlink_status(move.from, error))) continue;
      std::filesystem::rename(move.from, move.to, error);
      if (error) throw IoError(move.to, "cannot be replaced: " + error.message());
    }
    for (const std::string& path : removals) {
      std::filesystem::remove(path, error);
      if (error) throw IoError(path, "cannot be removed: " + error.message());
    }
    for (const std::string& path : leftovers) remove_file(path);
  }

 private:
  static constexpr std::string_view head = "cardamom set 1";

  /// Whether the one is a part of the other: nothing else is ever moved.
  static bool is_part_of(const Move& move) {
    const std::optional<std::string_view> ending = ending_after(move.from, part_marker);
    return ending && (ending->empty() || *ending == external_ending) &&
           move.from.rfind(part_marker) == move.to.size() && move.from.starts_with(move.to);
  }
};

/// Finishes the set of a journal, or of the note on it, that a killed program left; one of a living program or of
/// another user is left alone.
/// @param notes whether it may be a note
/// @throws IoError
template <class = CompiledWhereUsed>
inline void finish_abandoned_set(const std::string& path, bool notes = true) {
  const FileLock lock = FileLock::on(path);
  if (!lock.held() || !lock.is_own()) return;
  const std::optional<FileJournal> journal = FileJournal::parse(read_bytes(path));
  if (journal && !journal->place.empty()) {
    std::error_code error;
    if (notes && std::filesystem::exists(journal->place, error)) finish_abandoned_set(journal->place, false);
    if (std::filesystem::exists(journal->place, error)) return;
  } else if (journal) {
    journal->finish();
  }
  remove_file(path);
}

}  // namespace cardamom::detail
