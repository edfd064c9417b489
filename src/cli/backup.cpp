// backup and restore: a data folder kept elsewhere, and a control plane made of what was kept.

#include "server/backup.h"

#include "cli/serving.h"
#include "cli/verbs.h"
#include "engine/fact_text.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kDataDefault = "sillar-data";

std::string data_folder(const Context& context) {
  return std::string(context.arguments.has("data") ? context.arguments.text("data") : kDataDefault);
}

Value count_value(std::uint64_t count) {
  return number_value(static_cast<std::int64_t>(count));
}

const View& view() {
  static const View kView{{ListView{"",
                                    {{"folder", Message::kTitleFolder},
                                     {"entries", Message::kTitleEntries, Cell::kNumber},
                                     {"leaves", Message::kTitleLeaves, Cell::kNumber},
                                     {"held", Message::kTitleHeldWorkloads, Cell::kNumber},
                                     {"stopped", Message::kTitleTakenBack, Cell::kNumber},
                                     {"intact", Message::kTitleIntact, Cell::kWord}}}}};
  return kView;
}

Value answer_of(std::string_view kind, const std::string& folder,
                const server::BackupReport& report) {
  Value answer = answer_of_kind(kind);
  answer.set("folder", Value::text(folder))
      .set("entries", count_value(report.entries))
      .set("leaves", count_value(report.leaves))
      .set("intact", Value::plain("true"));
  return answer;
}

Result<Exit> run_backup(Context& context) {
  const std::string& folder = context.arguments.operands().front();
  SILLAR_TRY(report, server::back_up(data_folder(context), folder));
  context.print(answer_of("Backup", folder, report), view());
  return Exit::kOk;
}

Result<Exit> run_restore(Context& context) {
  const std::string folder = data_folder(context);
  SILLAR_TRY(report,
             server::restore_backup(context.arguments.operands().front(), folder, wall_clock));
  Value answer = answer_of("Restore", folder, report);
  answer.set("held", count_value(report.held)).set("stopped", count_value(report.stopped));
  context.print(answer, view());
  if (report.held > 0) context.remark(context.say(Message::kRestoredIsHeld));
  return Exit::kOk;
}

}  // namespace

const Verb& backup_verb() {
  static const Verb kVerb{
      .name = "backup",
      .summary = Message::kVerbBackup,
      .examples = {"backup /backups/sillar-monday --data /var/lib/sillar"},
      .operands = {{"DIR", Message::kOperandBackup, {}}},
      .flags = {{"data", "DIR", Message::kFlagBackupData, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_backup,
  };
  return kVerb;
}

const Verb& restore_verb() {
  static const Verb kVerb{
      .name = "restore",
      .summary = Message::kVerbRestore,
      .examples = {"restore /backups/sillar-monday --data /var/lib/sillar-again"},
      .operands = {{"DIR", Message::kOperandRestored, {}}},
      .flags = {{"data", "DIR", Message::kFlagRestoreData, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_restore,
  };
  return kVerb;
}

}  // namespace sillar::cli
