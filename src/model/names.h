#pragma once

// Which texts may name things.

#include <algorithm>
#include <string>
#include <string_view>

namespace sillar {

inline constexpr std::size_t kNameBytesMax = 253;
inline constexpr std::size_t kTextBytesMax = 1024;
inline constexpr std::size_t kProjectDepthMax = 32;

// No blanks, no control characters, not empty, not too long.
[[nodiscard]] inline bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

[[nodiscard]] inline bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

// ISO 3166 alpha-2 by form; which of them exist is for the location facts to say.
[[nodiscard]] inline bool is_country_code(std::string_view text) {
  return text.size() == 2 && is_capital(text[0]) && is_capital(text[1]);
}

// "provider/region"
[[nodiscard]] inline bool is_region_path(std::string_view text) {
  const std::size_t slash = text.find('/');
  return is_name(text) && slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         text.find('/', slash + 1) == std::string_view::npos;
}

// One segment of a project's path.
[[nodiscard]] inline bool is_path_segment(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace sillar
