#include "model/schema.h"

#include "cli/verbs.h"

namespace sillar::cli {
namespace {

Result<Exit> run_schema(Context& context) {
  context.io.out.write(json_schema(context.arguments.operands().front()));
  return Exit::kOk;
}

}  // namespace

const Verb& schema_verb() {
  static const Verb kVerb{
      .name = "schema",
      .summary = Message::kVerbSchema,
      .examples = {"schema scenario > scenario.schema.json", "schema fleet"},
      .operands = {{"KIND", Message::kOperandKind, {schema_kinds().begin(), schema_kinds().end()}}},
      .flags = {},
      .formats = {},
      .run = run_schema,
  };
  return kVerb;
}

}  // namespace sillar::cli
