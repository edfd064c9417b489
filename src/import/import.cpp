#include "import/import.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/document.h"
#include "import/dstack.h"
#include "import/kubernetes.h"
#include "import/sbatch.h"
#include "import/skypilot.h"

namespace sillar {

Result<Source> recognise_source(std::string name, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.starts_with("#!") || text.starts_with("#SBATCH") ||
      text.find("\n#SBATCH") != std::string_view::npos)
    return Source::kSbatch;
  SILLAR_TRY(documents, parse_documents(name, text));
  const Value& first = documents.front().root;
  if (is_kubernetes(first)) return Source::kKubernetes;
  if (is_dstack(first)) return Source::kDstack;
  if (is_skypilot(documents)) return Source::kSkypilot;
  return invalid(fmt::format("{}: no form of work that can be imported is recognised here", name));
}

Result<Imported> import_text(Source source, std::string name, std::string_view text,
                             const ImportOptions& options) {
  switch (source) {
    case Source::kSbatch:
      return import_sbatch(std::move(name), text, options);
    case Source::kKubernetes:
      return import_kubernetes(std::move(name), text, options);
    case Source::kSkypilot:
      return import_skypilot(std::move(name), text, options);
    case Source::kDstack:
      return import_dstack(std::move(name), text, options);
  }
  CHECK(false, "each source has its reader");
}

}  // namespace sillar
