#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "ledger/price_map.h"

// Any text either is a map, in which every class is found, or an error with words in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sillar::Result<sillar::PriceMap> map = sillar::PriceMap::read("fuzz", text);
  if (!map) {
    CHECK(!map.error().message.empty(), "an error says something");
    return 0;
  }
  for (const sillar::PriceMapRow& row : map->rows()) {
    for (const std::string& name : row.classes)
      CHECK(map->find(name) == &row, "every class is found again");
  }
  const sillar::Result<std::int64_t> host = map->host_nanos(INT64_MAX, INT64_MAX);
  CHECK(!host || *host >= 0, "a host's price is not negative");
  return 0;
}
