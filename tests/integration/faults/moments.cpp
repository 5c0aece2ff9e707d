// Preloaded into a runner: ends it before the n-th of its effects on files and processes, or tells it a wrong time.

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<long> effects{0};
long end_at = -1;       // 0 and below: never
long long back_by = 0;  // seconds
std::atomic<long> calls_until_back{0};
char count_file[4096] = "";

long number(const char* variable) {
  const char* text = std::getenv(variable);
  return text ? std::atol(text) : 0;
}

void effect() {
  if (++effects == end_at) ::syscall(SYS_kill, ::getpid(), SIGKILL);
}

/// Children of the runner live on; a wrong clock is wrong for all.
__attribute__((constructor)) void begin() {
  end_at = number("ASSAY_TEST_KILL_AT");
  back_by = number("ASSAY_TEST_CLOCK_BACK");
  calls_until_back = number("ASSAY_TEST_CLOCK_AFTER");
  if (const char* file = std::getenv("ASSAY_TEST_COUNT")) std::strncpy(count_file, file, sizeof count_file - 1);
  if (back_by == 0) ::unsetenv("LD_PRELOAD");
  ::unsetenv("ASSAY_TEST_KILL_AT");
  ::unsetenv("ASSAY_TEST_COUNT");
}

__attribute__((destructor)) void finish() {
  if (!*count_file) return;
  std::FILE* out = std::fopen(count_file, "w");
  std::fprintf(out, "%ld\n", effects.load());
  std::fclose(out);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  effect();
  return ::syscall(SYS_write, fd, data, size);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  effect();
  return ::syscall(SYS_pwrite64, fd, data, size, at);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
int fsync(int fd) {
  effect();
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
int fdatasync(int fd) {
  effect();
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
int ftruncate64(int fd, off64_t size) noexcept {
  effect();
  return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}
int ftruncate(int fd, off_t size) noexcept { return ftruncate64(fd, size); }
int rename(const char* from, const char* to) noexcept {
  effect();
  return next<int(const char*, const char*)>("rename")(from, to);
}
int unlink(const char* path) noexcept {
  effect();
  return next<int(const char*)>("unlink")(path);
}
int mkdir(const char* path, mode_t mode) noexcept {
  effect();
  return next<int(const char*, mode_t)>("mkdir")(path, mode);
}
pid_t fork() noexcept {
  effect();
  return next<pid_t()>("fork")();
}
int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* how,
                char* const argv[], char* const envp[]) {
  effect();
  return next<decltype(::posix_spawn)>("posix_spawn")(pid, path, actions, how, argv, envp);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const int result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (clock == CLOCK_REALTIME && back_by != 0 && calls_until_back-- <= 0) time->tv_sec -= back_by;
  return result;
}

}  // extern "C"
