// whoami: as whom the service sees the caller.

#include "cli/server_link.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

const View& view() {
  static const View kView{{ListView{"",
                                    {{"name", Message::kTitleName},
                                     {"method", Message::kTitleMethod},
                                     {"os_user", Message::kTitleOsUser}}}}};
  return kView;
}

Result<Exit> run_whoami(Context& context) {
  SILLAR_TRY(client, connect(context));
  SILLAR_TRY(answer, client.get("/api/v1/whoami"));
  context.print(answer.root, view());
  return Exit::kOk;
}

}  // namespace

const Verb& whoami_verb() {
  static const Verb kVerb{
      .name = "whoami",
      .summary = Message::kVerbWhoami,
      .examples = {"whoami", "whoami -o json"},
      .operands = {},
      .flags = server_flags(),
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_whoami,
  };
  return kVerb;
}

}  // namespace sillar::cli
