#pragma once

// Reading what a request's query says.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/call.h"

namespace sillar::server {

// All of `text` as a number of that type.
template <typename Number>
[[nodiscard]] bool read_number(std::string_view text, Number& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

// Words between commas; empty ones are none.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

struct PageAsked {
  std::size_t limit = 500;
  std::uint32_t from = 0;  // 0: the first page.
};
// `limit` and `continue`. Errors: kInvalidInput.
[[nodiscard]] Result<PageAsked> page_asked(const Call& call);

// true or false; absent is false. Errors: kInvalidInput.
[[nodiscard]] Result<bool> switch_asked(const Call& call, std::string_view name);

}  // namespace sillar::server
