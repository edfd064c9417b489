#include "net/framing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace sillar::net {
namespace {

constexpr std::size_t kHeadBytes = 512;  // Of a common one.
// A body up to this size goes out in one buffer with its head.
constexpr std::size_t kJoinBytesMax = std::size_t{16} << 10;

constexpr std::array<std::string_view, 6> kOurs = {
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date", "Host"};

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

void append_head(std::string& out, const Response& response, const Framing& framing) {
  const auto end = std::back_inserter(out);
  fmt::format_to(end, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 reason_phrase(response.status), framing.date);
  for (const Header& header : response.headers) {
    if (is_framing_header(header.name)) continue;
    out += header.name;
    out += ": ";
    out += header.value;
    out += "\r\n";
  }
  if (framing.body_end == BodyEnd::kByLength && has_body(response.status))
    fmt::format_to(end, "Content-Length: {}\r\n", response.body.size());
  if (framing.body_end == BodyEnd::kByLastChunk) out += "Transfer-Encoding: chunked\r\n";
  out += framing.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
}

}  // namespace

bool is_framing_header(std::string_view name) {
  return std::ranges::any_of(kOurs, [&](std::string_view own) {
    return own.size() == name.size() && equal_ignoring_case(own, name);
  });
}

bool has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

bool are_sendable(const std::vector<Header>& headers) {
  return std::ranges::all_of(headers,
                             [](const Header& h) { return is_token(h.name) && is_value(h.value); });
}

AnswerBytes answer_bytes(Response response, const Framing& framing) {
  if (response.status < 200 || response.status > 599 || !are_sendable(response.headers)) {
    BUG("an answer whose status or headers cannot be sent");
    response = problem(500, "the answer cannot be sent");
  }
  AnswerBytes out;
  out.head.reserve(kHeadBytes + std::min(response.body.size(), kJoinBytesMax));
  append_head(out.head, response, framing);
  if (framing.head_only || !has_body(response.status)) return out;
  if (framing.body_end == BodyEnd::kByLastChunk) {
    if (!response.body.empty()) append_chunk(out.head, response.body);
  } else if (response.body.size() <= kJoinBytesMax) {
    out.head += response.body;
  } else {
    out.body = std::move(response.body);
  }
  return out;
}

void append_chunk(std::string& out, std::string_view chunk) {
  DCHECK(!chunk.empty(), "an empty chunk would be the last");
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", chunk.size());
  out += chunk;
  out += "\r\n";
}

std::string http_date(std::time_t time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace sillar::net
