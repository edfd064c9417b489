#pragma once

// The stream of what happens: every fact that is durable, in order, each with a place of its own,
// "SEQ.INDEX": the journal's entry and the fact in it. The last ones are remembered, so that a
// listener who was cut off goes on behind the last one it saw.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core.h"

namespace sillar::server {

struct EventPlace {
  std::uint64_t seq = 0;
  std::uint32_t index = 0;

  friend auto operator<=>(const EventPlace&, const EventPlace&) = default;
};
[[nodiscard]] std::string event_place_text(EventPlace place);
[[nodiscard]] std::optional<EventPlace> parse_event_place(std::string_view text);

struct Event {
  EventPlace place;
  std::string project;   // Empty: of the fleet.
  std::string workload;  // Empty: of none.
  std::string kind;
  std::string json;
  // Projects whose work it names beside its own, and what those are told who do not see them all.
  std::vector<std::string> others;
  std::string veiled;

  // `sees`: whether a project is seen.
  [[nodiscard]] const std::string& told(const std::function<bool(std::string_view)>& sees) const {
    return std::ranges::all_of(others, sees) ? json : veiled;
  }
};

inline constexpr std::size_t kEventsKept = 65'536;
inline constexpr std::size_t kEventBytesKept = std::size_t{64} << 20;
inline constexpr std::size_t kListenersMax = 512;

class Events {
 public:
  using Filter = std::function<bool(const Event&)>;
  // Takes one event; false: gone, or too slow, and never called again.
  using Sink = std::function<bool(const Event&)>;

  // On the control thread.
  void publish(const Core& core);
  // What was published before the process began, so that listeners find where they were.
  void remember(const State& state, std::uint64_t seq, const std::vector<Fact>& facts);

  enum class Joined : std::uint8_t { kYes, kForgotten, kFull };
  // From any thread. What follows `after` is handed over at once, then what comes. Without `after`
  // only what comes. kForgotten: what follows it is no longer remembered.
  // A listener that begins now is first told where it stands, by an event of kind "joined" with the
  // place of the last one before it: from then on it can be cut and go on.
  [[nodiscard]] Joined join(std::optional<EventPlace> after, Filter filter, Sink sink);
  // Hands over what is remembered, or what follows `after`, and no more. False: what follows
  // `after` is no longer remembered.
  [[nodiscard]] bool replay(std::optional<EventPlace> after, const Filter& filter,
                            const Sink& sink) const;
  [[nodiscard]] std::size_t listeners() const;
  // The last one that was published.
  [[nodiscard]] EventPlace last() const;

 private:
  using Kept = std::deque<std::shared_ptr<const Event>>;

  struct Listener {
    Filter filter;
    Sink sink;
  };
  void add(Event event);
  [[nodiscard]] Kept::const_iterator behind(EventPlace place) const;
  [[nodiscard]] EventPlace last_place() const;

  mutable std::mutex mutex_;  // Guards what follows. Sinks are called under it and must not block.
  Kept kept_;
  std::size_t kept_bytes_ = 0;
  EventPlace forgotten_;  // The last one that is not kept any more.
  std::vector<Listener> listeners_;
};

}  // namespace sillar::server
