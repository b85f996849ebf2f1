/*
 * A disk that can be made full, slow, or stuck, for one process: preloaded (LD_PRELOAD), it stands between the process
 * and the C library. Only files below FAULTY_DISK are on that disk. What it does is told, and what it did is read, through
 * the file FAULTY_DISK_CONTROL, which both sides map or read as numbers of 8 bytes; see faulty-disk.ts for the same list.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
  FULL,          /* not 0: whatever would make a file longer fails with ENOSPC, as on a full disk; the rest succeeds */
  FLUSH_MS,      /* every flush takes so much longer */
  STUCK,         /* not 0: flushes of the store's log and arrivals do not begin until it is 0 again */
  WAL_FLUSHES,   /* flushes of them that have ended */
  WAL_HELD,      /* flushes of them that are held by STUCK */
  REFUSED,       /* writes that failed for want of room */
  CELLS
};

static _Atomic uint64_t *cells;
static const char *disk;

__attribute__((constructor)) static void begin(void) {
  const char *control = getenv("FAULTY_DISK_CONTROL");
  disk = getenv("FAULTY_DISK");
  if (!control || !disk) return;
  int fd = open(control, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *map = mmap(NULL, CELLS * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (map != MAP_FAILED) cells = map;
}

/* 0: not on the disk. 1: on it. 2: the store's write-ahead log, or its file of arrivals: what an acknowledgement waits for. */
static int place_of(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (strncmp(path, disk, strlen(disk)) != 0) return 0;
  const char *name = strrchr(path, '/');
  if (!name) return 1;
  return strcmp(name, "/wardflow.db-wal") == 0 || strcmp(name, "/wardflow.db-arrivals") == 0 ? 2 : 1;
}

static int has_no_room(int fd, off_t end) {
  struct stat now;
  if (!cells || !cells[FULL]) return 0;
  int saved = errno;
  int refuse = place_of(fd) && fstat(fd, &now) == 0 && S_ISREG(now.st_mode) && end > now.st_size;
  errno = saved;
  if (!refuse) return 0;
  atomic_fetch_add(&cells[REFUSED], 1);
  errno = ENOSPC;
  return 1;
}

/* Where a write without a position would end: at the end of the file, or further. */
static off_t end_after(int fd, size_t count) {
  int flags = fcntl(fd, F_GETFL);
  off_t at = lseek(fd, 0, SEEK_CUR);
  struct stat now;
  if (flags >= 0 && (flags & O_APPEND) && fstat(fd, &now) == 0) at = now.st_size;
  return at < 0 ? 0 : at + (off_t)count;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void sleep_ms(uint64_t ms) {
  struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000L};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

static void flush_begins(int place) {
  if (place == 2 && cells[STUCK]) {
    atomic_fetch_add(&cells[WAL_HELD], 1);
    while (cells[STUCK]) sleep_ms(1);
    atomic_fetch_sub(&cells[WAL_HELD], 1);
  }
  if (place != 0 && cells[FLUSH_MS]) sleep_ms(cells[FLUSH_MS]);
}

static void flush_ended(int place) {
  if (place == 2) atomic_fetch_add(&cells[WAL_FLUSHES], 1);
}

/* The place of a file whose every write returns when the disk has it: such a write is a flush as well. */
static int place_of_synchronous(int fd) {
  int saved = errno;
  int flags = fcntl(fd, F_GETFL);
  int place = cells && flags >= 0 && (flags & O_DSYNC) ? place_of(fd) : 0;
  errno = saved;
  return place;
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at) {
  if (has_no_room(fd, at + (off_t)count)) return -1;
  int place = place_of_synchronous(fd);
  flush_begins(place);
  ssize_t written = REAL(pwrite)(fd, from, count, at);
  flush_ended(place);
  return written;
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
  if (has_no_room(fd, at + (off_t)count)) return -1;
  int place = place_of_synchronous(fd);
  flush_begins(place);
  ssize_t written = REAL(pwrite64)(fd, from, count, at);
  flush_ended(place);
  return written;
}

ssize_t write(int fd, const void *from, size_t count) {
  if (cells && cells[FULL] && has_no_room(fd, end_after(fd, count))) return -1;
  return REAL(write)(fd, from, count);
}

int ftruncate(int fd, off_t length) {
  if (has_no_room(fd, length)) return -1;
  return REAL(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
  if (has_no_room(fd, (off_t)length)) return -1;
  return REAL(ftruncate64)(fd, length);
}

int posix_fallocate(int fd, off_t at, off_t length) {
  if (has_no_room(fd, at + length)) return ENOSPC;
  return REAL(posix_fallocate)(fd, at, length);
}

static int flush(int fd, int (*real)(int)) {
  int place = cells ? place_of(fd) : 0;
  flush_begins(place);
  int result = real(fd);
  flush_ended(place);
  return result;
}

int fdatasync(int fd) { return flush(fd, REAL(fdatasync)); }
int fsync(int fd) { return flush(fd, REAL(fsync)); }
