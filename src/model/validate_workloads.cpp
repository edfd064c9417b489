#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/document.h"
#include "base/quantity.h"
#include "model/names.h"
#include "model/occupancy.h"
#include "model/residency.h"
#include "model/validate.h"
#include "model/validate_life.h"

namespace sillar {
namespace {

std::string hint(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = did_you_mean(word, known);
  return near.empty() ? near : fmt::format("; did you mean '{}'?", near);
}

template <class Records>
std::vector<std::string> names_of(const Records& records) {
  std::vector<std::string> names;
  for (const auto& record : records) {
    if constexpr (requires { record.retired; }) {
      if (record.retired) continue;
    }
    names.push_back(record.name);
  }
  return names;
}

class WorkloadCheck {
 public:
  WorkloadCheck(std::span<const Workload> workloads, const Fleet& fleet,
                std::span<const Project> projects, Complaints& out, Standing standing)
      : workloads_(workloads),
        fleet_(fleet),
        projects_(projects),
        out_(out),
        standing_(standing),
        occupancy_(fleet) {
    for (std::size_t p = 0; p < projects.size(); ++p) {
      if (projects[p].retired) continue;
      is_leaf_.try_emplace(projects[p].name, true);
      if (projects[p].parent.valid()) is_leaf_[projects[projects[p].parent.index()].name] = false;
    }
  }

  void run() {
    for (std::size_t w = 0; w < workloads_.size(); ++w) {
      const Workload& workload = workloads_[w];
      path_ = fmt::format("[{}]", w);
      if (!is_name(workload.name))
        complain(".name", fmt::format("'{}' cannot be a name", workload.name));
      if (!names_.insert(workload.name).second)
        complain(".name", fmt::format("there is another '{}' before it", workload.name));
      check_project(workload);
      check_request(workload.request);
      if (standing_ != Standing::kOver) check_topology(workload.topology);
      check_times(workload);
      check_residency(workload.residency, path_ + ".residency", out_);
      for (std::size_t d = 0; d < workload.data.size(); ++d)
        if (!is_region_path(workload.data[d]))
          complain(fmt::format(".data[{}]", d),
                   fmt::format("'{}' is not written as provider/region", workload.data[d]));
      check_gang(workload);
      validate_life(workload, path_, out_);
      for (std::size_t t = 0; t < workload.tasks.size(); ++t) check_task(workload, t);
    }
  }

 private:
  void complain(std::string_view where, std::string message) {
    out_.add(path_ + std::string(where), std::move(message));
  }

  void check_project(const Workload& workload) {
    const auto found = is_leaf_.find(workload.project);
    if (found == is_leaf_.end())
      complain(".project", fmt::format("there is no project '{}'{}", workload.project,
                                       hint(workload.project, names_of(projects_))));
    else if (!found->second)
      complain(".project", fmt::format("the project '{}' has children; only leaves run work",
                                       workload.project));
  }

  void check_request(const Request& request) {
    const int kinds = (request.accelerators != 0) + (request.fraction != 0) +
                      (request.accelerator_memory != 0) + !request.mig.empty();
    if (kinds > 1)
      complain(".request",
               "at most one of accelerators, fraction, accelerator_memory and mig may be set");
    if (request.accelerators < 0 || request.accelerators > kDevicesPerNodeMax)
      complain(".request.accelerators",
               fmt::format("{} is outside 0 to {}", request.accelerators, kDevicesPerNodeMax));
    if (request.fraction < 0 || request.fraction >= kDevice)
      complain(".request.fraction", fmt::format("{} is outside 1 to 999", request.fraction));
    check_amount(".request.cpu", request.cpu);
    check_amount(".request.memory", request.memory_bytes);
    check_amount(".request.accelerator_memory", request.accelerator_memory);
    check_classes(request);
    if (!request.mig.empty() && standing_ != Standing::kOver) check_profile(request);
  }

  void check_amount(std::string_view where, std::int64_t amount) {
    if (amount < 0) complain(where, "an amount is not negative");
    if (amount > kResourceMax) complain(where, "the amount is larger than can be counted");
  }

  void check_classes(const Request& request) {
    for (std::size_t c = 0; c < request.classes.size(); ++c) {
      const std::string& name = request.classes[c];
      const std::string where = fmt::format(".request.classes[{}]", c);
      const bool known =
          std::any_of(fleet_.classes.begin(), fleet_.classes.end(), [&](const AcceleratorClass& a) {
            return a.name == name && (!a.retired || standing_ != Standing::kNew);
          });
      if (!known && standing_ != Standing::kOver)
        complain(where, fmt::format("the fleet has no class '{}'{}", name,
                                    hint(name, names_of(fleet_.classes))));
      if (std::find(request.classes.begin(),
                    request.classes.begin() + static_cast<std::ptrdiff_t>(c),
                    name) != request.classes.begin() + static_cast<std::ptrdiff_t>(c))
        complain(where, fmt::format("the class '{}' stands before it already", name));
    }
  }

  void check_profile(const Request& request) {
    std::vector<std::string> known;
    for (const AcceleratorClass& accelerator : fleet_.classes) {
      if (!request.classes.empty() && std::find(request.classes.begin(), request.classes.end(),
                                                accelerator.name) == request.classes.end())
        continue;
      for (const MigProfile& profile : accelerator.mig) known.push_back(profile.name);
    }
    if (std::find(known.begin(), known.end(), request.mig) == known.end())
      complain(".request.mig", fmt::format("no class that it accepts has a profile '{}'{}",
                                           request.mig, hint(request.mig, known)));
  }

  void check_topology(const TopologyRequest& request) {
    if (request == TopologyRequest{}) return;
    const auto& topologies = fleet_.topologies;
    if (request.topology.empty() && topologies.size() != 1) {
      complain(".topology",
               fmt::format("the fleet has {} topologies; name one", topologies.size()));
      return;
    }
    const auto found =
        request.topology.empty()
            ? topologies.begin()
            : std::find_if(topologies.begin(), topologies.end(),
                           [&](const Topology& t) { return t.name == request.topology; });
    if (found == topologies.end()) {
      complain(".topology.topology",
               fmt::format("the fleet has no topology '{}'{}", request.topology,
                           hint(request.topology, names_of(topologies))));
      return;
    }
    const std::ptrdiff_t required = level_of(*found, ".topology.required", request.required);
    const std::ptrdiff_t preferred = level_of(*found, ".topology.preferred", request.preferred);
    (void)level_of(*found, ".topology.apart", request.apart);
    if (!request.required.empty() && !request.apart.empty())
      complain(".topology.apart", "tasks that must be in one domain cannot be kept apart");
    if (required >= 0 && preferred >= 0 && preferred < required)
      complain(".topology.preferred",
               fmt::format("the preferred level {} is wider than the required one, {}",
                           request.preferred, request.required));
  }

  std::ptrdiff_t level_of(const Topology& topology, std::string_view where,
                          const std::string& level) {
    if (level.empty()) return -1;
    const auto found = std::find(topology.levels.begin(), topology.levels.end(), level);
    if (found != topology.levels.end()) return found - topology.levels.begin();
    complain(where, fmt::format("the topology {} has no level '{}'{}", topology.name, level,
                                hint(level, topology.levels)));
    return -1;
  }

  void check_times(const Workload& workload) {
    const auto check = [&](std::string_view where, Duration duration) {
      if (duration.ns < 0) complain(where, "a duration is not negative");
      if (duration > kDurationMax)
        complain(where, fmt::format("{} is longer than {}", format_duration(duration),
                                    format_duration(kDurationMax)));
    };
    check(".estimate", workload.estimate);
    check(".limit", workload.limit);
    check(".checkpoint_interval", workload.checkpoint_interval);
    check(".checkpoint_cost", workload.checkpoint_cost);
    check(".restart_cost", workload.restart_cost);
    if (workload.limit.ns > 0 && workload.estimate > workload.limit)
      complain(".estimate",
               fmt::format("the estimate {} is longer than the limit, {}",
                           format_duration(workload.estimate), format_duration(workload.limit)));
  }

  void check_gang(const Workload& workload) {
    if (workload.gang_min < 1 || workload.gang_min > workload.gang_max)
      complain(".gang",
               fmt::format("min {} and max {} make no gang", workload.gang_min, workload.gang_max));
    if (!workload.tasks.empty() &&
        workload.tasks.size() != static_cast<std::size_t>(std::max(workload.gang_max, 0)))
      complain(".tasks", fmt::format("{} tasks are stated, but gang.max is {}",
                                     workload.tasks.size(), workload.gang_max));
  }

  void check_task(const Workload& workload, std::size_t t) {
    const TaskSpec& task = workload.tasks[t];
    const auto complain_task = [&](std::string_view where, std::string message) {
      out_.add(fmt::format("{}.tasks[{}]{}", path_, t, where), std::move(message));
    };
    if (!is_name(task.name))
      complain_task(".name", fmt::format("'{}' cannot be a name", task.name));
    if (!tasks_.insert(task.name).second)
      complain_task(".name", fmt::format("there is another task '{}' before it", task.name));
    if (task.checkpointed < task.started)
      complain_task(".checkpointed", "a checkpoint is not older than the start");
    if (task.state == TaskState::kPending || task.state == TaskState::kFinished) {
      if (!task.devices.empty() || (task.state == TaskState::kPending && !task.node.empty()))
        complain_task("", fmt::format("a {} task holds no node and no devices",
                                      task.state == TaskState::kPending ? "Pending" : "Finished"));
      return;
    }
    const std::int64_t node = occupancy_.find_node(task.node);
    if (task.node.empty())
      complain_task("", "a task that runs names its node");
    else if (node < 0)
      complain_task(".node", fmt::format("there is no node '{}'{}", task.node,
                                         hint(task.node, names_of(fleet_.nodes))));
    else if (const Status added =
                 occupancy_.add(static_cast<std::size_t>(node), workload.request, task.devices);
             !added)
      complain_task(task.devices.empty() ? ".node" : ".devices", added.error().message);
  }

  std::span<const Workload> workloads_;
  const Fleet& fleet_;
  std::span<const Project> projects_;
  Complaints& out_;
  Standing standing_;
  Occupancy occupancy_;
  std::string path_;
  std::map<std::string_view, bool> is_leaf_;
  std::set<std::string_view> names_;
  std::set<std::string_view> tasks_;
};

}  // namespace

void validate_workloads(std::span<const Workload> workloads, const Fleet& fleet,
                        std::span<const Project> projects, Complaints& complaints,
                        Standing standing) {
  WorkloadCheck(workloads, fleet, projects, complaints, standing).run();
}

namespace {

void validate_quarantine(const QuarantineRule& rule, Complaints& complaints) {
  const std::array spans{std::pair{"after", rule.after}, std::pair{"window", rule.window},
                         std::pair{"trial", rule.trial}, std::pair{"longest", rule.longest}};
  for (const auto& [name, span] : spans)
    if (span.ns < 0 || span > kDurationMax)
      complaints.add(fmt::format("quarantine.{}", name), "a duration is not negative");
  if (rule.failures < 0 || rule.failures > QuarantineRule::kFailuresMax)
    complaints.add("quarantine.failures", fmt::format("{} is outside {} to {}", rule.failures, 0,
                                                      QuarantineRule::kFailuresMax));
  if (rule.failures > 0 && rule.after.ns == 0)
    complaints.add("quarantine.after", "what failures quarantine is tried again some time");
  if (rule.longest < rule.after)
    complaints.add("quarantine.longest", "it is not shorter than 'after'");
  if (rule.share_thousandths < 1 || rule.share_thousandths > kThousand)
    complaints.add("quarantine.share", "a share is above 0 and at most 1");
}

}  // namespace

void validate_options(const Options& options, Complaints& complaints) {
  for (std::size_t a = 0; a < options.actions.size(); ++a)
    if (std::find(options.actions.begin(), options.actions.begin() + static_cast<std::ptrdiff_t>(a),
                  options.actions[a]) != options.actions.begin() + static_cast<std::ptrdiff_t>(a))
      complaints.add(fmt::format("actions[{}]", a), "a round has each phase at most once");
  if (!options.placement.empty() &&
      std::find(kPlacements.begin(), kPlacements.end(), options.placement) == kPlacements.end())
    complaints.add("placement", fmt::format("there is no placement '{}'; there are {}",
                                            options.placement, fmt::join(kPlacements, ", ")));
  if (options.rounds < 0) complaints.add("rounds", "a number of rounds is not negative");
  if (options.stale_grace.ns < 0) complaints.add("stale_grace", "a duration is not negative");
  if (options.consolidation_victims_max < kUnlimited)
    complaints.add("consolidation_victims_max", "a bound is not negative");
  if (options.k_thousandths < 0 || options.k_thousandths > kWeightOfUsageMax)
    complaints.add("k_value", "a weight of usage is from 0 to 1000");
  if (options.budget_slice < kBudgetSliceMin || options.budget_slice > kBudgetSliceMax)
    complaints.add("budget_slice",
                   fmt::format("{} is outside {} to {}", format_duration(options.budget_slice),
                               format_duration(kBudgetSliceMin), format_duration(kBudgetSliceMax)));
  if (options.usage_half_life.ns < 0)
    complaints.add("usage_half_life", "a duration is not negative");
  if (options.saturation_thousandths < kDevice)
    complaints.add("saturation_multiplier", "a multiplier is at least 1");
  validate_quarantine(options.quarantine, complaints);
}

void validate_expectation(const Expectation& expect, std::span<const Workload> workloads,
                          Complaints& complaints) {
  std::map<std::string_view, const Workload*> by_name;
  std::set<std::string_view> tasks;
  for (const Workload& workload : workloads) {
    by_name.try_emplace(workload.name, &workload);
    for (const TaskSpec& task : workload.tasks) tasks.insert(task.name);
  }
  // Tasks that are not listed have names all the same.
  const auto is_task = [&](std::string_view name) {
    if (tasks.contains(name)) return true;
    const std::size_t slash = name.rfind('/');
    if (slash == std::string_view::npos) return false;
    const auto workload = by_name.find(name.substr(0, slash));
    const std::string_view digits = name.substr(slash + 1);
    const auto index = parse_integer(digits);
    return workload != by_name.end() && workload->second->tasks.empty() && index && *index >= 0 &&
           *index < workload->second->gang_max && std::to_string(*index) == digits;
  };
  for (const TaskExpectation& task : expect.tasks)
    if (!is_task(task.task))
      complaints.add("tasks." + task.task, fmt::format("there is no task '{}'", task.task));
  for (const ReasonExpectation& reason : expect.reasons)
    if (!by_name.contains(reason.workload))
      complaints.add("reasons." + reason.workload,
                     fmt::format("there is no workload '{}'{}", reason.workload,
                                 hint(reason.workload, names_of(workloads))));
  if (!expect.victims) return;
  for (std::size_t v = 0; v < expect.victims->size(); ++v)
    if (!is_task((*expect.victims)[v]))
      complaints.add(fmt::format("victims[{}]", v),
                     fmt::format("there is no task '{}'", (*expect.victims)[v]));
}

}  // namespace sillar
