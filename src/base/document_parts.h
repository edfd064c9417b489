#pragma once

// What the readers of YAML and of JSON share. Internal to base: a DocumentFault never leaves it.

#include <string>
#include <string_view>

#include "base/document.h"

namespace sillar {

// Thrown from deep inside a reader, caught in document.cpp.
struct DocumentFault {
  int line = 0;
  int column = 0;
  std::string message;
};

[[nodiscard]] std::string too_deep();
[[nodiscard]] std::string too_many_values();

// Throws at the second of two equal keys.
void check_unique_keys(const Value& mapping);

// Strict JSON (RFC 8259), one value. Requires: `text` is UTF-8. Throws DocumentFault.
[[nodiscard]] Value parse_json(std::string_view text);

}  // namespace sillar
