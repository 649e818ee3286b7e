/* Loaded in front of the C library (LD_PRELOAD): writes down, in one order for all programs, what they do to the
 * files below $BALIE_TAPE_ROOT and what they say on their standard output. tests/torn/tape.rs reads it.
 *
 * A change is written down when it has been made, what is said before it is said, and of a sync both when it
 * begins and when it is done: what was changed meanwhile is not covered by it. Where a call of the C library
 * that changes files is missing here, the tape and the folder differ at the end, and the test says so. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct head {
  uint64_t kind, file, place, length;
};

static int tape = -1;
static const char *root = "";
static atomic_uint syncs;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("BALIE_TAPE");
  if (!path || !getenv("BALIE_TAPE_ROOT"))
    return;
  root = getenv("BALIE_TAPE_ROOT");
  int low = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  /* Out of the way of programs that count on small numbers. */
  tape = fcntl(low, F_DUPFD_CLOEXEC, 200);
  if (tape < 0)
    tape = low;
  else
    syscall(SYS_close, low);
}

static void note(char kind, uint64_t file, uint64_t place, const void *data, size_t length) {
  if (tape < 0)
    return;
  int was = errno;
  struct head head = {(uint64_t)kind, file, place, length};
  char *line = malloc(sizeof head + length);
  if (!line)
    abort();
  memcpy(line, &head, sizeof head);
  if (length)
    memcpy(line + sizeof head, data, length);
  /* One call: with O_APPEND the lines of several programs do not mix. */
  if (syscall(SYS_write, tape, line, sizeof head + length) != (long)(sizeof head + length))
    abort();
  free(line);
  errno = was;
}

static int below(const char *path) {
  size_t length = strlen(root);
  return tape >= 0 && strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/* Whether an open file or folder lies below the root; its number and its name. */
static int known(int fd, struct stat *about, char *path) {
  int was = errno;
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int yes = 0;
  if (tape >= 0 && fstat(fd, about) == 0 && (S_ISREG(about->st_mode) || S_ISDIR(about->st_mode))) {
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length > 0) {
      path[length] = 0;
      yes = below(path);
    }
  }
  errno = was;
  return yes;
}

static int opened(int fd, int flags) {
  struct stat about;
  char path[PATH_MAX];
  if (fd >= 0 && known(fd, &about, path) && S_ISREG(about.st_mode) && (flags & (O_CREAT | O_TRUNC)))
    note('O', about.st_ino, (flags & O_TRUNC) != 0, path, strlen(path));
  return fd;
}

#define OPEN_MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) {
  OPEN_MODE(flags)
  return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), flags);
}

int open64(const char *path, int flags, ...) {
  OPEN_MODE(flags)
  return opened((int)syscall(SYS_openat, AT_FDCWD, path, flags, mode), flags);
}

int openat(int folder, const char *path, int flags, ...) {
  OPEN_MODE(flags)
  return opened((int)syscall(SYS_openat, folder, path, flags, mode), flags);
}

int openat64(int folder, const char *path, int flags, ...) {
  OPEN_MODE(flags)
  return opened((int)syscall(SYS_openat, folder, path, flags, mode), flags);
}

static void written(int fd, off_t at, const void *data, ssize_t length) {
  struct stat about;
  char path[PATH_MAX];
  if (length > 0 && known(fd, &about, path))
    note('W', about.st_ino, (uint64_t)at, data, (size_t)length);
}

ssize_t write(int fd, const void *data, size_t length) {
  if (fd == STDOUT_FILENO)
    note('A', 0, 0, data, length);
  ssize_t done = syscall(SYS_write, fd, data, length);
  if (done > 0 && fd > STDERR_FILENO)
    written(fd, (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR) - done, data, done);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
  ssize_t done = syscall(SYS_pwrite64, fd, data, length, at);
  written(fd, at, data, done);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

int ftruncate64(int fd, off64_t size) {
  struct stat about;
  char path[PATH_MAX];
  int failed = (int)syscall(SYS_ftruncate, fd, size);
  if (!failed && known(fd, &about, path))
    note('T', about.st_ino, (uint64_t)size, NULL, 0);
  return failed;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* So that programs copy by reading and writing. */
ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t length, unsigned flags) {
  (void)from, (void)in, (void)to, (void)out, (void)length, (void)flags;
  errno = ENOSYS;
  return -1;
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
  (void)to, (void)from, (void)at, (void)length;
  errno = ENOSYS;
  return -1;
}

static int synced(int fd, long call) {
  struct stat about;
  char path[PATH_MAX];
  int ours = known(fd, &about, path);
  uint64_t mark = (uint64_t)getpid() << 32 | atomic_fetch_add(&syncs, 1);
  if (ours)
    note('B', about.st_ino, mark, NULL, 0);
  int failed = (int)syscall(call, fd);
  if (ours && !failed)
    note(S_ISDIR(about.st_mode) ? 'D' : 'S', about.st_ino, mark, NULL, 0);
  return failed;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int unlink(const char *path) {
  struct stat about = {0};
  lstat(path, &about);
  int failed = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (!failed && below(path))
    note('U', about.st_ino, 0, path, strlen(path));
  return failed;
}

static void pair(char kind, const char *from, const char *to) {
  char both[2 * PATH_MAX];
  if (!below(from) && !below(to))
    return;
  int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
  note(kind, 0, 0, both, (size_t)length);
}

int rename(const char *from, const char *to) {
  int failed = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (!failed)
    pair('R', from, to);
  return failed;
}

int linkat(int here, const char *from, int there, const char *to, int flags) {
  int failed = (int)syscall(SYS_linkat, here, from, there, to, flags);
  if (!failed)
    pair('L', from, to);
  return failed;
}

int mkdir(const char *path, mode_t mode) {
  int failed = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (!failed && below(path))
    note('K', 0, 0, path, strlen(path));
  return failed;
}

int rmdir(const char *path) {
  int failed = (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
  if (!failed && below(path))
    note('Z', 0, 0, path, strlen(path));
  return failed;
}
