#pragma once

// What task files of SkyPilot and of dstack have in common. Internal to import.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "import/reader.h"

namespace sillar {

// A variable that the tool sets: to one of ours, or to a constant.
struct ToolVariable {
  std::string_view name;
  std::string_view own;    // "SILLAR_TASK"; empty: `value`.
  std::string value = {};  // Without `own`.
};

// Variables of the tool that a script uses, those that begin with `prefix`: lines for its beginning
// that set those in `known`. All are noted, at the script's field.
[[nodiscard]] std::string set_tool_variables(Reader& reader, const At& at, std::string_view script,
                                             std::string_view prefix,
                                             std::span<const ToolVariable> known);
// Notes where the script calls the tool itself.
void note_tool_commands(Reader& reader, const At& at, std::string_view script,
                        std::string_view command);

// A text that becomes (part of) `field`, which is noted where YAML 1.1 reads another than is
// written.
[[nodiscard]] std::optional<std::string> resolved_text(Reader& reader, const At& at,
                                                       std::string_view field);

// Variables by name; those without a value are noted, as the tool takes them from who submits.
void read_variable_map(Reader& reader, const At& at, Launch& run);

// As many tasks as the tool takes machines: all together, as it starts them.
void read_nodes(Reader& reader, const At& at, Workload& workload);

// Becomes part of residency.regions. Nothing is added twice.
void allow_region(Reader& reader, const At& at, const std::string& region, NoteCode code,
                  Workload& workload);

// Replicas of a service, from `least` to `most`: as many of its tasks run as there is room for. At
// least one, because what runs with none is not there.
void set_replicas(Reader& reader, const At& at, std::int64_t least, std::int64_t most,
                  Workload& workload);

// A number of cores, "2" or "0.5".
[[nodiscard]] std::optional<std::int64_t> core_thousandths(std::string_view text);

// Adds a class of accelerators, once, and says whether it is one that can be named here.
bool accept_class(std::string_view type, Workload& workload);

// "a100, h100" of the classes that the workload accepts.
[[nodiscard]] std::string classes_text(const Workload& workload);

// True where the tool may lose the machine, false where it may not.
void read_spot(Reader& reader, const At& at, bool spot, Workload& workload);

}  // namespace sillar
