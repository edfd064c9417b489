#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/money.h"
#include "base/quantity.h"
#include "base/time.h"

// What any of the small parsers accepts, it prints in a form that reads back to the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = parse_time(text)) {
    // An offset may carry a time over the edge of the years that are read.
    const auto again = parse_time(format_time(*time));
    CHECK(!again || *again == *time, "a time reads back");
  }
  if (const auto duration = parse_duration(text))
    CHECK(*parse_duration(format_duration(*duration)) == *duration, "a duration reads back");
  if (const auto bytes = parse_bytes(text))
    CHECK(*bytes >= 0 && *parse_bytes(format_bytes(*bytes)) == *bytes, "memory reads back");
  if (const auto amount = parse_thousandths(text); amount && *amount < 9'000'000'000'000)
    CHECK(*parse_thousandths(format_thousandths(*amount)) == *amount, "an amount reads back");
  if (const auto nanos = parse_nanos(text))
    CHECK(*parse_nanos(format_nanos(*nanos)) == *nanos, "money reads back");
  if (const auto number = parse_integer(text))
    CHECK(*parse_integer(std::to_string(*number)) == *number, "a number reads back");
  (void)parse_currency(text);
  return 0;
}
