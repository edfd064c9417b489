#include "model/text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sillar {
namespace {

Result<Scenario> load(std::string_view text) {
  auto document = parse_document("s.yaml", text);
  if (!document) return tl::unexpected(document.error());
  return load_scenario(*document);
}

Scenario loaded(std::string_view text) {
  auto scenario = load(text);
  EXPECT_TRUE(scenario) << scenario.error().message;
  return scenario ? *scenario : Scenario{};
}

// The faults of a scenario, one a line.
std::string faults(std::string_view text) {
  auto scenario = load(text);
  return scenario ? "no fault" : scenario.error().message;
}

void expect_round_trip(const Scenario& scenario) {
  for (const TextFormat format : {TextFormat::kYaml, TextFormat::kJson}) {
    const std::string text = print_scenario(scenario, format);
    auto again = load(text);
    ASSERT_TRUE(again) << again.error().message << "\n" << text;
    EXPECT_EQ(*again, scenario) << text;
  }
}

TEST(Text, ReadsTheExampleOfTheContract) {
  auto text = read_file("examples/scenarios/first.yaml");
  ASSERT_TRUE(text) << text.error().message;
  const Scenario s = loaded(*text);
  EXPECT_EQ(s.options.rules, Rules::kSillar);
  EXPECT_EQ(s.options.actions.size(), 5U);
  EXPECT_EQ(format_time(s.options.now), "2026-01-01T00:00:00Z");
  ASSERT_EQ(s.fleet.nodes.size(), 1U);
  const Node& node = s.fleet.nodes[0];
  EXPECT_EQ(node.cpu, 64'000);
  EXPECT_EQ(node.memory_bytes, 512LL << 30);
  EXPECT_EQ(s.fleet.classes.at(node.accelerator_class.index()).memory_bytes, 80LL << 30);
  EXPECT_EQ(s.fleet.locations.at(node.location.index()).region, "eu-south-2");
  ASSERT_EQ(s.projects.size(), 2U);
  EXPECT_EQ(s.projects[1].parent, ProjectId{0});
  EXPECT_EQ(s.projects[1].quota[2], (Quota{2000, 1, 8000}));
  EXPECT_EQ(s.projects[1].quota[kCpu], kQuotaAbsent);
  EXPECT_EQ(s.projects[0].quota[2], (Quota{8000, 1, kUnlimited}));
  ASSERT_EQ(s.workloads.size(), 1U);
  EXPECT_EQ(s.workloads[0].gang_min, 2);
  EXPECT_EQ(s.workloads[0].tasks[0].devices, (std::vector<std::int32_t>{0}));
  EXPECT_EQ(s.expect.tasks.at(0).state, TaskState::kRunning);
  expect_round_trip(s);
}

TEST(Text, NamesEveryFaultWithItsPlace) {
  EXPECT_EQ(faults("fleet:\n"
                   "  nodes:\n"
                   "    - {name: n0, class: h100, acelerators: 8}\n"
                   "    - {name: n1, cpu: lots, memory: 5Xi}\n"
                   "    - {class: h100}\n"
                   "workload: []\n"),
            "s.yaml:3:31: fleet.nodes[0]: unknown field 'acelerators'; did you mean "
            "'accelerators'?\n"
            "s.yaml:4:23: fleet.nodes[1].cpu: 'lots' is not an amount such as 2, 1.5 or 500m\n"
            "s.yaml:4:37: fleet.nodes[1].memory: '5Xi' is not an amount of memory; write it like "
            "80Gi or 512M\n"
            "s.yaml:5:7: fleet.nodes[2]: the field 'name' is missing\n"
            "s.yaml:6:1: unknown field 'workload'; did you mean 'workloads'?");
}

TEST(Text, BoundsTheFaultsItNames) {
  std::string text = "fleet:\n  nodes:\n";
  for (int i = 0; i < 30; ++i) text += "    - {name: n" + std::to_string(i) + ", cpu: -1}\n";
  const std::string message = faults(text);
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 20);
  EXPECT_TRUE(message.ends_with("\ns.yaml: 10 more faults")) << message;
}

TEST(Text, RefusesWrongKinds) {
  EXPECT_EQ(faults("[1]"), "s.yaml:1:1: a mapping was expected, not a list");
  EXPECT_EQ(faults("fleet: {nodes: 3}"),
            "s.yaml:1:16: fleet.nodes: a list was expected, not the number 3");
  EXPECT_EQ(faults("fleet: {nodes: [{name: a, accelerators: '1'}]}"),
            "s.yaml:1:41: fleet.nodes[0].accelerators: a whole number was expected, not the text "
            "'1'");
  EXPECT_EQ(faults("fleet: {nodes: [{name: a, accelerators: 17}]}"),
            "s.yaml:1:41: fleet.nodes[0].accelerators: 17 is outside 0 to 16");
  EXPECT_EQ(faults("fleet: {nodes: [{name: a, accelerators: 1}]}"),
            "s.yaml:1:17: fleet.nodes[0]: a node with accelerators names their class");
  EXPECT_EQ(faults("fleet: {nodes: [{name: a, health: sik}]}"),
            "s.yaml:1:35: fleet.nodes[0].health: the text 'sik' is not one of healthy, suspect, "
            "quarantined or probation");
  EXPECT_EQ(faults("fleet: {}\nworkloads: [{name: a, project: b, preemptible: no}]"),
            "s.yaml:2:48: workloads[0].preemptible: true or false was expected, not the text 'no'");
  EXPECT_EQ(faults("fleet: {nodes: [{name: a b}]}"),
            "s.yaml:1:24: fleet.nodes[0].name: a name has no blanks; the text 'a b' has");
}

constexpr std::string_view kTwoNodes =
    "fleet:\n"
    "  nodes:\n"
    "    - {name: n, count: 2, class: h100, accelerators: 2, accelerator_memory: 80Gi, cpu: 8,\n"
    "       labels: {rack: 'r{i}'}}\n"
    "  topologies: [{name: t, levels: [rack, host]}]\n"
    "projects: [{name: a}, {name: a/b}]\n";

std::string with_workloads(std::string_view workloads) {
  return std::string(kTwoNodes) + "workloads:\n" + std::string(workloads);
}

TEST(Text, ExpandsCompactForms) {
  const Scenario s = loaded(with_workloads(
      "  - {name: w, copies: 4, project: a/b, request: {accelerators: 1},\n"
      "     tasks: [{state: Running, node: 'n-{i%2}', devices: ['{i/2}']}]}\n"
      "  - {name: 'g{i+1}', copies: 2, project: a/b, gang: {min: 3}}\n"
      "  - {name: t, project: a/b, tasks: [{copies: 2, name: 'x{t}', state: Finished}, {}]}\n"));
  ASSERT_EQ(s.fleet.nodes.size(), 2U);
  EXPECT_EQ(s.fleet.nodes[1].name, "n-1");
  EXPECT_EQ(s.fleet.nodes[1].labels[0].second, "r1");
  ASSERT_EQ(s.workloads.size(), 7U);
  EXPECT_EQ(s.workloads[3].name, "w-3");
  EXPECT_EQ(s.workloads[3].tasks[0].name, "w-3/0");
  EXPECT_EQ(s.workloads[3].tasks[0].node, "n-1");
  EXPECT_EQ(s.workloads[3].tasks[0].devices, (std::vector<std::int32_t>{1}));
  EXPECT_EQ(s.workloads[4].name, "g1");
  EXPECT_EQ(s.workloads[5].gang_max, 3);
  EXPECT_TRUE(s.workloads[5].tasks.empty());
  EXPECT_EQ(s.workloads[6].tasks[1].name, "x1");
  EXPECT_EQ(s.workloads[6].tasks[2].name, "t/2");
  EXPECT_EQ(s.workloads[6].gang_min, 3);
  expect_round_trip(s);
}

TEST(Text, RefusesBadCompactForms) {
  EXPECT_EQ(faults("fleet: {nodes: [{name: n, count: 0}]}"),
            "s.yaml:1:34: fleet.nodes[0].count: a whole number from 1 to 1000000 was expected, not "
            "the number 0");
  EXPECT_EQ(
      faults("fleet: {nodes: [{name: n, count: 2, labels: {a: '{i/0}'}}]}"),
      "s.yaml:1:49: fleet.nodes[0]: '{i/0}' is no number of a copy; write it like {i}, {i/8} or "
      "{i%500}");
  EXPECT_EQ(faults("fleet: {nodes: [{name: n, count: 1000000}, {name: m, count: 1}]}"),
            "s.yaml:1:61: fleet.nodes[1]: the document expands to more than 1000000 items");
  // A complaint about a copy points at the item that stands for it.
  EXPECT_EQ(faults("fleet:\n  nodes:\n  - {name: n, count: 3}\n  - {name: 'n-{i+2}', count: 2}\n"),
            "s.yaml:4:12: fleet.nodes[3].name: there is another 'n-2' before it");
}

TEST(Text, GivesTasksTheLowestFreeDevices) {
  const Scenario s =
      loaded(with_workloads("  - {name: a, project: a/b, request: {fraction: 400},\n"
                            "     tasks: [{copies: 3, state: Running, node: n-0}]}\n"
                            "  - {name: b, project: a/b, request: {accelerators: 1}, tasks: "
                            "[{state: Running, node: n-1}]}\n"
                            "  - {name: c, project: a/b, request: {accelerators: 1},\n"
                            "     tasks: [{state: Running, node: n-1, devices: [0]}]}\n"));
  EXPECT_EQ(s.workloads[0].tasks[1].devices, (std::vector<std::int32_t>{0}));
  EXPECT_EQ(s.workloads[0].tasks[2].devices, (std::vector<std::int32_t>{1}));
  EXPECT_EQ(s.workloads[1].tasks[0].devices, (std::vector<std::int32_t>{1}));
  expect_round_trip(s);
}

struct Case {
  std::string_view workloads;
  std::string_view fault;
};

TEST(Text, ChecksWorkloadsAgainstTheRest) {
  const Case cases[] = {
      {"- {name: w, project: a}",
       "s.yaml:8:22: workloads[0].project: the project 'a' has children; only leaves run work"},
      {"- {name: w, project: a/c}",
       "s.yaml:8:22: workloads[0].project: there is no project 'a/c'; did you mean 'a/b'?"},
      {"- {name: w, project: a/b, request: {accelerators: 1, fraction: 500}}",
       "s.yaml:8:36: workloads[0].request: at most one of accelerators, fraction, "
       "accelerator_memory and mig may be set"},
      {"- {name: w, project: a/b, request: {classes: [h10]}}",
       "s.yaml:8:47: workloads[0].request.classes[0]: the fleet has no class 'h10'; did you mean "
       "'h100'?"},
      {"- {name: w, project: a/b, request: {mig: 1g.10gb}}",
       "s.yaml:8:42: workloads[0].request.mig: no class that it accepts has a profile '1g.10gb'"},
      {"- {name: w, project: a/b, topology: {required: rak}}",
       "s.yaml:8:48: workloads[0].topology.required: the topology t has no level 'rak'; did you "
       "mean 'rack'?"},
      {"- {name: w, project: a/b, topology: {required: host, preferred: rack}}",
       "s.yaml:8:65: workloads[0].topology.preferred: the preferred level rack is wider than the "
       "required one, host"},
      {"- {name: w, project: a/b, topology: {required: rack, apart: host}}",
       "s.yaml:8:61: workloads[0].topology.apart: tasks that must be in one domain cannot be kept "
       "apart"},
      {"- {name: w, project: a/b, gang: {min: 3, max: 2}}",
       "s.yaml:8:3: workloads[0]: gang.min is 3, more than gang.max, which is 2"},
      {"- {name: w, project: a/b, gang: {max: 1}, tasks: [{}, {}]}",
       "s.yaml:8:3: workloads[0]: 2 tasks are listed, but gang.max is 1"},
      {"- {name: w, project: a/b, estimate: 2h, limit: 1h}",
       "s.yaml:8:37: workloads[0].estimate: the estimate 2h is longer than the limit, 1h"},
      {"- {name: w, project: a/b, data: [aws]}",
       "s.yaml:8:34: workloads[0].data[0]: 'aws' is not written as provider/region"},
      {"- {name: w, project: a/b, residency: {countries: [es]}}",
       "s.yaml:8:51: workloads[0].residency.countries[0]: 'es' is neither a country code of two "
       "capital letters nor EU or EEA"},
      {"- {name: w, project: a/b, tasks: [{state: Running, node: n-2}]}",
       "s.yaml:8:58: workloads[0].tasks[0].node: there is no node 'n-2'; did you mean 'n-0'?"},
      {"- {name: w, project: a/b, tasks: [{state: Running}]}",
       "s.yaml:8:35: workloads[0].tasks[0]: a task that runs names its node"},
      {"- {name: w, project: a/b, tasks: [{node: n-0}]}",
       "s.yaml:8:35: workloads[0].tasks[0]: a Pending task holds no node and no devices"},
      {"- {name: w, project: a/b, request: {accelerators: 2}, tasks: [{state: Running, node: n-0, "
       "devices: [0, 2]}]}",
       "s.yaml:8:100: workloads[0].tasks[0].devices: node n-0 has 2 devices, no device 2"},
      {"- {name: w, project: a/b, request: {accelerators: 2}, tasks: [{state: Running, node: n-0, "
       "devices: [1, 1]}]}",
       "s.yaml:8:100: workloads[0].tasks[0].devices: device 1 is named twice"},
      {"- {name: w, project: a/b, request: {fraction: 600}, tasks: [{copies: 2, state: Running, "
       "node: n-0, devices: [1]}]}",
       "s.yaml:8:109: workloads[0].tasks[1].devices: device 1 of node n-0 is over-committed: 600 "
       "thousandths of it are taken and 600 more do not fit"},
      {"- {name: w, project: a/b, request: {accelerators: 2}, tasks: [{copies: 2, state: Running, "
       "node: n-0}]}",
       "s.yaml:8:97: workloads[0].tasks[1].node: 0 devices are named, but the request is for 2"},
      {"- {name: w, project: a/b, request: {cpu: 5}, tasks: [{copies: 2, state: Stopping, node: "
       "n-1}]}",
       "s.yaml:8:89: workloads[0].tasks[1].node: node n-1 has 8 cores, 5 of them taken; 5 more do "
       "not fit"},
      {"- {name: w, project: a/b}\n- {name: w, project: a/b, tasks: [{name: x}, {name: x}]}",
       "s.yaml:9:10: workloads[1].name: there is another 'w' before it\n"
       "s.yaml:9:53: workloads[1].tasks[1].name: there is another task 'x' before it"},
  };
  for (const Case& each : cases)
    EXPECT_EQ(faults(with_workloads(each.workloads)), each.fault) << each.workloads;
}

TEST(Text, ChecksHowWorkloadsLive) {
  const Case cases[] = {
      {"- {name: w, project: a/b, run: {command: [a], script: b}}",
       "s.yaml:8:32: workloads[0].run: a command and a script exclude each other"},
      {"- {name: w, project: a/b, run: {directory: /tmp}}",
       "s.yaml:8:32: workloads[0].run: there is nothing to run: a command or a script is missing"},
      {"- {name: w, project: a/b, run: {command: []}}",
       "s.yaml:8:42: workloads[0].run.command: a command has at least its program"},
      {"- {name: w, project: a/b, run: {command: [\"\", x]}}",
       "s.yaml:8:43: workloads[0].run.command[0]: a command begins with its program"},
      {"- {name: w, project: a/b, run: {command: [a], directory: tmp}}",
       "s.yaml:8:58: workloads[0].run.directory: 'tmp' is not a path from the root, with / at its "
       "front"},
      {"- {name: w, project: a/b, run: {command: [a], environment: {1A: x}}}",
       "s.yaml:8:65: workloads[0].run.environment.1A: '1A' is not a variable's name: letters, "
       "digits and _"},
      {"- {name: w, project: a/b, run: {command: [a], environment: [x]}}",
       "s.yaml:8:60: workloads[0].run.environment: a mapping was expected, not a list"},
      {"- {name: w, project: a/b, run: {command: [a], output: x-%J.log}}",
       "s.yaml:8:55: workloads[0].run.output: '%J' is no part of a file's name; there are %j, %t, "
       "%a and %%"},
      {"- {name: w, project: a/b, run: {command: [a], checkpoint_signal: SIGUSR1}}",
       "s.yaml:8:66: workloads[0].run.checkpoint_signal: there is no signal 'SIGUSR1'; did "
       "you mean 'USR1'?"},
      {"- {name: w, project: a/b, run: {command: [a], checkpoint_signal: KILL}}",
       "s.yaml:8:66: workloads[0].run.checkpoint_signal: no program can act on KILL"},
      {"- {name: w, project: a/b, after: [{workload: w}]}",
       "s.yaml:8:46: workloads[0].after[0].workload: a workload cannot wait for itself"},
      {"- {name: w, project: a/b, after: [{workload: v}, {workload: v, when: any}]}",
       "s.yaml:8:61: workloads[0].after[1].workload: it waits for 'v' already"},
      {"- {name: w, project: a/b, retry: {limit: 2000}}",
       "s.yaml:8:42: workloads[0].retry.limit: 2000 is outside 0 to 1000"},
      {"- {name: w, project: a/b, retry: {backoff: 1h}}",
       "s.yaml:8:44: workloads[0].retry.backoff: 1h is longer than 10m, the most that it may be"},
      {"- {name: w, project: a/b, idle: {limit: 1h, below: 2}}",
       "s.yaml:8:52: workloads[0].idle.below: 2 is outside 0 to 1"},
      {"- {name: w, project: a/b, array: {indices: 0-3}}",
       "s.yaml:8:34: workloads[0].array: only batch work has an array"},
      {"- {name: w, project: a/b, kind: batch, array: {indices: \"0-3,2\"}}",
       "s.yaml:8:57: workloads[0].array.indices: the index 2 is named twice"},
      {"- {name: w, project: a/b, kind: batch, array: {indices: 0-65536}}",
       "s.yaml:8:57: workloads[0].array.indices: the text '0-65536' is not a list of indices from "
       "0 to 65535 such as 0-15,20"},
      {"- {name: w, project: a/b, kind: batch, array: {indices: 3-1}}",
       "s.yaml:8:57: workloads[0].array.indices: the text '3-1' is not a list of indices from 0 to "
       "65535 such as 0-15,20"},
      {"- {name: w, project: a/b, kind: batch, array: {indices: 0-3}, gang: {min: 2, max: 4}}",
       "s.yaml:8:47: workloads[0].array: an array of 4 tasks has a gang of 1 to 4"},
  };
  for (const Case& each : cases)
    EXPECT_EQ(faults(with_workloads(each.workloads)), each.fault) << each.workloads;
}

TEST(Text, ReadsHowAWorkloadLives) {
  const auto document = parse_document("w.yaml", R"(workloads:
  - name: w
    project: a
    kind: batch
    array: {indices: "0-2,8-12:2", at_most: 2}
    run: {command: [python, train.py, --lr, 0.1], environment: {SEED: 7, DEBUG: true}}
    after: [{workload: data}, {workload: old, when: any}]
    retry: {limit: 3}
    idle: {limit: 30m, below: 0.1, action: warn}
)");
  ASSERT_TRUE(document);
  const Project a = [] {
    Project p;
    p.name = "a";
    p.quota.assign(kFirstClass, kQuotaAbsent);
    return p;
  }();
  const auto workloads = load_workloads(*document, Fleet{}, std::vector{a});
  ASSERT_TRUE(workloads) << workloads.error().message;
  const Workload& w = workloads->front();
  EXPECT_EQ(w.array, (std::vector<std::int32_t>{0, 1, 2, 8, 10, 12}));
  EXPECT_EQ(w.gang_min, 1);
  EXPECT_EQ(w.gang_max, 6);
  EXPECT_EQ(w.array_at_most, 2);
  EXPECT_EQ(w.run.command, (std::vector<std::string>{"python", "train.py", "--lr", "0.1"}));
  EXPECT_EQ(w.run.environment,
            (std::vector<std::pair<std::string, std::string>>{{"DEBUG", "true"}, {"SEED", "7"}}));
  EXPECT_EQ(w.after, (std::vector<Dependency>{{"data", DependencyKind::kAfterOk},
                                              {"old", DependencyKind::kAfterAny}}));
  EXPECT_EQ(w.retry, (Retry{3, Duration::seconds(10), Duration::minutes(10)}));
  EXPECT_EQ(w.idle,
            (IdleRule{Duration::minutes(30), 100, Duration::minutes(5), IdleAction::kWarn}));
}

TEST(Text, ChecksProjects) {
  const auto with = [](std::string_view projects) {
    return "fleet: {nodes: [{name: n, class: h100, accelerators: 1}]}\nprojects:\n" +
           std::string(projects);
  };
  EXPECT_EQ(faults(with("- {name: a/b}\n- {name: a}")),
            "s.yaml:3:10: projects[0].name: its parent 'a' stands after it; move the parent up");
  EXPECT_EQ(
      faults(with("- {name: acme}\n- {name: acm/b}")),
      "s.yaml:4:10: projects[1].name: its parent 'acm' is not declared; did you mean 'acme'?");
  EXPECT_EQ(faults(with("- {name: a//b}")),
            "s.yaml:3:10: projects[0].name: 'a//b' is not a path of letters, digits, '.', '_' and "
            "'-', with '/' between its parts\n"
            "s.yaml:3:10: projects[0].name: its parent 'a/' is not declared");
  EXPECT_EQ(faults(with("- {name: a, quota: {h100: {deserved: 2, limit: 1}, a100: {}}}")),
            "s.yaml:3:52: projects[0].quota: 'a100' is neither cpu, memory nor a class of the "
            "fleet; did you mean 'h100'?");
  EXPECT_EQ(faults(with("- {name: a, quota: {h100: {deserved: 2, limit: 1}}}")),
            "s.yaml:3:48: projects[0].quota.h100.limit: the limit is below what the project "
            "deserves");
  EXPECT_EQ(faults(with("- {name: a, quota: {memory: {limit: 600Pi}}}\n"
                        "- {name: b, quota: {memory: {limit: 600Pi}}}")),
            "s.yaml:4:29: projects[1].quota.memory: with it, the projects together have more "
            "than can be counted");
  const Scenario s = loaded(with(
      "- {name: a, quota: {h100: {}, cpu: {deserved: unlimited, limit: 1.5}, memory: {deserved: "
      "1.5Gi, weight: 0}}, usage: {h100: 0.25}, residency: {countries: [ES, EEA], forbidden: "
      "[aws/us-east-1]}}"));
  EXPECT_EQ(s.projects[0].quota[2], (Quota{0, 1, kUnlimited}));
  EXPECT_EQ(s.projects[0].quota[kCpu], (Quota{kUnlimited, 1, 1500}));
  EXPECT_EQ(s.projects[0].usage[2], 250'000);
  expect_round_trip(s);
}

TEST(Text, ReadsBudgets) {
  const Scenario s = loaded(
      "fleet: {}\nprojects:\n- name: a\n  budgets:\n  - {period: month, amount: 1000 USD, hard: "
      "true}\n"
      "  - {name: all, period: total, amount: 0.000000001 USD, thresholds: [5, 100], starts: "
      "\"2026-01-01\"}\n");
  const std::vector<Budget>& budgets = s.projects[0].budgets;
  ASSERT_EQ(budgets.size(), 2U);
  EXPECT_EQ(budgets[0].name, "month");
  EXPECT_EQ(budgets[0].amount, (Money{1000 * Money::kUnit, {}}));
  EXPECT_TRUE(budgets[0].hard);
  EXPECT_EQ(budgets[0].thresholds, (std::vector<std::int32_t>{50, 80, 100}));
  EXPECT_EQ(budgets[1].name, "all");
  EXPECT_EQ(budgets[1].amount.nanos, 1);
  EXPECT_EQ(budgets[1].thresholds, (std::vector<std::int32_t>{5, 100}));
  EXPECT_EQ(format_time(budgets[1].starts), "2026-01-01T00:00:00Z");
  expect_round_trip(s);
}

TEST(Text, ChecksBudgets) {
  const auto budget = [](std::string_view text) {
    return faults("fleet: {}\nprojects: [{name: a, budgets: [" + std::string(text) + "]}]");
  };
  EXPECT_EQ(budget("{period: month, amount: 0 USD}"),
            "s.yaml:2:56: projects[0].budgets[0].amount: a budget is more than nothing");
  EXPECT_EQ(budget("{period: month, amount: 1000}"),
            "s.yaml:2:56: projects[0].budgets[0].amount: an amount such as 1000 USD was expected, "
            "not the number 1000");
  EXPECT_EQ(budget("{period: month, amount: 1 usd}"),
            "s.yaml:2:56: projects[0].budgets[0].amount: 'usd' is not a currency code; write three "
            "capital letters such as USD");
  EXPECT_EQ(budget("{period: monthly, amount: 1 USD}"),
            "s.yaml:2:41: projects[0].budgets[0].period: the text 'monthly' is not one of day, "
            "week, month, quarter, year or total; did you mean 'month'?");
  EXPECT_EQ(budget("{period: day, amount: 1 USD}, {period: day, amount: 2 USD}"),
            "s.yaml:2:62: projects[0].budgets[1].name: there is another 'day' before it");
  EXPECT_EQ(budget("{period: day, amount: 1 USD}, {period: week, amount: 2 EUR}"),
            "s.yaml:2:85: projects[0].budgets[1].amount: all budgets are in one currency; USD "
            "stands before");
  EXPECT_EQ(budget("{period: day, amount: 1 USD, thresholds: [80, 50]}"),
            "s.yaml:2:78: projects[0].budgets[0].thresholds[1]: thresholds rise");
  EXPECT_EQ(budget("{period: day, amount: 1 USD, thresholds: [0]}"),
            "s.yaml:2:74: projects[0].budgets[0].thresholds[0]: 0 is outside 1 to 1000");
  EXPECT_EQ(budget("{period: day, amount: 1 USD, starts: \"2026-01-01\"}"),
            "s.yaml:2:69: projects[0].budgets[0].starts: only a total says when it starts");
  EXPECT_EQ(budget("{period: total, amount: 1 USD, starts: \"2026-01-01T00:30:00Z\"}"),
            "s.yaml:2:71: projects[0].budgets[0].starts: a total starts on a full hour");
}

TEST(Text, ChecksFleets) {
  const auto fleet = [](std::string_view text) { return faults("fleet: " + std::string(text)); };
  EXPECT_EQ(fleet("{nodes: [{name: n}, {name: n}]}"),
            "s.yaml:1:35: fleet.nodes[1].name: there is another 'n' before it");
  EXPECT_EQ(fleet("{classes: [{name: cpu}]}"),
            "s.yaml:1:26: fleet.classes[0].name: 'cpu' is another resource's name");
  EXPECT_EQ(
      fleet("{classes: [{name: c, memory: 1Gi, reserved_memory: 1Gi}]}"),
      "s.yaml:1:59: fleet.classes[0].reserved_memory: 1Gi leaves nothing of the device's 1Gi");
  EXPECT_EQ(fleet("{classes: [{name: c, mig: a100-40}]}"),
            "s.yaml:1:34: fleet.classes[0].mig: the text 'a100-40' is not one of a30-24gb, "
            "a100-40gb, a100-80gb, h100-80gb or h100-96gb; did you mean 'a100-40gb'?");
  EXPECT_EQ(fleet("{classes: [{name: c, mig: [{name: p, thousandths: 500, memory: 1, slots: 2, "
                  "starts: [0, 2, 7]}]}]}"),
            "s.yaml:1:92: fleet.classes[0].mig[0].starts: an instance of 2 slots would pass the "
            "end of the device's 8");
  EXPECT_EQ(fleet("{classes: [{name: c, mig: [{name: p, thousandths: 501, memory: 1, slots: 2, "
                  "starts: [0, 2]}]}]}"),
            "s.yaml:1:34: fleet.classes[0].mig: instances that fit together add up to 1002 "
            "thousandths of a device");
  EXPECT_EQ(fleet("{nodes: [{name: a, class: x, accelerator_memory: 1Gi}, {name: b, class: x, "
                  "accelerator_memory: 2Gi}]}"),
            "s.yaml:1:63: fleet.nodes[1]: accelerator_memory is 2Gi, but class x has 1Gi");
  EXPECT_EQ(fleet("{nodes: [{name: a, class: x, accelerators: 2, device_health: {2: suspect}}]}"),
            "s.yaml:1:17: fleet.nodes[0]: device_health names device 2, but the node has 2");
  EXPECT_EQ(
      fleet("{topologies: [{name: t, levels: [rack, rack]}]}"),
      "s.yaml:1:47: fleet.topologies[0].levels[1]: the level 'rack' stands before it already");
  EXPECT_EQ(fleet("{nodes: [{name: a, location: {provider: p, region: r, country: es}}]}"),
            "s.yaml:1:71: fleet.nodes[0].location.country: 'es' is not a country code of two "
            "capital letters");
  EXPECT_EQ(fleet("{nodes: [{name: a, memory: 600Pi}, {name: b, memory: 600Pi}]}"),
            "s.yaml:1:43: fleet.nodes[1]: with it, the fleet has more memory than can be counted");
  EXPECT_EQ(fleet("{nodes: [{name: a, price_per_hour: {amount: -1, currency: usd}}]}"),
            "s.yaml:1:52: fleet.nodes[0].price_per_hour.amount: a price is not negative\n"
            "s.yaml:1:66: fleet.nodes[0].price_per_hour.currency: 'usd' is not a currency code; "
            "write three capital letters such as USD");
}

TEST(Text, ReadsEveryFieldOfANode) {
  const Scenario s = loaded(
      "fleet:\n"
      "  classes: [{name: a100, memory: 80Gi, reserved_memory: 1Gi, exchange: 0.5, mig: "
      "a100-80gb}]\n"
      "  nodes:\n"
      "    - {name: n, class: a100, accelerators: 4, health: probation,\n"
      "       device_health: {1: quarantined, 3: suspect}, capacity: spot, instance_type: p4,\n"
      "       price_per_hour: {amount: 12.345, currency: EUR}, fabric_gbit: 400,\n"
      "       storage_mib_per_s: 2000, location: {provider: p, region: r, country: ES}}\n");
  const Node& node = s.fleet.nodes[0];
  EXPECT_EQ(s.fleet.classes[0].exchange_thousandths, 500);
  EXPECT_EQ(s.fleet.classes[0].mig.size(), 6U);
  EXPECT_EQ(node.devices, (std::vector<Health>{Health::kHealthy, Health::kQuarantined,
                                               Health::kHealthy, Health::kSuspect}));
  EXPECT_EQ(node.price_per_hour->nanos, 12'345'000'000);
  EXPECT_EQ(node.capacity, CapacityKind::kSpot);
  expect_round_trip(s);
}

TEST(Text, ReadsExpectations) {
  const std::string text = with_workloads("  - {name: w, project: a/b, gang: {min: 2, max: 2}}\n");
  const Scenario s =
      loaded(text +
             "expect:\n"
             "  tasks:\n"
             "    w/0: {state: Pending, reserved: {node: n-0, devices: [1]}}\n"
             "    w/1: {reserved: false, node: n-1, devices: [0]}\n"
             "  reasons: {w: {code: waits-for-victim, parameters: {victims: 1, at: '2'}}}\n"
             "  victims: [w/1]\n");
  EXPECT_EQ(s.expect.tasks[0].reserved, true);
  EXPECT_EQ(s.expect.tasks[0].reserved_node, "n-0");
  EXPECT_EQ(s.expect.tasks[1].reserved, false);
  EXPECT_EQ(s.expect.reasons[0].reason.parameters.size(), 2U);
  EXPECT_EQ(s.expect.victims->size(), 1U);
  expect_round_trip(s);
  expect_round_trip(loaded(text + "expect: {victims: 0, reasons: {w: none}}\n"));
  EXPECT_EQ(faults(text + "expect: {tasks: {w/2: {}}, reasons: {v: none}, victims: [x]}\n"),
            "s.yaml:9:23: expect.tasks.w/2: there is no task 'w/2'\n"
            "s.yaml:9:41: expect.reasons.v: there is no workload 'v'\n"
            "s.yaml:9:58: expect.victims[0]: there is no task 'x'");
}

TEST(Text, ReadsOptions) {
  const Scenario s = loaded(
      "fleet: {}\n"
      "options: {rules: kai, actions: [stale, allocate], rounds: 3, stale_grace: never,\n"
      "  placement: fgd, consolidation_victims_max: unlimited, k_value: 0.5,\n"
      "  saturation_multiplier: 1.25, reservations: false,\n"
      "  quarantine: {after: 30m, failures: 3, window: 2h, trial: 45m, longest: 1d, share: "
      "0.1}}\n");
  EXPECT_EQ(s.options.quarantine,
            (QuarantineRule{Duration::minutes(30), 3, Duration::hours(2), Duration::minutes(45),
                            Duration::hours(24), 100}));
  EXPECT_EQ(s.options.rules, Rules::kKai);
  EXPECT_EQ(s.options.actions, (std::vector<Action>{Action::kStale, Action::kAllocate}));
  EXPECT_EQ(s.options.stale_grace, Duration::max());
  EXPECT_EQ(s.options.consolidation_victims_max, kUnlimited);
  EXPECT_EQ(s.options.k_thousandths, 500);
  EXPECT_EQ(s.options.saturation_thousandths, 1250);
  expect_round_trip(s);
  EXPECT_EQ(faults("fleet: {}\noptions: {actions: [stale, stale]}"),
            "s.yaml:2:28: options.actions[1]: a round has each phase at most once");
  EXPECT_EQ(faults("fleet: {}\noptions: {quarantine: {after: 0s, failures: 2}}"),
            "s.yaml:2:31: options.quarantine.after: what failures quarantine is tried again some "
            "time");
  EXPECT_EQ(faults("fleet: {}\noptions: {placement: fdg}"),
            "s.yaml:2:22: options.placement: the text 'fdg' is not one of sillar, binpack, spread "
            "or fgd; did you mean 'fgd'?");
}

TEST(Text, LoadsPartsAlone) {
  const auto fleet = load_fleet(*parse_document(
      "f", "nodes: [{name: n, class: h100, accelerators: 1, accelerator_memory: 80Gi}]"));
  ASSERT_TRUE(fleet) << fleet.error().message;
  const auto projects =
      load_projects(*parse_document("p", "projects: [{name: a, quota: {h100: {}}}]"), *fleet);
  ASSERT_TRUE(projects) << projects.error().message;
  const auto workloads =
      load_workloads(*parse_document("w", "- {name: w, project: a}"), *fleet, *projects);
  ASSERT_TRUE(workloads) << workloads.error().message;
  EXPECT_EQ(load_workloads(*parse_document("w", "workloads:\n- {name: w, copies: 2, project: b}"),
                           *fleet, *projects)
                .error()
                .message,
            "w:2:33: [0].project: there is no project 'b'\n"
            "w:2:33: [1].project: there is no project 'b'");
  EXPECT_EQ(*load_fleet(*parse_document("f", print_fleet(*fleet, TextFormat::kYaml))), *fleet);
  EXPECT_EQ(*load_projects(
                *parse_document("p", print_projects(*projects, *fleet, TextFormat::kJson)), *fleet),
            *projects);
  EXPECT_EQ(
      *load_workloads(*parse_document("w", print_workloads(*workloads, *fleet, TextFormat::kYaml)),
                      *fleet, *projects),
      *workloads);
}

}  // namespace
}  // namespace sillar
