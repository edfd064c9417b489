#include "server/alert_rules.h"

#include "model/names.h"

namespace sillar::server {
namespace {

void put_percent(std::string& out, const std::optional<std::int32_t>& percent) {
  put_number(out, percent ? *percent : 0);
}

std::optional<std::int32_t> read_percent(ByteReader& in) {
  const std::int64_t percent = in.number(0, kAlertPercentMax);
  if (percent == 0) return std::nullopt;
  return static_cast<std::int32_t>(percent);
}

std::string read_name(ByteReader& in) {
  std::string name(in.text(kNameBytesMax));
  if (!is_name(name)) in.fail();
  return name;
}

}  // namespace

void put_alert_rules(std::string& out, std::span<const AlertRule> rules) {
  put_count(out, rules.size());
  for (const AlertRule& rule : rules) {
    put_text(out, rule.name);
    put_number(out, static_cast<std::int64_t>(rule.kind));
    put_text(out, rule.project);
    put_number(out, static_cast<std::int64_t>(rule.severity));
    put_percent(out, rule.actual);
    put_percent(out, rule.forecast);
    put_number(out, rule.over.ns);
    put_count(out, rule.channels.size());
    for (const std::string& channel : rule.channels) put_text(out, channel);
  }
}

std::vector<AlertRule> read_alert_rules(ByteReader& in) {
  constexpr std::size_t kLeastBytes = 8;
  std::vector<AlertRule> rules(in.count(kLeastBytes));
  if (rules.size() > kAlertRulesMax) in.fail();
  for (AlertRule& rule : rules) {
    if (!in.ok()) return {};
    rule.name = read_name(in);
    rule.kind = in.word(AlertKind::kDiskLow);
    rule.project = in.text(kNameBytesMax);
    rule.severity = in.word(AlertSeverity::kCritical);
    rule.actual = read_percent(in);
    rule.forecast = read_percent(in);
    rule.over = Duration{in.number(0, kDurationMax.ns)};
    const std::size_t channels = in.count();
    if (channels > kAlertChannelsMax) in.fail();
    for (std::size_t i = 0; in.ok() && i < channels; ++i) rule.channels.push_back(read_name(in));
  }
  return rules;
}

}  // namespace sillar::server
