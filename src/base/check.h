#pragma once

// Three kinds of check, after the house rules: CHECK ends the process because the state can no
// longer be trusted; DCHECK is the expensive or inner-loop form, on in debug builds; BUG counts and
// goes on. None of them may see input from outside: that is an Error to return.

#include <cstdint>

namespace sillar {

[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* message);
void bug_seen(const char* file, int line, const char* message);

// How many BUGs this process has met. Tests assert that it stays at zero.
std::uint64_t bug_count();

}  // namespace sillar

#define CHECK(condition, message)                                        \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::sillar::check_failed(__FILE__, __LINE__, #condition, (message)); \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition, message) \
  do {                             \
  } while (false)
#else
#define DCHECK(condition, message) CHECK(condition, message)
#endif

#define BUG(message) ::sillar::bug_seen(__FILE__, __LINE__, (message))
