#include "journal/journal.h"

#include "cli/progress.h"
#include "cli/verbs.h"
#include "engine/fact_text.h"
#include "journal/sqlite_store.h"

namespace sillar::cli {
namespace {

using journal::Journal;
using journal::Mark;

const View& journal_view() {
  static const View kView{{ListView{"",
                                    {{"first_entry", Message::kTitleFirstEntry, Cell::kNumber},
                                     {"last_entry", Message::kTitleLastEntry, Cell::kNumber},
                                     {"entries", Message::kTitleEntries, Cell::kNumber},
                                     {"bytes", Message::kTitleBytes, Cell::kNumber},
                                     {"hash", Message::kTitleLastHash},
                                     {"intact", Message::kTitleIntact, Cell::kWord},
                                     {"fault", Message::kTitleFault}}},
                           TableView{"snapshots",
                                     {{"after_entry", Message::kTitleAfterEntry, Cell::kNumber},
                                      {"bytes", Message::kTitleBytes, Cell::kNumber},
                                      {"intact", Message::kTitleIntact, Cell::kWord},
                                      {"fault", Message::kTitleFault}},
                                     Message::kTitleSnapshots}}};
  return kView;
}

Value count_value(std::uint64_t count) {
  return number_value(static_cast<std::int64_t>(count));
}
Value truth(bool yes) {
  return Value::plain(yes ? "true" : "false");
}

Status verify(const Context& context, Journal& journal) {
  Progress progress(context);
  const Mark first = journal.first();
  const Mark last = journal.last();
  return journal.verify(first, last, [&](const Mark& at) {
    progress.show(static_cast<int>((at.seq - first.seq) * 1000 / (last.seq - first.seq)),
                  context.say(Message::kVerifying));
    return true;
  });
}

// All that are there; false in `intact` where one is damaged.
Result<Value> snapshot_values(Journal& journal, bool& intact) {
  Value list = Value::sequence();
  SILLAR_TRY(snapshots, journal.snapshots());
  for (const std::uint64_t seq : snapshots) {
    const auto kept = journal.snapshot(seq);
    intact = intact && kept.has_value();
    list.items.push_back(Value::mapping()
                             .set("after_entry", count_value(seq))
                             .set("bytes", kept ? count_value(kept->bytes.size()) : Value{})
                             .set("intact", truth(kept.has_value()))
                             .set("fault", kept ? Value{} : Value::text(kept.error().message)));
  }
  return list;
}

// `info` looks at the ends and the snapshots; `verify` at every entry, too.
Result<Exit> run_journal(Context& context) {
  const auto operands = context.arguments.operands();
  SILLAR_TRY(store, journal::open_sqlite(operands[1], journal::Access::kRead));
  SILLAR_TRY(journal, Journal::open(std::move(store), journal::Access::kRead));
  const Mark& first = journal.first();
  const Mark& last = journal.last();
  Value answer = answer_of_kind("Journal");
  answer.set("first_entry", last.seq > first.seq ? count_value(first.seq + 1) : Value{})
      .set("last_entry", last.seq > first.seq ? count_value(last.seq) : Value{})
      .set("entries", count_value(last.seq - first.seq))
      .set("bytes", count_value(last.bytes - first.bytes))
      .set("hash", Value::text(journal::hex(last.hash)));
  bool intact = true;
  if (operands[0] == "verify") {
    const Status verified = verify(context, journal);
    intact = verified.has_value();
    answer.set("intact", truth(intact))
        .set("fault", verified ? Value{} : Value::text(verified.error().message));
  }
  SILLAR_TRY(snapshots, snapshot_values(journal, intact));
  answer.set("snapshots", std::move(snapshots));
  context.print(answer, journal_view());
  return intact ? Exit::kOk : Exit::kFailure;
}

}  // namespace

const Verb& journal_verb() {
  static const Verb kVerb{
      .name = "journal",
      .summary = Message::kVerbJournal,
      .examples = {"journal info philly", "journal verify philly -o json"},
      .operands = {{"ACTION", Message::kOperandJournalAction, {"info", "verify"}},
                   {"DIR", Message::kOperandJournal, {}}},
      .flags = {},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_journal,
  };
  return kVerb;
}

}  // namespace sillar::cli
