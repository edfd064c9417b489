// Any valid record that is printed loads back to an equal one, in YAML and in JSON; and a workload
// from its bytes.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "model/mig.h"
#include "model/occupancy.h"
#include "model/text.h"
#include "model/validate.h"
#include "model/workload_bytes.h"

namespace sillar {
namespace {

// Draws valid scenarios that use every field of every record.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  Scenario scenario() {
    draw_options();
    draw_fleet();
    draw_projects();
    const std::size_t count = random_.below(6);
    Occupancy occupancy(s_.fleet);
    for (std::size_t w = 0; w < count; ++w) draw_workload(w, occupancy);
    draw_expectation();
    return s_;
  }

 private:
  bool coin() { return random_.below(2) == 0; }
  std::int64_t amount(std::int64_t max) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(max)));
  }
  template <class T>
  T any(std::initializer_list<T> items) {
    return items.begin()[random_.below(items.size())];
  }
  Time time() { return Time{1'767'225'600'000'000'000 + amount(1'000'000'000'000'000)}; }
  Duration duration() { return {amount(100'000'000'000'000)}; }
  std::string text() {
    return std::string(any<std::string_view>({"x", "no", "1.10", "a b", "#", "é", "\"q\"", "null",
                                              "0x1F", "- y", "k: v", "1_000", "\xF0\x9F\x98\x80"}));
  }
  std::string region() { return any<std::string>({"aws/eu-west-1", "own/madrid", "gcp/x"}); }

  void draw_options() {
    Options& o = s_.options;
    if (coin()) o.rules = Rules::kKai;
    if (coin()) o.actions = {Action::kStale, Action::kAllocate};
    o.rounds = static_cast<std::int32_t>(amount(10));
    o.now = time();
    o.stale_grace = coin() ? Duration::max() : duration();
    if (coin()) o.placement = "fgd";
    o.consolidation_victims_max = coin() ? kUnlimited : 7;
    o.k_thousandths = amount(1'000'000);
    o.saturation_thousandths = 1000 + amount(1000);
    o.usage_half_life = Duration::seconds(amount(1000));
    o.reservations = coin();
    if (coin()) o.budget_slice = Duration::minutes(1 + amount(600));
    o.ledger_lines = coin();
    if (coin())
      o.quarantine = {duration(),          static_cast<std::int32_t>(amount(16)),
                      duration(),          duration(),
                      Duration::hours(30), 1 + amount(999)};
  }

  void draw_fleet() {
    Fleet& fleet = s_.fleet;
    const std::size_t classes = random_.below(3);
    for (std::size_t c = 0; c < classes; ++c) {
      AcceleratorClass accelerator{
          fmt::format("class{}", c), 80LL << 30, amount(1 << 30), 1 + amount(5000), {}};
      if (coin()) accelerator.mig = mig_table("a100-80gb");
      if (!accelerator.mig.empty() && coin()) accelerator.mig[0].memory_bytes = amount(1 << 30);
      fleet.classes.push_back(std::move(accelerator));
    }
    fleet.topologies = {{"t", {"rack", "host"}}};
    if (coin()) fleet.locations.push_back({"own", "madrid", "", "ES"});
    if (!fleet.locations.empty() && coin()) fleet.locations.push_back({"aws", "r", "a", ""});
    const std::size_t nodes = random_.below(5);
    for (std::size_t n = 0; n < nodes; ++n) draw_node(n);
    // A location is known to a file only through the nodes that stand there.
    std::vector<Location> used;
    for (Node& node : fleet.nodes) {
      if (!node.location.valid()) continue;
      const Location& at = fleet.locations[node.location.index()];
      auto found = std::find(used.begin(), used.end(), at);
      if (found == used.end()) found = used.insert(used.end(), at);
      node.location = LocationId{static_cast<std::size_t>(found - used.begin())};
    }
    fleet.locations = std::move(used);
  }

  void draw_node(std::size_t n) {
    Node node;
    node.name = fmt::format("node{}", n);
    if (!s_.fleet.classes.empty() && coin()) {
      node.accelerator_class = ClassId{random_.below(s_.fleet.classes.size())};
      node.accelerators = static_cast<std::int32_t>(random_.below(9));
    }
    node.cpu = amount(1'000'000);
    node.memory_bytes = amount(1LL << 45);
    node.tasks_max = static_cast<std::int32_t>(amount(200));
    if (!s_.fleet.locations.empty() && coin())
      node.location = LocationId{random_.below(s_.fleet.locations.size())};
    if (coin()) node.labels = {{"key " + text(), text()}, {"rack", text()}};
    std::sort(node.labels.begin(), node.labels.end());
    node.capacity = any({CapacityKind::kOwned, CapacityKind::kSpot, CapacityKind::kOnDemand});
    if (coin()) node.instance_type = "p5.48xlarge";
    if (coin()) node.price_per_hour = Money{amount(1'000'000'000'000), {{'E', 'U', 'R'}}};
    node.fabric_gbit = amount(4000);
    node.storage_mib_per_s = amount(4000);
    node.health = any({Health::kHealthy, Health::kProbation});
    if (node.accelerators > 0 && coin()) {
      node.devices.assign(static_cast<std::size_t>(node.accelerators), Health::kHealthy);
      node.devices.back() = Health::kQuarantined;
    }
    s_.fleet.nodes.push_back(std::move(node));
  }

  void draw_projects() {
    for (const char* name : {"a", "a/b", "a/c", "d"}) {
      Project project;
      project.name = name;
      if (project.name.starts_with("a/")) project.parent = ProjectId{0};
      project.quota.assign(s_.fleet.resource_count(), kQuotaAbsent);
      for (Quota& quota : project.quota) {
        if (coin()) continue;
        quota.deserved = coin() ? kUnlimited : amount(1 << 30);
        quota.weight = amount(100);
        quota.limit = coin() ? kUnlimited : std::max<std::int64_t>(quota.deserved, 0) + amount(999);
      }
      project.priority = static_cast<std::int32_t>(amount(200)) - 100;
      project.created = time();
      if (coin()) project.min_runtime.preempt = duration();
      if (coin()) project.min_runtime.reclaim = Duration{};
      if (coin()) {
        project.usage.assign(s_.fleet.resource_count(), 0);
        for (std::int64_t& usage : project.usage) usage = amount(1'000'001);
      }
      if (coin()) project.residency = residency();
      if (coin()) project.budgets = budgets();
      s_.projects.push_back(std::move(project));
    }
  }

  std::vector<Budget> budgets() {
    std::vector<Budget> out;
    for (std::size_t i = 0; i < random_.below(4); ++i) {
      Budget budget;
      budget.period = static_cast<BudgetPeriod>(random_.below(kBudgetPeriods.size()));
      budget.name = coin() ? fmt::format("b{}", i) : fmt::format("{}", kBudgetPeriods[i]);
      budget.amount = {1 + amount(1'000'000'000'000), {{'E', 'U', 'R'}}};
      budget.hard = coin();
      if (coin()) budget.thresholds = {static_cast<std::int32_t>(1 + amount(80)), 90, 1000};
      if (coin()) budget.thresholds.clear();
      if (budget.period == BudgetPeriod::kTotal && coin())
        budget.starts = Time{Duration::hours(1 + amount(500'000)).ns};
      out.push_back(std::move(budget));
    }
    return out;
  }

  Residency residency() {
    Residency out;
    if (coin()) out.countries = {"NO", "EEA"};
    if (coin()) out.regions = {region()};
    if (coin()) out.forbidden = {"US", region()};
    return out;
  }

  void draw_request(Request& request) {
    switch (random_.below(5)) {
      case 0:
        request.accelerators = static_cast<std::int32_t>(amount(5));
        break;
      case 1:
        request.fraction = 1 + amount(999);
        break;
      case 2:
        request.accelerator_memory = 1 + amount(60LL << 30);
        break;
      case 3:
        for (const AcceleratorClass& accelerator : s_.fleet.classes)
          if (!accelerator.mig.empty()) request.mig = accelerator.mig[random_.below(6)].name;
        break;
      default:
        break;
    }
    if (request.mig.empty() && !s_.fleet.classes.empty() && coin())
      request.classes = {s_.fleet.classes[0].name};
    if (coin()) request.cpu = amount(5000);
    if (coin()) request.memory_bytes = amount(1 << 30);
  }

  void draw_workload(std::size_t w, Occupancy& occupancy) {
    Workload workload;
    workload.name = fmt::format("work{}", w);
    workload.project = any<std::string>({"a/b", "a/c", "d"});
    workload.kind = any({WorkloadKind::kTraining, WorkloadKind::kInference, WorkloadKind::kBatch});
    workload.priority = static_cast<std::int32_t>(amount(200)) - 50;
    workload.preemptible = coin();
    workload.submitted = time();
    draw_request(workload.request);
    if (coin()) workload.topology = {coin() ? "t" : "", coin() ? "rack" : "", "host", ""};
    if (coin()) workload.topology = {"t", "", "", "rack"};
    workload.spread = coin();
    workload.estimate = duration();
    if (coin()) workload.limit = workload.estimate + duration();
    workload.checkpoint_interval = duration();
    workload.checkpoint_cost = duration();
    workload.restart_cost = duration();
    if (coin()) workload.data = {region()};
    if (coin()) workload.residency = residency();
    if (coin()) workload.node_labels = {{"rack", text()}};
    if (coin()) workload.labels = {{"team", text()}};
    workload.gang_max = 1 + static_cast<std::int32_t>(amount(4));
    workload.gang_min = 1 + static_cast<std::int32_t>(amount(workload.gang_max));
    if (coin()) draw_life(workload, w);
    if (coin()) draw_tasks(workload, occupancy);
    s_.workloads.push_back(std::move(workload));
  }

  void draw_life(Workload& workload, std::size_t w) {
    Launch& run = workload.run;
    if (coin())
      run.command = {"/bin/sh", "-c", text()};
    else
      run.script = "#!/bin/sh\n" + text() + "\n\techo \"$1\"\n";
    if (coin()) run.environment = {{"A", text()}, {"_B2", ""}};
    if (coin()) run.directory = "/srv/" + text();
    if (coin()) run.output = "out-%j-%t-%a-%%.log";
    if (coin()) run.error = text();
    if (coin()) run.checkpoint_signal = "USR1";
    run.grace = duration();
    for (std::size_t d = 0; d < w && coin(); ++d)
      workload.after.push_back(
          {fmt::format("work{}", d), any({DependencyKind::kAfterOk, DependencyKind::kAfterAny})});
    workload.retry = {static_cast<std::int32_t>(amount(9)), duration(), {}};
    workload.retry.backoff_max = workload.retry.backoff + duration();
    workload.idle = {duration(), amount(1001), duration(),
                     any({IdleAction::kStop, IdleAction::kWarn})};
    workload.held = coin();
    if (coin()) workload.owner = "ana@example.org";
    if (coin()) workload.os_user = "ana";
    if (coin()) return;
    workload.kind = WorkloadKind::kBatch;
    workload.gang_min = 1;
    for (std::int32_t i = 0; i < workload.gang_max; ++i)
      workload.array.push_back(i * (1 + static_cast<std::int32_t>(amount(2))) + 7 * i);
    workload.array_at_most = static_cast<std::int32_t>(amount(3));
  }

  void draw_tasks(Workload& workload, Occupancy& occupancy) {
    for (std::int32_t t = 0; t < workload.gang_max; ++t) {
      TaskSpec task;
      task.name = fmt::format("{}/{}", workload.name, t);
      if (coin()) task.name = fmt::format("{}-task-{}", workload.name, t);
      if (!s_.fleet.nodes.empty() && coin()) {
        const std::size_t node = random_.below(s_.fleet.nodes.size());
        const auto devices = occupancy.lowest_free(node, workload.request);
        if (occupancy.add(node, workload.request, devices)) {
          task.state = coin() ? TaskState::kRunning : TaskState::kStopping;
          task.node = s_.fleet.nodes[node].name;
          task.devices = devices;
          task.started = time();
          task.checkpointed = coin() ? task.started : task.started + duration();
        }
      }
      workload.tasks.push_back(std::move(task));
    }
  }

  void draw_expectation() {
    if (s_.workloads.empty()) return;
    const Workload& workload = s_.workloads[0];
    const std::string task = workload.tasks.empty() ? workload.name + "/0" : workload.tasks[0].name;
    TaskExpectation expected{task, {}, {}, {}, {}, {}, {}};
    if (coin()) expected.state = TaskState::kRunning;
    if (coin()) expected.node = "node0";
    if (coin()) expected.devices = {0, 3};
    if (coin()) expected.reserved = coin();
    if (expected.reserved.value_or(false) && coin()) expected.reserved_node = "node1";
    s_.expect.tasks = {expected};
    s_.expect.reasons = {{workload.name, {ReasonCode::kNoRoom, {}}}};
    if (coin()) s_.expect.reasons[0].reason.parameters = {{"needed", -3}, {"free", text()}};
    if (coin())
      s_.expect.victim_count = amount(9);
    else if (coin())
      s_.expect.victims = {task};
  }

  Random random_;
  Scenario s_;
};

RC_GTEST_PROP(RoundTrip, EveryScenario, (std::uint64_t seed)) {
  const Scenario scenario = Draw(seed).scenario();
  for (const TextFormat format : {TextFormat::kYaml, TextFormat::kJson}) {
    const std::string text = print_scenario(scenario, format);
    const auto document = parse_document("printed", text);
    if (!document) RC_FAIL(document.error().message + "\n" + text);
    const auto again = load_scenario(*document);
    if (!again) RC_FAIL(again.error().message + "\n" + text);
    if (*again != scenario) RC_FAIL("a field was lost:\n" + text);
    RC_ASSERT(print_scenario(*again, format) == text);
  }
}

RC_GTEST_PROP(RoundTrip, EveryPart, (std::uint64_t seed)) {
  const Scenario s = Draw(seed).scenario();
  const auto parse = [](const std::string& text) { return *parse_document("printed", text); };
  const TextFormat format = seed % 2 == 0 ? TextFormat::kYaml : TextFormat::kJson;
  const auto fleet = load_fleet(parse(print_fleet(s.fleet, format)));
  RC_ASSERT(fleet);
  RC_ASSERT(*fleet == s.fleet);
  const auto projects = load_projects(parse(print_projects(s.projects, s.fleet, format)), *fleet);
  RC_ASSERT(projects);
  RC_ASSERT(*projects == s.projects);
  const auto workloads =
      load_workloads(parse(print_workloads(s.workloads, s.fleet, format)), *fleet, *projects);
  RC_ASSERT(workloads);
  RC_ASSERT(*workloads == s.workloads);
}

RC_GTEST_PROP(RoundTrip, WorkloadsAsBytes, (std::uint64_t seed)) {
  for (const Workload& workload : Draw(seed).scenario().workloads) {
    std::string text;
    put_workload(text, workload);
    ByteReader in(text);
    RC_ASSERT(read_workload(in) == workload);
    RC_ASSERT(in.ok());
    RC_ASSERT(in.left() == 0U);
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      ByteReader part(std::string_view(text).substr(0, cut));
      (void)read_workload(part);
      RC_ASSERT(!part.ok());
    }
  }
}

}  // namespace
}  // namespace sillar
