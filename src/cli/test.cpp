#include "cli/model_files.h"
#include "cli/pricing.h"
#include "cli/verbs.h"
#include "engine/scenario_run.h"

namespace sillar::cli {
namespace {

const View& test_view() {
  static const View kView{{TableView{"scenarios",
                                     {{"file", Message::kTitleFile},
                                      {"result", Message::kTitleResult, Cell::kWord},
                                      {"differences", Message::kTitleFailures, Cell::kNumber}}},
                           TableView{"failures",
                                     {{"file", Message::kTitleFile},
                                      {"subject", Message::kTitleSubject},
                                      {"field", Message::kTitleField, Cell::kWord},
                                      {"expected", Message::kTitleExpected, Cell::kWord},
                                      {"got", Message::kTitleGot, Cell::kWord}}}}};
  return kView;
}

Result<Exit> run_test(Context& context) {
  Value scenarios = Value::sequence();
  Value failures = Value::sequence();
  std::int64_t failed = 0;
  for (const std::string& path : context.arguments.operands()) {
    SILLAR_TRY(scenario, read_scenario(context.io, path));
    SILLAR_TRY(tariffs, fleet_tariffs(context, scenario.fleet));
    SILLAR_TRY(outcome, run_scenario(scenario, std::move(tariffs)));
    const std::vector<FailedExpectation> differences = failed_expectations(scenario, outcome);
    if (!differences.empty()) ++failed;
    scenarios.items.push_back(
        Value::mapping()
            .set("file", Value::text(path))
            .set("result", Value::text(differences.empty() ? "ok" : "failed"))
            .set("differences", Value::plain(std::to_string(differences.size()))));
    for (const FailedExpectation& difference : differences)
      failures.items.push_back(Value::mapping()
                                   .set("file", Value::text(path))
                                   .set("subject", Value::text(difference.subject))
                                   .set("field", Value::text(difference.field))
                                   .set("expected", Value::text(difference.expected))
                                   .set("got", Value::text(difference.got)));
  }
  Value answer = answer_of_kind("ScenarioTest");
  answer.set("scenarios", std::move(scenarios));
  answer.set("failures", std::move(failures));
  context.print(answer, test_view());
  context.remark(
      context.say(Message::kTestsRun, {{"run", std::to_string(context.arguments.operands().size())},
                                       {"failed", std::to_string(failed)}}));
  return failed == 0 ? Exit::kOk : Exit::kFailure;
}

}  // namespace

const Verb& test_verb() {
  static const Verb kVerb{
      .name = "test",
      .summary = Message::kVerbTest,
      .examples = {"test examples/scenarios/first.yaml", "test tests/scenarios/*.yaml -o json"},
      .operands = {{"SCENARIO", Message::kOperandScenarios, {}, true, true}},
      .flags = {prices_flag()},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_test,
  };
  return kVerb;
}

}  // namespace sillar::cli
