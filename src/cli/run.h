#pragma once

// The command line as a function: words in, streams and an exit code out.

#include <span>
#include <string>

#include "cli/io.h"

namespace sillar::cli {

// `words` are the arguments without the program's name. Returns the exit code.
[[nodiscard]] int run(std::span<const std::string> words, Io& io);

// The verb that a program of Slurm's name stands for, "queue" for "/usr/bin/squeue": the program
// may be linked under such names. Empty: none.
[[nodiscard]] std::string_view verb_of_alias(std::string_view program);

}  // namespace sillar::cli
