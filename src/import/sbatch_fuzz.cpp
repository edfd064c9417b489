#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "import/import_fixture.h"
#include "import/sbatch.h"

// Any bytes are either valid workloads that read back from their text, or an error that names the
// script.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Imported> imported = import_sbatch("fuzz", text, {});
  if (!imported) {
    CHECK(imported.error().message.starts_with("fuzz:"), "an error names the script");
    return 0;
  }
  CHECK(complaints_about(*imported).empty(), "what was imported is valid");
  for (const Note& note : imported->notes)
    CHECK(note.line > 0 && note_text(note, Language::kSpanish).find('?') == std::string::npos,
          "a note has a line and all of its text");
  return 0;
}
