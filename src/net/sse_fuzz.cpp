// Server-sent events: however the stream is cut up, the events are the same; and written again they
// are read as the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "net/sse.h"

namespace sillar::net {
namespace {

std::optional<std::vector<SseEvent>> parse(std::string_view bytes, std::size_t piece) {
  SseParser parser(256);
  std::vector<SseEvent> out;
  while (!bytes.empty()) {
    const auto events = parser.feed(bytes.substr(0, piece));
    if (!events) return std::nullopt;
    out.insert(out.end(), events->begin(), events->end());
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return out;
}

}  // namespace
}  // namespace sillar::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::net;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = parse(bytes, size);
  const auto pieces = parse(bytes, 1 + data[0] % 16);
  CHECK(whole == pieces, "the events do not depend on the pieces");
  if (!whole) return 0;
  std::string text;
  for (const SseEvent& event : *whole) {
    if (event.id.empty()) text += "id\n";  // It takes back the one before.
    text += format_event(event);
  }
  const auto again = parse(text, size);
  if (again) CHECK(*again == *whole, "what is written is read as the same");
  return 0;
}
