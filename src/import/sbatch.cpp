#include "import/sbatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "import/amounts.h"
#include "import/reader.h"
#include "import/sbatch_job.h"
#include "import/sbatch_script.h"

namespace sillar {

Result<Imported> import_sbatch(std::string name, std::string_view text,
                               const ImportOptions& options) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Findings findings(std::move(name), Source::kSbatch);
  check_script(findings, text);
  if (!findings.failed()) SbatchJob(findings, options, text).run();
  return findings.finish();
}

}  // namespace sillar
