#pragma once

// --help of the program and of its verbs, and the reference pages, all from the verbs' records.

#include <span>
#include <string>

#include "cli/verb.h"

namespace sillar::cli {

// Lines are broken at `columns`; 0: at 100.
[[nodiscard]] std::string program_help(Language language, int columns);
[[nodiscard]] std::string verb_help(const Verb& verb, Language language, int columns);

// The verbs' part of docs/cli.md.
[[nodiscard]] std::string verbs_reference(Language language);

}  // namespace sillar::cli
