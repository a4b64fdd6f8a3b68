/// @file
/// Writing files so that a failure leaves nothing half-written.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/io/file_journal.hpp>
#include <cardamom/io/file_lock.hpp>
#include <cardamom/io/read_file.hpp>

namespace cardamom {

/// The file that a path means: symbolic links at its end are followed, also to what is not there yet. A link that leads
/// nowhere, in a circle, is returned as it is.
template <class = CompiledWhereUsed>
[[nodiscard]] inline std::string followed_link(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int most_links = 40;  // as systems allow
  std::error_code error;
  fs::path place(path);
  for (int links = 0; links < most_links && fs::is_symlink(fs::symlink_status(place, error)); ++links) {
    const fs::path target = fs::read_symlink(place, error);
    if (error) break;
    place = place.parent_path() / target;
  }
  return fs::is_symlink(fs::symlink_status(place, error)) ? path : place.string();
}

/// Several files that appear together or not at all: `add` writes each in full beside its destination, under a
/// temporary name; `commit` renames them all into place. Without `commit` the destructor removes what was written and
/// the destinations are untouched. Symbolic links are followed, also to what is not there yet, and a replaced file
/// keeps its permissions.
///
/// Temporary files are `NAME.cardamom.part0`, `NAME.cardamom.part1`, … for a destination NAME. Where the system has
/// locks (flock), one is held on each of them until it is in place: those that a program left when it was killed have
/// none, and are removed as soon as a file of the same name is added or to be removed, or their directory is added.
///
/// Each rename is atomic. When one of several fails, those before are put back. When the program is killed between
/// them, a journal (`NAME.cardamom.set0`, in every directory of the set) tells the next program that adds a file to one
/// of these directories how to finish; that program must have locks and be of the same user. What the system has not
/// written to the disk is lost when the machine stops. A destination that is no regular file (a pipe, /dev/stdout) is
/// written directly, in `commit`, before the others are put in place.
class FileSet {
 public:
  FileSet() = default;
  FileSet(const FileSet&) = delete;
  FileSet& operator=(const FileSet&) = delete;
  ~FileSet() { discard(); }

  /// Makes a directory, unless it is there, whose parent must exist; removed again when the set is not committed.
  /// Throws IoError.
  template <class = CompiledWhereUsed>
  void add_directory(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
      remove_abandoned(path, {});
      return;
    }
    std::filesystem::create_directory(path, error);
    if (error) throw IoError(path, "the directory cannot be made: " + error.message());
    directories_.push_back(path);
  }

  /// Writes `bytes` beside `path`. Throws IoError when that fails.
  template <class = CompiledWhereUsed>
  void add(const std::string& path, std::string_view bytes) {
    if (path.empty()) throw IoError(path, "a file needs a name");
    std::error_code ignored;
    const std::string destination = followed_link(path);
    remove_abandoned_of(destination);
    const std::filesystem::file_status status = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(status)) throw IoError(path, "cannot be written: it is a directory");
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
      direct_.emplace_back(path, std::string(bytes));
      return;
    }
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(destination, ignored))) {
      throw IoError(path, "cannot be written: " + system_message(ELOOP));
    }
    Staged& staged = staged_.emplace_back();
    FileHandle file = open_beside(path, destination, detail::part_marker, staged.temporary, staged.lock);
    staged.path = path;
    staged.destination = destination;
    if (std::filesystem::exists(status)) {
      // What others may not read is not shown to them meanwhile; this program must be able to write.
      staged.permissions = status.permissions();
      std::filesystem::permissions(staged.temporary, staged.permissions | own_access, ignored);
    }
    write(path, std::move(file), bytes);
  }

  /// Reserves a place beside `path` for a library that writes files itself, and returns its name. What is written there
  /// is put in place by `commit`. Throws IoError.
  std::string add_external(const std::string& path) {
    const std::size_t before = staged_.size();
    add(path, "");
    if (staged_.size() == before) throw IoError(path, "cannot be written: it is no regular file");
    // The library may want a lock of its own on its file: ours stays on another one beside it.
    Staged& staged = staged_.back();
    staged.reserved = staged.temporary;
    staged.temporary += detail::external_ending;
    detail::remove_file(staged.temporary);
    std::error_code error;
    std::filesystem::copy_file(staged.reserved, staged.temporary, error);
    if (error) throw IoError(path, "cannot be written: " + error.message());
    return staged.temporary;
  }

  /// Removes a file, where there is one, in `commit`: what the new files make obsolete. Throws IoError on a directory.
  template <class = CompiledWhereUsed>
  void add_removal(const std::string& path) {
    remove_abandoned_of(path);
    std::error_code error;
    if (std::filesystem::is_directory(std::filesystem::symlink_status(path, error))) {
      throw IoError(path, "cannot be removed: it is a directory");
    }
    obsolete_.push_back(path);
  }

  /// Puts all files in place. Throws IoError when one cannot be; then what was in place before is there again, unless
  /// that fails as well: the message says so, and the next program finishes the set.
  template <class = CompiledWhereUsed>
  void commit() {
    for (const auto& [path, bytes] : direct_) {
      FileHandle file(std::fopen(path.c_str(), "wb"));
      if (!file) throw IoError(path, "cannot be written: " + system_message(errno));
      write(path, std::move(file), bytes);
    }
    direct_.clear();
    reserve_removals();
    std::error_code ignored;
    for (const Staged& file : staged_) {
      if (file.permissions != std::filesystem::perms::unknown) {
        std::filesystem::permissions(file.temporary, file.permissions, ignored);
      }
    }
    if (staged_.size() > 1) {
      for (Staged& file : staged_) keep_old(file);
      write_journals();
    }
    replace_all();
    directories_.clear();
    // The journal first: without it nobody takes the set for unfinished.
    for (const Journal& journal : journals_) detail::remove_file(journal.name);
    journals_.clear();
    for (const Staged& file : staged_) remove_kept(file);
    staged_.clear();
  }

 private:
  static constexpr std::filesystem::perms own_access =
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

  struct Staged {
    std::string path;
    std::string temporary;  ///< what is put in place; empty: nothing, the destination is removed
    std::string destination;
    detail::FileLock lock = {};
    std::string reserved = {};  ///< what the lock is on, where that is not the temporary file
    std::filesystem::perms permissions = std::filesystem::perms::unknown;  ///< of the file that is replaced
    std::string old = {};                                                  ///< a name for the file that is replaced
    detail::FileLock old_lock = {};
    bool old_linked = false;  ///< that name is there already, as a second one

    const std::string& numbered() const noexcept { return reserved.empty() ? temporary : reserved; }
  };
  struct Journal {
    std::string name;
    std::string directory;
    FileHandle file = {};
    detail::FileLock lock = {};
  };

  /// A new file in the directory of the destination, so that the rename stays within one file system.
  template <class Use = CompiledWhereUsed>
  static FileHandle open_beside(const std::string& path, const std::string& destination, std::string_view marker,
                                std::string& name, WhereUsed<detail::FileLock, Use>& lock) {
    constexpr int attempts = 1000;
    const std::string begin = destination + std::string(marker);
    for (int i = 0; i < attempts; ++i) {
      const std::string numbered = begin + std::to_string(i);
      // "x": fail when the name is taken by another program.
      FileHandle file(std::fopen(numbered.c_str(), "wbx"));
      if (!file) {
        if (errno == EEXIST) continue;
        throw IoError(path, "cannot be written: " + system_message(errno));
      }
      if (!detail::FileLock::lock_new(file.get(), numbered, lock)) continue;
      name = numbered;
      return file;
    }
    throw IoError(path, "cannot be written: too many unfinished files beside it (" + begin + "0, ...)");
  }

  /// Finishes sets of the directory that a killed program has begun to put in place, then removes temporary files that
  /// no program has a lock on: those of a destination or, without one, all.
  template <class = CompiledWhereUsed>
  static void remove_abandoned(const std::string& directory, const std::string& destination) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<std::string> sets;
    std::vector<std::string> parts;
    const std::string begin = destination + std::string(detail::part_marker);
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (const auto ending = detail::ending_after(name, detail::set_marker); ending && ending->empty()) {
        sets.push_back(entry->path().string());
      }
      const auto ending = detail::ending_after(name, detail::part_marker);
      const bool mine =
          destination.empty() || (name.starts_with(begin) && name.rfind(detail::part_marker) == destination.size());
      if (ending && mine && (ending->empty() || *ending == detail::old_ending)) parts.push_back(entry->path().string());
    }
    for (const std::string& name : sets) detail::finish_abandoned_set(name);
    for (const std::string& name : parts) {
      const detail::FileLock lock = detail::FileLock::on(name);
      if (!lock.held()) continue;
      detail::remove_file(name + std::string(detail::external_ending));
      detail::remove_file(name);
    }
  }
  template <class = CompiledWhereUsed>
  static void remove_abandoned_of(const std::string& destination) {
    const std::filesystem::path whole(destination);
    remove_abandoned(whole.has_parent_path() ? whole.parent_path().string() : ".", whole.filename().string());
  }

  static void write(const std::string& path, FileHandle file, std::string_view bytes) {
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
    const int code = errno;
    // What is still buffered fails here when the disk is full.
    const bool closed = std::fclose(file.release()) == 0;
    if (!written || !closed) throw IoError(path, "cannot be written: " + system_message(written ? errno : code));
  }

  /// Files that are there and obsolete, as files without new content.
  template <class = CompiledWhereUsed>
  void reserve_removals() {
    std::error_code ignored;
    for (const std::string& path : obsolete_) {
      if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) continue;
      Staged& staged = staged_.emplace_back();
      open_beside(path, path, detail::part_marker, staged.reserved, staged.lock);
      staged.path = staged.destination = path;
    }
    obsolete_.clear();
  }

  /// Gives the file that is replaced a second name or, where the file system has no links, one for later.
  template <class Use = CompiledWhereUsed>
  static void keep_old(WhereUsed<Staged, Use>& file) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::symlink_status(file.destination, error);
    if (!std::filesystem::exists(status)) return;
    if (std::filesystem::is_directory(status)) throw IoError(file.path, "cannot be replaced: it is a directory");
    const std::string old = file.numbered() + std::string(detail::old_ending);
    detail::remove_file(old);
    file.old_lock = detail::FileLock::on(file.destination);
    file.old = old;
    std::filesystem::create_hard_link(file.destination, old, error);
    file.old_linked = !error;
  }

  /// The journal beside the first file, and before it a note in every other directory on where it is.
  template <class = CompiledWhereUsed>
  void write_journals() {
    namespace fs = std::filesystem;
    detail::FileJournal all;
    const auto absolute = [](const std::string& path) { return fs::absolute(path).string(); };
    for (const Staged& file : staged_) {
      const std::string destination = absolute(file.destination);
      if (file.temporary.empty()) {
        all.removals.push_back(destination);
      } else {
        all.moves.push_back({absolute(file.temporary), destination});
      }
      if (!file.old.empty()) all.leftovers.push_back(absolute(file.old));
      if (!file.reserved.empty()) all.leftovers.push_back(absolute(file.reserved));
      std::string directory = fs::path(destination).parent_path().string();
      const auto same = [&directory](const Journal& journal) { return journal.directory == directory; };
      if (std::any_of(journals_.begin(), journals_.end(), same)) continue;
      Journal& journal = journals_.emplace_back();
      journal.file = open_beside(file.path, destination, detail::set_marker, journal.name, journal.lock);
      journal.directory = std::move(directory);
    }
    for (std::size_t k = journals_.size(); k-- > 1;) {
      all.leftovers.push_back(journals_[k].name);
      write(staged_.front().path, std::move(journals_[k].file), detail::FileJournal{.place = journals_[0].name}.text());
    }
    write(staged_.front().path, std::move(journals_[0].file), all.text());
  }

  template <class = CompiledWhereUsed>
  void replace_all() {
    for (std::size_t k = 0; k < staged_.size(); ++k) {
      const Staged& file = staged_[k];
      std::error_code error;
      if (!file.old.empty() && !file.old_linked) std::filesystem::rename(file.destination, file.old, error);
      if (!error && !file.temporary.empty()) {
        std::filesystem::rename(file.temporary, file.destination, error);
      } else if (!error && (file.old.empty() || file.old_linked)) {
        std::filesystem::remove(file.destination, error);
      }
      if (!error) continue;
      const std::string what =
          std::string(file.temporary.empty() ? "cannot be removed: " : "cannot be replaced: ") + error.message();
      bool restored = true;
      for (std::size_t i = k + 1; i-- > 0;) restored = put_back(staged_[i], i < k) && restored;
      if (restored) throw IoError(file.path, what);
      const std::string path = file.path;
      // What the journal needs stays.
      staged_.clear();
      journals_.clear();
      directories_.clear();
      throw IoError(path, what + ", nor can other files be put back: the next program that writes them finishes");
    }
  }

  /// Undoes what was done of a replacement. The new content goes back first: until the old one is there, the set can be
  /// finished by its journal.
  template <class Use = CompiledWhereUsed>
  static bool put_back(const WhereUsed<Staged, Use>& file, bool replaced) noexcept {
    namespace fs = std::filesystem;
    std::error_code error;
    if (replaced && !file.temporary.empty()) {
      fs::rename(file.destination, file.temporary, error);
      if (error) return false;
    }
    if (file.old.empty() || !fs::exists(fs::symlink_status(file.old, error))) return true;
    fs::rename(file.old, file.destination, error);
    return !error;
  }

  static void remove_kept(const Staged& file) noexcept {
    if (!file.reserved.empty()) detail::remove_file(file.reserved);
    if (!file.old.empty()) detail::remove_file(file.old);
  }

  void discard() noexcept {
    for (const Journal& journal : journals_) detail::remove_file(journal.name);
    for (const Staged& file : staged_) {
      if (!file.temporary.empty()) detail::remove_file(file.temporary);
      remove_kept(file);
    }
    std::for_each(directories_.rbegin(), directories_.rend(),
                  [](const std::string& path) { detail::remove_file(path); });
  }

  std::vector<Staged> staged_;
  std::vector<Journal> journals_;
  std::vector<std::pair<std::string, std::string>> direct_;
  std::vector<std::string> directories_;
  std::vector<std::string> obsolete_;
};

}  // namespace cardamom
