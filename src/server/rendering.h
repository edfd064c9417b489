#pragma once

// Rows and records as the API shows them.

#include <string>

#include "base/json_writer.h"
#include "server/core.h"
#include "server/views.h"

namespace sillar::server {

void write_row(JsonWriter& json, const WorkloadRow& row);
[[nodiscard]] std::string workload_list_json(const WorkloadPage& page);
// The row, the specification as it was submitted, and each task with its place.
[[nodiscard]] std::string workload_json(const Core& core, const WorkloadRow& row);

}  // namespace sillar::server
