#include "model/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "model/occupancy.h"
#include "model/tables.h"
#include "model/validate.h"

namespace sillar {
namespace {

// Follows a complaint's path ("nodes[3].health") from `root` as far as the document states it, so
// that the complaint can name a line. Lists in compact form hold several records in one item.
// `compact` says how `at` is one, if it is a list.
const Value* locate(const Value* at, const Compact* compact, std::string_view path) {
  while (!path.empty()) {
    const Value* next = nullptr;
    if (path.front() == '[') {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
      if (error != std::errc{}) return at;
      path.remove_prefix(static_cast<std::size_t>(end - path.data()) + 1);
      const std::size_t item = compact != nullptr ? item_of_record(*at, *compact, index) : index;
      if (item < at->items.size()) next = &at->items[item];
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const std::string_view key = path.substr(0, path.find_first_of(".["));
      next = at->find(key);
      path.remove_prefix(key.size());
      compact = key == "nodes"       ? &kNodeCount
                : key == "workloads" ? &kWorkloadCopies
                : key == "tasks"     ? &kTaskCopies
                                     : nullptr;
    }
    if (next == nullptr) return at;
    at = next;
  }
  return at;
}

// Turns complaints into faults. `root` is what their paths start from, `prefix` the path to it.
void report(Decoder& decoder, const Value& root, const Compact* compact, std::string_view prefix,
            const Complaints& complaints) {
  for (const Complaint& complaint : complaints.list()) {
    const Value* at = locate(&root, compact, complaint.path);
    const bool dot = !prefix.empty() && !complaint.path.empty() && complaint.path.front() != '[';
    decoder.fault(at->line, at->column,
                  fmt::format("{}{}{}", prefix, dot ? "." : "", complaint.path), complaint.message);
  }
}

// Gives running tasks that name no devices the lowest free ones of their node, after all tasks that
// do name theirs. What does not fit is left for validation to complain about.
void place_tasks(const Fleet& fleet, std::vector<Workload>& workloads) {
  Occupancy occupancy(fleet);
  struct Open {
    TaskSpec* task;
    const Request* request;
    std::size_t node;
  };
  std::vector<Open> open;
  for (Workload& workload : workloads) {
    for (TaskSpec& task : workload.tasks) {
      if (task.state != TaskState::kRunning && task.state != TaskState::kStopping) continue;
      const std::int64_t node = occupancy.find_node(task.node);
      if (node < 0) continue;
      const auto n = static_cast<std::size_t>(node);
      if (task.devices.empty())
        open.push_back({&task, &workload.request, n});
      else if (auto added = occupancy.add(n, workload.request, task.devices); !added)
        continue;
    }
  }
  for (const Open& each : open) {
    std::vector<std::int32_t> devices = occupancy.lowest_free(each.node, *each.request);
    if (occupancy.add(each.node, *each.request, devices)) each.task->devices = std::move(devices);
  }
}

// A list of `key`, either the root itself or the root's only field.
const Value& list_root(const Value& root, std::string_view key) {
  if (root.kind == Value::Kind::kMapping && root.fields.size() == 1) {
    const Value* list = root.find(key);
    if (list != nullptr) return *list;
  }
  return root;
}

std::string print(const Value& value, TextFormat format) {
  return format == TextFormat::kYaml ? print_yaml(value) : print_json(value) + "\n";
}

// Holds a part of the document, "fleet", against its rules.
template <class Validate>
void check_part(Decoder& decoder, const Value& root, std::string_view part, Validate validate) {
  Complaints complaints(kFaultsMax);
  validate(complaints);
  const Value* stated = root.find(part);
  report(decoder, stated != nullptr ? *stated : root,
         part == "workloads" ? &kWorkloadCopies : nullptr, part, complaints);
}

}  // namespace

// Children find their parents, which stand before them.
void link_projects(std::vector<Project>& projects) {
  std::map<std::string_view, std::size_t> by_name;
  for (std::size_t p = 0; p < projects.size(); ++p) {
    const std::string_view name = projects[p].name;
    const std::size_t slash = name.rfind('/');
    if (slash != std::string_view::npos) {
      const auto parent = by_name.find(name.substr(0, slash));
      if (parent != by_name.end()) projects[p].parent = ProjectId{parent->second};
    }
    by_name.try_emplace(name, p);
  }
}

bool check_parts(Decoder& decoder, const Value& root, const Options& options, const Fleet& fleet,
                 std::span<const Project> projects) {
  check_part(decoder, root, "options", [&](Complaints& c) { validate_options(options, c); });
  check_part(decoder, root, "fleet", [&](Complaints& c) { validate_fleet(fleet, c); });
  if (decoder.failed()) return false;
  check_part(decoder, root, "projects",
             [&](Complaints& c) { validate_projects(projects, fleet, c); });
  return true;
}

Result<Fleet> load_fleet(const Document& document) {
  Fleet fleet;
  Decoder decoder(document, fleet);
  if (fleet_table().read(decoder, document.root, fleet)) {
    Complaints complaints(kFaultsMax);
    validate_fleet(fleet, complaints);
    report(decoder, document.root, nullptr, "", complaints);
  }
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return fleet;
}

Result<std::vector<Project>> load_projects(const Document& document, const Fleet& fleet) {
  Fleet known = fleet;  // The decoder may add to it; projects never do.
  Decoder decoder(document, known);
  const Value& root = list_root(document.root, "projects");
  std::vector<Project> projects;
  if (project_list().read(decoder, root, projects)) {
    link_projects(projects);
    Complaints complaints(kFaultsMax);
    validate_projects(projects, fleet, complaints);
    report(decoder, root, nullptr, "", complaints);
  }
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return projects;
}

Result<std::vector<Workload>> load_workloads(const Document& document, const Fleet& fleet,
                                             std::span<const Project> projects) {
  Fleet known = fleet;
  Decoder decoder(document, known);
  const Value& root = list_root(document.root, "workloads");
  std::vector<Workload> workloads;
  if (workload_list().read(decoder, root, workloads)) {
    place_tasks(fleet, workloads);
    Complaints complaints(kFaultsMax);
    validate_workloads(workloads, fleet, projects, complaints);
    report(decoder, root, &kWorkloadCopies, "", complaints);
  }
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return workloads;
}

Result<Scenario> load_scenario(const Document& document) {
  Scenario scenario;
  Decoder decoder(document, scenario.fleet);
  if (scenario_table().read(decoder, document.root, scenario)) {
    link_projects(scenario.projects);
    if (check_parts(decoder, document.root, scenario.options, scenario.fleet, scenario.projects)) {
      place_tasks(scenario.fleet, scenario.workloads);
      check_part(decoder, document.root, "workloads", [&](Complaints& c) {
        validate_workloads(scenario.workloads, scenario.fleet, scenario.projects, c);
      });
      check_part(decoder, document.root, "expect", [&](Complaints& c) {
        validate_expectation(scenario.expect, scenario.workloads, c);
      });
    }
  }
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return scenario;
}

Value scenario_value(const Scenario& scenario) {
  return scenario_table().write(scenario.fleet, scenario);
}

Value workload_value(const Workload& workload, const Fleet& fleet) {
  return workload_table().write(fleet, WorkloadText{workload, {}, 0, {}});
}

std::string print_scenario(const Scenario& scenario, TextFormat format) {
  return print(scenario_table().write(scenario.fleet, scenario), format);
}

std::string print_fleet(const Fleet& fleet, TextFormat format) {
  return print(fleet_table().write(fleet, fleet), format);
}

std::string print_projects(std::span<const Project> projects, const Fleet& fleet,
                           TextFormat format) {
  Value list = Value::sequence();
  for (const Project& project : projects)
    list.items.push_back(project_table().write(fleet, project));
  return print(Value::mapping().set("projects", std::move(list)), format);
}

std::string print_workloads(std::span<const Workload> workloads, const Fleet& fleet,
                            TextFormat format) {
  Value list = Value::sequence();
  for (const Workload& workload : workloads)
    list.items.push_back(workload_table().write(fleet, WorkloadText{workload, {}, 0, {}}));
  return print(Value::mapping().set("workloads", std::move(list)), format);
}

}  // namespace sillar
