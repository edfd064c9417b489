#pragma once

// What will happen in the modelled cluster, by time. Events of one instant come in the order of
// their kinds and then of their subjects, whatever the order they were pushed in.

#include <algorithm>
#include <compare>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/check.h"
#include "base/time.h"

namespace sillar {

// In the order in which events of one instant happen: ends before what they make room for.
enum class EventKind : std::uint8_t {
  kFinished,    // Of a job: its work is done.
  kFailed,      // Of a job: its work breaks off.
  kLimit,       // Of a job: its run has come to its limit.
  kStopped,     // Of a task: its devices are free.
  kWorks,       // Of a task: it is set up.
  kCheckpoint,  // Of a job.
  kNodeRepaired,
  kDeviceRepaired,
  kNodeFault,  // Of the fleet; the model draws whose.
  kDeviceFault,
};

struct Event {
  Time at;
  EventKind kind = EventKind::kFinished;
  std::uint32_t subject = 0;
  // An event of another version than its subject's present one is out of date.
  std::uint32_t version = 0;

  friend auto operator<=>(const Event&, const Event&) = default;
};

class EventQueue {
 public:
  void push(const Event& event) {
    heap_.push_back(event);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
  // never() when there is none.
  [[nodiscard]] Time next() const { return heap_.empty() ? Time::never() : heap_.front().at; }
  // Requires: there is one.
  Event pop() {
    CHECK(!heap_.empty(), "nothing is left to happen");
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  std::vector<Event> heap_;
};

}  // namespace sillar
