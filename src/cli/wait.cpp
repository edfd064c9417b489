// wait: until a workload is in a phase, or nothing can bring it there any more.

#include <algorithm>
#include <array>
#include <optional>

#include "cli/server_link.h"
#include "cli/verbs.h"
#include "server/event_follower.h"

namespace sillar::cli {
namespace {

constexpr std::array<std::string_view, 3> kLast{"Succeeded", "Failed", "Cancelled"};

bool is_among(std::string_view phase, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == phase) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

Result<std::string> phase_of(server::ApiClient& client, const std::string& target) {
  SILLAR_TRY(answer, client.get(target));
  const Value* phase = answer.root.find("phase");
  return phase == nullptr ? std::string{} : phase->scalar;
}

// What is waited for, and what has become of it.
struct Wait {
  std::string target;
  std::string wanted;
  Result<std::string> phase = std::string{};
  std::optional<Exit> over = std::nullopt;

  void look(server::ApiClient& client) {
    phase = phase_of(client, target);
    if (!phase && phase.error().code == ErrorCode::kIo) return;  // The listener sees to it.
    if (!phase)
      over = Exit::kFailure;
    else if (is_among(*phase, wanted))
      over = Exit::kOk;
    else if (std::ranges::count(kLast, *phase) > 0)
      over = Exit::kFailure;
  }
};

Result<Duration> timeout_of(const Context& context) {
  const std::string_view text = context.arguments.text("timeout");
  if (text.empty()) return Duration{};
  const auto timeout = parse_duration(text);
  if (!timeout || timeout->ns <= 0)
    return invalid(context.say(Message::kNotADuration, {{"flag", "--timeout"}, {"value", text}}));
  return *timeout;
}

Result<Exit> run_wait(Context& context) {
  const std::string& name = context.arguments.operands().front();
  SILLAR_TRY(timeout, timeout_of(context));
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(listener, connect(context));
  const bool any_end = !context.arguments.has("for");
  Wait wait{"/api/v1/workloads/" + server::escape(name),
            any_end ? "Succeeded,Failed,Cancelled" : std::string(context.arguments.text("for"))};
  const Duration began = context.io.clock ? context.io.clock() : Duration{};
  const auto late = [&] {
    return timeout.ns > 0 && context.io.clock && context.io.clock() - began >= timeout;
  };
  wait.look(client);
  server::FollowOptions options;
  options.target = "/api/v1/events?workload=" + server::escape(name);
  options.wait = [&](Duration pause) {
    pause_for(pause);
    return !late();
  };
  while (!wait.over && !late()) {
    SILLAR_TRY(followed,
               server::follow_events(listener, options, [&](const server::ApiEvent* event) {
                 if (event != nullptr) wait.look(client);
                 return !wait.over && !late();
               }));
    if (followed == server::Followed::kGap) wait.look(client);
  }
  if (!wait.over) {
    context.remark(context.say(Message::kWaitedTooLong, {{"name", name}}));
    return Exit::kTimeout;
  }
  if (!wait.phase) return tl::unexpected(wait.phase.error());
  context.io.out.write(*wait.phase + "\n");
  return *wait.over;
}

}  // namespace

const Verb& wait_verb() {
  static const Verb kVerb{
      .name = "wait",
      .summary = Message::kVerbWait,
      .examples = {"wait train-7", "wait train-7 --for Running --timeout 10m",
                   "wait train-7 --for Succeeded"},
      .operands = {{"NAME", Message::kOperandWorkloadName, {}}},
      .flags = with_server_flags({{"for", "PHASES", Message::kFlagFor, {}},
                                  {"timeout", "TIME", Message::kFlagTimeout, {}}}),
      .formats = {},
      .run = run_wait,
  };
  return kVerb;
}

}  // namespace sillar::cli
