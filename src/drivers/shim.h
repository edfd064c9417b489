#pragma once

// What stands between the driver and a command: a process of the same binary for each task, which
// starts the command, outlives the server, and keeps how it ended.

#include <string>

namespace sillar::drivers {

// The hidden verb: `sillar shim FOLDER`.
inline constexpr const char* kShimVerb = "shim";

// Runs the task of a folder to its end; the exit code of the process. To be called before anything
// else of the program is set up: there is one thread, and nothing but its words.
int run_shim(const std::string& folder);

}  // namespace sillar::drivers
