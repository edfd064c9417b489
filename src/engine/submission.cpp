#include "engine/submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "engine/dependents.h"
#include "schedule/shape.h"

namespace sillar {
namespace {

// Index of the accepted class among the request's alternatives; see Board::add_job, which lists one
// alternative for each class that the request names and the fleet has, and a single one where it
// names none.
std::int32_t alternative_for(const Fleet& fleet, const Request& request, ClassId c) {
  if (request.classes.empty() || !c.valid()) return 0;
  std::int32_t index = 0;
  for (const std::string& name : request.classes) {
    const auto known = std::find_if(fleet.classes.begin(), fleet.classes.end(),
                                    [&](const auto& k) { return k.name == name; });
    if (known == fleet.classes.end()) continue;
    if (static_cast<std::size_t>(known - fleet.classes.begin()) == c.index()) return index;
    ++index;
  }
  return -1;
}

class Submission {
 public:
  Submission(const State& state, const Workload& workload, Time at)
      : s_(state), w_(workload), at_(at) {}

  Result<std::vector<FactBody>> run(std::shared_ptr<const Workload> shared) {
    if (s_.workload_ids.contains(w_.name))
      return refused({ReasonCode::kDuplicate, {{"workload", w_.name}}});
    const auto project = s_.project_ids.find(w_.project);
    if (project == s_.project_ids.end() || !s_.board.children(project->second).empty())
      return refused({ReasonCode::kUnknownProject, {{"project", w_.project}}});
    DependencyCheck dependencies = check_dependencies(s_, w_);
    if (dependencies.refused) return refused(std::move(dependencies.reason));
    if (auto rule = ResidencyRule::of(w_.residency); !rule)
      return tl::unexpected(rule.error().within(w_.name));
    if (w_.gang_min < 1 || w_.gang_max < w_.gang_min)
      return invalid(fmt::format(
          "{}: a gang needs at least one task, and its minimum is at most its size", w_.name));
    const WorkloadId id{s_.workloads.size()};
    facts_.push_back(Submitted{std::move(shared)});
    if (w_.held)
      facts_.push_back(
          WorkloadHeld{id, HoldCause::kOwner, {ReasonCode::kHeldByOwner, {}}, Time::never()});
    if (dependencies.reason.code != ReasonCode::kNone)
      facts_.push_back(
          WorkloadHeld{id, HoldCause::kDependency, std::move(dependencies.reason), Time::never()});
    const auto first = static_cast<std::uint32_t>(s_.board.task_count());
    for (const std::size_t i : in_order_of_start())
      SILLAR_TRY_STATUS(task_facts(TaskId{first + i}, w_.tasks[i]));
    return std::move(facts_);
  }

 private:
  // A gang is whole from its last start on, wherever that task stands in the list.
  [[nodiscard]] std::vector<std::size_t> in_order_of_start() const {
    std::vector<std::size_t> order(w_.tasks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(w_.tasks[a].started, a) < std::tie(w_.tasks[b].started, b);
    });
    return order;
  }

  Result<std::vector<FactBody>> refused(Reason reason) const {
    return std::vector<FactBody>{Refused{w_.name, std::move(reason)}};
  }

  Status task_facts(TaskId id, const TaskSpec& task) {
    if (task.state == TaskState::kPending) return {};
    if (task.state == TaskState::kFinished) {
      facts_.push_back(TaskFinished{id, TaskOutcome::kSucceeded});
      return {};
    }
    const auto node = s_.node_ids.find(task.node);
    if (node == s_.node_ids.end())
      return invalid(fmt::format("{}: there is no node '{}'", task.name, task.node));
    Place place;
    place.node = node->second;
    const ClassId c = s_.board.node(node->second).accelerator_class;
    place.alternative = alternative_for(s_.world->fleet, w_.request, c);
    if (place.alternative < 0)
      return invalid(fmt::format("{}: runs on node '{}', whose class it does not accept", task.name,
                                 task.node));
    for (const std::int32_t device : task.devices)
      place.device_mask = static_cast<std::uint16_t>(place.device_mask | (1U << device));
    if (!w_.request.mig.empty()) SILLAR_TRY_STATUS(choose_slot(task, c, place));
    facts_.push_back(
        TaskStarted{id, place, task.started, std::max(task.checkpointed, task.started)});
    if (task.state == TaskState::kStopping) facts_.push_back(TaskEvicted{id, WorkloadId{}, {}, {}});
    return {};
  }

  // A running MIG instance does not say which slots it has: it is given the ones that a placement
  // would choose.
  Status choose_slot(const TaskSpec& task, ClassId c, Place& place) {
    const auto device = static_cast<std::size_t>(task.devices.front());
    const std::vector<MigProfile>& profiles = s_.world->fleet.classes[c.index()].mig;
    const auto profile = std::find_if(profiles.begin(), profiles.end(), [&](const MigProfile& p) {
      return p.name == w_.request.mig;
    });
    if (profile == profiles.end())
      return invalid(fmt::format("{}: no MIG profile '{}' there", task.name, w_.request.mig));
    std::uint8_t& mine = occupied_[{place.node, device}];
    const auto used =
        static_cast<std::uint8_t>(mine | s_.board.node(place.node).devices[device].mig_now);
    const int slot = schedule::mig_fit(*profile, used);
    if (slot < 0)
      return invalid(
          fmt::format("{}: device {} of '{}' has no slot left", task.name, device, task.node));
    place.mig_slot = static_cast<std::uint8_t>(slot);
    mine = static_cast<std::uint8_t>(mine | (((1U << profile->slots) - 1U) << slot));
    return {};
  }

  const State& s_;
  const Workload& w_;
  Time at_;
  std::vector<FactBody> facts_;
  std::map<std::pair<NodeId, std::size_t>, std::uint8_t>
      occupied_;  // By earlier tasks of this submission.
};

}  // namespace

Result<std::vector<FactBody>> submission_facts(const State& state, const Workload& workload,
                                               std::shared_ptr<const Workload> shared, Time at) {
  return Submission(state, workload, at).run(std::move(shared));
}

}  // namespace sillar
