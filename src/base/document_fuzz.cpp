#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/document.h"

namespace {

using sillar::Value;

// Keys beyond what YAML reads on one line are printed all the same, for JSON.
bool has_long_key(const Value& value) {
  constexpr std::size_t kLong = 128;
  return std::any_of(
             value.fields.begin(), value.fields.end(),
             [](const auto& f) { return f.first.size() > kLong || has_long_key(f.second); }) ||
         std::any_of(value.items.begin(), value.items.end(), has_long_key);
}

}  // namespace

// Any bytes are either a tree that survives printing in both forms, or an error that names the
// file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto documents = sillar::parse_documents("fuzz", text);
  if (!documents) {
    CHECK(documents.error().message.starts_with("fuzz:"), "an error names the document");
    return 0;
  }
  for (const sillar::Document& document : *documents) {
    if (has_long_key(document.root)) continue;
    const std::string json = sillar::print_json(document.root, 0);
    const auto from_json = sillar::parse_document("json", json);
    CHECK(from_json && sillar::print_json(from_json->root, 0) == json, "JSON reads back");
    const auto from_yaml = sillar::parse_document("yaml", sillar::print_yaml(document.root));
    CHECK(from_yaml && sillar::print_json(from_yaml->root, 0) == json, "YAML reads back");
  }
  return 0;
}
