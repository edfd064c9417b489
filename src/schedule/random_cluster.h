#pragma once

// A random small cluster with projects, quotas and work, and a driver that carries plans out as the
// engine does with facts: for property tests of the cycle. Everything follows from the seed.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "schedule/board_fixture.h"
#include "schedule/cycle.h"
#include "schedule/division.h"

namespace sillar::schedule {

class RandomCluster {
 public:
  RandomCluster(Rules rules, std::uint64_t seed) : random_(seed), holds_(~seed) {
    board.set_fleet(random_fleet(), rules);
    board.set_projects(random_projects());
    options.reservations = rules == Rules::kSillar && random_.below(2) == 0;
    options.k_thousandths = random_.below(3) == 0 ? 1000 : 0;
    options.consolidation_victims_max = random_.below(3) == 0 ? 2 : -1;
    if (random_.below(4) == 0) std::swap(options.actions[2], options.actions[3]);
  }

  Board board;
  CycleOptions options;
  CycleMemory memory;
  Time now = Time::from_seconds(1'000'000);
  std::vector<LocationVerdicts> verdicts;  // Per job.

  // With what earlier cycles left behind, and on another board without it.
  [[nodiscard]] Plan cycle(PlacementIndex& index) { return cycle_on(board, index, &division_); }
  [[nodiscard]] Plan cycle_on(Board& on, PlacementIndex& index,
                              Division* division = nullptr) const {
    CycleInput input;
    input.division = division;
    input.now = now;
    input.options = &options;
    input.memory = &memory;
    return run_cycle(on, index, input);
  }

  void arrive() {
    Workload work = random_workload();
    work.name = fmt::format("w{}", board.job_count());
    work.submitted = now;
    if (work.gang_min == 1 && holds_.below(2) == 0)
      work.array_at_most = static_cast<std::int32_t>(holds_.below(3));
    const ProjectId leaf = leaves_[random_.below(leaves_.size())];
    verdicts.push_back(random_verdicts());
    board.add_job(leaf, work, verdicts.back());
  }

  // Some task ends, some device falls ill or recovers, some job is held or released.
  void live() {
    if (board.task_count() > 0 && random_.below(3) == 0) {
      const TaskId task{random_.below(board.task_count())};
      if (board.task(task).phase == Phase::kRunning) finish(task);
    }
    if (random_.below(8) == 0) change_health();
    if (board.task_count() > 0 && holds_.below(3) == 0)
      hold_or_park(TaskId{holds_.below(board.task_count())});
  }

  void apply(const Decision& d) {
    const WorkloadId job = board.task(d.task).job;
    switch (d.step) {
      case Step::kStart:
        return board.start(d.task, d.shape, d.place, now);
      case Step::kFulfil:
        return board.fulfil(d.task, now);
      case Step::kReserve:
        return board.reserve(d.task, d.shape, d.place);
      case Step::kUnreserve:
        return board.unreserve(d.task);
      case Step::kMove:
        return board.reserve_move(d.task, d.shape, d.place);
      case Step::kEvict:
        board.evict(d.task);
        board.note_gang(job, now);
        return;
    }
  }

  void apply(const Plan& plan) {
    for (const Decision& d : plan.decisions) apply(d);
    for (const Waiting& waiting : plan.waiting)
      board.set_waiting(waiting.job, plan.reasons[waiting.reason].code);
    memory.holds = plan.holds;
  }

  // What was evicted stops, and a second passes.
  void settle() {
    const std::set<TaskId> stopping = board.stopping_tasks();
    now = now + Duration::seconds(1);
    for (const TaskId task : stopping) {
      board.stopped(task);
      board.note_gang(board.task(task).job, now);
    }
  }

  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

 private:
  void hold_or_park(TaskId id) {
    const WorkloadId job = board.task(id).job;
    const Phase phase = board.task(id).phase;
    if (phase == Phase::kParked) return board.unpark(id);
    if (phase == Phase::kPending && board.job(job).gang_min == 1 && holds_.below(2) == 0)
      return board.park(id);
    const bool held = !board.job(job).held;
    for (std::int32_t i = 0; held && i < board.job(job).tasks; ++i) {
      const TaskId task{board.job(job).first_task + static_cast<std::uint32_t>(i)};
      if (board.task(task).phase == Phase::kReserved) board.unreserve(task);
    }
    board.set_held(job, held);
    board.set_waiting(job, held ? ReasonCode::kHeldByOwner : ReasonCode::kNone);
    board.note_gang(job, now);
  }

  void finish(TaskId task) {
    board.finish(task);
    board.note_gang(board.task(task).job, now);
  }

  void change_health() {
    const NodeId node{random_.below(board.node_count())};
    const std::uint8_t devices = board.node(node).device_count;
    if (devices == 0) return;
    const std::size_t device = random_.below(devices);
    const auto health = static_cast<Health>(random_.below(2) == 0 ? 0 : random_.below(4));
    board.set_device_health(node, device, health);
    if (health != Health::kQuarantined) return;
    // The engine drains what stands on it, with its whole job.
    std::set<WorkloadId> jobs;
    for (const TaskId task : board.tasks_on(node)) {
      if ((board.task(task).place.device_mask >> device & 1) != 0)
        jobs.insert(board.task(task).job);
    }
    for (const WorkloadId id : jobs) {
      const Job& job = board.job(id);
      for (std::int32_t i = 0; i < job.tasks; ++i) {
        const TaskId task{job.first_task + static_cast<std::uint32_t>(i)};
        if (board.task(task).phase == Phase::kRunning) board.evict(task);
      }
      board.note_gang(id, now);
    }
  }

  Fleet random_fleet() {
    Fleet fleet;
    for (const char* name : {"h100", "a100"}) {
      AcceleratorClass made;
      made.name = name;
      made.memory_bytes = std::int64_t{80} << 30;
      fleet.classes.push_back(made);
    }
    fleet.locations = {{"aws", "eu-south-2", "", "ES"}, {"aws", "us-east-1", "", "US"}};
    fleet.topologies = {{"fabric", {"rack", "host"}}};
    const std::size_t nodes = 2 + random_.below(6);
    for (std::size_t i = 0; i < nodes; ++i) {
      Node node;
      node.name = fmt::format("n{}", i);
      if (random_.below(8) != 0) {
        node.accelerator_class = ClassId{random_.below(3) / 2};
        node.accelerators = 2 << random_.below(3);
      }
      node.cpu = 16'000 * static_cast<std::int64_t>(1 + random_.below(4));
      node.memory_bytes = std::int64_t{256} << 30;
      node.location = LocationId{random_.below(2)};
      if (random_.below(6) != 0) node.labels = {{"rack", fmt::format("r{}", random_.below(3))}};
      fleet.nodes.push_back(std::move(node));
    }
    return fleet;
  }

  Quota random_quota(std::int64_t unit) {
    Quota quota;
    quota.deserved =
        random_.below(5) == 0 ? kUnlimited : unit * static_cast<std::int64_t>(random_.below(9));
    quota.weight = static_cast<std::int64_t>(random_.below(4));
    if (quota.deserved != kUnlimited && random_.below(3) == 0)
      quota.limit = quota.deserved + unit * static_cast<std::int64_t>(random_.below(5));
    return quota;
  }

  Project random_project(std::string name, ProjectId parent) {
    Project project;
    project.name = std::move(name);
    project.parent = parent;
    project.priority = static_cast<std::int32_t>(random_.below(2));
    project.quota = {kQuotaAbsent, kQuotaAbsent, random_quota(kDevice), random_quota(kDevice)};
    if (random_.below(3) == 0) project.quota[kCpu] = random_quota(4000);
    if (random_.below(4) == 0) project.min_runtime.reclaim = Duration::seconds(5);
    if (random_.below(4) == 0) project.min_runtime.preempt = Duration::seconds(3);
    if (random_.below(3) == 0) project.usage = {0, 0, 300'000, 100'000};
    return project;
  }

  std::vector<Project> random_projects() {
    std::vector<Project> projects;
    const std::size_t tops = 1 + random_.below(4);
    for (std::size_t t = 0; t < tops; ++t) {
      const std::string name = fmt::format("p{}", t);
      const ProjectId top{projects.size()};
      projects.push_back(random_project(name, ProjectId{}));
      const std::size_t children = random_.below(4);
      if (children == 0) leaves_.push_back(top);
      for (std::size_t c = 0; c < children; ++c) {
        leaves_.push_back(ProjectId{projects.size()});
        projects.push_back(random_project(fmt::format("{}/c{}", name, c), top));
      }
    }
    return projects;
  }

  Request random_request() {
    Request request;
    request.cpu = 1000 * static_cast<std::int64_t>(random_.below(5));
    request.memory_bytes = std::int64_t{1} << 30;
    switch (random_.below(8)) {
      case 0:
        request.cpu += 1000;
        break;
      case 1:
      case 2:
        request.fraction = static_cast<std::int64_t>(100 + 100 * random_.below(7));
        break;
      default:
        request.accelerators = 1 << random_.below(3);
        break;
    }
    switch (random_.below(4)) {
      case 0:
        request.classes = {"h100"};
        break;
      case 1:
        request.classes = {"a100", "h100"};
        break;
      default:
        break;
    }
    return request;
  }

  Workload random_workload() {
    Workload work;
    work.priority = static_cast<std::int32_t>(10 * random_.below(3));
    work.preemptible = random_.below(5) != 0;
    work.kind = random_.below(6) == 0 ? WorkloadKind::kInference : WorkloadKind::kTraining;
    work.gang_min = 1 + static_cast<std::int32_t>(random_.below(2) * random_.below(4));
    work.gang_max = work.gang_min + static_cast<std::int32_t>(random_.below(2) * random_.below(4));
    work.request = random_request();
    if (random_.below(5) == 0)
      work.topology.required = "rack";
    else if (random_.below(6) == 0)
      work.topology.preferred = "host";
    else if (random_.below(12) == 0)
      work.topology.apart = "rack";
    if (random_.below(3) == 0)
      work.estimate = Duration::seconds(static_cast<std::int64_t>(1 + random_.below(20)));
    if (random_.below(3) == 0) work.restart_cost = Duration::seconds(30);
    return work;
  }

  LocationVerdicts random_verdicts() {
    if (random_.below(4) != 0) return {};
    return {LocationVerdict::kPermitted, LocationVerdict::kRefused, LocationVerdict::kUnknown};
  }

  Random random_;
  Random holds_;  // Of its own, so that clusters stay what they were without it.
  std::vector<ProjectId> leaves_;
  Division division_;
};

}  // namespace sillar::schedule
