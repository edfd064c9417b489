#pragma once

// A small streaming JSON writer: fields in the order they are written, so equal values give equal
// bytes.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sillar {

class JsonWriter {
 public:
  // indent 0 writes one line; otherwise that many spaces a level.
  explicit JsonWriter(int indent = 0) : indent_(indent) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);  // Escapes; invalid UTF-8 becomes U+FFFD.
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& decimal(std::string_view text);  // Already a JSON number, e.g. "12.500".
  JsonWriter& boolean(bool value);
  JsonWriter& null();

  // key + value in one call.
  JsonWriter& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, const char* text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonWriter& field_bool(std::string_view name, bool value) { return key(name).boolean(value); }

  // Requires: every object and array is closed.
  [[nodiscard]] std::string take();

 private:
  void before_value();
  void newline();

  std::string out_;
  std::vector<bool> has_items_;  // One entry per open object or array.
  bool after_key_ = false;
  int indent_;
};

}  // namespace sillar
