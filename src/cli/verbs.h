#pragma once

// All verbs. Each stands in a file of its own.

#include <span>

#include "cli/verb.h"

namespace sillar::cli {

const Verb& acct_verb();
const Verb& alerts_verb();
const Verb& audit_verb();
const Verb& auth_verb();
const Verb& backup_verb();
const Verb& budget_verb();
const Verb& cancel_verb();
const Verb& completion_verb();
const Verb& cost_verb();
const Verb& decide_verb();
const Verb& demo_verb();
const Verb& describe_verb();
const Verb& doctor_verb();
const Verb& drain_verb();
const Verb& events_verb();
const Verb& explain_verb();
const Verb& get_verb();
const Verb& hold_verb();
const Verb& import_verb();
const Verb& info_verb();
const Verb& journal_verb();
const Verb& keys_verb();
const Verb& logs_verb();
const Verb& metrics_verb();
const Verb& plan_verb();
const Verb& apply_verb();
const Verb& prices_verb();
const Verb& principals_verb();
const Verb& queue_verb();
const Verb& release_verb();
const Verb& replay_verb();
const Verb& reproduce_verb();
const Verb& restore_verb();
const Verb& roles_verb();
const Verb& schema_verb();
const Verb& serve_verb();
const Verb& simulate_verb();
const Verb& submit_verb();
const Verb& test_verb();
const Verb& top_verb();
const Verb& validate_verb();
const Verb& version_verb();
const Verb& wait_verb();
const Verb& whoami_verb();

// In the order of help.
[[nodiscard]] std::span<const Verb* const> all_verbs();
// Null when there is none of that name.
[[nodiscard]] const Verb* find_verb(std::string_view name);

// The verb's own flags, --output among them.
[[nodiscard]] std::vector<Flag> own_flags(const Verb& verb);
// What every verb understands beside them.
[[nodiscard]] std::vector<Flag> common_flags();
// Both.
[[nodiscard]] std::vector<Flag> flags_of(const Verb& verb);

}  // namespace sillar::cli
