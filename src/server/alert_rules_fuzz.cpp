// Any document is either alert settings whose rules survive printing and bytes, or an error that
// names the file; any bytes are rules that are written back to them, or refused.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "server/alert_settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  using namespace sillar::server;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ByteReader in(text);
  const auto read = read_alert_rules(in);
  if (in.ok()) {
    std::string again;
    put_alert_rules(again, read);
    CHECK(again == text.substr(0, text.size() - in.left()), "rules have one form in bytes");
  }
  const auto document = parse_document("fuzz", text);
  if (!document) return 0;
  auto settings = load_alert_settings(*document);
  if (!settings) {
    CHECK(settings.error().message.starts_with("fuzz:"), "an error names the document");
    return 0;
  }
  // Channels are not printed: they come from an operator and are told to nobody.
  std::vector<AlertRule>& rules = settings->rules;
  for (AlertRule& rule : rules) rule.channels.clear();
  Value root = Value::mapping();
  root.set("rules", alert_rules_value(rules));
  const auto printed = parse_document("printed", print_yaml(root));
  CHECK(printed, "what is printed parses");
  const auto loaded = load_alert_settings(*printed);
  CHECK(loaded && loaded->rules == rules, "what is printed loads to the same");
  std::string bytes;
  put_alert_rules(bytes, rules);
  ByteReader back(bytes);
  CHECK(read_alert_rules(back) == rules && back.ok() && back.left() == 0, "and through bytes");
  return 0;
}
