#pragma once

// What the readers of YAML and of JSON share. Internal to base.

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/document.h"

namespace sillar {

struct DocumentFault {
  int line = 0;
  int column = 0;
  std::string message;
};

[[nodiscard]] std::string too_deep();
[[nodiscard]] std::string too_many_values();

// The second of two equal keys, if there is one.
[[nodiscard]] std::optional<DocumentFault> find_equal_keys(const Value& mapping);

// Strict JSON (RFC 8259), one value. Requires: `text` is UTF-8.
[[nodiscard]] tl::expected<Value, DocumentFault> parse_json(std::string_view text);

}  // namespace sillar
