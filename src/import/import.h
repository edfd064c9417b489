#pragma once

// Foreign text forms of work, told apart and read. Pure: text in, workloads and notes out.

#include <string>
#include <string_view>

#include "base/result.h"
#include "import/report.h"

namespace sillar {

// A batch script by its first line; YAML by the keys at the top of its first document.
// Errors (kInvalidInput): those of the text, or that it is none of the forms.
[[nodiscard]] Result<Source> recognise_source(std::string name, std::string_view text);

// Whatever the text holds, it becomes valid workloads (model/validate.h, as far as that does not
// depend on a fleet) with a note for every field, or an error that says where and why.
// Errors (kInvalidInput): one line for each fault, "name:line:column: field: what is wrong".
[[nodiscard]] Result<Imported> import_text(Source source, std::string name, std::string_view text,
                                           const ImportOptions& options);

}  // namespace sillar
