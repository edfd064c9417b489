// events: what has happened, and with -w what happens from now on, as lines.

#include <fmt/format.h>

#include "cli/server_link.h"
#include "cli/verbs.h"
#include "server/event_follower.h"

namespace sillar::cli {
namespace {

std::string text_at(const Value& event, std::string_view path, const Context& context) {
  const Value* found = find_path(event, path);
  return found == nullptr ? std::string{} : show_cell(found, Cell::kText, context.locale);
}

// For people: when, what, to whom, where, why.
std::string line_of(const Context& context, const server::ApiEvent& event) {
  const auto document = parse_document("event", event.json);
  if (!document) return event.json;
  const Value& about = document->root;
  std::string whom = text_at(about, "task", context);
  if (whom.empty()) whom = text_at(about, "workload", context);
  if (whom.empty()) whom = text_at(about, "node", context);
  std::string line = fmt::format(
      "{:<12} {:<20} {:<28} {:<16} {}", event.id, say_word(event.kind, context.locale.language),
      whom, text_at(about, "place.node", context), text_at(about, "reason.text", context));
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// One event on a line of its own, out at once. False: nobody reads any more.
bool print_event(const Context& context, const server::ApiEvent& event) {
  if (event.kind == "joined") return true;
  context.io.out.write((context.format == Format::kTable ? line_of(context, event) : event.json) +
                       "\n");
  context.io.out.flush();
  return context.io.out.failure() == 0;
}

Result<Exit> run_events(Context& context) {
  SILLAR_TRY(client, connect(context));
  server::FollowOptions options;
  options.target = "/api/v1/events" + query_of(context, {"project", "workload"});
  options.after = context.arguments.text("after");
  const auto use = [&](const server::ApiEvent* event) {
    if (event == nullptr) return context.io.out.failure() == 0;
    return print_event(context, *event);
  };
  if (!context.arguments.has("watch")) {
    options.target += options.target.find('?') == std::string::npos ? "?once=true" : "&once=true";
    bool gap = false;
    SILLAR_TRY_STATUS(client.listen(options.target, options.after, [&](const auto* event) {
      gap = gap || (event != nullptr && event->kind == "gap");
      return !gap && use(event);
    }));
    if (gap) context.remark(context.say(Message::kEventsForgotten));
    return gap ? Exit::kPartial : Exit::kOk;
  }
  options.wait = [](Duration pause) {
    pause_for(pause);
    return true;
  };
  options.lost = [&](const Error& error) {
    context.remark(context.say(Message::kConnectionLost, {{"error", error.message}}));
  };
  SILLAR_TRY(followed, server::follow_events(client, options, use));
  if (followed == server::Followed::kGap) context.remark(context.say(Message::kEventsForgotten));
  return followed == server::Followed::kGap ? Exit::kPartial : Exit::kOk;
}

}  // namespace

const Verb& events_verb() {
  static const Verb kVerb{
      .name = "events",
      .summary = Message::kVerbEvents,
      .examples = {"events --workload train-7 -o table", "events -w",
                   "events -w --project acme --after 120.0"},
      .operands = {},
      .flags = with_server_flags({{"watch", "", Message::kFlagWatch, {}, 'w'},
                                  {"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"workload", "NAME", Message::kFlagWorkload, {}},
                                  {"after", "ID", Message::kFlagAfterEvent, {}}}),
      .formats = {Format::kJson, Format::kTable},
      .run = run_events,
  };
  return kVerb;
}

}  // namespace sillar::cli
