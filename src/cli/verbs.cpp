#include "cli/verbs.h"

#include <algorithm>
#include <array>

namespace sillar::cli {

std::span<const Verb* const> all_verbs() {
  static const std::array kVerbs{
      &serve_verb(),   &demo_verb(),   &doctor_verb(),     &backup_verb(),   &restore_verb(),
      &auth_verb(),    &submit_verb(), &get_verb(),        &describe_verb(), &explain_verb(),
      &queue_verb(),   &acct_verb(),   &info_verb(),       &top_verb(),      &logs_verb(),
      &metrics_verb(), &wait_verb(),   &events_verb(),     &cancel_verb(),   &hold_verb(),
      &release_verb(), &budget_verb(), &cost_verb(),       &alerts_verb(),   &drain_verb(),
      &whoami_verb(),  &keys_verb(),   &principals_verb(), &roles_verb(),    &simulate_verb(),
      &decide_verb(),  &plan_verb(),   &apply_verb(),      &replay_verb(),   &import_verb(),
      &journal_verb(), &audit_verb(),  &reproduce_verb(),  &test_verb(),     &validate_verb(),
      &schema_verb(),  &prices_verb(), &completion_verb(), &version_verb()};
  return kVerbs;
}

const Verb* find_verb(std::string_view name) {
  const auto verbs = all_verbs();
  const auto found = std::ranges::find(verbs, name, [](const Verb* verb) { return verb->name; });
  return found == verbs.end() ? nullptr : *found;
}

std::vector<Flag> own_flags(const Verb& verb) {
  std::vector<Flag> flags = verb.flags;
  if (verb.formats.empty()) return flags;
  Flag output{"output", "FORMAT", Message::kFlagOutput, {}, 'o'};
  for (Format format : verb.formats) output.choices.push_back(format_name(format));
  flags.push_back(std::move(output));
  return flags;
}

std::vector<Flag> common_flags() {
  return {{"lang", "LANG", Message::kFlagLang, {"en", "es"}},
          {"no-color", "", Message::kFlagNoColor, {}},
          {"quiet", "", Message::kFlagQuiet, {}, 'q'},
          {"help", "", Message::kFlagHelp, {}, 'h'}};
}

std::vector<Flag> flags_of(const Verb& verb) {
  std::vector<Flag> flags = own_flags(verb);
  for (Flag& flag : common_flags()) flags.push_back(std::move(flag));
  return flags;
}

}  // namespace sillar::cli
