#include "import/dstack.h"

#include <gtest/gtest.h>

#include "import/dstack_resources.h"
#include "import/import_fixture.h"

namespace sillar {
namespace {

Workload workload_of(const std::string& text) {
  const Result<Imported> imported = import_dstack("run.yaml", text, {});
  EXPECT_TRUE(imported) << text << imported.error().message;
  if (!imported) return {};
  EXPECT_EQ(complaints_about(*imported), "") << text;
  return imported->workloads.front();
}

std::string fault_of(const std::string& text) {
  const Result<Imported> imported = import_dstack("run.yaml", text, {});
  return imported ? "none" : imported.error().message;
}

TEST(Dstack, CommandsRunOneAfterTheOtherUntilOneFails) {
  EXPECT_EQ(workload_of("type: task\ncommands: [a, b]\n").run.script,
            "#!/bin/bash\nset -e\na\nb\n");
  EXPECT_EQ(workload_of("type: task\nshell: sh\nnodes: 2\nresources: {gpu: 4}\n"
                        "commands: ['echo $DSTACK_GPUS_NUM $DSTACK_NODE_RANK']\n")
                .run.script,
            "#!/bin/sh\nset -e\nexport DSTACK_GPUS_NUM=\"8\"\n"
            "export DSTACK_NODE_RANK=\"${SILLAR_TASK}\"\n"
            "echo $DSTACK_GPUS_NUM $DSTACK_NODE_RANK\n");
  EXPECT_EQ(workload_of("type: dev-environment\nide: vscode\n").run, Launch{});
}

TEST(Dstack, Ranges) {
  struct Case {
    std::string_view text;
    std::string_view least;
    std::string_view most;
    bool good;
  };
  for (const Case& c : std::to_array<Case>({
           {"2", "2", "2", true},
           {"2..8", "2", "8", true},
           {"2 .. 8", "2", "8", true},
           {"2..", "2", "", true},
           {"..8", "", "8", true},
           {"16GB..80GB", "16GB", "80GB", true},
           {"..", "", "", false},
           {"", "", "", false},
           {"1..2..3", "", "", false},
       })) {
    const auto range = dstack_range(c.text);
    ASSERT_EQ(range.has_value(), c.good) << c.text;
    if (!range) continue;
    EXPECT_EQ(range->least, c.least) << c.text;
    EXPECT_EQ(range->most, c.most) << c.text;
  }
}

TEST(Dstack, AcceleratorsInWords) {
  struct Case {
    std::string_view gpu;
    std::int32_t count;
    std::string_view classes;
  };
  for (const Case& c : std::to_array<Case>({
           {"A100", 1, "a100"},
           {"A100:2", 2, "a100"},
           {"A100:80GB", 1, "a100-80gb"},
           {"A100:80GB..:4", 4, "a100-80gb"},
           {"A100:40GB:4..8", 4, "a100"},
           {"H100,H200:8", 8, "h100,h200"},
           {"nvidia:80GB:2", 2, ""},
           {"amd:MI300X:8", 8, "mi300x"},
           {"24GB", 1, ""},
           {"..2", 2, ""},
       })) {
    const Workload w =
        workload_of(fmt::format("type: task\ncommands: [x]\nresources: {{gpu: '{}'}}\n", c.gpu));
    std::string classes;
    for (const std::string& name : w.request.classes)
      classes += (classes.empty() ? "" : ",") + name;
    EXPECT_EQ(w.request.accelerators, c.count) << c.gpu;
    EXPECT_EQ(classes, c.classes) << c.gpu;
  }
}

TEST(Dstack, WhatIsNoneIsRefusedWithItsPlace) {
  EXPECT_EQ(fault_of("name: x\n"), "run.yaml:1:1: the field 'type' is missing");
  EXPECT_EQ(fault_of("type: job\n"),
            "run.yaml:1:1: type: 'job' is not one of task, service, dev-environment");
  EXPECT_EQ(fault_of("type: fleet\n"),
            "run.yaml:1:1: there is neither a task nor a service nor a dev environment here");
  EXPECT_EQ(fault_of("type: task\ncommands: [x]\nresources: {gpu: 'A100:2:3'}\n"),
            "run.yaml:3:13: resources.gpu: 'A100:2:3' is not written as A100:80GB:2");
  EXPECT_EQ(fault_of("type: task\ncommands: [x]\nreplicas: ..\n"),
            "run.yaml:3:1: replicas: '..' is not a range such as 2..8");
}

}  // namespace
}  // namespace sillar
