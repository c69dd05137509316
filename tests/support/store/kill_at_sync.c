/* Preloaded into a child of test_kill.py: ends it at the n-th fsync or fdatasync, before or after the system has done it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

static int left = 0, after = 0;

void arm(int n, int kill_after) { left = n; after = kill_after; }

static int counted(const char *name, int handle) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int fatal = left > 0 && --left == 0;
    if (fatal && !after) kill(getpid(), SIGKILL);
    int result = real(handle);
    if (fatal) kill(getpid(), SIGKILL);
    return result;
}

int fsync(int handle) { return counted("fsync", handle); }
int fdatasync(int handle) { return counted("fdatasync", handle); }
