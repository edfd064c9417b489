#include "model/validate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "model/mig.h"

namespace sillar {
namespace {

// What files are refused for is tested in text_test.cpp; here stand the records that only a program
// can build.

std::string join(const Complaints& complaints) {
  std::string out;
  for (const Complaint& complaint : complaints.list())
    out += fmt::format("{}: {}\n", complaint.path, complaint.message);
  return out;
}

Fleet fleet_of(Node node) {
  Fleet fleet;
  fleet.classes.push_back({"h100", 80LL << 30, 0, 1000, {}});
  fleet.nodes.push_back(std::move(node));
  return fleet;
}

std::string fleet_faults(const Fleet& fleet) {
  Complaints complaints;
  validate_fleet(fleet, complaints);
  return join(complaints);
}

std::string project_faults(const std::vector<Project>& projects) {
  Complaints complaints;
  validate_projects(projects, fleet_of({}), complaints);
  return join(complaints);
}

Project project(std::string name, ProjectId parent = {}) {
  Project out;
  out.name = std::move(name);
  out.parent = parent;
  out.quota.assign(3, kQuotaAbsent);
  return out;
}

TEST(Validate, BoundsWhatItLists) {
  Complaints complaints(2);
  EXPECT_TRUE(complaints.empty());
  for (int i = 0; i < 5; ++i) complaints.add("x", "y");
  EXPECT_EQ(complaints.list().size(), 2U);
  EXPECT_EQ(complaints.count(), 5U);
}

TEST(Validate, Nodes) {
  Node node;
  node.name = "n";
  EXPECT_EQ(fleet_faults(fleet_of(node)), "");
  node.accelerators = 17;
  node.accelerator_class = ClassId{1};
  node.devices.resize(2);
  node.cpu = -1;
  node.memory_bytes = std::numeric_limits<std::int64_t>::max();
  node.tasks_max = -1;
  node.fabric_gbit = -1;
  node.storage_mib_per_s = -1;
  node.price_per_hour = Money{-1, {}};
  node.labels = {{"b", ""}, {"a", ""}};
  node.location = LocationId{0};
  EXPECT_EQ(fleet_faults(fleet_of(node)),
            "nodes[0].accelerators: 17 is outside 0 to 16\n"
            "nodes[0].class: a node with accelerators names their class\n"
            "nodes[0].device_health: there is one state for each device, or none\n"
            "nodes[0].cpu: an amount is not negative\n"
            "nodes[0].memory: the amount is larger than can be counted\n"
            "nodes[0].tasks_max: a bound is not negative\n"
            "nodes[0].fabric_gbit: an amount is not negative\n"
            "nodes[0].storage_mib_per_s: an amount is not negative\n"
            "nodes[0].price_per_hour: a price is not negative\n"
            "nodes[0].labels: labels are sorted and have one text each\n"
            "nodes[0].location: the location is unknown\n");
}

TEST(Validate, Classes) {
  Node node;
  node.name = "n";
  Fleet fleet = fleet_of(node);
  fleet.classes[0].mig = mig_table("a100-80gb");
  fleet.classes[0].mig[1].name = "1g.10gb";
  fleet.classes[0].mig[2].slots = 0;
  fleet.classes.push_back({"a b", -1, -1, 0, {}});
  EXPECT_EQ(fleet_faults(fleet),
            "classes[0].mig[1].name: there is another '1g.10gb' before it\n"
            "classes[0].mig[2].slots: 0 is outside 1 to 8\n"
            "classes[1].name: 'a b' cannot be a name\n"
            "classes[1].memory: an amount is not negative\n"
            "classes[1].reserved_memory: -1 leaves nothing of the device's -1\n"
            "classes[1].exchange: a device is worth more than nothing\n");
}

TEST(Validate, Projects) {
  EXPECT_EQ(project_faults({project("a"), project("a/b", ProjectId{0})}), "");
  EXPECT_EQ(project_faults({project("a"), project("a/b")}),
            "[1]: its parent is not the project that its name says\n");
  EXPECT_EQ(project_faults({project("a"), project("b", ProjectId{0})}),
            "[1]: its parent is not the project that its name says\n");
  EXPECT_EQ(project_faults({project("a"), project("a")}),
            "[1].name: there is another 'a' before it\n");
  Project odd = project("a");
  odd.quota.resize(2);
  odd.usage.resize(1);
  odd.min_runtime.preempt = kDurationMax + Duration::hours(1);
  odd.min_runtime.reclaim = Duration{-1};
  EXPECT_EQ(project_faults({odd}),
            "[0].quota: there is one entry for each resource of the fleet\n"
            "[0].min_runtime: 36525d1h is longer than 36525d\n"
            "[0].min_runtime: a duration is not negative\n"
            "[0].usage: there is one entry for each resource, or none\n");
  odd = project("a");
  odd.quota[kCpu] = {-2, -1, kResourceMax + 1};
  EXPECT_EQ(project_faults({odd}),
            "[0].quota.cpu.deserved: an amount is not negative\n"
            "[0].quota.cpu.limit: the amount is larger than can be counted\n"
            "[0].quota.cpu.weight: -1 is outside 0 to 1000000000\n"
            "[0].quota.cpu: with it, the projects together have more than can be counted\n");
}

TEST(Validate, DeepPaths) {
  std::vector<Project> projects{project("p")};
  for (std::size_t depth = 1; depth < 40; ++depth)
    projects.push_back(project(projects.back().name + "/p", ProjectId{depth - 1}));
  EXPECT_TRUE(project_faults(projects).starts_with("[32].name: a path has at most 32 parts\n"));
}

TEST(Validate, Workloads) {
  Node node;
  node.name = "n";
  const std::vector<Project> projects{project("a")};
  Workload workload;
  workload.name = "w";
  workload.project = "a";
  workload.gang_min = 0;
  workload.gang_max = -1;
  workload.request.accelerators = 17;
  workload.request.cpu = -1;
  workload.restart_cost = Duration{-1};
  workload.limit = Duration::hours(24 * 36525 + 1);
  workload.tasks.push_back({"w/0", TaskState::kPending, "", {}, Time{5}, Time{4}});
  Complaints complaints;
  validate_workloads(std::vector{workload}, fleet_of(node), projects, complaints);
  EXPECT_EQ(join(complaints),
            "[0].request.accelerators: 17 is outside 0 to 16\n"
            "[0].request.cpu: an amount is not negative\n"
            "[0].limit: 36525d1h is longer than 36525d\n"
            "[0].restart_cost: a duration is not negative\n"
            "[0].gang: min 0 and max -1 make no gang\n"
            "[0].tasks: 1 tasks are stated, but gang.max is -1\n"
            "[0].tasks[0].checkpointed: a checkpoint is not older than the start\n");
}

TEST(Validate, Options) {
  Options options;
  options.rounds = -1;
  options.stale_grace = Duration{-1};
  options.consolidation_victims_max = -2;
  options.k_thousandths = -1;
  options.saturation_thousandths = 999;
  options.quarantine = {Duration::hours(2), 17, {-1}, {}, Duration::hours(1), 0};
  Complaints complaints;
  validate_options(options, complaints);
  EXPECT_EQ(join(complaints),
            "rounds: a number of rounds is not negative\n"
            "stale_grace: a duration is not negative\n"
            "consolidation_victims_max: a bound is not negative\n"
            "k_value: a weight of usage is from 0 to 1000\n"
            "saturation_multiplier: a multiplier is at least 1\n"
            "quarantine.window: a duration is not negative\n"
            "quarantine.failures: 17 is outside 0 to 16\n"
            "quarantine.longest: it is not shorter than 'after'\n"
            "quarantine.share: a share is above 0 and at most 1\n");
}

}  // namespace
}  // namespace sillar
