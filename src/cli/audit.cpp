#include "server/audit.h"

#include "cli/translation.h"
#include "cli/verbs.h"
#include "engine/fact_text.h"
#include "server/audit_verify.h"
#include "server/encoding.h"

namespace sillar::cli {
namespace {

const View& audit_view() {
  static const View kView{{ListView{"",
                                    {{"leaves", Message::kTitleLeaves, Cell::kNumber},
                                     {"root", Message::kTitleRoot},
                                     {"checkpoints", Message::kTitleCheckpointsHeld, Cell::kNumber},
                                     {"not_archived", Message::kTitleNotArchived, Cell::kNumber},
                                     {"intact", Message::kTitleIntact, Cell::kWord},
                                     {"fault", Message::kTitleFault}}}}};
  return kView;
}

Value count_value(std::uint64_t count) {
  return number_value(static_cast<std::int64_t>(count));
}

Result<Exit> verify(const Context& context, const std::string& folder) {
  server::AuditQuestion question{folder, {}, {}};
  if (context.arguments.has("checkpoint")) {
    SILLAR_TRY(text, context.io.read(std::string(context.arguments.text("checkpoint")),
                                     server::kCheckpointBytesMax));
    question.checkpoint = std::move(text);
  }
  SILLAR_TRY(verdict, server::verify_audit(question));
  Value answer = answer_of_kind("AuditVerdict");
  answer.set("leaves", count_value(verdict.head.size))
      .set("root", Value::text(server::base64(server::bytes_of(verdict.head.root))))
      .set("checkpoints", count_value(verdict.checkpoints))
      .set("not_archived", count_value(verdict.in_journal))
      .set("intact", Value::plain(verdict.intact ? "true" : "false"))
      .set("leaf", verdict.leaf ? count_value(*verdict.leaf) : Value{})
      .set("fault", verdict.intact
                        ? Value{}
                        : Value::text(translate(verdict.fault, context.format == Format::kTable
                                                                   ? context.locale.language
                                                                   : Language::kEnglish)));
  context.print(answer, audit_view());
  return verdict.intact ? Exit::kOk : Exit::kFailure;
}

// As a note it is what others verify: nothing around it.
Result<Exit> print_checkpoint(const Context& context, const std::string& folder) {
  SILLAR_TRY(archive, journal::Archive::open(folder, journal::Access::kRead));
  SILLAR_TRY(text, server::newest_checkpoint(archive));
  if (context.format == Format::kTable) {
    context.io.out.write(text);
    return Exit::kOk;
  }
  SILLAR_TRY(checkpoint, server::read_checkpoint(text));
  Value answer = answer_of_kind("AuditCheckpoint");
  answer.set("origin", Value::text(checkpoint.origin))
      .set("leaves", count_value(checkpoint.head.size))
      .set("root", Value::text(server::base64(server::bytes_of(checkpoint.head.root))))
      .set("note", Value::text(text));
  context.print(answer, audit_view());
  return Exit::kOk;
}

Result<Exit> run_audit(Context& context) {
  const auto operands = context.arguments.operands();
  return operands[0] == "verify" ? verify(context, operands[1])
                                 : print_checkpoint(context, operands[1]);
}

}  // namespace

const Verb& audit_verb() {
  static const Verb kVerb{
      .name = "audit",
      .summary = Message::kVerbAudit,
      .examples = {"audit checkpoint data > checkpoint.txt",
                   "audit verify data --checkpoint checkpoint.txt", "audit verify data -o json"},
      .operands = {{"ACTION", Message::kOperandAuditAction, {"verify", "checkpoint"}},
                   {"DIR", Message::kOperandData, {}}},
      .flags = {{"checkpoint", "FILE", Message::kFlagCheckpoint, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_audit,
  };
  return kVerb;
}

}  // namespace sillar::cli
