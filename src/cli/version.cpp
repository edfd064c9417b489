#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> run_version(Context& context) {
  const BuildInfo info = build_info();
  Value answer = answer_of_kind("Version");
  answer.set("version", Value::text(info.version));
  answer.set("commit", Value::text(info.commit));
  answer.set("compiler", Value::text(info.compiler));
  answer.set("build", Value::text(info.build));
  static const View kView{{ListView{"",
                                    {{"version", Message::kTitleVersion},
                                     {"commit", Message::kTitleCommit},
                                     {"compiler", Message::kTitleCompiler},
                                     {"build", Message::kTitleBuild}}}}};
  context.print(answer, kView);
  return Exit::kOk;
}

}  // namespace

const Verb& version_verb() {
  static const Verb kVerb{
      .name = "version",
      .summary = Message::kVerbVersion,
      .examples = {"version", "version -o json"},
      .operands = {},
      .flags = {},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_version,
  };
  return kVerb;
}

}  // namespace sillar::cli
