// Alerts, their deliveries and the channels that these go through, over HTTP.

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/json_writer.h"
#include "server/alert_text.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/rendering.h"
#include "server/requested.h"

namespace sillar::server {
namespace {

constexpr std::array<std::string_view, 4> kStates{"firing", "cleared", "withdrawn", "told"};

std::string_view state_word(AlertEnd end) {
  return kStates[static_cast<std::size_t>(end)];
}

void write_texts(JsonWriter& json, std::string_view key, const Alert& alert,
                 std::string (*text)(const Alert&, const AlertLocale&)) {
  json.key(key)
      .begin_object()
      .field("en", text(alert, {Language::kEnglish, false}))
      .field("es", text(alert, {Language::kSpanish, true}))
      .end_object();
}

void write_alert(JsonWriter& json, const Alert& alert) {
  json.begin_object()
      .field("id", alert.id)
      .field("state", state_word(alert.end))
      .field("rule", alert.rule)
      .field("code", alert_code_name(alert.code))
      .field("severity", alert_severity_name(alert.severity))
      .field("project", alert.project)
      .field("subject", alert.subject)
      .field("threshold_percent", std::int64_t{alert.threshold});
  write_time(json, "since", alert.since);
  write_time(json, "until", alert.until);
  write_time(json, "fired", alert.fired);
  write_time(json, "ended", alert.ended);
  write_texts(json, "title", alert, alert_title);
  write_texts(json, "text", alert, alert_sentence);
  json.key("parameters").begin_object();
  for (const auto& [name, value] : alert.parameters) json.field(name, value);
  json.end_object().key("channels").begin_array();
  for (const std::string& channel : alert.channels) json.string(channel);
  json.end_array().end_object();
}

void write_delivery_fields(JsonWriter& json, const Delivery& delivery) {
  json.field("id", delivery.id)
      .field("alert", delivery.alert.id)
      .field("tells", delivery.over() ? "end" : "beginning")
      .field("code", alert_code_name(delivery.alert.code))
      .field("project", delivery.alert.project);
  write_texts(json, "title", delivery.alert, alert_title);
  json.field("channel", delivery.channel)
      .field("state", kDeliveryStates[static_cast<std::size_t>(delivery.state)])
      .field("attempts", std::int64_t{delivery.attempts});
  write_time(json, "next",
             delivery.state == DeliveryState::kPending ? delivery.next : Time::never());
  write_time(json, "changed", delivery.changed);
  json.field("error", delivery.error);
}

JsonWriter begun(std::string_view kind) {
  JsonWriter json;
  json.begin_object().field("apiVersion", "sillar/v1").field("kind", kind);
  return json;
}

// A page of `items`, which stand in order.
template <typename Item>
Answer page_of(std::string_view kind, const std::vector<Item>& items, const PageAsked& page,
               void (*write)(JsonWriter&, const Item&)) {
  JsonWriter json = begun(kind);
  const std::size_t begin = std::min<std::size_t>(page.from, items.size());
  const std::size_t end = std::min(items.size(), begin + page.limit);
  json.key("items").begin_array();
  for (std::size_t i = begin; i < end; ++i) write(json, items[i]);
  json.end_array();
  write_next(json, end, items.size());
  json.end_object();
  return {200, json.take(), {}};
}

struct AlertsAsked {
  PageAsked page;
  std::string project;
  std::string channel;
  std::string state;  // Empty: any.
};

// Errors (kInvalidInput).
Result<AlertsAsked> asked_of(const Call& call, std::span<const std::string_view> states) {
  AlertsAsked asked;
  SILLAR_TRY(page, page_asked(call));
  asked.page = page;
  asked.project = call.query("project");
  asked.channel = call.query("channel");
  asked.state = call.query("state");
  if (!asked.state.empty() && std::ranges::find(states, asked.state) == states.end())
    return invalid(fmt::format("There is no state '{}' here.", asked.state));
  return asked;
}

bool may_see(const Caller& caller, const Alert& alert, const AlertsAsked& asked) {
  return within_subtree(alert.project, asked.project) &&
         caller.may(Action::kAlertView, alert.project) == Verdict::kAllowed;
}

Answer alerts_answer(const Alerts& alerts, const Caller& caller, const AlertsAsked& asked) {
  std::vector<const Alert*> shown;
  const auto wanted = [&](const Alert& alert) {
    return (asked.state.empty() || asked.state == state_word(alert.end)) &&
           may_see(caller, alert, asked);
  };
  for (const auto& [id, alert] : alerts.open())
    if (wanted(alert)) shown.push_back(&alert);
  std::ranges::sort(shown, [](const Alert* a, const Alert* b) {
    return std::pair(b->fired, a->id) < std::pair(a->fired, b->id);
  });
  for (const Alert& alert : alerts.ended() | std::views::reverse)
    if (wanted(alert)) shown.push_back(&alert);
  return page_of<const Alert*>(
      "AlertList", shown, asked.page,
      [](JsonWriter& json, const Alert* const& alert) { write_alert(json, *alert); });
}

Answer deliveries_answer(const Alerts& alerts, const Caller& caller, const AlertsAsked& asked) {
  std::vector<const Delivery*> shown;
  for (const auto& [number, delivery] : alerts.deliveries() | std::views::reverse)
    if ((asked.state.empty() ||
         asked.state == kDeliveryStates[static_cast<std::size_t>(delivery->state)]) &&
        (asked.channel.empty() || asked.channel == delivery->channel) &&
        may_see(caller, delivery->alert, asked))
      shown.push_back(delivery.get());
  return page_of<const Delivery*>("DeliveryList", shown, asked.page,
                                  [](JsonWriter& json, const Delivery* const& delivery) {
                                    json.begin_object();
                                    write_delivery_fields(json, *delivery);
                                    json.end_object();
                                  });
}

// How a channel has fared, of what is remembered.
struct ChannelStanding {
  std::int64_t pending = 0;
  std::int64_t dead = 0;
  Time delivered = Time::never();  // The last one that arrived.
  Time changed = Time{};
  std::string error;  // Of the last attempt; empty: it arrived.
};

Answer channels_answer(const Alerts& alerts, std::span<const AlertChannel> channels) {
  std::map<std::string_view, ChannelStanding> standings;
  for (const auto& [number, delivery] : alerts.deliveries()) {
    ChannelStanding& standing = standings[delivery->channel];
    standing.pending += delivery->state == DeliveryState::kPending ? 1 : 0;
    standing.dead += delivery->state == DeliveryState::kDead ? 1 : 0;
    const bool arrived = delivery->state == DeliveryState::kDelivered;
    if (arrived && (standing.delivered == Time::never() || standing.delivered < delivery->changed))
      standing.delivered = delivery->changed;
    if (delivery->attempts == 0 || delivery->changed < standing.changed) continue;
    standing.changed = delivery->changed;
    standing.error = delivery->error;
  }
  JsonWriter json = begun("AlertChannelList");
  json.key("items").begin_array();
  for (const AlertChannel& channel : channels) {
    const ChannelStanding& standing = standings[channel.name];
    json.begin_object()
        .field("name", channel.name)
        .field("channel_kind", channel_kind_name(channel.kind))
        .field("pending", standing.pending)
        .field("dead", standing.dead);
    write_time(json, "delivered", standing.delivered);
    json.field("error", standing.error).end_object();
  }
  json.end_array().field("forgotten", static_cast<std::int64_t>(alerts.forgotten())).end_object();
  return {200, json.take(), {}};
}

Answer no_delivery(std::string_view id) {
  return problem(404, "not-found", fmt::format("There is no delivery '{}'.", id));
}

Answer no_channel(std::string_view name) {
  return problem(404, "not-found", fmt::format("There is no channel '{}'.", name));
}

// Hands `then` the delivery that the path names, on the control thread, if there is one and the
// caller may do that to it; otherwise the call is answered, alike where there is none.
void with_delivery(Api& api, const std::shared_ptr<Call>& call, Action action,
                   std::function<void(const Delivery&, const Subject&)> then) {
  const std::string id(call->parameter("id"));
  auto found = std::make_shared<std::shared_ptr<const Delivery>>();
  Command command;
  command.urgency = Urgency::kRelease;
  command.act = [id, found](Core& core) {
    *found = core.parts().alerts.delivery(id);
    return Answer{};
  };
  command.answer = [&api, call, id, found, action, then = std::move(then)](Answer answer) {
    if (answer.status != 200) return call->reply(std::move(answer));
    if (*found == nullptr) return call->reply(no_delivery(id));
    const Subject subject{action, (*found)->alert.project, "delivery/" + id};
    if (api.permit(call, subject, no_delivery(id))) then(**found, subject);
  };
  if (!api.control().post(std::move(command))) call->reply(queue_is_full());
}

Alert test_of(const Core& core, const std::string& channel) {
  Alert alert;
  alert.subject = channel;
  alert.since = alert.fired = alert.ended = core.now();
  alert.end = AlertEnd::kAtOnce;
  alert.channels = {channel};
  alert.id = alert_id(core.parts().installation.name(), alert);
  return alert;
}

}  // namespace

void list_alerts(Api& api, const std::shared_ptr<Call>& call) {
  auto asked = asked_of(*call, kStates);
  if (!asked) return call->reply(problem(asked.error()));
  api.ask(call, [call, asked = *std::move(asked)](Core& core) {
    return alerts_answer(core.parts().alerts, call->caller(), asked);
  });
}

void list_deliveries(Api& api, const std::shared_ptr<Call>& call) {
  auto asked = asked_of(*call, kDeliveryStates);
  if (!asked) return call->reply(problem(asked.error()));
  api.ask(call, [call, asked = *std::move(asked)](Core& core) {
    return deliveries_answer(core.parts().alerts, call->caller(), asked);
  });
}

void get_delivery(Api& api, const std::shared_ptr<Call>& call) {
  with_delivery(api, call, Action::kAlertView, [call](const Delivery& delivery, const Subject&) {
    JsonWriter json = begun("Delivery");
    write_delivery_fields(json, delivery);
    json.end_object();
    call->reply({200, json.take(), {}});
  });
}

// Asking twice changes nothing more: one that waits or has arrived stays as it is.
void retry_delivery(Api& api, const std::shared_ptr<Call>& call) {
  with_delivery(api, call, Action::kAlertConfigure,
                [&api, call](const Delivery& delivery, const Subject& subject) {
                  api.mutate(call, Urgency::kRelease, subject,
                             [id = delivery.id](Core& core, const Caller&) -> Answer {
                               const auto found = core.parts().alerts.delivery(id);
                               if (found == nullptr) return no_delivery(id);
                               const bool dead = found->state == DeliveryState::kDead;
                               if (dead)
                                 core.record(PartId::kAlerts,
                                             Alerts::retried_record(id, core.now()));
                               return {202, accepted_json(id, dead), {}};
                             });
                });
}

void list_channels(Api& api, const std::shared_ptr<Call>& call) {
  if (!api.permit(call, {Action::kAlertView, {}, "channels"},
                  problem(404, "not-found", "There are no channels.")))
    return;
  api.ask(call, [channels = api.channels()](Core& core) {
    return channels_answer(core.parts().alerts, channels);
  });
}

void test_channel(Api& api, const std::shared_ptr<Call>& call) {
  const std::string name(call->parameter("name"));
  const Subject subject{Action::kAlertConfigure, {}, "channel/" + name};
  if (!api.permit(call, subject, no_channel(name))) return;
  if (find_channel(api.channels(), name) == nullptr) return call->reply(no_channel(name));
  api.mutate(call, Urgency::kRelease, subject, [name](Core& core, const Caller&) -> Answer {
    core.record(PartId::kAlerts, Alerts::fired_record(test_of(core, name)));
    const auto& delivery = core.parts().alerts.deliveries().rbegin()->second;
    JsonWriter json = begun("ChannelTest");
    json.field("channel", name).field("delivery", delivery->id).end_object();
    return {202, json.take(), {}};
  });
}

}  // namespace sillar::server
