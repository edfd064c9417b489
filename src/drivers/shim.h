#pragma once

// What stands between the driver and a command: a process of the same binary for each task, which
// starts the command, outlives the server, and keeps how it ended.

#include <string>

namespace sillar::drivers {

// The hidden verb: `sillar shim FOLDER`.
inline constexpr const char* kShimVerb = "shim";

// Runs the task of a folder to its end; returns the exit code of the process. To be called before
// anything else of the program is set up: there must be one thread only.
[[nodiscard]] int run_shim(const std::string& folder);

// With this signal and a number a shim is told to hand the signal of that number on to its command.
[[nodiscard]] int shim_signal();

}  // namespace sillar::drivers
