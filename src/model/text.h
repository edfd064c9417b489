#pragma once

// The text form of the model: YAML and JSON documents to records and back. Field names, their
// documents and the published JSON Schema come from the same tables (tables.h).
//
// Errors of every load function: kInvalidInput; one line for each fault, at most kFaultsMax of
// them, "name:line:column: path: what is wrong". What is loaded has passed validate.h.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "model/fleet.h"
#include "model/project.h"
#include "model/scenario.h"
#include "model/workload.h"

namespace sillar {

inline constexpr std::size_t kFaultsMax = 20;

// Bounds on what a compact form ("count: 500", "copies: 4000") may expand to.
inline constexpr std::int32_t kCopiesMax = 1'000'000;

[[nodiscard]] Result<Scenario> load_scenario(const Document& document);
// The fields of `fleet:` in a scenario, at the root of the document.
[[nodiscard]] Result<Fleet> load_fleet(const Document& document);
// A list, or a mapping whose only field `projects` is one. Every project has a quota vector of
// fleet.resource_count() entries, parents precede children or follow them as in the file.
[[nodiscard]] Result<std::vector<Project>> load_projects(const Document& document,
                                                         const Fleet& fleet);
// A list, or a mapping whose only field `workloads` is one. Running tasks that name no devices are
// given the lowest free ones of their node, in order of the file.
[[nodiscard]] Result<std::vector<Workload>> load_workloads(const Document& document,
                                                           const Fleet& fleet,
                                                           std::span<const Project> projects);

// The same as a tree, for those who print it inside something else, and one workload back.
[[nodiscard]] Value scenario_value(const Scenario& scenario);
[[nodiscard]] Value workload_value(const Workload& workload, const Fleet& fleet);

enum class TextFormat : std::uint8_t { kYaml, kJson };

// What is printed loads back to an equal record. Requires: the record is valid.
[[nodiscard]] std::string print_scenario(const Scenario& scenario, TextFormat format);
[[nodiscard]] std::string print_fleet(const Fleet& fleet, TextFormat format);
[[nodiscard]] std::string print_projects(std::span<const Project> projects, const Fleet& fleet,
                                         TextFormat format);
[[nodiscard]] std::string print_workloads(std::span<const Workload> workloads, const Fleet& fleet,
                                          TextFormat format);

}  // namespace sillar
