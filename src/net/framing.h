#pragma once

// The bytes of an answer. Pure.

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace sillar::net {

enum class BodyEnd : std::uint8_t { kByLength, kByLastChunk, kByClose };

struct Framing {
  BodyEnd body_end = BodyEnd::kByLength;
  bool keep_alive = true;
  bool head_only = false;  // The answer to HEAD: the length is stated, the body is not sent.
  std::string_view date;   // As http_date() gives it.
};

// Whether a status may have a body at all (RFC 9110, 6.4.1).
[[nodiscard]] bool has_body(int status);

// Whether nothing in them would end a header early: the names are tokens, the values have no
// control characters.
[[nodiscard]] bool are_sendable(const std::vector<Header>& headers);

// Whether it is this room's to set: Content-Length, Connection, Date and their like.
[[nodiscard]] bool is_framing_header(std::string_view name);

struct AnswerBytes {
  std::string head;  // With the body in it where that is small.
  std::string body;
};

// An answer as it goes out; of one that ends otherwise than by its length, the beginning. One that
// could not be sent as it is (a status that is none of 200 to 599, a header with a line end in it)
// is a BUG, and becomes a 500 without a word of it.
[[nodiscard]] AnswerBytes answer_bytes(Response response, const Framing& framing);

// One chunk of a chunked body. Requires: it is not empty, that would be the last one.
void append_chunk(std::string& out, std::string_view chunk);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
[[nodiscard]] std::string http_date(std::time_t time);

// The same, written once a second.
class DateText {
 public:
  std::string_view at(std::time_t time) {
    if (time != time_) text_ = http_date(time);
    time_ = time;
    return text_;
  }

 private:
  std::string text_;
  std::time_t time_ = -1;
};

}  // namespace sillar::net
