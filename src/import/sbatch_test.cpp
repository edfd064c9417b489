#include "import/sbatch.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <array>

#include "import/import_fixture.h"

namespace sillar {
namespace {

// A script of these options, one a line.
Result<Imported> import_options(std::string_view options, const ImportOptions& how = {}) {
  std::string text = "#!/bin/sh\n";
  while (!options.empty()) {
    const std::string_view line = options.substr(0, options.find('\n'));
    options.remove_prefix(std::min(line.size() + 1, options.size()));
    text += fmt::format("#SBATCH {}\n", line);
  }
  return import_sbatch("job", text + "true\n", how);
}

Workload workload_of(std::string_view options) {
  const Result<Imported> imported = import_options(options);
  EXPECT_TRUE(imported) << options << ": " << imported.error().message;
  if (!imported) return {};
  EXPECT_EQ(complaints_about(*imported), "") << options;
  return imported->workloads.front();
}

std::string fault_of(std::string_view options) {
  const Result<Imported> imported = import_options(options);
  return imported ? "none" : imported.error().message;
}

TEST(Sbatch, TimesHaveSixFormsAndNone) {
  struct Case {
    std::string_view text;
    Duration limit;
  };
  for (const auto& [text, limit] :
       std::to_array<Case>({{"90", Duration::minutes(90)},
                            {"90:30", Duration::seconds(90 * 60 + 30)},
                            {"1:30:00", Duration::minutes(90)},
                            {"2-12", Duration::hours(60)},
                            {"2-12:30", Duration::minutes(60 * 60 + 30)},
                            {"1-00:00:01", Duration::seconds(86'401)},
                            {"0", Duration{}},
                            {"UNLIMITED", Duration{}},
                            {"infinite", Duration{}}}))
    EXPECT_EQ(workload_of(fmt::format("--time={}", text)).limit, limit) << text;
  for (std::string_view text : {"", "soon", "1:2:3:4", "1-2:3:4:5", "-5", "1-", "99999999999999"})
    EXPECT_EQ(fault_of(fmt::format("--time={}", text)),
              fmt::format("job:2:9: --time: '{}' is not a time such as 90, 1:30:00 or 2-12", text));
}

TEST(Sbatch, OptionsAreReadAsSbatchReadsThem) {
  // Short forms with and without a blank, shortened long names, quotes, comments.
  const Workload w = workload_of("-N2 -J \"a b\" --gpus-per-n 4 # --time=1\n-t 5 --mem='3G'");
  EXPECT_EQ(w.gang_min, 2);
  EXPECT_EQ(w.name, "a-b");
  EXPECT_EQ(w.request.accelerators, 4);
  EXPECT_EQ(w.limit, Duration::minutes(5));
  EXPECT_EQ(w.request.memory_bytes, std::int64_t{3} << 30);
  // The last of equal options counts.
  EXPECT_EQ(workload_of("--time=5\n-t 7").limit, Duration::minutes(7));
  EXPECT_EQ(fault_of("--job-name=\"open"), "job:2:1: #SBATCH: a quote is not closed");
  EXPECT_EQ(fault_of("--mem"), "job:2:9: --mem: a value is missing");
}

TEST(Sbatch, OptionsAfterTheFirstCommandDoNotCount) {
  const auto imported =
      import_sbatch("job", "#!/bin/sh\n\n# Words.\n#SBATCH -t 5\ntrue\n#SBATCH -N 4\n", {});
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->workloads[0].gang_max, 1);
  EXPECT_EQ(imported->workloads[0].limit, Duration::minutes(5));
  EXPECT_EQ(imported->notes.back().line, 6);
  EXPECT_EQ(imported->notes.back().outcome(), Outcome::kIgnored);
  EXPECT_EQ(note_text(imported->notes.back(), Language::kEnglish),
            "It stands after the first command, where Slurm does not read it.");
}

TEST(Sbatch, DevicesAreCountedOnOneNode) {
  struct Case {
    std::string_view options;
    std::int32_t nodes;
    std::int32_t devices;
    std::string_view classes;
  };
  for (const Case& c :
       std::to_array<Case>({{"--gres=gpu:2", 1, 2, ""},
                            {"--gres=gpu", 1, 1, ""},
                            {"--gres=gpu:A100:4 -N 2", 2, 4, "a100"},
                            {"-G 8 -N 2", 2, 4, ""},
                            {"-G h100:2", 1, 2, "h100"},
                            {"-G 8 --gpus-per-node=4", 2, 4, ""},
                            {"-G 16 --gpus-per-task=2 -N 4", 4, 4, ""},
                            {"-n 4 --gpus-per-task=l4:1", 1, 4, "l4"},
                            {"-n 8 --ntasks-per-node=4 --gpus-per-task=1", 2, 4, ""},
                            {"--tres-per-task=cpu:4,gres/gpu:2", 1, 2, ""},
                            {"--gres=gpu:nvidia_h100_80gb_hbm3:1", 1, 1, "h100"},
                            {"-G 20", 3, 8, ""},
                            {"--gres=none", 1, 0, ""}})) {
    const Workload w = workload_of(c.options);
    EXPECT_EQ(w.gang_max, c.nodes) << c.options;
    EXPECT_EQ(w.request.accelerators, c.devices) << c.options;
    EXPECT_EQ(fmt::format("{}", fmt::join(w.request.classes, ",")), c.classes) << c.options;
  }
  EXPECT_EQ(workload_of("--gres=gpu:a100_3g.20gb:1").request.mig, "3g.20gb");
  EXPECT_EQ(workload_of("--gres=mps:50").request.fraction, 500);
  EXPECT_EQ(fault_of("--gres=gpu:17"), "job:2:9: --gres: 17 devices on one node are more than 16");
  EXPECT_EQ(fault_of("--gpus=two"),
            "job:2:9: --gpus: 'two' is not a number of devices such as 2 or a100:2");
}

TEST(Sbatch, CoresAndMemoryAreThoseOfANode) {
  const Workload w = workload_of("-N 2 --ntasks-per-node=4 -c 3 --mem-per-cpu=1G");
  EXPECT_EQ(w.request.cpu, 12'000);
  EXPECT_EQ(w.request.memory_bytes, std::int64_t{12} << 30);
  EXPECT_EQ(workload_of("--mem=500").request.memory_bytes, std::int64_t{500} << 20);
  EXPECT_EQ(workload_of("--mem=16GB").request.memory_bytes, std::int64_t{16} << 30);
  EXPECT_EQ(workload_of("--mem=2048K").request.memory_bytes, std::int64_t{2} << 20);
  EXPECT_EQ(workload_of("--mem=0").request.memory_bytes, 0);
  EXPECT_EQ(fault_of("--mem=1.5G"),
            "job:2:9: --mem: '1.5G' is not an amount of memory such as 16G");
}

TEST(Sbatch, ArraysKeepTheirIndicesAndBound) {
  const Workload w = workload_of("--array=0-6:3,8,8%2");
  EXPECT_EQ(w.array, (std::vector<std::int32_t>{0, 3, 6, 8}));
  EXPECT_EQ(w.array_at_most, 2);
  EXPECT_EQ(w.gang_min, 1);
  EXPECT_EQ(w.gang_max, 4);
  for (std::string_view bad : {"5-3", "a", "0-5:0", "70000", "1%x", ""})
    EXPECT_NE(fault_of(fmt::format("--array={}", bad)).find("is not an array such as 0-15%4"),
              std::string::npos)
        << bad;
  // Of jobs on several nodes each index is a workload.
  const auto copies = import_options("--array=1-3 -N 2 -J x");
  ASSERT_TRUE(copies);
  ASSERT_EQ(copies->workloads.size(), 3U);
  EXPECT_EQ(copies->workloads[2].name, "x-3");
  EXPECT_EQ(copies->workloads[2].run.environment.front().second, "3");
}

TEST(Sbatch, SignalsAndFiles) {
  const Workload w = workload_of("--signal=B:USR1@120 -o out/%A_%3a.%N -e /tmp/%j.err");
  EXPECT_EQ(w.run.checkpoint_signal, "USR1");
  EXPECT_EQ(w.run.grace, Duration::minutes(2));
  EXPECT_EQ(w.run.output, "out/%j_%a.%t");
  EXPECT_EQ(w.run.error, "/tmp/%j.err");
  EXPECT_EQ(workload_of("--signal=10").run.checkpoint_signal, "USR1");
  EXPECT_EQ(workload_of("--signal=SIGTERM").run.grace, Duration::minutes(1));
  EXPECT_EQ(fault_of("--signal=KILL@5"),
            "job:2:9: --signal: 'KILL@5' is not a signal such as B:USR1@120");
}

TEST(Sbatch, VariablesOfSlurmAreSetWhereTheyCanBe) {
  const auto imported = import_sbatch("job",
                                      "#!/bin/bash\n#SBATCH -a 1-4\n"
                                      "# $SLURM_JOB_NAME\n./a $SLURM_ARRAY_TASK_ID\n",
                                      {});
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->workloads[0].run.script,
            "#!/bin/bash\nexport SLURM_ARRAY_TASK_ID=\"${SILLAR_ARRAY_INDEX}\"\n#SBATCH -a 1-4\n"
            "# $SLURM_JOB_NAME\n./a $SLURM_ARRAY_TASK_ID\n");
  // Only shells take such a line.
  const auto python = import_sbatch("job", "#!/usr/bin/python3\nx = 'SLURM_JOB_ID'\n", {});
  ASSERT_TRUE(python);
  EXPECT_EQ(python->workloads[0].run.script, "#!/usr/bin/python3\nx = 'SLURM_JOB_ID'\n");
  EXPECT_EQ(python->notes.back().code, NoteCode::kVariableOfTool);
}

TEST(Sbatch, ProjectComesFromTheOptionThenTheAccount) {
  EXPECT_EQ(import_options("-A acme/vision")->workloads[0].project, "acme/vision");
  EXPECT_EQ(import_options("-A acme/vision", {"other", ""})->workloads[0].project, "other");
  EXPECT_EQ(import_options("", {"", "sweep"})->workloads[0].name, "sweep");
}

TEST(Sbatch, WhatSbatchRefusesIsRefused) {
  EXPECT_EQ(import_sbatch("job", "echo\n", {}).error().message,
            "job:1:1: a batch script begins with #! and the path of what runs it");
  EXPECT_EQ(import_sbatch("job", "#!/bin/sh\r\ntrue\r\n", {}).error().message,
            "job:1:10: lines end as on DOS, which no shell reads");
  EXPECT_EQ(import_sbatch("job", "#!/bin/sh\n\x01\n", {}).error().message,
            "job:2:1: control character 0x01");
  EXPECT_EQ(import_sbatch("job", "#!/bin/sh\n\xff\n", {}).error().message,
            "job:2:1: the text is not valid UTF-8");
}

}  // namespace
}  // namespace sillar
