// Whatever is read as a snapshot gives an error that names it, or a state: one whose counters agree
// with a recount, and which is saved and read back to itself. The checksum is passed over, or no
// change would get beyond it; the ranks, which are most of the bytes and have a test of their own,
// are those of a fresh table.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "engine/snapshot.h"
#include "engine/state_bytes.h"

namespace {

// Expanding a short text into a million nodes is allowed; here it would only be slow.
bool expands_far(std::string_view text) {
  constexpr std::size_t kDigitsMax = 3;
  if (text.find("count") == text.npos && text.find("copies") == text.npos) return false;
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kDigitsMax) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (expands_far(text)) return 0;
  CHECK(size > 64 || !restore("fuzz", text), "nothing so short is a snapshot");
  std::string body(text);
  schedule::RankTable().append_state(body);
  const auto state = read_state("fuzz", body);
  if (!state) {
    CHECK(state.error().message.starts_with("fuzz"), "an error names the snapshot");
    return 0;
  }
  CHECK(state->board.check_invariants().empty(), "counters agree with a recount");
  const Snapshot once = save(*state);
  const auto again = restore("again", once.bytes);
  CHECK(again, "what is saved is restored");
  CHECK(state_hash(*again) == once.state_hash, "to the same state");
  return 0;
}
