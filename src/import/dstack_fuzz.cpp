#include <cstddef>
#include <cstdint>
#include <string_view>

#include "import/dstack.h"
#include "import/import_fixture.h"

// Any bytes are either valid workloads that read back from their text, or an error that names the
// document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  sillar::check_imported(sillar::import_dstack("fuzz", text, {}));
  return 0;
}
