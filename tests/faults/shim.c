/* Faults at a chosen call, for a program under LD_PRELOAD. Calls on files are counted whose path begins with FAULT_DIR,
 * those on their open files included; the one of number FAULT_AT, from 1 on, meets FAULT:
 *
 *   KILL, TERM, INT  the process gets that signal before the call
 *   EIO, ENOSPC      the call fails; of what it was to write, half is written
 *   FULL             this and all later calls that need space fail with ENOSPC: the disk is full
 *   THREADS          no thread can be made (EAGAIN), whatever FAULT_AT
 *   BEGUN            SIGTERM when the first thread is made: the program has begun its work
 *
 * FAULT_COUNT names a file that gets the number of calls when the process ends by itself.
 */
#define _GNU_SOURCE
/* These give calls other names. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { most_files = 1024 };
static const char* directory;
static const char* fault = "";
static long at;
static long calls;
static char watched[most_files];

/* The function of the C library. */
#define REAL(name) ((__typeof__(&name))real(#name))
static void* real(const char* name) { return dlsym(RTLD_NEXT, name); }

static int is_fault(const char* name) { return strcmp(fault, name) == 0; }

__attribute__((constructor)) static void begin(void) {
  const char* number = getenv("FAULT_AT");
  directory = getenv("FAULT_DIR");
  at = number ? atol(number) : 0;
  if (getenv("FAULT")) fault = getenv("FAULT");
}

__attribute__((destructor)) static void end(void) {
  const char* path = getenv("FAULT_COUNT");
  FILE* file = path ? REAL(fopen)(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", calls);
  REAL(fclose)(file);
}

/* Whether the call fails now; then errno is set. */
static int fails(int needs_space) {
  const long call = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (is_fault("FULL") && at > 0 && call >= at && needs_space) {
    errno = ENOSPC;
    return 1;
  }
  if (call != at) return 0;
  if (is_fault("KILL")) raise(SIGKILL);
  if (is_fault("TERM")) raise(SIGTERM);
  if (is_fault("INT")) raise(SIGINT);
  if (is_fault("EIO") || is_fault("ENOSPC")) {
    errno = is_fault("EIO") ? EIO : ENOSPC;
    return 1;
  }
  return 0;
}

static int inside(const char* path) { return directory && path && strncmp(path, directory, strlen(directory)) == 0; }
static int path_fails(const char* path, int needs_space) { return inside(path) && fails(needs_space); }
static int is_watched(int descriptor) { return descriptor >= 0 && descriptor < most_files && watched[descriptor]; }
static void watch(int descriptor, int on) {
  if (descriptor >= 0 && descriptor < most_files) watched[descriptor] = (char)on;
}
static int file_fails(int descriptor, int needs_space) { return is_watched(descriptor) && fails(needs_space); }

static int opened(const char* path, int descriptor) {
  watch(descriptor, inside(path));
  return descriptor;
}
#define OPEN(name)                                                  \
  int name(const char* path, int flags, ...) {                      \
    va_list list;                                                   \
    va_start(list, flags);                                          \
    const mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0; \
    va_end(list);                                                   \
    if (path_fails(path, (flags & O_CREAT) != 0)) return -1;        \
    return opened(path, REAL(name)(path, flags, mode));             \
  }
OPEN(open)
OPEN(open64)

#define FOPEN(name)                                    \
  FILE* name(const char* path, const char* mode) {     \
    if (path_fails(path, mode[0] != 'r')) return NULL; \
    FILE* file = REAL(name)(path, mode);               \
    if (file) opened(path, fileno(file));              \
    return file;                                       \
  }
FOPEN(fopen)
FOPEN(fopen64)

int close(int descriptor) {
  const int failed = file_fails(descriptor, 0);
  const int code = errno;
  watch(descriptor, 0);
  const int result = REAL(close)(descriptor);
  if (!failed) return result;
  errno = code;
  return -1;
}
int fclose(FILE* file) {
  const int failed = file_fails(fileno(file), 1);
  const int code = errno;
  watch(fileno(file), 0);
  const int result = REAL(fclose)(file);
  if (!failed) return result;
  errno = code;
  return EOF;
}
size_t fwrite(const void* data, size_t size, size_t count, FILE* file) {
  if (!file_fails(fileno(file), 1)) return REAL(fwrite)(data, size, count, file);
  const int code = errno;
  const size_t half = REAL(fwrite)(data, size, count / 2, file);
  errno = code;
  return half;
}
ssize_t write(int descriptor, const void* data, size_t size) {
  return file_fails(descriptor, 1) ? -1 : REAL(write)(descriptor, data, size);
}
#define PWRITE(name, type)                                                              \
  ssize_t name(int descriptor, const void* data, size_t size, type offset) {            \
    return file_fails(descriptor, 1) ? -1 : REAL(name)(descriptor, data, size, offset); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
ssize_t sendfile(int to, int from, off_t* offset, size_t size) {
  return file_fails(to, 1) ? -1 : REAL(sendfile)(to, from, offset, size);
}
ssize_t copy_file_range(int from, off64_t* in, int to, off64_t* out, size_t size, unsigned flags) {
  return file_fails(to, 1) ? -1 : REAL(copy_file_range)(from, in, to, out, size, flags);
}
ssize_t writev(int descriptor, const struct iovec* data, int count) {
  return file_fails(descriptor, 1) ? -1 : REAL(writev)(descriptor, data, count);
}
int ftruncate(int descriptor, off_t size) { return file_fails(descriptor, 1) ? -1 : REAL(ftruncate)(descriptor, size); }
int ftruncate64(int descriptor, off64_t size) {
  return file_fails(descriptor, 1) ? -1 : REAL(ftruncate64)(descriptor, size);
}
int fsync(int descriptor) { return file_fails(descriptor, 1) ? -1 : REAL(fsync)(descriptor); }
int flock(int descriptor, int operation) { return file_fails(descriptor, 0) ? -1 : REAL(flock)(descriptor, operation); }

int rename(const char* from, const char* to) { return path_fails(to, 0) ? -1 : REAL(rename)(from, to); }
int link(const char* from, const char* to) { return path_fails(to, 1) ? -1 : REAL(link)(from, to); }
int unlink(const char* path) { return path_fails(path, 0) ? -1 : REAL(unlink)(path); }
int remove(const char* path) { return path_fails(path, 0) ? -1 : REAL(remove)(path); }
int rmdir(const char* path) { return path_fails(path, 0) ? -1 : REAL(rmdir)(path); }
int mkdir(const char* path, mode_t mode) { return path_fails(path, 1) ? -1 : REAL(mkdir)(path, mode); }
int fchmodat(int folder, const char* path, mode_t mode, int flags) {
  return path_fails(path, 0) ? -1 : REAL(fchmodat)(folder, path, mode, flags);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* data) {
  if (is_fault("THREADS")) return EAGAIN;
  if (is_fault("BEGUN")) raise(SIGTERM);
  return REAL(pthread_create)(thread, attributes, body, data);
}
