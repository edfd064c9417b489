#include "import/skypilot.h"

#include <gtest/gtest.h>

#include "import/import.h"
#include "import/import_fixture.h"

namespace sillar {
namespace {

Workload workload_of(const std::string& text) {
  const Result<Imported> imported = import_skypilot("task.yaml", text, {});
  EXPECT_TRUE(imported) << text << imported.error().message;
  if (!imported) return {};
  EXPECT_EQ(complaints_about(*imported), "") << text;
  return imported->workloads.front();
}

std::string fault_of(const std::string& text) {
  const Result<Imported> imported = import_skypilot("task.yaml", text, {});
  return imported ? "none" : imported.error().message;
}

TEST(Skypilot, TheScriptHasSetupItsOwnShellAndTheToolsVariables) {
  EXPECT_EQ(workload_of("run: echo hi\n").run.script, "#!/bin/bash\necho hi\n");
  EXPECT_EQ(workload_of("num_nodes: 2\nresources: {accelerators: 'H100:8'}\n"
                        "setup: |\n  conda activate x\n  export A=1\n"
                        "run: |\n  ./run $SKYPILOT_NODE_RANK $SKYPILOT_NUM_GPUS_PER_NODE\n")
                .run.script,
            "#!/bin/bash\nexport SKYPILOT_NODE_RANK=\"${SILLAR_TASK}\"\n"
            "export SKYPILOT_NUM_GPUS_PER_NODE=\"8\"\n"
            "(\nconda activate x\nexport A=1\n\n) || exit\n"
            "./run $SKYPILOT_NODE_RANK $SKYPILOT_NUM_GPUS_PER_NODE\n");
  EXPECT_EQ(workload_of("resources: {cpus: 1}\nsetup: make\n").run, Launch{}) << "nothing to run";
}

TEST(Skypilot, AmountsOfANode) {
  struct Case {
    std::string_view stated;
    std::int64_t cpu;
    std::int64_t memory_mib;
  };
  for (const Case& c : std::to_array<Case>({
           {"cpus: 4", 4000, 0},
           {"cpus: 4+", 4000, 0},
           {"cpus: 0.5", 500, 0},
           {"cpus: '1.5+'", 1500, 0},
           {"memory: 32", 0, 32 << 10},
           {"memory: 32+", 0, 32 << 10},
           {"memory: 32gb+", 0, 32 << 10},
           {"memory: 512MB", 0, 512},
           {"memory: 0.5", 0, 512},
           {"memory: 1 TB", 0, 1 << 20},
       })) {
    const Workload w = workload_of(fmt::format("resources: {{{}}}\nrun: x\n", c.stated));
    EXPECT_EQ(w.request.cpu, c.cpu) << c.stated;
    EXPECT_EQ(w.request.memory_bytes, c.memory_mib << 20) << c.stated;
  }
}

TEST(Skypilot, WhatIsNoneIsRefusedWithItsPlace) {
  EXPECT_EQ(fault_of("run: x\nresources:\n  accelerators: A100:1.5\n"),
            "task.yaml:3:3: resources.accelerators: '1.5' is not a number of accelerators");
  EXPECT_EQ(fault_of("run: x\nresources: {infra: 'a b/c d'}\n"),
            "task.yaml:2:13: resources.infra: 'a b/c d' is not written as provider/region");
  EXPECT_EQ(fault_of("name: x\n---\nname: y\n---\n"), "none") << "a task that runs nothing";
  EXPECT_EQ(fault_of("- a\n"), "task.yaml:1:1: a mapping was expected");
  EXPECT_EQ(fault_of("a: 1\n"), "none") << "each field is optional; unknown ones are noted";
}

TEST(Skypilot, IsKnownByWhatOnlyItsTasksHold) {
  const auto source = [](std::string_view text) -> std::string {
    const auto found = recognise_source("f", text);
    return found ? std::string(source_name(*found)) : "none";
  };
  EXPECT_EQ(source("run: echo\n"), "skypilot");
  EXPECT_EQ(source("resources: {cpus: 2}\n"), "skypilot");
  EXPECT_EQ(source("name: p\n---\nrun: echo\n"), "skypilot");
  EXPECT_EQ(source("name: p\n"), "none");
  EXPECT_EQ(source("type: task\nresources: {cpu: 2}\n"), "dstack");
  EXPECT_EQ(source("type: somewhat\nrun: x\n"), "none");
  EXPECT_EQ(source("apiVersion: v1\nkind: Pod\n"), "kubernetes");
  EXPECT_EQ(source("name: ours\nproject: a\nrun: {command: [x]}\n"), "none");
}

TEST(Skypilot, OneNameIsUsedOnce) {
  const auto imported = import_skypilot("f", "name: a\nrun: x\n---\nname: a\nrun: y\n", {});
  ASSERT_TRUE(imported);
  ASSERT_EQ(imported->workloads.size(), 2U);
  EXPECT_EQ(imported->workloads[1].name, "a-2");
  EXPECT_EQ(imported->workloads[1].after.front().workload, "a");
}

}  // namespace
}  // namespace sillar
