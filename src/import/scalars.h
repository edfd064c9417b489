#pragma once

// What a plain word of YAML is to the tool that a form was written for. Our documents keep words as
// written; PyYAML (SkyPilot, dstack) and the YAML reader of Kubernetes resolve them as YAML 1.1
// does, each in its own way: `no` is false to both, 0777 is 511 to both, 1:30 is 90 to PyYAML
// alone, 1e3 is a number to Kubernetes alone. Internal to import.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"

namespace sillar {

// PyYAML's resolver (YAML 1.1 without y and n), or that of go-yaml 2, by which Kubernetes turns
// YAML into JSON.
enum class ScalarRules : std::uint8_t { kPython, kGo };

struct Scalar {
  enum class Kind : std::uint8_t { kNull, kBool, kInteger, kFloat, kText };

  Kind kind = Kind::kNull;
  bool truth = false;
  std::int64_t integer = 0;
  double number = 0;  // Of a float.
  // As the tool's own language writes it: "False", "90", "0.5"; of Kubernetes as JSON has it.
  std::string text;
};

// Requires: `value` is a scalar or null. An integer beyond 64 bits is text here.
[[nodiscard]] Scalar resolve(const Value& value, ScalarRules rules);

// A decimal such as "1.5", ".5", "2." or "1e3", exactly: units of 10^-9. Nothing for anything else,
// what is negative, finer than that, or beyond 64 bits.
[[nodiscard]] std::optional<std::int64_t> decimal_nanos(std::string_view text);

}  // namespace sillar
