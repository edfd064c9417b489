#include <optional>

#include "cli/progress.h"
#include "cli/recorder.h"
#include "cli/verbs.h"
#include "journal/restart.h"
#include "journal/sqlite_store.h"

namespace sillar::cli {
namespace {

const View& replay_view() {
  static const View kView{{ListView{"",
                                    {{"inputs", Message::kTitleInputs, Cell::kNumber},
                                     {"facts", Message::kTitleFacts, Cell::kNumber},
                                     {"snapshots", Message::kTitleSnapshots, Cell::kNumber},
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

// A journal has no lines.
Value line_or_null(std::size_t line) {
  return line == 0 ? Value{} : Value::plain(std::to_string(line));
}

Result<Replay> run(const Context& context, const std::string& folder, std::string_view text,
                   std::optional<RecordedStart> from) {
  Progress progress(context);
  ReplayOptions options;
  options.progress = [&](int thousandths) {
    progress.show(thousandths, context.say(Message::kReplaying));
  };
  options.snapshot_file = [&](const std::string& name) {
    return read_snapshot(context.io, folder, name);
  };
  if (!from) return replay(folder, text, options);
  return replay_from(std::move(from->start), folder, text.substr(from->offset), options);
}

// The last snapshot that inputs follow; a recording that came to its end has one behind them.
Result<std::optional<RecordedStart>> start_of_last(const Io& io, const std::string& folder,
                                                   std::string_view text) {
  const auto last = last_snapshot(text, Time::never());
  if (last && last->offset == text.size()) text = text.substr(0, last->begin());
  return start_from_snapshot(io, folder, text, Time::never());
}

Result<Replay> replay_journal(const Context& context, const std::string& folder) {
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kRead));
  SILLAR_TRY(journal, journal::Journal::open(std::move(store), journal::Access::kRead));
  Progress progress(context);
  return journal::replay(
      journal,
      context.arguments.has("last") ? journal::ReplayFrom::kLast : journal::ReplayFrom::kOldest,
      [&](int thousandths) { progress.show(thousandths, context.say(Message::kReplaying)); });
}

Result<Replay> replay_recording(const Context& context, const std::string& folder) {
  SILLAR_TRY(text, read_recording(context.io, folder));
  std::optional<RecordedStart> from;
  if (context.arguments.has("last")) {
    SILLAR_TRY(found, start_of_last(context.io, folder, text));
    from = std::move(found);
  }
  return run(context, folder, text, std::move(from));
}

Result<Exit> run_replay(Context& context) {
  const std::string& folder = context.arguments.operands().front();
  const Result<Replay> replayed = journal::holds_sqlite(folder) ? replay_journal(context, folder)
                                                                : replay_recording(context, folder);
  if (!replayed) return tl::unexpected(replayed.error());
  Value first = Value::sequence();
  for (const ReplayDifference& difference : replayed->first)
    first.items.push_back(Value::mapping()
                              .set("line", line_or_null(difference.line))
                              .set("input", Value::plain(std::to_string(difference.input)))
                              .set("recorded", text_or_null(difference.recorded))
                              .set("decided", text_or_null(difference.decided)));
  Value answer = answer_of_kind("Replay");
  answer.set("inputs", Value::plain(std::to_string(replayed->inputs)))
      .set("facts", Value::plain(std::to_string(replayed->facts)))
      .set("snapshots", Value::plain(std::to_string(replayed->snapshots)))
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
      .examples = {"replay philly", "replay philly --last -o json"},
      .operands = {{"DIR", Message::kOperandRecording, {}}},
      .flags = {{"last", "", Message::kFlagLast, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_replay,
  };
  return kVerb;
}

}  // namespace sillar::cli
