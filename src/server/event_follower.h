#pragma once

// Hears the stream of events as if the connection never broke: each event once and in order. What
// breaks is taken up again behind the last event that was heard.

#include <functional>
#include <string>

#include "base/time.h"
#include "server/api_client.h"

namespace sillar::server {

struct FollowOptions {
  std::string target;  // "/api/v1/events?…"
  std::string after;   // The id of the last event that is known; empty: from now on.
  // Lets that long pass before it is tried again; false: give up.
  std::function<bool(Duration)> wait;
  std::function<void(const Error&)> lost;  // Told of each break; may be empty.
};

enum class Followed : std::uint8_t {
  kStopped,  // By `use`, or by `wait`.
  kGap,      // Events after the last one are no longer kept.
};

inline constexpr Duration kFollowPauseFirst{100'000'000};
inline constexpr Duration kFollowPauseMost = Duration::seconds(5);

// Until `use` returns false; it is called with null in a silence. The event "joined" is handed on:
// its id is where a listener that began now stands. Errors: those that trying again would not mend:
// no right, a filter that is none, a URL that leads nowhere else.
[[nodiscard]] Result<Followed> follow_events(ApiClient& client, FollowOptions options,
                                             const std::function<bool(const ApiEvent*)>& use);

}  // namespace sillar::server
