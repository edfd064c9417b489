#include "cli/model_files.h"

#include "model/text.h"

namespace sillar::cli {
Result<Document> read_document(const Io& io, const std::string& path) {
  SILLAR_TRY(text, io.read(path, kDocumentBytesMax));
  return parse_document(path, text);
}

Result<Scenario> read_scenario(const Io& io, const std::string& path) {
  SILLAR_TRY(document, read_document(io, path));
  return load_scenario(document);
}

}  // namespace sillar::cli
