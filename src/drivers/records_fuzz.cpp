// Whatever is read as a record gives an error that names it, or a record that is written back to
// the same bytes; and what the kernel's own files and telemetry say is read without a fault.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/hash.h"
#include "drivers/devices.h"
#include "drivers/groups.h"
#include "drivers/os.h"
#include "drivers/records.h"

namespace {

using namespace sillar;
using namespace sillar::drivers;

template <typename Record>
void check(const Result<Record>& record, std::string_view bytes,
           std::string (*write)(const Record&)) {
  if (record)
    CHECK(write(*record) == bytes, "a record has one form");
  else
    CHECK(record.error().message.starts_with("fuzz"), "an error names the record");
}

void read_all_kinds(std::string_view bytes) {
  check(read_order("fuzz", bytes), bytes, order_bytes);
  check(read_started("fuzz", bytes), bytes, started_bytes);
  check(read_observation("fuzz", bytes), bytes, observation_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_all_kinds(bytes);
  // Few inputs have the hash of what follows it, so the same is tried behind a right one.
  for (const char* kind : {"sillar order 1 ", "sillar started 1 ", "sillar observation 1 "})
    read_all_kinds(kind + hash_bytes(bytes).hex() + "\n" + std::string(bytes));
  const auto use = parse_telemetry("fuzz", bytes);
  CHECK(use || use.error().message.starts_with("fuzz:"), "an error names the file");
  (void)parse_process_stat(bytes);
  const std::size_t half = size / 2;
  (void)parse_group_mounts(bytes.substr(0, half), bytes.substr(half));
  LaunchOrder order;
  order.workload = "w";
  (void)expand_pattern(bytes, order);
  return 0;
}
