#pragma once

// Processes of a task whose shim is gone. Internal to drivers.

#include <string>
#include <string_view>
#include <vector>

#include "drivers/os.h"
#include "drivers/records.h"

namespace sillar::drivers {

// Ends what is left of a task: what is in its groups, what carries its token in its environment,
// and the group of its command. Returns whether, within a second or so, nothing was left.
[[nodiscard]] bool end_leftovers(std::string_view token, const std::vector<Group>& groups,
                                 const StartedRecord& started);

// KILL to the command's process group and its control groups, for a shim that does not do it.
void kill_command(const std::vector<Group>& groups, const StartedRecord& started);

}  // namespace sillar::drivers
