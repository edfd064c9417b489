#include "simulate/event_queue.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace sillar {
namespace {

TEST(EventQueue, TimeThenKindThenSubjectWhateverTheOrderOfPushes) {
  std::vector<Event> events;
  for (const std::int64_t at : {5, 5, 7, 9}) {
    for (const EventKind kind :
         {EventKind::kFinished, EventKind::kStopped, EventKind::kNodeFault}) {
      for (std::uint32_t subject = 0; subject < 3; ++subject)
        events.push_back({Time{at}, kind, subject, 0});
    }
  }
  std::vector<Event> sorted = events;
  std::sort(sorted.begin(), sorted.end());
  Random random(3);
  for (int round = 0; round < 20; ++round) {
    random.shuffle(events);
    EventQueue queue;
    for (const Event& event : events) queue.push(event);
    EXPECT_EQ(queue.next(), Time{5});
    for (const Event& event : sorted) EXPECT_EQ(queue.pop(), event);
    EXPECT_EQ(queue.next(), Time::never());
  }
}

}  // namespace
}  // namespace sillar
