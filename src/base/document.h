#pragma once

// A parsed YAML or JSON document: a plain tree whose every node knows its line and column, so that
// validation can point at the fault. JSON is read by the same parser (it is a subset of YAML);
// limits apply to both.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sillar {

struct Value {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  bool quoted = false;  // A quoted scalar is text, whatever it looks like.
  int line = 0;         // From 1; 0: not from a file.
  int column = 0;
  std::string scalar;                                 // As written.
  std::vector<Value> items;                           // Sequence.
  std::vector<std::pair<std::string, Value>> fields;  // Mapping, in file order; keys are unique.
  std::vector<std::pair<int, int>> key_marks;         // Line and column of each key of `fields`.

  [[nodiscard]] const Value* find(std::string_view key) const;
};

inline constexpr std::size_t kDocumentBytesMax = 64U << 20;
inline constexpr int kDocumentDepthMax = 64;

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
// Reads at most `bytes_max`; a larger file is an error before it is read. Errors: kIo,
// kInvalidInput.
[[nodiscard]] Result<std::string> read_file(const std::string& path,
                                            std::size_t bytes_max = kDocumentBytesMax);

// The word of `known` nearest to `word` by edit distance, or empty when none is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& known);

}  // namespace sillar
