#include "net/sse.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sillar::net {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

std::string format_event(const SseEvent& event) {
  CHECK(is_one_line(event.id) && event.id.find('\0') == std::string::npos, "an id is one line");
  CHECK(is_one_line(event.event), "an event's name is one line");
  std::string out;
  out.reserve(event.data.size() + event.id.size() + event.event.size() + 32);
  if (!event.id.empty()) out.append("id: ").append(event.id).append("\n");
  if (!event.event.empty()) out.append("event: ").append(event.event).append("\n");
  std::string_view rest = event.data;
  for (;;) {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    out.append("data: ").append(rest.substr(0, end)).append("\n");
    if (end == rest.size()) break;
    rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out += '\n';
  return out;
}

std::string_view sse_heartbeat() {
  return ":\n\n";
}

Result<std::vector<SseEvent>> SseParser::feed(std::string_view bytes) {
  std::vector<SseEvent> out;
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    if (line_.size() + end + data_.size() > event_bytes_max_)
      return fail(ErrorCode::kLimit,
                  fmt::format("an event has more than {} bytes", event_bytes_max_));
    line_ += bytes.substr(0, end);
    if (end == bytes.size()) break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    std::string_view line = line_;
    if (!std::exchange(begun_, true) && line.starts_with(kByteOrderMark))
      line.remove_prefix(kByteOrderMark.size());
    take_line(line, out);
    line_.clear();
  }
  return out;
}

void SseParser::take_line(std::string_view line, std::vector<SseEvent>& out) {
  if (line.empty()) return end_event(out);
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") data_.append(value).append("\n");
  if (field == "event") event_ = value;
  if (field == "id" && value.find('\0') == std::string_view::npos) id_ = value;
}

void SseParser::end_event(std::vector<SseEvent>& out) {
  last_id_ = id_;
  std::string data = std::exchange(data_, {});
  std::string event = std::exchange(event_, {});
  if (data.empty()) return;
  data.pop_back();  // The line feed behind the last line.
  out.push_back({.id = last_id_, .event = std::move(event), .data = std::move(data)});
}

}  // namespace sillar::net
