/// @file
/// Writing files so that a failure leaves nothing half-written.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <cardamom/core/compiled_where_used.hpp>
#include <cardamom/core/error.hpp>
#include <cardamom/io/text.hpp>

namespace cardamom {

/// Several files that appear together or not at all: `add` writes each in full beside its destination, under a
/// temporary name; `commit` renames them all into place. Without `commit` the destructor removes what was written and
/// the destinations are untouched. Symbolic links are followed, and a replaced file keeps its permissions.
///
/// Each rename is atomic; the set is not, should the machine stop between two of them. A destination that is no regular
/// file (a pipe, /dev/stdout) is written directly, in `commit`.
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
    if (std::filesystem::is_directory(path, error)) return;
    std::filesystem::create_directory(path, error);
    if (error) throw IoError(path, "the directory cannot be made: " + error.message());
    directories_.push_back(path);
  }

  /// Writes `bytes` beside `path`. Throws IoError when that fails.
  template <class = CompiledWhereUsed>
  void add(const std::string& path, std::string_view bytes) {
    if (path.empty()) throw IoError(path, "a file needs a name");
    std::error_code ignored;
    const std::filesystem::file_status status = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(status)) throw IoError(path, "cannot be written: it is a directory");
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
      direct_.emplace_back(path, std::string(bytes));
      return;
    }
    std::string destination = path;
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, ignored))) {
      const std::filesystem::path followed = std::filesystem::weakly_canonical(path, ignored);
      if (!followed.empty()) destination = followed.string();
    }
    auto [file, name] = open_beside(path, destination);
    staged_.push_back({path, name, destination});
    write(path, std::move(file), bytes);
    if (std::filesystem::exists(status)) {
      std::filesystem::permissions(name, status.permissions(), ignored);
    }
  }

  /// Reserves a place beside `path` for a library that writes files itself, and returns its name. What is written there
  /// is put in place by `commit`. Throws IoError.
  std::string add_external(const std::string& path) {
    const std::size_t before = staged_.size();
    add(path, "");
    if (staged_.size() == before) throw IoError(path, "cannot be written: it is no regular file");
    return staged_.back().temporary;
  }

  /// Removes a file, where there is one, in `commit`: what the new files make obsolete.
  template <class = CompiledWhereUsed>
  void add_removal(const std::string& path) {
    obsolete_.push_back(path);
  }

  /// Puts all files in place. Throws IoError when one cannot be; the remaining ones are then discarded.
  template <class = CompiledWhereUsed>
  void commit() {
    for (const auto& [path, bytes] : direct_) {
      FileHandle file(std::fopen(path.c_str(), "wb"));
      if (!file) throw IoError(path, "cannot be written: " + system_message(errno));
      write(path, std::move(file), bytes);
    }
    direct_.clear();
    while (!staged_.empty()) {
      const Staged& next = staged_.front();
      std::error_code error;
      std::filesystem::rename(next.temporary, next.destination, error);
      if (error) throw IoError(next.path, "cannot be replaced: " + error.message());
      staged_.erase(staged_.begin());
    }
    for (const std::string& path : obsolete_) {
      std::error_code error;
      std::filesystem::remove(path, error);
      if (error) throw IoError(path, "cannot be removed: " + error.message());
    }
    obsolete_.clear();
    directories_.clear();
  }

 private:
  struct Staged {
    std::string path;
    std::string temporary;
    std::string destination;
  };

  /// A new file in the directory of the destination, so that the rename stays within one file system.
  template <class = CompiledWhereUsed>
  static std::pair<FileHandle, std::string> open_beside(const std::string& path, const std::string& destination) {
    constexpr int attempts = 1000;
    for (int i = 0; i < attempts; ++i) {
      std::string name = destination + ".part" + std::to_string(i);
      // "x": fail when the name is taken, by another program or by a crashed one.
      FileHandle file(std::fopen(name.c_str(), "wbx"));
      if (file) return {std::move(file), std::move(name)};
      if (errno != EEXIST) throw IoError(path, "cannot be written: " + system_message(errno));
    }
    throw IoError(path, "cannot be written: too many unfinished files beside it (" + destination + ".part0, ...)");
  }

  static void write(const std::string& path, FileHandle file, std::string_view bytes) {
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
    const int code = errno;
    // What is still buffered fails here when the disk is full.
    const bool closed = std::fclose(file.release()) == 0;
    if (!written || !closed) throw IoError(path, "cannot be written: " + system_message(written ? errno : code));
  }

  void discard() noexcept {
    std::error_code ignored;
    for (const Staged& file : staged_) std::filesystem::remove(file.temporary, ignored);
    std::for_each(directories_.rbegin(), directories_.rend(),
                  [&](const std::string& path) { std::filesystem::remove(path, ignored); });
  }

  std::vector<Staged> staged_;
  std::vector<std::pair<std::string, std::string>> direct_;
  std::vector<std::string> directories_;
  std::vector<std::string> obsolete_;
};

}  // namespace cardamom
