// alerts: what has fired, whether it arrived, and what to do where it did not.

#include <chrono>
#include <thread>

#include "cli/server_link.h"
#include "cli/translation.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr const char* kDeliveries = "/api/v1/alerts/deliveries";
// An attempt has time-outs of its own; others of its channel may come before it.
constexpr std::chrono::seconds kTestPatience{60};
// A delivery is not an event of the service: it is asked for until it has ended.
constexpr std::chrono::milliseconds kTestPause{50};

const View& alert_view() {
  static const View kView{{TableView{"items",
                                     {{"state", Message::kTitleState, Cell::kWord},
                                      {"severity", Message::kTitleSeverity, Cell::kWord},
                                      {"title", Message::kTitleAlert},
                                      {"project", Message::kTitleProject},
                                      {"fired", Message::kTitleFired},
                                      {"ended", Message::kTitleOver},
                                      {"rule", Message::kTitleOfRule},
                                      {"channels", Message::kTitleChannel}},
                                     Message::kNone,
                                     Message::kNoAlerts}}};
  return kView;
}

const View& delivery_view() {
  static const View kView{{TableView{"items",
                                     {{"id", Message::kTitleId},
                                      {"state", Message::kTitleState, Cell::kWord},
                                      {"channel", Message::kTitleChannel},
                                      {"title", Message::kTitleAlert},
                                      {"attempts", Message::kTitleAttempts, Cell::kNumber},
                                      {"next", Message::kTitleNextTry},
                                      {"error", Message::kTitleError}},
                                     Message::kNone,
                                     Message::kNoDeliveries}}};
  return kView;
}

const View& channel_view() {
  static const View kView{{TableView{"items",
                                     {{"name", Message::kTitleName},
                                      {"channel_kind", Message::kTitleKind},
                                      {"delivered", Message::kTitleArrived},
                                      {"pending", Message::kTitlePending, Cell::kNumber},
                                      {"dead", Message::kTitleDead, Cell::kNumber},
                                      {"error", Message::kTitleError}},
                                     Message::kNone,
                                     Message::kNoChannels}}};
  return kView;
}

std::string text_at(const Value& value, std::string_view path) {
  const Value* found = find_path(value, path);
  return found == nullptr ? std::string{} : found->scalar;
}

// Ids of all that is dead now.
Result<std::vector<std::string>> dead_ids(server::ApiClient& client) {
  std::vector<std::string> ids;
  for (std::string next;;) {
    std::string target = std::string(kDeliveries) + "?state=dead";
    if (!next.empty()) target += "&continue=" + next;
    SILLAR_TRY(page, client.get(target));
    for (const Value& item : page.root.find("items")->items) ids.push_back(text_at(item, "id"));
    next = text_at(page.root, "continue");
    if (next.empty()) return ids;
  }
}

Result<Exit> retry(const Context& context, server::ApiClient& client,
                   std::span<const std::string> names) {
  std::vector<std::string> ids(names.begin(), names.end());
  const bool all = context.arguments.has("all");
  if (ids.empty() != all) return fail(ErrorCode::kInvalidInput, context.say(Message::kRetryWhat));
  if (all) {
    SILLAR_TRY(dead, dead_ids(client));
    ids = std::move(dead);
  }
  std::int64_t count = 0;
  for (const std::string& id : ids) {
    const std::string target = std::string(kDeliveries) + "/" + server::escape(id) + "/retry";
    SILLAR_TRY(answer, client.post(target, {}, server::fresh_key()));
    count += text_at(answer.root, "changed") == "true" ? 1 : 0;
  }
  context.remark(context.say(Message::kRetried, {{"count", std::to_string(count)}}));
  return Exit::kOk;
}

Result<Exit> test(const Context& context, server::ApiClient& client,
                  std::span<const std::string> names) {
  if (names.size() != 1) return invalid(context.say(Message::kTestOne));
  const std::string target = "/api/v1/alerts/channels/" + server::escape(names[0]) + "/test";
  SILLAR_TRY(sent, client.post(target, {}, server::fresh_key()));
  const std::string delivery =
      std::string(kDeliveries) + "/" + server::escape(text_at(sent.root, "delivery"));
  const auto until = std::chrono::steady_clock::now() + kTestPatience;
  while (std::chrono::steady_clock::now() < until) {
    SILLAR_TRY(now, client.get(delivery));
    const std::string state = text_at(now.root, "state");
    if (state == "delivered") {
      context.remark(context.say(Message::kTestArrived, {{"channel", names[0]}}));
      return Exit::kOk;
    }
    if (state == "dead") {
      const std::string error = translate(text_at(now.root, "error"), context.locale.language);
      return fail(ErrorCode::kIo,
                  context.say(Message::kTestFailed, {{"channel", names[0]}, {"error", error}}));
    }
    std::this_thread::sleep_for(kTestPause);
  }
  context.remark(context.say(Message::kTestSlow));
  return Exit::kTimeout;
}

struct Listing {
  std::string target;
  const View& view;
};

Listing listing_of(const Context& context, std::string_view action) {
  if (action == "channels") return {"/api/v1/alerts/channels", channel_view()};
  if (action == "dead") {
    const std::string query = query_of(context, {"project", "channel", "limit"});
    return {std::string(kDeliveries) + query + (query.empty() ? "?" : "&") + "state=dead",
            delivery_view()};
  }
  if (action == "deliveries")
    return {kDeliveries + query_of(context, {"project", "state", "channel", "limit"}),
            delivery_view()};
  return {"/api/v1/alerts" + query_of(context, {"project", "state", "limit"}), alert_view()};
}

Result<Exit> run_alerts(Context& context) {
  const auto operands = context.arguments.operands();
  const std::string_view action = operands.empty() ? "list" : std::string_view(operands.front());
  const std::span<const std::string> names =
      operands.empty() ? std::span<const std::string>{} : std::span(operands).subspan(1);
  if (action != "retry" && action != "test" && !names.empty())
    return invalid(context.say(Message::kNoNamesHere, {{"action", action}}));
  SILLAR_TRY(client, connect(context));
  if (action == "retry") return retry(context, client, names);
  if (action == "test") return test(context, client, names);
  const Listing listing = listing_of(context, action);
  SILLAR_TRY(answer, client.get(listing.target));
  context.print(answer.root, listing.view);
  return Exit::kOk;
}

}  // namespace

const Verb& alerts_verb() {
  static const Verb kVerb{
      .name = "alerts",
      .summary = Message::kVerbAlerts,
      .examples = {"alerts", "alerts --state firing -p acme", "alerts channels",
                   "alerts test pager", "alerts dead -o json", "alerts retry --all"},
      .operands = {{"ACTION",
                    Message::kOperandAlertAction,
                    {"list", "deliveries", "dead", "channels", "retry", "test"},
                    false},
                   {"NAME", Message::kOperandAlertNames, {}, false, true}},
      .flags = with_server_flags({{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"state", "STATE", Message::kFlagAlertState, {}},
                                  {"channel", "NAME", Message::kFlagChannel, {}},
                                  {"limit", "N", Message::kFlagLimit, {}},
                                  {"all", "", Message::kFlagAllDead, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_alerts,
  };
  return kVerb;
}

}  // namespace sillar::cli
