#include "server/node_health.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/rendering.h"

namespace sillar::server {
namespace {

struct Cause {
  std::int32_t device = -1;
  std::string_view name;
  Time until = Time::never();
  std::int32_t trials = 0;
  std::optional<Reason> reason = {};
  std::string english = {};
  std::string spanish = {};
};

std::pair<std::string_view, std::string_view> words_of(Health health) {
  switch (health) {
    case Health::kSuspect:
      return {"suspect", "sospechoso"};
    case Health::kQuarantined:
      return {"broken", "averiado"};
    default:
      return {"to be tried", "a prueba"};
  }
}

Cause of_driver(DeviceRef ref, Health health) {
  const auto [english, spanish] = words_of(health);
  return {.device = ref.device,
          .name = "driver",
          .english = fmt::format("its driver reports it {}", english),
          .spanish = fmt::format("su controlador lo da por {}", spanish)};
}

Cause of_quarantine(DeviceRef ref, const Fitness& fitness, const MaySay& may_say) {
  const bool tried = fitness.quarantine == Health::kProbation;
  Cause cause{.device = ref.device,
              .name = tried ? "probation" : "quarantine",
              .until = fitness.until,
              .trials = fitness.trials,
              .reason = withhold(*fitness.reason, may_say)};
  const std::string until = format_time(Time::from_seconds(fitness.until.ns / 1'000'000'000));
  cause.english = fmt::format("{} {}: {}", tried ? "on probation until" : "quarantined until",
                              until, reason_text(*cause.reason, Language::kEnglish));
  cause.spanish = fmt::format("{} {}: {}", tried ? "a prueba hasta" : "en cuarentena hasta", until,
                              reason_text(*cause.reason, Language::kSpanish));
  return cause;
}

void add_causes(const State& state, DeviceRef ref, const MaySay& may_say,
                std::vector<Cause>& causes) {
  const Health observed = observed_health(state, ref);
  const Fitness* known = fitness_of(state, ref);
  if (known != nullptr && known->drained)
    causes.push_back({.name = "drained",
                      .english = "drained by an operator",
                      .spanish = "vaciado por un operador"});
  if (observed != Health::kHealthy) causes.push_back(of_driver(ref, observed));
  if (known != nullptr && known->quarantine != Health::kHealthy)
    causes.push_back(of_quarantine(ref, *known, may_say));
}

std::string with_device(const Cause& cause, std::string_view word, const std::string& text) {
  return cause.device < 0 ? text : fmt::format("{} {}: {}", word, cause.device, text);
}

}  // namespace

void write_causes(JsonWriter& json, const State& state, NodeId node, const MaySay& may_say) {
  std::vector<Cause> causes;
  const std::int32_t devices = state.board.node(node).device_count;
  for (std::int32_t d = -1; d < devices; ++d) add_causes(state, {node, d}, may_say, causes);
  json.key("causes").begin_array();
  for (const Cause& cause : causes) {
    json.begin_object().key("device");
    if (cause.device < 0)
      json.null();
    else
      json.number(std::int64_t{cause.device});
    json.field("cause", cause.name);
    write_time(json, "until", cause.until);
    json.field("trials", std::int64_t{cause.trials});
    write_reason(json, cause.reason ? &*cause.reason : nullptr);
    json.end_object();
  }
  json.end_array().key("why").begin_array();
  for (const Cause& cause : causes)
    json.begin_object()
        .field("en", with_device(cause, "device", cause.english))
        .field("es", with_device(cause, "dispositivo", cause.spanish))
        .end_object();
  json.end_array();
}

}  // namespace sillar::server
