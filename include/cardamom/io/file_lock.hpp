/// @file
/// Locks by which programs tell files that somebody is writing from those that a killed program left: a lock ends with
/// the program. Where the system has none (flock), no file is ever taken for abandoned.
#pragma once

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include <cardamom/core/compiled_where_used.hpp>

#if __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#define CARDAMOM_FILE_LOCKS 1
#else
/// 1 where files can be locked, else 0.
#define CARDAMOM_FILE_LOCKS 0
#endif

namespace cardamom::detail {

/// An open file whose lock ends with it, also when the program is killed.
class FileLock {
 public:
  FileLock() = default;
#if CARDAMOM_FILE_LOCKS
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  /// Locks a file that was just made. False when another program took it for abandoned before. Without locks on this
  /// file system nobody does.
  template <class Use = CompiledWhereUsed>
  static bool lock_new(std::FILE* file, const std::string& name, WhereUsed<FileLock, Use>& lock) noexcept {
    lock = FileLock(fcntl(fileno(file), F_DUPFD_CLOEXEC, 0));
    return lock.descriptor_ < 0 || (lock.take() != EWOULDBLOCK && lock.is(name));
  }
  /// Locks a file that is there, when that can be; `held` tells.
  template <class = CompiledWhereUsed>
  static FileLock on(const std::string& name) noexcept {
    // A read-only file can be locked as well; file systems that want to write to what they lock are rare.
    for (const int access : {O_RDWR, O_RDONLY}) {
      FileLock lock(open(name.c_str(), access | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
      if (lock.descriptor_ >= 0) return lock.take() == 0 && lock.is(name) ? std::move(lock) : FileLock();
    }
    return {};
  }

  bool held() const noexcept { return descriptor_ >= 0; }
  /// Whether the file is one of this user.
  bool is_own() const noexcept {
    struct stat mine {};
    return fstat(descriptor_, &mine) == 0 && S_ISREG(mine.st_mode) && mine.st_uid == geteuid();
  }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  /// 0, or the error: EWOULDBLOCK where another program has the lock.
  int take() const noexcept { return flock(descriptor_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno; }
  /// Whether the file still has that name.
  bool is(const std::string& name) const noexcept {
    struct stat mine {};
    struct stat named {};
    return fstat(descriptor_, &mine) == 0 && lstat(name.c_str(), &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
  }

  int descriptor_ = -1;
#else
  static bool lock_new(std::FILE*, const std::string&, FileLock&) noexcept { return true; }
  static FileLock on(const std::string&) noexcept { return {}; }
  bool held() const noexcept { return false; }
  bool is_own() const noexcept { return false; }
#endif
};

}  // namespace cardamom::detail

#undef CARDAMOM_FILE_LOCKS
