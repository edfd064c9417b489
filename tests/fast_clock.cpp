// Preloaded into a program, makes its wall clock run fast; what it waits for lasts as long as ever.
//
//   SILLAR_FAST_CLOCK="BEGAN FIRST SPEED": when the monotonic clock shows BEGAN it is FIRST, both
//   in nanoseconds; from then on SPEED seconds pass in one.

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct FastClock {
  std::int64_t began = 0;
  std::int64_t first = 0;
  std::int64_t speed = 0;
};

FastClock read_clock() {
  FastClock clock;
  const char* text = std::getenv("SILLAR_FAST_CLOCK");
  if (text == nullptr ||
      std::sscanf(text, "%ld %ld %ld", &clock.began, &clock.first, &clock.speed) != 3)
    std::abort();
  return clock;
}

}  // namespace

extern "C" int clock_gettime(clockid_t id, timespec* out) {
  const bool wall = id == CLOCK_REALTIME;
  if (::syscall(SYS_clock_gettime, wall ? CLOCK_MONOTONIC : id, out) != 0) return -1;
  if (!wall) return 0;
  static const FastClock kClock = read_clock();
  const std::int64_t passed = out->tv_sec * kSecond + out->tv_nsec - kClock.began;
  const std::int64_t now = kClock.first + passed * kClock.speed;
  out->tv_sec = now / kSecond;
  out->tv_nsec = now % kSecond;
  return 0;
}
