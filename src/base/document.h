#pragma once

// A parsed YAML or JSON document: a plain tree whose every node knows its line and column, so that
// validation can point at the fault. The same limits apply to both. Scalars keep their text as
// written: what a word means is decided by the field that holds it, so `no` and `on` are text, as
// in YAML 1.2.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sillar {

struct Value {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMapping };

  // Defined below: a pair of an unfinished type cannot be copied or destroyed in here.
  Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  Kind kind = Kind::kNull;
  bool quoted = false;       // A quoted scalar is text, whatever it looks like.
  int line = 0;              // From 1; 0: not from a file.
  int column = 0;            // From 1, in bytes.
  std::string scalar;        // As written.
  std::vector<Value> items;  // Sequence.
  std::vector<std::pair<std::string, Value>> fields;  // Mapping, in file order; keys are unique.
  std::vector<std::pair<int, int>> key_marks;         // Line and column of each key of `fields`.

  // Null when this is no mapping or has no such key.
  [[nodiscard]] const Value* find(std::string_view key) const;

  // Values made by a program, for printing. `text` is printed so that it reads back as text;
  // `plain` is a number or a word such as true, printed as it is.
  [[nodiscard]] static Value text(std::string_view text);
  [[nodiscard]] static Value plain(std::string_view text);
  [[nodiscard]] static Value sequence();
  [[nodiscard]] static Value mapping();
  // Appends a field to a mapping. Requires: the key is new.
  Value& set(std::string_view key, Value value);
};

inline Value::Value() = default;
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;

inline constexpr std::size_t kDocumentBytesMax = 64U << 20;
inline constexpr int kDocumentDepthMax = 64;
// Scalars, sequences, mappings and keys of one document, what its aliases repeat included.
inline constexpr std::size_t kDocumentNodesMax = 4'000'000;

struct Document {
  std::string name;  // For messages: the file's path as given, or "-".
  Value root;
};

// Errors (kInvalidInput): empty, too large, too deep, malformed, duplicate keys, invalid UTF-8,
// anchors that expand beyond the size limit; message begins "name:line:column: ".
[[nodiscard]] Result<Document> parse_document(std::string name, std::string_view text);
// Several documents in one stream, separated by "---".
[[nodiscard]] Result<std::vector<Document>> parse_documents(std::string name,
                                                            std::string_view text);
// Reads a file, or standard input for "-". Reads at most `bytes_max`; a larger file is an error
// before it is read. Errors: kNotFound, kIo, kInvalidInput (a directory, too large).
[[nodiscard]] Result<std::string> read_file(const std::string& path,
                                            std::size_t bytes_max = kDocumentBytesMax);

// YAML, collections that fit a line in flow style; ends with a newline.
[[nodiscard]] std::string print_yaml(const Value& value);
// indent 0 writes one line; no newline at the end.
[[nodiscard]] std::string print_json(const Value& value, int indent = 2);

// True for a JSON number: what a plain scalar must look like to be a number.
[[nodiscard]] bool is_json_number(std::string_view text);

// The word of `known` nearest to `word` by edit distance, or empty when none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& known);

}  // namespace sillar
