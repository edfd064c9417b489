#include "net/url.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"

namespace sillar::net {
namespace {

constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;

std::uint16_t usual_port(bool tls) {
  return tls ? 443 : 80;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
         });
}

// What resolvers would read as a number, in any of the forms that they know ("127.1", "0x7f.1"),
// is an address or nothing.
bool is_numeric(std::string_view label) {
  return label.starts_with("0x") || std::ranges::all_of(label, is_digit);
}

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > kHostBytesMax) return false;
  std::string_view last;
  for (std::string_view rest = host;;) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    last = rest.substr(0, dot);
    if (!is_label(last)) return false;
    if (dot == rest.size()) break;
    rest.remove_prefix(dot + 1);
  }
  return !is_numeric(last);
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// "host" or "host:port".
Status read_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos)
    return invalid("a user name or password in it is not accepted");
  std::string_view host = text;
  std::string_view port;
  bool known = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return invalid("the '[' of its host is not closed");
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    url.host = lower(host);
    known = is_ipv6(url.host);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    host = text.substr(0, colon);
    port = text.substr(colon);
    url.host = lower(host);
    known = is_ipv4(url.host) || is_name(url.host);
  }
  if (!known) return invalid(fmt::format("\"{}\" is neither a host's name nor an address", host));
  url.port = usual_port(url.tls);
  if (port.empty()) return {};
  const char* const end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data() + 1, end, url.port);
  if (port.front() != ':' || error != std::errc{} || stop != end || url.port == 0)
    return invalid("its port is not a number from 1 to 65535");
  return {};
}

}  // namespace

std::string Url::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + host + "]" : host;
  if (port != usual_port(tls)) out += fmt::format(":{}", port);
  return out;
}

std::string Url::text() const {
  return (tls ? "https://" : "http://") + authority() + target;
}

Url Url::at(std::string_view other_target) const {
  DCHECK(other_target.starts_with('/'), "a target begins with a slash");
  Url out = *this;
  out.target = other_target;
  return out;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax)
    return invalid(fmt::format("a URL has more than {} bytes", kUrlBytesMax));
  const auto odd = std::ranges::find_if(text, [](char c) {
    constexpr std::string_view kNever = "\"<>\\^`{|}";
    return c <= ' ' || c >= 0x7F || kNever.find(c) != std::string_view::npos;
  });
  // Not repeated in full: it may hold anything.
  if (odd != text.end()) return invalid("a URL has a byte that must be percent-encoded");
  const auto wrong = [&](const Error& error) {
    return tl::unexpected(error.within(fmt::format("\"{}\"", text)));
  };
  Url url;
  std::string_view rest = text;
  const std::string scheme = lower(text.substr(0, std::min(text.find("://"), text.size())));
  url.tls = scheme == "https";
  if (!url.tls && scheme != "http")
    return invalid(fmt::format("\"{}\" does not begin with http:// or https://", text));
  rest.remove_prefix(std::min(scheme.size() + 3, rest.size()));
  if (rest.find('#') != std::string_view::npos)
    return wrong({ErrorCode::kInvalidInput, "a fragment ('#') is not accepted"});
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  if (const Status status = read_authority(rest.substr(0, end), url); !status)
    return wrong(status.error());
  url.target = rest.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace sillar::net
