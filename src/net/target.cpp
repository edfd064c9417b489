#include "net/target.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"

namespace sillar::net {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_valid_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0 || first < 0x20 || first == 0x7F) return false;
    text.remove_prefix(length);
  }
  return true;
}

// `what` is what the text is, for the message.
Result<std::string> decode(std::string_view text, std::string_view what, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
      continue;
    }
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return invalid(fmt::format("the {} has a '%' without two hexadecimal digits", what));
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_valid_text(out))
    return invalid(fmt::format("the {} has a control character or malformed UTF-8", what));
  return out;
}

Result<std::string> decode_path(std::string_view raw) {
  std::string path;
  for (std::string_view rest = raw; !rest.empty();) {
    const std::size_t end = std::min(rest.find('/', 1), rest.size());
    const bool last = end == rest.size();
    SILLAR_TRY(segment, decode(rest.substr(1, end - 1), "path", false));
    if (segment.empty() && !last) return invalid("the path has an empty segment");
    if (segment == "." || segment == "..")
      return invalid("the path has a segment that is \".\" or \"..\"");
    if (segment.find_first_of("/\\") != std::string::npos)
      return invalid("the path has a slash inside a segment");
    path += '/';
    path += segment;
    rest.remove_prefix(end);
  }
  return path;
}

bool is_reg_name(std::string_view name) {
  constexpr std::string_view kMarks = "-._~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_bracketed(std::string_view host) {
  return host.size() > 2 && host.ends_with(']') &&
         host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") ==
             std::string_view::npos;
}

}  // namespace

Result<Target> decode_target(std::string_view target, std::size_t query_pairs_max) {
  if (!target.starts_with('/'))
    return invalid("the target must begin with '/': neither a whole URL nor \"*\" is served");
  // What RFC 3986 lets nobody send unencoded, but for '|', '{', '}' and '"', which some clients do.
  const auto odd = std::ranges::find_if(target, [](char c) {
    return c <= ' ' || c >= 0x7F || c == '#' || c == '\\' || c == '<' || c == '>';
  });
  if (odd != target.end()) return invalid("the target has a byte that must be percent-encoded");

  Target out;
  const std::size_t question = std::min(target.find('?'), target.size());
  SILLAR_TRY(path, decode_path(target.substr(0, question)));
  out.path = std::move(path);
  std::string_view rest = target.substr(std::min(question + 1, target.size()));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    if (out.query.size() == query_pairs_max)
      return fail(ErrorCode::kLimit, fmt::format("the query has more than {} pairs "
                                                 "(query_pairs_max)",
                                                 query_pairs_max));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    SILLAR_TRY(name, decode(pair.substr(0, equals), "query", true));
    SILLAR_TRY(value, decode(pair.substr(std::min(equals + 1, pair.size())), "query", true));
    out.query.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

std::optional<std::string> host_without_port(std::string_view host) {
  std::string lower(host);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::size_t name_end = lower.starts_with('[') ? lower.find(']') : lower.find(':');
  std::string_view port;
  if (lower.starts_with('[') && name_end != std::string::npos) {
    port = std::string_view(lower).substr(name_end + 1);
  } else if (name_end != std::string::npos) {
    port = std::string_view(lower).substr(name_end);
  }
  if (!port.empty() && (!port.starts_with(':') || port.size() > 6 ||
                        port.substr(1).find_first_not_of("0123456789") != std::string_view::npos))
    return std::nullopt;
  std::string name = lower.substr(0, lower.size() - port.size());
  if (!(name.starts_with('[') ? is_bracketed(name) : is_reg_name(name))) return std::nullopt;
  return name;
}

}  // namespace sillar::net
