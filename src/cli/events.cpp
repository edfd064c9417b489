// events: what happens, as lines of JSON.

#include <fmt/format.h>

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> run_events(Context& context) {
  SILLAR_TRY(client, connect(context));
  std::string target = "/api/v1/events";
  if (context.arguments.has("project"))
    target += "?project=" + server::escape(context.arguments.text("project"));
  std::string last(context.arguments.text("after"));
  for (;;) {
    const Status heard = client.listen(target, last, [&](const server::ApiEvent* event) {
      if (event == nullptr) return context.io.out.failure() == 0;
      last = event->id;
      context.io.out.write(event->json + "\n");
      context.io.out.flush();
      return context.io.out.failure() == 0;
    });
    if (!heard) return tl::unexpected(heard.error());
    if (context.io.out.failure() != 0) return Exit::kOk;
  }
}

}  // namespace

const Verb& events_verb() {
  static const Verb kVerb{
      .name = "events",
      .summary = Message::kVerbEvents,
      .examples = {"events", "events --project acme --after 120.0"},
      .operands = {},
      .flags =
          [] {
            std::vector<Flag> flags{{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                    {"after", "ID", Message::kFlagAfterEvent, {}}};
            for (Flag& flag : server_flags()) flags.push_back(std::move(flag));
            return flags;
          }(),
      .formats = {},
      .run = run_events,
  };
  return kVerb;
}

}  // namespace sillar::cli
