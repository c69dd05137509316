/* Preloaded into a child of test_other_disks.py: below $FAT_AT there are no hard links, files are open to all whatever chmod says, and
   a folder cannot be synced; answered with $FAT_ERRNO, as Linux' vfat (EPERM), network file systems and FUSE do. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int there(const char *path) {
    const char *at = getenv("FAT_AT");
    return at && path && strncmp(path, at, strlen(at)) == 0;
}

static int refuse(void) {
    errno = atoi(getenv("FAT_ERRNO"));
    return -1;
}

int link(const char *from, const char *to) {
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");
    return there(to) ? refuse() : real(from, to);
}

int linkat(int at, const char *from, int to_at, const char *to, int flags) {
    int (*real)(int, const char *, int, const char *, int) = (int (*)(int, const char *, int, const char *, int))dlsym(RTLD_NEXT, "linkat");
    return there(to) ? refuse() : real(at, from, to_at, to, flags);
}

int chmod(const char *path, mode_t mode) {
    int (*real)(const char *, mode_t) = (int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "chmod");
    return there(path) ? refuse() : real(path, mode);
}

int fsync(int handle) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    char link_to[64], path[PATH_MAX];
    struct stat about;
    snprintf(link_to, sizeof link_to, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link_to, path, sizeof path - 1);
    if (length > 0 && fstat(handle, &about) == 0 && S_ISDIR(about.st_mode)) {
        path[length] = 0;
        if (there(path)) return refuse();
    }
    return real(handle);
}

static int opened(const char *name, const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
    int handle = real(path, flags, mode);
    int (*open_to_all)(int, mode_t) = (int (*)(int, mode_t))dlsym(RTLD_NEXT, "fchmod");
    struct stat about;
    if (handle >= 0 && there(path) && fstat(handle, &about) == 0 && S_ISREG(about.st_mode)) open_to_all(handle, 0755);
    return handle;
}

int open(const char *path, int flags, mode_t mode) { return opened("open", path, flags, mode); }
int open64(const char *path, int flags, mode_t mode) { return opened("open64", path, flags, mode); }
int fchmod(int handle, mode_t mode) { (void)handle; (void)mode; return 0; }
