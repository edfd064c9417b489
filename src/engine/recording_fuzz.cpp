// Whatever is read as a recording is replayed, or refused with an error that names it; and the
// search for a place to start from finds only lines that are one.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "engine/recording.h"

namespace {

// Many nodes or tasks from a short text are allowed; here they would only be slow.
bool expands_far(std::string_view text) {
  constexpr std::size_t kDigitsMax = 2;
  for (const std::string_view word : {"count", "copies", "gang"}) {
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      const std::string_view line = text.substr(at + word.size(), 64);
      if (line.starts_with("ries")) continue;  // Of residency.
      const std::string_view after =
          line.substr(0, line.find_first_of(word == "gang" ? "}" : ",}"));
      std::size_t digits = 0;
      for (const char c : after) {
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (digits > kDigitsMax) return true;
      }
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto place = last_snapshot(text, Time::never()))
    CHECK(text.substr(0, place->offset).ends_with(place->mark.line()), "a line says one thing");
  if (expands_far(text)) return 0;
  const auto replayed = replay("fuzz", text);
  if (replayed)
    CHECK(replayed->state.board.check_invariants().empty(), "counters agree with a recount");
  return 0;
}
