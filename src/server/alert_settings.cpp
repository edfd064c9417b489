#include "server/alert_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/alert_lists.h"

namespace sillar::server {
namespace {

const std::vector<std::string>& list_names() {
  static const std::vector<std::string> kNames{"channels", "rules"};
  return kNames;
}

bool refuse_unknown(Decoder& decoder, const Value& root) {
  bool good = true;
  for (std::size_t i = 0; i < root.fields.size(); ++i) {
    const std::string& name = root.fields[i].first;
    if (std::ranges::find(list_names(), name) != list_names().end()) continue;
    const auto [line, column] = root.key_marks[i];
    good = decoder.fault(line, column, {},
                         fmt::format("unknown field '{}'{}", name, suggestion(name, list_names())));
  }
  return good;
}

// Where in the file a rule names its channel.
void check_channels(Decoder& decoder, const Value& rules, const AlertSettings& settings) {
  std::vector<std::string> names;
  for (const AlertChannel& channel : settings.channels) names.push_back(channel.name);
  const Decoder::Step list(decoder, "rules");
  for (std::size_t i = 0; i < settings.rules.size(); ++i) {
    const Decoder::Step rule(decoder, i);
    const std::vector<std::string>& channels = settings.rules[i].channels;
    for (std::size_t c = 0; c < channels.size(); ++c)
      if (find_channel(settings.channels, channels[c]) == nullptr)
        decoder.fault(
            rules.items[i].find("channels")->items[c],
            fmt::format("there is no channel '{}'{}", channels[c], suggestion(channels[c], names)));
  }
}

}  // namespace

Result<AlertSettings> load_alert_settings(const Document& document) {
  Fleet none;
  Decoder decoder(document, none);
  AlertSettings settings;
  const Value& root = document.root;
  if (root.kind != Value::Kind::kMapping) {
    decoder.fault(root, fmt::format("a mapping was expected, not {}", describe(root)));
    return tl::unexpected(decoder.error());
  }
  bool good = refuse_unknown(decoder, root);
  if (const Value* channels = root.find("channels")) {
    const Decoder::Step step(decoder, "channels");
    good = read_alert_channels(decoder, *channels, settings.channels) && good;
  }
  const Value* rules = root.find("rules");
  if (rules != nullptr) {
    const Decoder::Step step(decoder, "rules");
    good = read_alert_rules(decoder, *rules, settings.rules) && good;
  }
  if (good && rules != nullptr) check_channels(decoder, *rules, settings);
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return settings;
}

}  // namespace sillar::server
