#pragma once

// HTTP messages as plain records, the same for the server and the client. Framing (Content-Length,
// Transfer-Encoding, Connection, Date, Host) is the business of this room: nobody else sets it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sillar::net {

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

// The value of the first header of that name, letter case ignored; null where there is none.
[[nodiscard]] const std::string* find_header(const std::vector<Header>& headers,
                                             std::string_view name);

// What a client asked for. Everything in it is as the client said it, except `peer` and `tls`:
// those are facts of the connection. Headers that a proxy would add (X-Forwarded-For and its like)
// are headers like any other and are believed by nobody here.
struct Request {
  std::string method;  // One of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.
  std::string target;  // As it was sent: "/api/v1/queue?limit=10".
  // Percent-decoded. Begins with '/'; valid UTF-8 without control characters; no segment is empty
  // (but for the last), "." or ".."; no '/' in it came from "%2F".
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // Decoded, in the order given.
  std::vector<Header> headers;                             // In the order given, trailers dropped.
  std::string body;
  std::string peer;  // The client's address, without its port: "127.0.0.1", "::1".
  bool tls = false;

  [[nodiscard]] const std::string* header(std::string_view name) const {
    return find_header(headers, name);
  }
  // The first value under that name in the query; null where there is none.
  [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<Header> headers = {};
  std::string body = {};

  [[nodiscard]] const std::string* header(std::string_view name) const {
    return find_header(headers, name);
  }
};

// "Not Found" for 404; "Unknown" for a number without a name in RFC 9110.
[[nodiscard]] std::string_view reason_phrase(int status);

// An error answer as application/problem+json (RFC 9457), its type "about:blank", its title the
// status's own words.
[[nodiscard]] Response problem(int status, std::string_view detail);

// Whether both are the same but for the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace sillar::net
