#include "model/file_kind.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace sillar {
namespace {

bool has_any(const Value& value, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys,
                             [&](std::string_view key) { return value.find(key) != nullptr; });
}

}  // namespace

std::string_view file_kind_name(FileKind kind) {
  constexpr std::array<std::string_view, 5> kNames{"unknown", "scenario", "fleet", "projects",
                                                   "workloads"};
  return kNames[static_cast<std::size_t>(kind)];
}

FileKind recognise(const Document& document) {
  const Value& root = document.root;
  if (root.kind == Value::Kind::kSequence && !root.items.empty()) {
    const Value& first = root.items.front();
    if (has_any(first, {"project", "request", "tasks"})) return FileKind::kWorkloads;
    return has_any(first, {"name"}) ? FileKind::kProjects : FileKind::kUnknown;
  }
  if (has_any(root, {"fleet", "options", "expect"})) return FileKind::kScenario;
  if (has_any(root, {"nodes", "classes", "topologies"})) return FileKind::kFleet;
  const bool projects = has_any(root, {"projects"});
  const bool workloads = has_any(root, {"workloads"});
  if (projects && workloads) return FileKind::kScenario;
  if (projects) return FileKind::kProjects;
  return workloads ? FileKind::kWorkloads : FileKind::kUnknown;
}

}  // namespace sillar
