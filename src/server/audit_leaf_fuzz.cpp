// Whatever is read as a leaf is refused, or is the one text of that leaf; and whatever a client
// sends becomes a leaf that is read back.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "server/audit_leaf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::server;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto leaf = read_leaf(text)) {
    CHECK(leaf_text(*leaf) == text, "a leaf has one form");
    CHECK(begins_leaf(text, leaf->index), "and begins with its index");
  }
  (void)source_class(text);
  AuditLeaf sent;
  sent.object = text;
  sent.request = text.substr(size / 2);
  const std::string written = leaf_text(sent);
  CHECK(written.find('\n') == std::string::npos, "a leaf is one line");
  const auto again = read_leaf(written);
  CHECK(again && leaf_text(*again) == written, "what is written is read");
  return 0;
}
