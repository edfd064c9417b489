#include "server/event_follower.h"

#include <algorithm>

#include "server/events.h"

namespace sillar::server {
namespace {

bool mends_itself(ErrorCode code) {
  return code == ErrorCode::kIo || code == ErrorCode::kLimit || code == ErrorCode::kInternal;
}

// A stream that was told twice, or out of order, would break the promise silently.
bool is_news(const std::string& id, const std::string& last) {
  const auto now = parse_event_place(id);
  const auto before = parse_event_place(last);
  return !now || !before || *before < *now;
}

}  // namespace

Result<Followed> follow_events(ApiClient& client, FollowOptions options,
                               const std::function<bool(const ApiEvent*)>& use) {
  std::string last = std::move(options.after);
  Duration pause = kFollowPauseFirst;
  for (;;) {
    bool stopped = false;
    bool gap = false;
    const Status heard = client.listen(options.target, last, [&](const ApiEvent* event) {
      if (event == nullptr) return !(stopped = !use(nullptr));
      if (event->kind == "full") return false;
      gap = event->kind == "gap";
      if (gap) return false;
      pause = kFollowPauseFirst;
      if (!is_news(event->id, last)) return true;
      stopped = !use(event);
      last = event->id;
      return !stopped;
    });
    if (stopped) return Followed::kStopped;
    if (gap) return Followed::kGap;
    if (!heard && !mends_itself(heard.error().code)) return tl::unexpected(heard.error());
    if (!heard && options.lost) options.lost(heard.error());
    if (!options.wait(pause)) return Followed::kStopped;
    pause = std::min(pause + pause, kFollowPauseMost);
  }
}

}  // namespace sillar::server
