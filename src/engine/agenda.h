#pragma once

// What falls due by itself: the end of a limit, of a back-off, of patience with idle devices, of a
// probation. One time for each subject, kept by `apply`; follows from the rest of the state.

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "base/time.h"

namespace sillar {

class Agenda {
 public:
  enum class Kind : std::uint8_t { kTask, kWorkload, kDevice };

  struct Entry {
    Time at;
    Kind kind = Kind::kTask;
    std::uint32_t subject = 0;

    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  // Replaces what was due for the subject; never: nothing is. O(log entries).
  void set(Kind kind, std::uint32_t subject, Time at);
  // When the first is due; never: nothing is.
  [[nodiscard]] Time first() const {
    return entries_.empty() ? Time::never() : entries_.begin()->at;
  }
  [[nodiscard]] const std::set<Entry>& entries() const { return entries_; }

 private:
  std::set<Entry> entries_;
  std::map<std::pair<Kind, std::uint32_t>, Time> times_;
};

}  // namespace sillar
