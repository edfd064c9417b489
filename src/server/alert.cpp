#include "server/alert.h"

#include <algorithm>

#include "base/hash.h"
#include "model/names.h"

namespace sillar::server {
namespace {

constexpr std::size_t kParametersMax = 32;
constexpr std::size_t kParameterBytesMax = 4096;
constexpr std::size_t kSubjectBytesMax = 2 * kNameBytesMax;
constexpr std::size_t kIdBytes = 32;

}  // namespace

std::string alert_id(std::string_view installation, const Alert& alert) {
  std::string text;
  put_text(text, installation);
  put_text(text, alert.rule);
  put_number(text, static_cast<std::int64_t>(alert.code));
  put_text(text, alert.project);
  put_text(text, alert.subject);
  put_text(text, alert_parameter(alert, "budget"));
  put_number(text, alert.threshold);
  put_number(text, alert.since.ns);
  return hash_bytes(text).hex();
}

std::string_view alert_parameter(const Alert& alert, std::string_view name) {
  const auto found =
      std::ranges::find(alert.parameters, name, [](const auto& pair) { return pair.first; });
  return found == alert.parameters.end() ? std::string_view{} : found->second;
}

void put_alert(std::string& out, const Alert& alert) {
  put_text(out, alert.id);
  put_text(out, alert.rule);
  put_number(out, static_cast<std::int64_t>(alert.code));
  put_number(out, static_cast<std::int64_t>(alert.severity));
  put_text(out, alert.project);
  put_text(out, alert.subject);
  put_number(out, alert.threshold);
  for (const Time time : {alert.since, alert.until, alert.fired, alert.ended})
    put_number(out, time.ns);
  put_number(out, static_cast<std::int64_t>(alert.end));
  put_count(out, alert.parameters.size());
  for (const auto& [name, value] : alert.parameters) {
    put_text(out, name);
    put_text(out, value);
  }
  put_count(out, alert.channels.size());
  for (const std::string& channel : alert.channels) put_text(out, channel);
}

Alert read_alert(ByteReader& in) {
  Alert alert;
  alert.id = in.text(kIdBytes);
  if (alert.id.size() != kIdBytes) in.fail();
  alert.rule = in.text(kNameBytesMax);
  alert.code = in.word(AlertCode::kTest);
  alert.severity = in.word(AlertSeverity::kCritical);
  alert.project = in.text(kNameBytesMax);
  alert.subject = in.text(kSubjectBytesMax);
  alert.threshold = static_cast<std::int32_t>(in.number(0, kAlertPercentMax));
  alert.since = in.moment();
  alert.until = in.time();
  alert.fired = in.moment();
  alert.ended = in.time();
  alert.end = in.word(AlertEnd::kAtOnce);
  if ((alert.end == AlertEnd::kOpen) != (alert.ended == Time::never())) in.fail();
  const std::size_t parameters = in.count(2);
  if (parameters > kParametersMax) in.fail();
  for (std::size_t i = 0; in.ok() && i < parameters; ++i) {
    std::string name(in.text(kNameBytesMax));
    alert.parameters.emplace_back(std::move(name), in.text(kParameterBytesMax));
  }
  const std::size_t channels = in.count();
  if (channels > kAlertChannelsMax) in.fail();
  for (std::size_t i = 0; in.ok() && i < channels; ++i)
    alert.channels.emplace_back(in.text(kNameBytesMax));
  return alert;
}

}  // namespace sillar::server
