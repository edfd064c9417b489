#pragma once

// Server-sent events (WHATWG HTML, 9.2.6): the text of one, and a parser of any number. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sillar::net {

inline constexpr std::string_view kEventStreamType = "text/event-stream";

struct SseEvent {
  std::string id = {};     // Empty: none is sent. What is parsed has the last one that was seen.
  std::string event = {};  // Empty: "message", which is then not sent.
  std::string data = {};   // Any number of lines.
  friend bool operator==(const SseEvent&, const SseEvent&) = default;
};

// The event's text with the empty line that ends it. Line ends in `data` (CRLF, CR, LF) all arrive
// as LF. Requires: no line end in id and event, no NUL in id.
[[nodiscard]] std::string format_event(const SseEvent& event);

// A line that no client shows: keeps the connection in use.
[[nodiscard]] std::string_view sse_heartbeat();

// Takes the stream in pieces of any size.
class SseParser {
 public:
  explicit SseParser(std::size_t event_bytes_max = std::size_t{1} << 20)
      : event_bytes_max_(event_bytes_max) {}

  // The events that `bytes` complete. As the specification has it, an event without data is none,
  // and one that no empty line has ended yet is not there yet. Errors: kLimit for an event of more
  // than event_bytes_max; the parser is of no use after it.
  [[nodiscard]] Result<std::vector<SseEvent>> feed(std::string_view bytes);

  // Of the last event that had one: what a client sends as Last-Event-ID to go on from there.
  [[nodiscard]] const std::string& last_event_id() const { return last_id_; }

 private:
  void take_line(std::string_view line, std::vector<SseEvent>& out);
  void end_event(std::vector<SseEvent>& out);

  std::size_t event_bytes_max_;
  std::string line_;  // The one that is not ended yet.
  std::string data_;
  std::string event_;
  std::string id_;  // As the stream said last; it takes effect with the event's end.
  std::string last_id_;
  bool after_cr_ = false;  // A line feed would belong to the line that is over.
  bool begun_ = false;     // Whether a byte order mark may no longer follow.
};

}  // namespace sillar::net
