#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "model/text.h"

namespace {

// Expanding a short text into a million items is allowed and tested; here it would only be slow.
bool expands_far(std::string_view text) {
  constexpr std::size_t kDigitsMax = 3;
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kDigitsMax) return true;
  }
  return false;
}

}  // namespace

// Any document is either a scenario that survives printing in both forms, or an error that names
// the file; the parts alone never crash either.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool compact = text.find("count") != text.npos || text.find("copies") != text.npos ||
                       text.find("gang") != text.npos;
  if (compact && expands_far(text)) return 0;
  const auto document = parse_document("fuzz", text);
  if (!document) return 0;
  if (const auto fleet = load_fleet(*document)) {
    const auto projects = load_projects(*document, *fleet);
    if (projects) (void)load_workloads(*document, *fleet, *projects);
  }
  const auto scenario = load_scenario(*document);
  if (!scenario) {
    CHECK(scenario.error().message.starts_with("fuzz:"), "an error names the document");
    return 0;
  }
  for (const TextFormat format : {TextFormat::kYaml, TextFormat::kJson}) {
    const auto again = parse_document("printed", print_scenario(*scenario, format));
    CHECK(again, "what is printed parses");
    const auto loaded = load_scenario(*again);
    CHECK(loaded && *loaded == *scenario, "what is printed loads to the same");
  }
  return 0;
}
