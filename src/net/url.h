#pragma once

// Absolute http and https URLs, strictly: what is odd is refused, not repaired.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sillar::net {

inline constexpr std::size_t kUrlBytesMax = 4096;

struct Url {
  bool tls = false;
  std::string host;  // Lower case: a name, an IPv4 address, or an IPv6 address without brackets.
  std::uint16_t port = 80;
  std::string target = "/";  // Path and query, as a request line has them.

  // "example.org", "[::1]:8443": what a Host header says. The port only where it is not the
  // scheme's own.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string text() const;  // Parses back to an equal value.
  // The same server, another target. Requires: it begins with '/'.
  [[nodiscard]] Url at(std::string_view other_target) const;

  friend bool operator==(const Url&, const Url&) = default;
};

// "https://example.org/path?query". Errors (kInvalidInput): another scheme, user information, a
// fragment, an empty or malformed host (an IPv4 address must have its four decimal parts), a port
// outside 1..65535, a byte that a URL must percent-encode, more than kUrlBytesMax.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace sillar::net
