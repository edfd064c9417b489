#include <fmt/format.h>

#include "cli/verbs.h"

namespace sillar::cli {
namespace {

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (std::string_view word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

std::string verb_names() {
  std::string out;
  for (const Verb* verb : all_verbs()) {
    if (!out.empty()) out += ' ';
    out += verb->name;
  }
  return out;
}

// All choices of a verb's operands.
std::string operand_choices(const Verb& verb) {
  std::string out;
  for (const Operand& operand : verb.operands) {
    if (!out.empty() && !operand.choices.empty()) out += ' ';
    out += joined(operand.choices);
  }
  return out;
}

// Within single quotes of any of the three shells, and as zsh's _arguments reads it.
std::string quoted(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\'')
      out += "’";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += ' ';
    else
      out += c;
  }
  return out;
}

// Where nothing is offered bash falls back to file names.
std::string bash_script() {
  std::string values;
  std::string words;
  for (const Verb* verb : all_verbs()) {
    std::string flags;
    for (const Flag& flag : flags_of(*verb)) {
      flags += fmt::format(" --{}", flag.name);
      if (flag.value.empty()) continue;
      std::string names = fmt::format("'{} --{}'", verb->name, flag.name);
      if (flag.letter != 0) names += fmt::format(" | '{} -{}'", verb->name, flag.letter);
      values += fmt::format("    {}) offered='{}' ;;\n", names, joined(flag.choices));
    }
    words += fmt::format("      {}) flags='{}' operands='{}' ;;\n", verb->name, flags.substr(1),
                         operand_choices(*verb));
  }
  return fmt::format(
      R"(# bash completion of sillar: source it, or put it into bash-completion's folder.
_sillar() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} offered flags operands
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{} --help' -- "$word"))
    return
  fi
  case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}    *)
      case "${{COMP_WORDS[1]}}" in
{}      esac
      offered=$operands
      [[ $word != -* ]] || offered=$flags ;;
  esac
  [ -z "$offered" ] || COMPREPLY=($(compgen -W "$offered" -- "$word"))
}}
complete -o default -F _sillar sillar
)",
      verb_names(), values, words);
}

std::string zsh_action(std::string_view name, std::span<const std::string_view> choices) {
  if (!choices.empty()) return "(" + joined(choices) + ")";
  return name == "DIR" ? "_files -/" : name.starts_with("FILE") ? "_files" : " ";
}

std::string zsh_script(Language language) {
  std::string verbs;
  std::string cases;
  for (const Verb* verb : all_verbs()) {
    verbs += fmt::format("    '{}:{}'\n", verb->name, quoted(say(verb->summary, language)));
    cases += fmt::format("    {})\n      _arguments", verb->name);
    for (const Flag& flag : flags_of(*verb)) {
      const std::string text = quoted(say(flag.help, language));
      const std::string value =
          flag.value.empty()
              ? std::string{}
              : fmt::format(":{}:{}", flag.value, zsh_action(flag.value, flag.choices));
      cases += fmt::format(" \\\n        '--{}[{}]{}'", flag.name, text, value);
      if (flag.letter != 0)
        cases += fmt::format(" \\\n        '-{}[{}]{}'", flag.letter, text, value);
    }
    for (const Operand& operand : verb->operands)
      cases += fmt::format(" \\\n        '{}:{}:{}'", operand.many ? "*" : "", operand.name,
                           zsh_action(operand.name, operand.choices));
    cases += " ;;\n";
  }
  return fmt::format(R"(#compdef sillar
# zsh completion of sillar: put it as _sillar into a folder of $fpath.
_sillar() {{
  local -a verbs
  verbs=(
{}  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
if [ "$funcstack[1]" = _sillar ]; then _sillar "$@"; else compdef _sillar sillar; fi
)",
                     verbs, cases);
}

std::string fish_script(Language language) {
  std::string out = fmt::format(
      "# fish completion of sillar: put it as sillar.fish into ~/.config/fish/completions.\n"
      "set -l verbs {}\n",
      verb_names());
  for (const Verb* verb : all_verbs()) {
    out += fmt::format(
        "complete -c sillar -f -n \"not __fish_seen_subcommand_from $verbs\" -a {} -d '{}'\n",
        verb->name, quoted(say(verb->summary, language)));
    const std::string when = fmt::format("-n '__fish_seen_subcommand_from {}'", verb->name);
    if (const std::string choices = operand_choices(*verb); !choices.empty())
      out += fmt::format("complete -c sillar -f {} -a '{}'\n", when, choices);
    for (const Flag& flag : flags_of(*verb)) {
      out += fmt::format("complete -c sillar {} -l {}", when, flag.name);
      if (flag.letter != 0) out += fmt::format(" -s {}", flag.letter);
      if (!flag.choices.empty()) out += fmt::format(" -x -a '{}'", joined(flag.choices));
      if (flag.choices.empty() && !flag.value.empty()) out += " -r";
      out += fmt::format(" -d '{}'\n", quoted(say(flag.help, language)));
    }
  }
  return out;
}

Result<Exit> run_completion(Context& context) {
  const std::string& shell = context.arguments.operands().front();
  const Language language = context.locale.language;
  if (shell == "zsh")
    context.io.out.write(zsh_script(language));
  else
    context.io.out.write(shell == "fish" ? fish_script(language) : bash_script());
  return Exit::kOk;
}

}  // namespace

const Verb& completion_verb() {
  static const Verb kVerb{
      .name = "completion",
      .summary = Message::kVerbCompletion,
      .examples = {"completion bash > ~/.local/share/bash-completion/completions/sillar",
                   "completion zsh > ~/.zfunc/_sillar",
                   "completion fish > ~/.config/fish/completions/sillar.fish"},
      .operands = {{"SHELL", Message::kOperandShell, {"bash", "zsh", "fish"}}},
      .flags = {},
      .formats = {},
      .run = run_completion,
  };
  return kVerb;
}

}  // namespace sillar::cli
