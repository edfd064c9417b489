// Whatever is read as a snapshot gives an error that names it, or a state: one whose counters agree
// with a recount, which is saved and read back to itself, and from which cycles go on. The checksum
// is passed over, or no change would get beyond it; an input that ends before the ranks, which are
// most of the bytes, is given a fresh table's, so that small ones reach the rest.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "engine/engine.h"
#include "engine/snapshot.h"
#include "engine/state_bytes.h"

namespace {

// Expanding a short text into a million nodes is allowed; here it would only be slow.
bool expands_far(std::string_view text) {
  constexpr std::size_t kDigitsMax = 3;
  for (const std::string_view word : {"count", "copies"}) {
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      const std::string_view after = text.substr(at + word.size(), 32);
      if (after.starts_with("ries")) continue;  // Of residency.
      std::size_t digits = 0;
      for (const char c : after) {
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (digits > kDigitsMax) return true;
      }
    }
  }
  return false;
}

// Through full and quick cycles, until after the last hour that there is.
void go_on(sillar::State state) {
  using namespace sillar;
  if (!state.world) return;
  Scratch scratch;
  for (const Duration later :
       {Duration{}, Duration::minutes(1), Duration::hours(50), kDurationMax}) {
    const Time at = std::min(state.now + later, kTimeMax);
    for (const bool full : {false, true})
      CHECK(step(state, scratch, {at, Decide{full}}), "cycles go on from what is restored");
    CHECK(state.board.check_invariants().empty(), "counters agree with a recount");
  }
  if (state.meter) (void)state.meter->totals_at(kTimeMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (expands_far(text)) return 0;
  CHECK(size > 64 || !restore("fuzz", text), "nothing so short is a snapshot");
  auto state = read_state("fuzz", text);
  if (!state) {
    std::string body(text);
    schedule::RankTable().append_state(body);
    state = read_state("fuzz", body);
  }
  if (!state) {
    CHECK(state.error().message.starts_with("fuzz"), "an error names the snapshot");
    return 0;
  }
  CHECK(state->board.check_invariants().empty(), "counters agree with a recount");
  const Snapshot once = save(*state);
  const auto again = restore("again", once.bytes);
  CHECK(again, "what is saved is restored");
  CHECK(state_hash(*again) == once.state_hash, "to the same state");
  go_on(*again);
  return 0;
}
