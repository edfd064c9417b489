#include "import/kubernetes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "import/import_fixture.h"

namespace sillar {
namespace {

// A job with these lines in its spec and in its container.
std::string job(std::string_view spec, std::string_view container = "") {
  return fmt::format(
      "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: job}}\nspec: {{{}template: {{spec: "
      "{{restartPolicy: Never, containers: [{{name: main, command: [run]{}}}]}}}}}}\n",
      spec, container);
}

Workload workload_of(const std::string& text) {
  const Result<Imported> imported = import_kubernetes("job.yaml", text, {});
  EXPECT_TRUE(imported) << text << imported.error().message;
  if (!imported) return {};
  EXPECT_EQ(complaints_about(*imported), "") << text;
  return imported->workloads.front();
}

std::string fault_of(const std::string& text) {
  const Result<Imported> imported = import_kubernetes("job.yaml", text, {});
  return imported ? "none" : imported.error().message;
}

TEST(Kubernetes, PodsAreAnArrayUnlessAQueueStartsThemTogether) {
  struct Case {
    std::string_view spec;
    bool queued;
    std::int32_t min;
    std::int32_t max;
    std::size_t array;
    std::int32_t at_most;
  };
  for (const Case& c : std::to_array<Case>({
           {"", false, 1, 1, 0, 0},
           {"parallelism: 3, ", false, 1, 3, 0, 0},
           {"completions: 5, ", false, 1, 5, 5, 1},
           {"completions: 5, parallelism: 2, ", false, 1, 5, 5, 2},
           {"completions: 4, parallelism: 4, completionMode: Indexed, ", false, 1, 4, 4, 0},
           {"completions: 4, parallelism: 4, ", true, 4, 4, 0, 0},
           {"parallelism: 4, ", true, 4, 4, 0, 0},
           {"completions: 8, parallelism: 4, ", true, 1, 8, 8, 4},
       })) {
    std::string text = job(c.spec);
    if (c.queued)
      text.replace(text.find("{name: job}"), 11,
                   "{name: job, labels: {kueue.x-k8s.io/queue-name: q}}");
    const Workload w = workload_of(text);
    EXPECT_EQ(w.gang_min, c.min) << c.spec;
    EXPECT_EQ(w.gang_max, c.max) << c.spec;
    EXPECT_EQ(w.array.size(), c.array) << c.spec;
    EXPECT_EQ(w.array_at_most, c.at_most) << c.spec;
    EXPECT_EQ(w.project, c.queued ? "q" : "default");
  }
}

TEST(Kubernetes, RetriesAreThoseOfTheJobOrItsDefault) {
  EXPECT_EQ(workload_of(job("")).retry.limit, 6);
  EXPECT_EQ(workload_of(job("backoffLimit: 0, ")).retry.limit, 0);
  EXPECT_EQ(workload_of(job("backoffLimit: 5000, ")).retry.limit, kTaskRetriesMax);
  EXPECT_EQ(workload_of(job("")).retry.backoff_max, Duration::minutes(6));
}

// YAML is JSON to Kubernetes: words are what go-yaml makes of them.
TEST(Kubernetes, NumbersAreReadAsJson) {
  EXPECT_EQ(workload_of(job("completions: 1e1, ")).gang_max, 10);
  EXPECT_EQ(workload_of(job("completions: 010, ")).gang_max, 8);
  EXPECT_EQ(workload_of(job("suspend: yes, ")).held, true);
  EXPECT_EQ(workload_of(job("", ", resources: {requests: {memory: 1e3}}")).request.memory_bytes,
            1000);
  EXPECT_EQ(workload_of(job("", ", resources: {requests: {cpu: 010}}")).request.cpu, 8000);
  EXPECT_NE(fault_of(job("completions: 1:30, ")).find("a whole number from 1 to"),
            std::string::npos);
  EXPECT_NE(fault_of(job("completions: 1.5, ")).find("a whole number from 1 to"),
            std::string::npos);
  EXPECT_NE(fault_of(job("suspend: 1, ")).find("true or false was expected"), std::string::npos);
}

TEST(Kubernetes, ValuesThatAreNoTextAreTold) {
  const auto imported = import_kubernetes(
      "job.yaml", job("", ", env: [{name: A, value: no}, {name: B, value: \"no\"}]"), {});
  ASSERT_TRUE(imported);
  std::vector<std::string> told;
  for (const Note& note : imported->notes)
    if (note.code == NoteCode::kNotAText) told.push_back(note_text(note, Language::kEnglish));
  EXPECT_EQ(told, std::vector<std::string>{
                      "'no' is no text to Kubernetes, which refuses it without quotes; taken as "
                      "'no'."});
}

TEST(Kubernetes, VariablesInCommandsAreFilledIn) {
  const Workload w = workload_of(
      job("",
          ", args: [\"$(A)-$(B)-$$(A)-$(C)\", \"$\"], env: [{name: A, value: x}, {name: B, value: "
          "\"$(A)y\"}]"));
  EXPECT_EQ(w.run.command, (std::vector<std::string>{"run", "x-xy-$(A)-$(C)", "$"}));
}

TEST(Kubernetes, GrowthOfVariablesIsBounded) {
  std::string env = "{name: V0, value: \"" + std::string(60'000, 'x') + "\"}";
  for (int i = 1; i < 20; ++i) {
    env += fmt::format(", {{name: V{}, value: \"", i);
    for (int j = 0; j < 20; ++j) env += fmt::format("$(V{})", i - 1);
    env += "\"}";
  }
  EXPECT_NE(fault_of(job("", ", env: [" + env + "]")).find("a text has at most 65536 bytes here"),
            std::string::npos);
}

TEST(Kubernetes, OtherKindsOfWorkAreRefused) {
  EXPECT_EQ(fault_of("apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\n"),
            "job.yaml:1:1: 'JobSet' of 'jobset.x-k8s.io/v1alpha2' cannot be imported; Job of "
            "batch/v1 and Pod of v1 can");
  EXPECT_EQ(fault_of("apiVersion: v1\nkind: ConfigMap\n"),
            "job.yaml:1:1: there is neither a Job nor a Pod here");
  EXPECT_EQ(fault_of("apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\n"),
            "job.yaml:1:1: the field 'spec' is missing");
}

TEST(Kubernetes, DevicesThatCannotBeOnOneNodeAreRefused) {
  EXPECT_NE(fault_of(job("", ", resources: {limits: {nvidia.com/gpu: 17}}"))
                .find("17 devices on one node are more than 16"),
            std::string::npos);
  EXPECT_NE(fault_of(job("", ", resources: {limits: {nvidia.com/gpu: 0.5}}"))
                .find("a whole number of devices was expected"),
            std::string::npos);
}

TEST(Kubernetes, UnknownFieldsAreToldWithTheirLine) {
  const auto imported = import_kubernetes(
      "job.yaml",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  restartPolcy: Never\n"
      "  containers: [{name: c, command: [x]}]\n",
      {});
  ASSERT_TRUE(imported);
  const auto found = std::ranges::find(imported->notes, NoteCode::kUnknown, &Note::code);
  ASSERT_NE(found, imported->notes.end());
  EXPECT_EQ(found->line, 5);
  EXPECT_EQ(found->field, "spec.restartPolcy");
}

}  // namespace
}  // namespace sillar
