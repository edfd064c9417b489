#pragma once

// Planning a configuration on a service, for plan and apply.

#include <string>

#include "cli/server_link.h"
#include "cli/verb.h"

namespace sillar::cli {

// --file, --out, --detailed-exitcode and those of a server.
[[nodiscard]] std::vector<Flag> plan_config_flags();
[[nodiscard]] Flag config_file_flag();

// A configuration as it was read, and the plan's base; empty: it was not planned yet.
struct ConfigSource {
  std::string name;
  std::string text;
  std::string base;
};
// What --file names. Errors: those of reading.
[[nodiscard]] Result<ConfigSource> read_config(const Context& context);
// Body of a request about it.
[[nodiscard]] std::string config_body(const ConfigSource& source);
// For people: the changes, what they do to work, and a remark that sums up.
void show_plan(const Context& context, const Value& plan);
[[nodiscard]] bool has_changes(const Value& plan);

// The verb plan with --file.
[[nodiscard]] Result<Exit> plan_config(Context& context);

}  // namespace sillar::cli
