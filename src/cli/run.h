#pragma once

// The command line as a function: words in, streams and an exit code out.

#include <span>
#include <string>

#include "cli/io.h"

namespace sillar::cli {

// `words` are the arguments without the program's name. Returns the exit code.
[[nodiscard]] int run(std::span<const std::string> words, Io& io);

}  // namespace sillar::cli
