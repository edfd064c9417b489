#include "server/subject.h"

#include <type_traits>

namespace sillar::server {
namespace {

std::optional<WorkloadId> named(const State& state, const std::string& name) {
  const auto found = state.workload_ids.find(name);
  if (found == state.workload_ids.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::optional<WorkloadId> workload_of(const State& state, const Fact& fact) {
  return std::visit(
      [&](const auto& f) -> std::optional<WorkloadId> {
        if constexpr (requires { requires std::is_same_v<std::decay_t<decltype(f.task)>, TaskId>; })
          return state.board.task(f.task).job;
        else if constexpr (requires { f.workload->name; })
          return named(state, f.workload->name);
        else if constexpr (requires {
                             requires std::is_same_v<std::decay_t<decltype(f.workload)>,
                                                     WorkloadId>;
                           })
          return f.workload;
        else
          return std::nullopt;
      },
      fact.body);
}

std::string project_of(const State& state, const Fact& fact) {
  const auto workload = workload_of(state, fact);
  return workload ? state.spec(*workload).project : std::string{};
}

}  // namespace sillar::server
