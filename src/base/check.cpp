#include "base/check.h"

#include <atomic>
#include <bit>
#include <cstdio>
#include <cstdlib>

namespace sillar {
namespace {
std::atomic<std::uint64_t> bugs{0};
}

void check_failed(const char* file, int line, const char* condition, const char* message) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed: %s\n", file, line, condition, message);
  std::abort();
}

void bug_seen(const char* file, int line, const char* message) {
  const std::uint64_t seen = ++bugs;
  // Logging at powers of two keeps a hot bug from filling the disk.
  if (std::has_single_bit(seen)) {
    std::fprintf(stderr, "%s:%d: BUG (%llu so far): %s\n", file, line,
                 static_cast<unsigned long long>(seen), message);
  }
}

std::uint64_t bug_count() {
  return bugs.load();
}

}  // namespace sillar
