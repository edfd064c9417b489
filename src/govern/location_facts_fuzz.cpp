#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "govern/location_facts.h"

// Any text either is a table, in which every row is found again, or an error with words in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sillar::Result<sillar::LocationFacts> facts = sillar::LocationFacts::read("fuzz", text);
  if (!facts) {
    CHECK(!facts.error().message.empty(), "an error says something");
    return 0;
  }
  for (const sillar::LocationFact& fact : facts->all())
    CHECK(facts->find(fact.provider, fact.region) == &fact, "every row is found again");
  return 0;
}
