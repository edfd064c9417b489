#include "server/sight.h"

#include <algorithm>
#include <utility>

namespace sillar::server {
namespace {

// Of a workload or a task; nothing where there is none of that name.
using ProjectOf =
    std::function<std::optional<std::string>(std::string_view key, std::string_view name)>;

MaySay by_subtrees(const Caller& caller, ProjectOf project_of) {
  std::vector<std::string> seen = caller.access->subtrees(caller.requester, Action::kWorkloadView);
  if (std::ranges::find(seen, std::string{}) != seen.end()) return {};
  return [seen = std::move(seen), project_of = std::move(project_of)](std::string_view key,
                                                                      std::string_view name) {
    if (key == "project")
      return std::ranges::any_of(seen, [&](const std::string& subtree) {
        return is_within(subtree, name) || is_within(name, subtree);
      });
    const auto project = project_of(key, name);
    return !project || std::ranges::any_of(seen, [&](const std::string& subtree) {
      return is_within(subtree, *project);
    });
  };
}

}  // namespace

MaySay may_say(const Caller& caller, const State& state) {
  return by_subtrees(caller, [&state](std::string_view key, std::string_view name) {
    std::optional<std::string> project;
    if (key == "task") {
      if (const auto task = state.task_named(name))
        project = state.spec(state.board.task(*task).job).project;
    } else if (const auto found = state.workload_ids.find(name);
               found != state.workload_ids.end()) {
      project = state.spec(found->second).project;
    }
    return project;
  });
}

// Tasks are named here by their own workload alone.
MaySay may_say(const Caller& caller, const Views& views) {
  return by_subtrees(caller, [&views](std::string_view key, std::string_view name) {
    std::optional<std::string> project;
    if (key != "task")
      if (const auto row = views.workload(name)) project = row->spec->project;
    return project;
  });
}

}  // namespace sillar::server
