#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "cli/cli_fixture.h"
#include "cli/view.h"

namespace sillar::cli {
namespace {

// Eight jobs of eight GPUs, one a minute, on eight GPUs: a queue forms.
constexpr const char* kTrace =
    "timestamp,cluster,num_gpus,duration\n"
    "2017-10-01 00:00:00,red,8,600\n"
    "2017-10-01 00:01:00,blue,8,600\n"
    "2017-10-01 00:02:00,red,4,300\n"
    "2017-10-01 00:03:00,blue,4,300\n";

constexpr const char* kPrices =
    "cloud,region,zone,instance_type,ondemand_usd_per_h,spot_usd_per_h,as_of,source\n"
    "aws,us-east-1,,p4d.24xlarge,24,,2026-01-01,test\n";

constexpr const char* kFleet =
    "nodes:\n"
    "  - {name: n0, class: h100, accelerators: 1, accelerator_memory: 80Gi, cpu: 8, memory: 8Gi}\n";
constexpr const char* kProjects = "- {name: p, quota: {h100: {deserved: 1}}}\n";

TestProcess process() {
  TestProcess process;
  process.files["trace.csv"] = kTrace;
  process.files["prices.csv"] = kPrices;
  return process;
}

std::vector<std::string> words(std::vector<std::string> more) {
  std::vector<std::string> all{"simulate", "--trace", "trace.csv", "--format", "philly",
                               "--policy", "fifo",    "--gpus",    "8"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Value answer(const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto document = parse_document("answer", outcome.out);
  EXPECT_TRUE(document.has_value()) << outcome.out;
  return document ? document->root : Value{};
}

std::string at(const Value& value, std::string_view path) {
  const Value* found = find_path(value, path);
  return found == nullptr ? "absent" : found->scalar;
}

TEST(Simulate, AnswersWithTimesUtilisationAndCosts) {
  const Outcome outcome = process().run(words({"--prices", "prices.csv", "-o", "json"}));
  const Value root = answer(outcome);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(at(root, "kind"), "Simulation");
  EXPECT_EQ(at(root, "policy"), "fifo");
  EXPECT_EQ(at(root, "finished"), "4");
  // 0-600, 600-1200, and both halves of 1200-1500 side by side.
  EXPECT_EQ(at(root, "end"), "2017-10-01T00:25:00Z");
  EXPECT_EQ(at(root, "utilisation"), "1.00");
  EXPECT_EQ(at(root, "queueing.mean_s"), "660.00");
  EXPECT_EQ(at(root, "queueing.p50_s"), "540.00");
  EXPECT_EQ(at(root, "completion.p99_s"), "1380.00");
  EXPECT_EQ(at(root, "gpu_seconds_lost"), "0.00");
  EXPECT_EQ(at(root, "cost.billed.amount"), "10.00");
  EXPECT_EQ(at(root, "cost.billed.currency"), "USD");
  EXPECT_EQ(at(root, "series"), "absent");
  for (const char* path : {"evictions", "decisions_per_second", "peak_memory_bytes"})
    EXPECT_NE(at(root, path), "absent") << path;
  EXPECT_EQ(root.find("projects")->items.size(), 3U);
}

TEST(Simulate, SeriesAreGivenWhenAskedFor) {
  const Value root = answer(process().run(words({"--series", "-q", "-o", "json"})));
  EXPECT_FALSE(find_path(root, "series.fleet.devices")->items.empty());
  EXPECT_NE(root.find("series")->find("projects")->find("philly/red"), nullptr);
  const Value* queueing = find_path(root, "series.fleet.queueing_s");
  ASSERT_NE(queueing, nullptr);
  EXPECT_EQ(queueing->items.front().scalar, "0.00");
  EXPECT_EQ(queueing->items.back().kind, Value::Kind::kNull);
  EXPECT_EQ(find_path(root, "series.fleet.arrived")->items.front().scalar, "1");
}

TEST(Simulate, WithoutPricesItSaysSoAndGoesOn) {
  const Outcome outcome = process().run(words({"-o", "json"}));
  EXPECT_NE(outcome.err.find("prices are missing"), std::string::npos);
  EXPECT_EQ(find_path(answer(outcome), "cost.billed")->kind, Value::Kind::kNull);
  EXPECT_EQ(process().run(words({"-q", "-o", "json"})).err, "");
}

TEST(Simulate, CompressionBringsArrivalsTogether) {
  const Value root = answer(process().run(words({"--compress", "1.5", "-q", "-o", "json"})));
  EXPECT_EQ(at(root, "queueing.mean_s"), "690.00");
}

// What `run.sh` shows: a fleet that is small enough for the trace.
TEST(Simulate, TheOpenbPodsWaitForEachOtherOnAFewOfItsMachines) {
  const Value root = answer(run_words(
      {"simulate", "--trace", "examples/data/openb/openb_pod_list_default.csv", "--format", "openb",
       "--fleet", "examples/fleets/openb-corner.yaml", "--restart", "30s", "-q", "-o", "json"}));
  EXPECT_EQ(at(root, "finished"), "8152");
  EXPECT_GT(std::stod(at(root, "utilisation")), 0.5);
  EXPECT_GT(std::stod(at(root, "queueing.mean_s")), 3600);
}

TEST(Simulate, EqualRunsAnswerAlikeAndAnotherSeedDoesNot) {
  const auto run = [](const char* seed) {
    return process().run(words(
        {"--device-mtbf", "20m", "--device-repair", "1m", "--seed", seed, "-q", "-o", "json"}));
  };
  EXPECT_EQ(run("1").out, run("1").out);
  EXPECT_NE(run("1").out, run("2").out);
}

TEST(Simulate, TheClusterIsModelledAsTold) {
  const auto run = [](std::vector<std::string> more) {
    more.insert(more.end(), {"-q", "-o", "json"});
    return answer(process().run(words(std::move(more))));
  };
  // Two jobs of 600 s, then two of 300 s side by side; each starts 10 s late.
  EXPECT_EQ(at(run({"--start", "10s"}), "end"), "2017-10-01T00:25:30Z");
  EXPECT_EQ(at(run({"--checkpoint-interval", "3m", "--checkpoint-cost", "2s"}), "end"),
            "2017-10-01T00:25:14Z");
  const Value failing = run({"--work-mtbf", "5m", "--retries", "1", "--restart", "1m"});
  EXPECT_NE(at(failing, "failures"), "0");
  EXPECT_NE(at(failing, "failed"), "0");
  EXPECT_NE(at(failing, "gpu_seconds_lost"), "0.00");
  EXPECT_EQ(at(run({}), "failures"), "0");
}

TEST(Simulate, ALimitStopsAJobForGood) {
  TestProcess own;
  own.files["trace.yaml"] =
      "workloads:\n"
      "  - {name: a, project: p, submitted: 2026-01-01T00:00:00Z, limit: 5m,\n"
      "     request: {accelerators: 1}}\n"
      "run_times: {a: 10m}\n";
  own.files["fleet.yaml"] = kFleet;
  own.files["projects.yaml"] = kProjects;
  const Value root =
      answer(own.run({"simulate", "--trace", "trace.yaml", "--format", "sillar", "--fleet",
                      "fleet.yaml", "--projects", "projects.yaml", "-o", "json"}));
  EXPECT_EQ(at(root, "stopped_at_limit"), "1");
  EXPECT_EQ(at(root, "finished"), "0");
  EXPECT_EQ(at(root, "end"), "2026-01-01T00:05:00Z");
  EXPECT_EQ(at(root, "gpu_seconds_lost"), "300.00");
  EXPECT_EQ(root.find("projects")->items[0].find("stopped_at_limit")->scalar, "1");
}

TEST(Simulate, SillarsOwnTracesBringAFleetAndProjects) {
  TestProcess own;
  own.files["trace.yaml"] =
      "workloads:\n"
      "  - {name: a, project: p, submitted: 2026-01-01T00:00:00Z, request: {accelerators: 1}}\n"
      "run_times: {a: 10m}\n";
  own.files["fleet.yaml"] = kFleet;
  own.files["projects.yaml"] = kProjects;
  const std::vector<std::string> all{"simulate", "--trace",    "trace.yaml", "--format", "sillar",
                                     "--fleet",  "fleet.yaml", "-o",         "json"};
  EXPECT_EQ(own.run(all).code, 2);
  std::vector<std::string> with_projects = all;
  with_projects.insert(with_projects.end(), {"--projects", "projects.yaml"});
  const Value root = answer(own.run(with_projects));
  EXPECT_EQ(at(root, "completion.mean_s"), "600.00");
  // By the price map: one H100, 8 cores and 8 GiB for ten minutes.
  EXPECT_EQ(at(root, "cost.billed.amount"), "0.903666667");
}

TEST(Simulate, TheOpenbListIsReplayed) {
  const Value root = answer(TestProcess{}.run(
      {"simulate", "--trace", "examples/data/openb/openb_pod_list_default.csv", "--format", "openb",
       "--nodes", "examples/data/openb/openb_node_list_gpu_node.csv", "--policy", "fifo", "-o",
       "json"}));
  EXPECT_EQ(at(root, "jobs"), "8152");
  EXPECT_EQ(at(root, "finished"), "8152");
}

TEST(Simulate, WhatFailedInTheOpenbListFailsWhenAskedTo) {
  TestProcess own;
  own.files["nodes.csv"] = "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,8000,1,T4\n";
  own.files["pods.csv"] =
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,pod_phase,creation_time,deletion_time\n"
      "a,1,1,1,1000,Failed,0,100\nb,1,1,1,1000,Succeeded,10,200\n";
  std::vector<std::string> all{"simulate", "--trace",   "pods.csv", "--format", "openb",
                               "--nodes",  "nodes.csv", "-o",       "json"};
  EXPECT_EQ(at(answer(own.run(all)), "finished"), "2");
  all.emplace_back("--trace-failures");
  const Value root = answer(own.run(all));
  EXPECT_EQ(at(root, "finished"), "1");
  EXPECT_EQ(at(root, "failed"), "1");
}

TEST(Simulate, WrongFlagsAreUsageErrors) {
  struct Case {
    std::vector<std::string> more;
    const char* message;
  };
  for (const Case& c :
       {Case{{"--fleet", "x"}, "State the fleet with one of --gpus N, --fleet FILE and --nodes"},
        Case{{"--projects", "x"}, "--projects goes with --format sillar"},
        Case{{"--compress", "0"}, "--compress cannot be '0'"},
        Case{{"--compress", "fast"}, "--compress cannot be 'fast'"},
        Case{{"--restart", "30"}, "--restart cannot be '30'"},
        Case{{"--restart", "-3s"}, "--restart cannot be '-3s'"},
        Case{{"--start", "366d"}, "--start cannot be '366d'; it is at most 365d"},
        Case{{"--start", "999999999999999999999h"}, "--start cannot be '9"},
        Case{{"--retries", "1001"}, "--retries cannot be '1001'"},
        Case{{"--node-mtbf", "1h"}, "--node-mtbf needs --node-repair"},
        Case{{"--device-mtbf", "1ns", "--device-repair", "1h"}, "Too many faults: some "},
        Case{{"--lang", "es", "--node-mtbf", "1ns", "--node-repair", "1h"},
             "Demasiados fallos: cabe esperar unos "},
        Case{{"--seed", "-1"}, "--seed cannot be '-1'"}}) {
    const Outcome outcome = process().run(words(c.more));
    EXPECT_EQ(outcome.code, 2) << c.message;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(c.message), std::string::npos) << outcome.err;
  }
  const Outcome policy = TestProcess{}.run(
      {"simulate", "--trace", "t", "--format", "philly", "--gpus", "8", "--policy", "fare"});
  EXPECT_NE(policy.err.find("Did you mean 'fair'?"), std::string::npos) << policy.err;
  EXPECT_EQ(TestProcess{}.run({"simulate"}).code, 2);
}

// What is wrong with a file is told with its place; nothing is written, not even a recording.
TEST(Simulate, BadFilesAreRefusedWithTheirPlaceAndLeaveNothing) {
  const std::string philly = "timestamp,cluster,num_gpus,duration\n";
  const std::string pods =
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time\n";
  const std::string nodes = "sn,cpu_milli,memory_mib,gpu,model\n";
  const std::string job =
      "- {name: a, project: p, submitted: 2026-01-01T00:00:00Z, request: {accelerators: 1}";
  struct Case {
    const char* file;
    std::string text;
    const char* message;
  };
  for (const Case& c :
       {Case{"philly", "", "philly:1: there is no header row"},
        Case{"philly", philly, "philly: there are no jobs in this trace."},
        Case{"philly", philly + "2017-01-01,a,1\n", "philly:2: 3 fields where"},
        Case{"philly", philly + "2017-01-01,a,99999999999999999999,1\n", "philly:2: num_gpus: '9"},
        Case{"philly", philly + "2017-01-01,\x1b[31m,1,1\n", "philly:2: cluster: '\uFFFD[31m'"},
        Case{"philly", philly + "2261-01-01,a,1,1\n",
             "philly:2: timestamp: '2261-01-01' is outside"},
        Case{"pods", pods, "pods: there are no jobs in this trace."},
        Case{"pods", pods + "a,1,1,1,1000,10,5\n", "pods:2: deletion_time: 5 is before"},
        Case{"pods", pods + "a,1,1,1,1000,,\n", "pods:2: a: a pod without times"},
        Case{"pods", pods + "a,1,1,1,1000,0,1\na,1,1,1,1000,0,1\n",
             "pods:3: name: there is another"},
        Case{"nodes", nodes, "nodes: there are no nodes in this fleet."},
        Case{"nodes", nodes + "n,1,1,99,T4\n", "nodes:2: gpu: 99 is outside 0 to 16"},
        Case{"work", "", "work:1:1: the document is empty"},
        Case{"work", "[]", "work: there are no jobs in this trace."},
        Case{"work", "- {name: a", "work:1:"},
        Case{"work", job + "}\n", "work:1:3: a: neither an estimate nor a run time"},
        Case{"work", job + ", estimate: 10m, limit: 5m}\n",
             "work:1:96: [0].estimate: the estimate"},
        Case{"work", job + ", estimate: 1000000d}\n", "[0].estimate: the duration is longer than"},
        Case{"work", job + ", estimate: 1d, checkpoint_interval: 1us}\n", "checkpoints of tasks"},
        Case{"fleet", "nodes: []\n", "fleet: there are no nodes in this fleet."},
        Case{"fleet", "nodes: [{name: n, count: 99999999999}]\n", "fleet:1:26: nodes[0].count: "},
        Case{"projects", "- {name: p, quota: {h100: {deserved: 1e99}}}\n", "projects:1:38: "}}) {
    TestProcess own;
    own.files = {{"philly", philly + "2017-01-01,a,1,1\n"},
                 {"pods", pods + "a,1,1,1,1000,0,1\n"},
                 {"nodes", nodes + "n,8000,8000,1,T4\n"},
                 {"work", job + ", estimate: 1m}\n"},
                 {"fleet", kFleet},
                 {"projects", kProjects}};
    own.files[c.file] = c.text;
    const std::string_view file = c.file;
    std::vector<std::string> all{"simulate", "-q", "-o", "html", "--record", "dir"};
    const auto add = [&](std::initializer_list<const char*> more) {
      all.insert(all.end(), more.begin(), more.end());
    };
    if (file == "philly")
      add({"--trace", "philly", "--format", "philly", "--gpus", "8"});
    else if (file == "pods" || file == "nodes")
      add({"--trace", "pods", "--format", "openb", "--nodes", "nodes"});
    else
      add({"--trace", "work", "--format", "sillar", "--fleet", "fleet", "--projects", "projects"});
    const Outcome outcome = own.run(all);
    EXPECT_EQ(outcome.code, 2) << c.text;
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(c.message), std::string::npos) << outcome.err;
    EXPECT_EQ(own.files.size(), 6U) << c.text;
  }
}

TEST(Simulate, AFileOfA100MegabytesIsRefusedUnread) {
  const std::string path = testing::TempDir() + "sillar-simulate-large.csv";
  std::ofstream(path).put('x');
  std::filesystem::resize_file(path, 100'000'000);
  for (const char* format : {"philly", "openb", "sillar"}) {
    TestProcess own;
    own.files["projects"] = "[]";
    std::vector<std::string> all{"simulate", "--trace", path, "--format", format, "--gpus", "8"};
    if (format == std::string_view("sillar")) all.insert(all.end(), {"--projects", "projects"});
    const Outcome outcome = own.run(all);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("larger than the limit of 67108864 bytes"), std::string::npos)
        << outcome.err;
  }
  std::filesystem::remove(path);
}

TEST(Simulate, FaultsOfFilesAreToldInTheReadersLanguage) {
  const auto run = [](std::vector<std::string> more) {
    std::vector<std::string> all{"simulate", "--format", "philly", "--gpus", "8", "-q"};
    all.insert(all.end(), more.begin(), more.end());
    return process().run(all);
  };
  const Outcome absent = run({"--trace", "nowhere.csv", "--lang", "es"});
  EXPECT_EQ(absent.code, 3);
  EXPECT_EQ(absent.err, "sillar: nowhere.csv: No existe el archivo o la carpeta\n");
  const Outcome folder = run({"--trace", "src", "--lang", "es"});
  EXPECT_EQ(folder.code, 2);
  EXPECT_EQ(folder.err, "sillar: src: es una carpeta y se esperaba un archivo\n");
  TestProcess full = process();
  full.out_failure = ENOSPC;
  const Outcome unwritten = full.run(words({"-q", "--lang", "es"}));
  EXPECT_EQ(unwritten.code, 1);
  EXPECT_NE(unwritten.err.find("No queda espacio en el dispositivo"), std::string::npos);
}

TEST(Simulate, ProgressIsForTerminalsAlone) {
  TestProcess terminal = process();
  terminal.terminal = true;
  const Outcome outcome = terminal.run(words({"--prices", "prices.csv", "-o", "csv"}));
  EXPECT_NE(outcome.err.find("100.0 %"), std::string::npos);
  EXPECT_TRUE(outcome.err.ends_with("\r\x1b[K"));
  EXPECT_EQ(terminal.run(words({"--prices", "prices.csv", "-o", "csv", "-q"})).err, "");
}

TEST(Replay, FindsARecordingEqualUntilItIsChanged) {
  TestProcess shared = process();
  ASSERT_EQ(shared.run(words({"--record", "dir", "-q"})).code, 0);
  const Outcome again = shared.run(words({"--record", "dir", "-q"}));
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.err.find("File exists"), std::string::npos);

  const Outcome equal = shared.run({"replay", "dir", "-o", "json"});
  EXPECT_EQ(at(answer(equal), "differences"), "0");
  EXPECT_NE(at(answer(equal), "facts"), "0");

  std::string& recording = shared.files["dir/recording.jsonl"];
  const std::size_t fact = recording.find("\"fact\":\"started\"");
  recording.replace(recording.find("node-0000", fact), 9, "node-0009");
  const Outcome changed = shared.run({"replay", "dir"});
  EXPECT_EQ(changed.code, 1);
  EXPECT_NE(changed.out.find("First differences"), std::string::npos) << changed.out;

  EXPECT_EQ(shared.run({"replay", "elsewhere"}).code, 3);
}

TEST(Explain, AsksARecordingAboutAMoment) {
  TestProcess shared = process();
  ASSERT_EQ(shared.run(words({"--record", "dir", "-q"})).code, 0);
  const auto explain = [&](const char* job, const char* time) {
    return shared.run(
        {"explain", job, "--recording", "dir", "--at", time, "-o", "json", "--lang", "es"});
  };
  const Value waiting = answer(explain("job-00001", "2017-10-01T00:05:00Z"));
  EXPECT_EQ(at(waiting, "kind"), "Explanation");
  EXPECT_EQ(at(waiting, "project"), "philly/blue");
  EXPECT_EQ(waiting.find("tasks")->items[0].find("state")->scalar, "Pending");
  EXPECT_NE(at(waiting, "reason.text.es"), "absent");
  const Value running = answer(explain("job-00001", "2017-10-01T00:12:00Z"));
  EXPECT_EQ(running.find("tasks")->items[0].find("state")->scalar, "Running");

  EXPECT_EQ(explain("job-00001", "2016-01-01").code, 2);
  EXPECT_EQ(explain("job-00001", "noon").code, 2);
  const Outcome absent = explain("job-0001", "2017-10-01T00:05:00Z");
  EXPECT_EQ(absent.code, 3);
  EXPECT_NE(absent.err.find("quiso decir"), std::string::npos);
}

TEST(Explain, NeedsExactlyOneState) {
  EXPECT_EQ(run_words({"explain", "w"}).code, 4) << "it asks the service, without a token";
  EXPECT_EQ(run_words({"explain", "w", "--scenario", "a", "--recording", "b"}).code, 2);
  EXPECT_EQ(run_words({"explain", "w", "--scenario", "a", "--at", "b"}).code, 2);
  EXPECT_EQ(run_words({"explain", "w", "--recording", "a", "--prices", "b"}).code, 2);
}

TEST(Plan, SaysWhatSubmittingWouldComeTo) {
  TestProcess shared;
  shared.files["new.yaml"] =
      "- {name: new, project: dep/a, request: {accelerators: 4, cpu: 4, memory: 8Gi}}\n";
  const Outcome outcome =
      shared.run({"plan", "new.yaml", "--scenario", "examples/scenarios/first.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("new/0"), std::string::npos);
  EXPECT_NE(outcome.out.find("20.76 USD"), std::string::npos) << outcome.out;
  const Value root = answer(shared.run(
      {"plan", "new.yaml", "--scenario", "examples/scenarios/first.yaml", "-o", "json"}));
  EXPECT_EQ(at(root, "kind"), "Plan");
  EXPECT_EQ(root.find("plans")->items.size(), 1U);
}

}  // namespace
}  // namespace sillar::cli
