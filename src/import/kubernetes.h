#pragma once

// Jobs (batch/v1) and Pods (v1) of Kubernetes, in YAML or JSON, several in one text or in a List. A
// pod becomes a task; the queue of Kueue becomes the project.

#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "import/report.h"

namespace sillar {

// Errors (kInvalidInput), one line for each fault, "name:line:column: field: what is wrong":
// another kind of work, no work at all, values that Kubernetes would refuse or that cannot be
// counted here.
[[nodiscard]] Result<Imported> import_kubernetes(std::string name, std::string_view text,
                                                 const ImportOptions& options);
// Whether a document has the two keys that every object of Kubernetes begins with.
[[nodiscard]] bool is_kubernetes(const Value& root);

}  // namespace sillar
