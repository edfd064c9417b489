// Whatever is read as an entry gives an error that names it, or an entry that is written back to
// the same bytes; and a state takes its facts or refuses them, without touching what is not there.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "engine/entry.h"

namespace {

// Expanding a short text into a million nodes is allowed; here it would only be slow.
bool expands_far(std::string_view text) {
  for (const std::string_view word : {"count", "copies"})
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (expands_far(bytes)) return 0;
  const auto entry = read_entry("fuzz", bytes);
  State fresh;
  const Status applied = apply_entry(fresh, "fuzz", bytes);
  if (!entry) {
    CHECK(entry.error().message.starts_with("fuzz"), "an error names the entry");
    CHECK(!applied, "what cannot be read is not applied");
    return 0;
  }
  const std::string again = entry_bytes(entry->input, entry->facts);
  const auto twice = read_entry("again", again);
  CHECK(twice, "what is written is read");
  CHECK(entry_bytes(twice->input, twice->facts) == again, "to the same bytes");
  for (const Fact& fact : entry->facts) (void)known_fact_text(State{}, fact);
  return 0;
}
