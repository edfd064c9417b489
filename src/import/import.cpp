#include "import/import.h"

#include <fmt/format.h>

#include "base/check.h"
#include "import/sbatch.h"

namespace sillar {

Result<Source> recognise_source(std::string name, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.starts_with("#!") || text.find("\n#SBATCH") != std::string_view::npos ||
      text.starts_with("#SBATCH"))
    return Source::kSbatch;
  return invalid(fmt::format("{}: no form of work that can be imported is recognised here", name));
}

Result<Imported> import_text(Source source, std::string name, std::string_view text,
                             const ImportOptions& options) {
  CHECK(source == Source::kSbatch, "the command line offers what there is");
  return import_sbatch(std::move(name), text, options);
}

}  // namespace sillar
