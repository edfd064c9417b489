// acct: work that is over, with how it ended.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& view() {
  static const View kView{
      {TableView{"items",
                 {{"name", Message::kTitleName},
                  {"project", Message::kTitleProject},
                  {"owner", Message::kTitleOwner},
                  {"phase", Message::kTitlePhase, Cell::kWord},
                  {"exit_code", Message::kTitleExitCode, Cell::kNumber},
                  {"request.accelerators", Message::kTitleDevices, Cell::kNumber},
                  {"started", Message::kTitleStarted},
                  {"finished", Message::kTitleFinishedAt},
                  {"evictions", Message::kTitleEvictions, Cell::kNumber}},
                 Message::kNone,
                 Message::kNothingIsOver}}};
  return kView;
}

Result<Exit> run_acct(Context& context) {
  SILLAR_TRY(client, connect(context));
  std::string query = query_of(context, {"project", "owner", "limit"});
  query += query.empty() ? '?' : '&';
  SILLAR_TRY(answer, client.get("/api/v1/workloads" + query + "phase=Succeeded,Failed,Cancelled"));
  context.print(answer.root, view());
  return Exit::kOk;
}

}  // namespace

const Verb& acct_verb() {
  static const Verb kVerb{
      .name = "acct",
      .summary = Message::kVerbAcct,
      .examples = {"acct", "acct -p acme --owner ann -o csv"},
      .operands = {},
      .flags = with_server_flags({{"project", "PATH", Message::kFlagProject, {}, 'p'},
                                  {"owner", "NAME", Message::kFlagOwner, {}},
                                  {"limit", "N", Message::kFlagLimit, {}}}),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_acct,
  };
  return kVerb;
}

}  // namespace sillar::cli
