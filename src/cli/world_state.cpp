#include "cli/world_state.h"

#include <fmt/format.h>

#include "base/check.h"
#include "cli/model_files.h"
#include "cli/pricing.h"
#include "cli/progress.h"
#include "cli/recorder.h"
#include "cli/translation.h"
#include "engine/scenario_run.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kInputStart = "{\"input\":";

Result<State> state_of_scenario(const Context& context) {
  SILLAR_TRY(scenario, read_scenario(context.io, std::string(context.arguments.text("scenario"))));
  SILLAR_TRY(tariffs, fleet_tariffs(context, scenario.fleet));
  SILLAR_TRY(outcome, run_scenario(scenario, std::move(tariffs)));
  return std::move(outcome.state);
}

// The last snapshot before the moment that is asked about that can be used, or the beginning. Only
// the first that cannot is spoken of: where one is missing, most are.
RecordedStart nearest_start(const Context& context, const std::string& folder,
                            std::string_view text, Time until) {
  bool told = false;
  for (;;) {
    auto found = start_from_snapshot(context.io, folder, text, until);
    if (found) return *found ? std::move(**found) : RecordedStart{};
    if (!told)
      context.remark(
          context.say(Message::kSnapshotUnusable,
                      {{"error", translate(found.error().message, context.locale.language)}}));
    told = true;
    const auto unusable = last_snapshot(text, until);
    CHECK(unusable, "an error is about a snapshot");
    text = text.substr(0, unusable->begin());
  }
}

Result<State> state_of_recording(const Context& context) {
  const std::string folder(context.arguments.text("recording"));
  SILLAR_TRY(text, read_recording(context.io, folder));
  Time until = Time::never();
  if (context.arguments.has("at")) {
    const Result<Time> at = parse_time(context.arguments.text("at"));
    if (!at) return tl::unexpected(at.error().within("--at"));
    until = *at;
  }
  RecordedStart from = nearest_start(context, folder, text, until);
  std::string_view part = std::string_view(text).substr(from.offset);
  if (until != Time::never()) {
    SILLAR_TRY(early, recording_until(folder, part, until));
    part = early;
  }
  if (from.offset == 0 && part.empty() && !text.empty())
    return invalid(fmt::format("{}: begins after {}", folder, format_time(until)));
  Progress progress(context);
  ReplayOptions options;
  options.progress = [&](int thousandths) {
    progress.show(thousandths, context.say(Message::kReplaying));
  };
  SILLAR_TRY(replayed, replay_from(std::move(from.start), folder, part, options));
  if (replayed.differences > 0)
    context.remark(context.say(Message::kRecordingDiffers,
                               {{"differences", std::to_string(replayed.differences)}}));
  return std::move(replayed.state);
}

}  // namespace

std::vector<Flag> state_flags() {
  return {{"scenario", "FILE", Message::kFlagScenario, {}},
          {"recording", "DIR", Message::kFlagRecording, {}},
          {"at", "TIME", Message::kFlagAt, {}},
          prices_flag()};
}

Result<State> read_state(const Context& context) {
  const bool scenario = context.arguments.has("scenario");
  if (scenario == context.arguments.has("recording"))
    return invalid(context.say(Message::kOneState));
  if (scenario && context.arguments.has("at")) return invalid(context.say(Message::kAtOfRecording));
  if (!scenario && context.arguments.has("prices"))
    return invalid(context.say(Message::kPricesOfScenario));
  return scenario ? state_of_scenario(context) : state_of_recording(context);
}

Result<std::string_view> recording_until(const std::string& name, std::string_view text,
                                         Time until) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(kInputStart)) {
      SILLAR_TRY(document, parse_document(name, line));
      const Value* input = document.root.find("input");
      const Value* when = input == nullptr ? nullptr : input->find("at");
      if (when == nullptr) return invalid(fmt::format("{}: an input has no time", name));
      SILLAR_TRY(time, parse_time(when->scalar));
      if (time > until) break;
    }
    at = std::min(end + 1, text.size());
  }
  return text.substr(0, at);
}

}  // namespace sillar::cli
