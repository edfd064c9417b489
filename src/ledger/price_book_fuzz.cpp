#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ledger/price_book.h"

// The text is read as a catalogue and as a list of commitments; the same text's lookups must end in
// a price that is not negative or in an error with words in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  sillar::Result<sillar::PriceBook> read = sillar::PriceBook::read("fuzz", text);
  sillar::PriceBook book = read ? *read : sillar::PriceBook();
  const sillar::Status added = book.add_gcp_commitments("fuzz", text);
  CHECK(read || !read.error().message.empty(), "an error says something");
  CHECK(added || !added.error().message.empty(), "an error says something");
  for (const sillar::CapacityKind capacity :
       {sillar::CapacityKind::kOwned, sillar::CapacityKind::kReserved,
        sillar::CapacityKind::kOnDemand, sillar::CapacityKind::kSpot}) {
    for (const std::string_view zone : {"", "z"}) {
      for (const std::string_view provider : {"a", "gcp"}) {
        const auto quote = book.find({provider, "r", zone, "t", capacity});
        CHECK(quote ? quote->per_hour.nanos >= 0 && !quote->source.empty()
                    : !quote.error().message.empty(),
              "a lookup ends in a price or in words");
      }
    }
  }
  return 0;
}
