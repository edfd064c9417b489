#include "cli/progress.h"
#include "cli/recorder.h"
#include "cli/verbs.h"
#include "engine/recording.h"

namespace sillar::cli {
namespace {

const View& replay_view() {
  static const View kView{{ListView{"",
                                    {{"inputs", Message::kTitleInputs, Cell::kNumber},
                                     {"facts", Message::kTitleFacts, Cell::kNumber},
                                     {"differences", Message::kTitleFailures, Cell::kNumber}}},
                           TableView{"first_differences",
                                     {{"line", Message::kTitleLine, Cell::kNumber},
                                      {"input", Message::kTitleInput, Cell::kNumber},
                                      {"recorded", Message::kTitleRecorded},
                                      {"decided", Message::kTitleDecided}},
                                     Message::kTitleFirstDifferences}}};
  return kView;
}

Value text_or_null(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line.empty() ? Value{} : Value::text(line);
}

Result<Exit> run_replay(Context& context) {
  const std::string& folder = context.arguments.operands().front();
  SILLAR_TRY(text, read_recording(context.io, folder));
  Result<Replay> replayed = [&] {
    Progress progress(context);
    return replay(folder, text, [&](int thousandths) {
      progress.show(thousandths, context.say(Message::kReplaying));
    });
  }();
  if (!replayed) return tl::unexpected(replayed.error());
  Value first = Value::sequence();
  for (const ReplayDifference& difference : replayed->first)
    first.items.push_back(Value::mapping()
                              .set("line", Value::plain(std::to_string(difference.line)))
                              .set("input", Value::plain(std::to_string(difference.input)))
                              .set("recorded", text_or_null(difference.recorded))
                              .set("decided", text_or_null(difference.decided)));
  Value answer = answer_of_kind("Replay");
  answer.set("inputs", Value::plain(std::to_string(replayed->inputs)))
      .set("facts", Value::plain(std::to_string(replayed->facts)))
      .set("differences", Value::plain(std::to_string(replayed->differences)))
      .set("first_differences", std::move(first));
  context.print(answer, replay_view());
  return replayed->differences == 0 ? Exit::kOk : Exit::kFailure;
}

}  // namespace

const Verb& replay_verb() {
  static const Verb kVerb{
      .name = "replay",
      .summary = Message::kVerbReplay,
      .examples = {"replay philly", "replay philly -o json"},
      .operands = {{"DIR", Message::kOperandRecording, {}}},
      .flags = {},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_replay,
  };
  return kVerb;
}

}  // namespace sillar::cli
