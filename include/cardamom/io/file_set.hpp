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

#if __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#define CARDAMOM_FILE_LOCKS 1
#else
#define CARDAMOM_FILE_LOCKS 0
#endif

namespace cardamom {

/// Several files that appear together or not at all: `add` writes each in full beside its destination, under a
/// temporary name; `commit` renames them all into place. Without `commit` the destructor removes what was written and
/// the destinations are untouched. Symbolic links are followed, and a replaced file keeps its permissions.
///
/// Temporary files are `NAME.cardamom.part0`, `NAME.cardamom.part1`, … for a destination NAME. Where the system has
/// locks (flock), one is held on each of them until it is in place: those that a program left when it was killed have
/// none, and are removed as soon as a file of the same name is added or to be removed.
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
    remove_abandoned(destination);
    staged_.push_back(open_beside(path, destination));
    Staged& staged = staged_.back();
    write(path, std::move(staged.file), bytes);
    if (std::filesystem::exists(status)) {
      std::filesystem::permissions(staged.temporary, status.permissions(), ignored);
    }
  }

  /// Reserves a place beside `path` for a library that writes files itself, and returns its name. What is written there
  /// is put in place by `commit`. Throws IoError.
  std::string add_external(const std::string& path) {
    const std::size_t before = staged_.size();
    add(path, "");
    if (staged_.size() == before) throw IoError(path, "cannot be written: it is no regular file");
    // The library may want a lock of its own on its file: ours stays on another one beside it.
    Staged& staged = staged_.back();
    const std::string locked = staged.temporary;
    staged.temporary += external;
    staged.locked = locked;
    std::error_code error;
    std::filesystem::remove(staged.temporary, error);
    std::filesystem::copy_file(locked, staged.temporary, error);
    if (error) throw IoError(path, "cannot be written: " + error.message());
    return staged.temporary;
  }

  /// Removes a file, where there is one, in `commit`: what the new files make obsolete.
  template <class = CompiledWhereUsed>
  void add_removal(const std::string& path) {
    remove_abandoned(path);
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
      if (!next.locked.empty()) std::filesystem::remove(next.locked, error);
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
  /// An open file whose lock ends with it, also when the program is killed.
  class Lock {
   public:
    Lock() = default;
#if CARDAMOM_FILE_LOCKS
    explicit Lock(int descriptor) : descriptor_(descriptor) {}
    Lock(Lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Lock& operator=(Lock&& other) noexcept {
      std::swap(descriptor_, other.descriptor_);
      return *this;
    }
    ~Lock() {
      if (descriptor_ >= 0) close(descriptor_);
    }
    bool open() const noexcept { return descriptor_ >= 0; }
    /// 0, or the error: EWOULDBLOCK where another program has the lock.
    int take() const noexcept { return flock(descriptor_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }
    /// Whether the file still has that name.
    bool is(const std::string& name) const noexcept {
      struct stat mine {};
      struct stat named {};
      return fstat(descriptor_, &mine) == 0 && lstat(name.c_str(), &named) == 0 && mine.st_dev == named.st_dev &&
             mine.st_ino == named.st_ino;
    }

   private:
    int descriptor_ = -1;
#endif
  };

  struct Staged {
    std::string path;
    std::string temporary;
    std::string destination;
    FileHandle file = {};
    Lock lock = {};
    std::string locked = {};  ///< what the lock is on, where that is not the temporary file
  };

  static constexpr const char* part = ".cardamom.part";
  static constexpr const char* external = ".external";

  /// A new file in the directory of the destination, so that the rename stays within one file system.
  template <class = CompiledWhereUsed>
  static Staged open_beside(const std::string& path, const std::string& destination) {
    constexpr int attempts = 1000;
    for (int i = 0; i < attempts; ++i) {
      std::string name = destination + part + std::to_string(i);
      // "x": fail when the name is taken by another program.
      FileHandle file(std::fopen(name.c_str(), "wbx"));
      if (!file) {
        if (errno == EEXIST) continue;
        throw IoError(path, "cannot be written: " + system_message(errno));
      }
      Lock lock;
#if CARDAMOM_FILE_LOCKS
      lock = Lock(fcntl(fileno(file.get()), F_DUPFD_CLOEXEC, 0));
      // Another program may have taken the file for abandoned before it was locked. Without locks on this file system
      // nobody does.
      if (lock.open() && (lock.take() == EWOULDBLOCK || !lock.is(name))) continue;
#endif
      return {path, std::move(name), destination, std::move(file), std::move(lock)};
    }
    throw IoError(
        path, std::string("cannot be written: too many unfinished files beside it (") + destination + part + "0, ...)");
  }

  /// Removes the temporary files of a destination that no program has a lock on.
  template <class = CompiledWhereUsed>
  static void remove_abandoned([[maybe_unused]] const std::string& destination) {
#if CARDAMOM_FILE_LOCKS
    namespace fs = std::filesystem;
    const fs::path whole(destination);
    const fs::path directory = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
    const std::string begin = whole.filename().string() + part;
    std::error_code error;
    std::vector<std::string> found;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      const bool numbered = name.size() > begin.size() && name.starts_with(begin) &&
                            name.find_first_not_of("0123456789", begin.size()) == std::string::npos;
      if (numbered) found.push_back(entry->path().string());
    }
    for (const std::string& name : found) {
      const Lock lock(open(name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
      if (!lock.open() || lock.take() != 0 || !lock.is(name)) continue;
      fs::remove(name + external, error);
      fs::remove(name, error);
    }
#endif
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
    for (const Staged& file : staged_) {
      std::filesystem::remove(file.temporary, ignored);
      if (!file.locked.empty()) std::filesystem::remove(file.locked, ignored);
    }
    std::for_each(directories_.rbegin(), directories_.rend(),
                  [&](const std::string& path) { std::filesystem::remove(path, ignored); });
  }

  std::vector<Staged> staged_;
  std::vector<std::pair<std::string, std::string>> direct_;
  std::vector<std::string> directories_;
  std::vector<std::string> obsolete_;
};

}  // namespace cardamom

#undef CARDAMOM_FILE_LOCKS
