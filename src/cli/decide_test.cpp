#include <gtest/gtest.h>

#include "cli/cli_fixture.h"

namespace sillar::cli {
namespace {

// One device, held by low/0; high asks for it.
constexpr const char* kScenario = R"(
options: {now: 2026-01-01T00:00:00Z}
fleet:
  nodes:
    - {name: n0, class: h100, accelerators: 1, accelerator_memory: 80Gi, cpu: 8, memory: 64Gi}
projects: [{name: a, quota: {h100: {deserved: 1}}}]
workloads:
  - {name: low, project: a, priority: 10, request: {accelerators: 1},
     submitted: 2025-12-31T23:00:00Z,
     tasks: [{name: low/0, state: Running, node: n0, devices: [0],
              started: 2025-12-31T23:30:00Z}]}
  - {name: high, project: a, priority: 90, request: {accelerators: 1},
     submitted: 2025-12-31T23:50:00Z}
expect: {tasks: {high/0: {state: Pending, reserved: {node: n0}}, low/0: {state: Stopping}}}
)";

TestProcess process(std::string scenario = kScenario) {
  TestProcess process;
  process.files["s.yaml"] = std::move(scenario);
  return process;
}

TEST(Decide, ShowsPlacesReasonsAndVictims) {
  const Outcome outcome = process().run({"decide", "s.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.out,
            "Tasks\n"
            "Task    State     Node  Devices  Promised  Its devices  Reason\n"
            "low/0   Stopping  n0    0        -         -            -\n"
            "high/0  Pending   -     -        n0        0            Room is promised; 1 tasks are "
            "stopping first.\n"
            "\n"
            "Evicted\n"
            "Task   For   GPU-seconds      Lost  Reason\n"
            "low/0  high        1,800  2.56 USD  Evicted: preempted by high of higher priority.\n");
}

TEST(Decide, JsonHasTheScenarioContract) {
  const Outcome outcome = process().run({"decide", "s.yaml", "-o", "json"});
  const auto document = parse_document("answer", outcome.out);
  ASSERT_TRUE(document.has_value()) << outcome.out;
  for (const char* key : {"rounds", "tasks", "victims", "facts"})
    EXPECT_NE(document->root.find(key), nullptr) << key;
  EXPECT_EQ(document->root.fields.size(), 4U);
}

TEST(Decide, AnInvalidScenarioIsRefusedWithItsLine) {
  const Outcome outcome =
      process("fleet: {nodes: [{name: n0, cpus: 1}]}").run({"decide", "s.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("s.yaml:1:"), std::string::npos);
}

TEST(Test, PassesWhenTheExpectationsCameTrue) {
  const Outcome outcome = process().run({"test", "s.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_EQ(outcome.out,
            "File    Result  Differences\n"
            "s.yaml  ok                0\n");
  EXPECT_EQ(outcome.err, "Scenarios: 1. Failed: 0.\n");
  EXPECT_EQ(process().run({"test", "s.yaml", "-q"}).err, "");
}

TEST(Test, FailsAndShowsEachDifference) {
  std::string scenario(kScenario);
  scenario.replace(scenario.find("state: Stopping"), 15, "state: Running");
  const Outcome outcome = process(scenario).run({"test", "s.yaml", "--lang", "es"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out,
            "Archivo  Resultado  Diferencias\n"
            "s.yaml   falló                1\n"
            "\n"
            "Archivo  De     Qué     Esperado      Resultó\n"
            "s.yaml   low/0  estado  En ejecución  Deteniéndose\n");
  EXPECT_EQ(outcome.err, "Escenarios: 1. Fallidos: 1.\n");
}

}  // namespace
}  // namespace sillar::cli
