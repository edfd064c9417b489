#include <gtest/gtest.h>

#include "cli/cli_fixture.h"
#include "cli/model_files.h"

namespace sillar::cli {
namespace {

const std::vector<std::string> kExamples{"examples/workloads/acme.yaml",
                                         "examples/projects/acme.yaml",
                                         "examples/fleets/two-sites.yaml"};

TEST(Validate, OrderOfFilesDoesNotMatter) {
  std::vector<std::string> words{"validate", "-o", "csv"};
  words.insert(words.end(), kExamples.begin(), kExamples.end());
  const Outcome outcome = run_words(words);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "file,kind,result,nodes,projects,workloads\n"
            "examples/workloads/acme.yaml,workloads,valid,,,14\n"
            "examples/projects/acme.yaml,projects,valid,,5,\n"
            "examples/fleets/two-sites.yaml,fleet,valid,9,,\n");
}

TEST(Validate, TheSmallFleetForTheOpenbTraceIsOne) {
  EXPECT_EQ(run_words({"validate", "examples/fleets/openb-corner.yaml", "-o", "csv"}).out,
            "file,kind,result,nodes,projects,workloads\n"
            "examples/fleets/openb-corner.yaml,fleet,valid,4,,\n");
}

TEST(Validate, WhatIsCheckedAgainstMayBeNamedByFlags) {
  const Outcome outcome = run_words(
      {"validate", "--fleet", kExamples[2], "--projects", kExamples[1], kExamples[0], "-o", "csv"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "file,kind,result,nodes,projects,workloads\n"
            "examples/workloads/acme.yaml,workloads,valid,,,14\n");
}

TEST(Validate, WhatIsMissingIsToldWithTheNextStep) {
  EXPECT_EQ(run_words({"validate", kExamples[0]}).err,
            "examples/workloads/acme.yaml: to be checked against a fleet; name its file too, or "
            "--fleet FILE.\n");
  EXPECT_EQ(run_words({"validate", kExamples[0], kExamples[2]}).err,
            "examples/workloads/acme.yaml: to be checked against projects; name their file too, or "
            "--projects FILE.\n");
  const Outcome twice = run_words({"validate", kExamples[2], kExamples[2]});
  EXPECT_EQ(twice.code, 2);
  EXPECT_NE(twice.err.find("a second fleet"), std::string::npos);
}

TEST(Validate, FaultsAreMessagesForPeopleAndDataForMachines) {
  TestProcess process;
  process.files["bad.yaml"] = "nodes:\n  - {name: n0, clas: h100}\n";
  const Outcome people = process.run({"validate", "bad.yaml"});
  EXPECT_EQ(people.code, 2);
  EXPECT_EQ(people.err, "bad.yaml:2:16: nodes[0]: unknown field 'clas'; did you mean 'class'?\n");
  EXPECT_EQ(people.out,
            "File      Kind   Result\n"
            "bad.yaml  fleet  invalid\n");
  const Outcome machine = process.run({"validate", "bad.yaml", "-o", "yaml"});
  EXPECT_EQ(machine.code, 2);
  EXPECT_EQ(machine.err, "");
  EXPECT_NE(machine.out.find("bad.yaml:2:16"), std::string::npos);
}

TEST(Validate, UnknownAndMalformedFilesAreInvalid) {
  TestProcess process;
  process.files["odd.yaml"] = "colour: red\n";
  process.files["broken.yaml"] = "a: [1\n";
  const Outcome outcome = process.run({"validate", "odd.yaml", "broken.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("odd.yaml: neither a scenario, a fleet"), std::string::npos);
  EXPECT_NE(outcome.err.find("broken.yaml:"), std::string::npos);
}

TEST(ModelFiles, AreToldApartByTheirKeys) {
  struct Case {
    const char* text;
    FileKind kind;
  };
  for (const Case& c :
       {Case{"fleet: {}", FileKind::kScenario}, Case{"nodes: []", FileKind::kFleet},
        Case{"projects: []", FileKind::kProjects}, Case{"workloads: []", FileKind::kWorkloads},
        Case{"projects: []\nworkloads: []", FileKind::kScenario},
        Case{"- {name: a, project: b}", FileKind::kWorkloads},
        Case{"- {name: a}", FileKind::kProjects}, Case{"- 1", FileKind::kUnknown},
        Case{"[]", FileKind::kUnknown}, Case{"text", FileKind::kUnknown}}) {
    const auto document = parse_document("test", c.text);
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(recognise(*document), c.kind) << c.text;
  }
}

}  // namespace
}  // namespace sillar::cli
