#pragma once

// Batch scripts of Slurm. A node of the job becomes a task, which runs the script with everything
// that the job asks for on one node; an array becomes an array.

#include <string>
#include <string_view>

#include "base/result.h"
#include "import/report.h"

namespace sillar {

// Errors (kInvalidInput), one line for each fault, "name:line:column: --option: what is wrong":
// what sbatch itself would refuse, and what cannot be counted here.
[[nodiscard]] Result<Imported> import_sbatch(std::string name, std::string_view text,
                                             const ImportOptions& options);

}  // namespace sillar
