#pragma once

// A batch script of Slurm taken apart: its #SBATCH options, and what its commands lean on. Internal
// to import.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/reader.h"

namespace sillar {

enum class Argument : std::uint8_t { kNone, kRequired, kOptional };

// An option of sbatch. `otherwise` says why it has no effect here; kBecomes: it has one.
struct SbatchOption {
  std::string_view name;
  char letter = 0;
  Argument argument = Argument::kRequired;
  NoteCode otherwise = NoteCode::kBecomes;
};

struct GivenOption {
  const SbatchOption* option = nullptr;
  std::string value;
  bool has_value = false;
  int line = 0;
  int column = 0;
};

// The options in their order, by sbatch's rules: lines that begin with #SBATCH, before the first
// command; quotes and comments as in a shell; long names may be shortened. What is not read, and
// what is no option, is noted.
[[nodiscard]] std::vector<GivenOption> read_sbatch_options(Findings& findings,
                                                           std::string_view text);

// Faults of a script that sbatch would refuse, or that could not be carried: no "#!" at its
// beginning, DOS line ends, characters that no text may hold.
void check_script(Findings& findings, std::string_view text);

// Where the script's commands first use a name: "SLURM_NTASKS", "srun".
struct Use {
  std::string name;
  int line = 0;
};
// Variables that begin with `prefix`, in the order of their first use; comments do not count.
[[nodiscard]] std::vector<Use> variables_used(std::string_view script, std::string_view prefix);
// Which of `commands` the script starts.
[[nodiscard]] std::vector<Use> commands_used(std::string_view script,
                                             std::span<const std::string_view> commands);

// Whether "#!" names a shell that takes `export NAME=value`.
[[nodiscard]] bool is_shell_script(std::string_view script);
// The script with lines put after its first one.
[[nodiscard]] std::string with_lines_after_first(std::string_view script, std::string_view lines);

}  // namespace sillar
