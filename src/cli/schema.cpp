#include "model/schema.h"

#include "cli/verbs.h"
#include "server/openapi.h"

namespace sillar::cli {
namespace {

// Of files, their JSON Schema; of the service's API, its OpenAPI document.
constexpr std::string_view kApi = "api";

Result<Exit> run_schema(Context& context) {
  const std::string_view kind = context.arguments.operands().front();
  context.io.out.write(kind == kApi ? server::openapi_document() : json_schema(kind));
  return Exit::kOk;
}

std::vector<std::string_view> all_kinds() {
  std::vector<std::string_view> kinds{schema_kinds().begin(), schema_kinds().end()};
  kinds.push_back(kApi);
  return kinds;
}

}  // namespace

const Verb& schema_verb() {
  static const Verb kVerb{
      .name = "schema",
      .summary = Message::kVerbSchema,
      .examples = {"schema scenario > scenario.schema.json", "schema fleet",
                   "schema api > openapi.json"},
      .operands = {{"KIND", Message::kOperandKind, all_kinds()}},
      .flags = {},
      .formats = {},
      .run = run_schema,
  };
  return kVerb;
}

}  // namespace sillar::cli
