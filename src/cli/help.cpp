#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kColumnsMin = 40;

std::size_t line_width(int columns) {
  if (columns <= 0) return kColumns;
  return std::clamp(static_cast<std::size_t>(columns), kColumnsMin, kColumns);
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A term, and beside it its explanation in lines that hang below one another.
struct Line {
  std::string term;
  std::string text;
};

void append_words(std::string_view text, std::size_t indent, std::size_t width, std::string& out) {
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!first && column + 1 + width_of(word) > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width_of(word);
    first = false;
  }
  out += '\n';
}

void append_lines(const std::vector<Line>& lines, std::size_t width, std::string& out) {
  constexpr std::size_t kTermMax = 28;
  std::size_t widest = 0;
  for (const Line& line : lines)
    if (width_of(line.term) <= kTermMax) widest = std::max(widest, width_of(line.term));
  const std::size_t indent = 2 + widest + 2;
  for (const Line& line : lines) {
    out += "  " + line.term;
    if (width_of(line.term) > widest)
      out += '\n' + std::string(indent, ' ');
    else
      out.append(indent - 2 - width_of(line.term), ' ');
    append_words(line.text, indent, width, out);
  }
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

std::string with_choices(Message text, const std::vector<std::string_view>& choices, bool required,
                         Language language) {
  std::string out(say(text, language));
  if (!choices.empty())
    out += " " + say(Message::kHelpChoices, language, {{"choices", joined(choices)}});
  if (required) out += " " + std::string(say(Message::kHelpRequired, language));
  return out;
}

std::string flag_term(const Flag& flag) {
  std::string out = flag.letter != 0 ? fmt::format("-{}, --{}", flag.letter, flag.name)
                                     : fmt::format("    --{}", flag.name);
  if (!flag.value.empty()) out += fmt::format(" {}", flag.value);
  return out;
}

std::string usage_of(const Verb& verb) {
  std::string out = fmt::format("sillar {}", verb.name);
  for (const Operand& operand : verb.operands) {
    const std::string name = fmt::format("{}{}", operand.name, operand.many ? "..." : "");
    out += operand.required ? " " + name : " [" + name + "]";
  }
  for (const Flag& flag : verb.flags)
    if (flag.required) out += fmt::format(" --{} {}", flag.name, flag.value);
  return out + " [--…]";
}

void append_heading(Message heading, Language language, std::string& out) {
  out += fmt::format("\n{}\n", say(heading, language));
}

constexpr std::string_view kTableHead = "\n| | |\n| --- | --- |\n";

void append_row(std::string_view term, std::string_view text, std::string& out) {
  out += fmt::format("| `{}` | {} |\n", term, text);
}

void append_flag_row(const Flag& flag, Language language, std::string& out) {
  std::string term = flag_term(flag);
  term.erase(0, term.find_first_not_of(' '));
  append_row(term, with_choices(flag.help, flag.choices, flag.required, language), out);
}

}  // namespace

std::string program_help(Language language, int columns) {
  const std::size_t width = line_width(columns);
  std::string out;
  append_words(say(Message::kProgramSummary, language), 0, width, out);
  append_heading(Message::kHelpExamples, language, out);
  for (const Verb* verb : all_verbs())
    if (!verb->examples.empty()) out += fmt::format("  sillar {}\n", verb->examples.front());
  append_heading(Message::kHelpVerbs, language, out);
  std::vector<Line> lines;
  for (const Verb* verb : all_verbs())
    lines.push_back({std::string(verb->name), std::string(say(verb->summary, language))});
  append_lines(lines, width, out);
  append_heading(Message::kHelpUsage, language, out);
  out += "  sillar VERB [...]\n\n";
  append_words(say(Message::kSeeVerbHelp, language, {{"verb", "VERB"}}), 0, width, out);
  return out;
}

std::string verb_help(const Verb& verb, Language language, int columns) {
  const std::size_t width = line_width(columns);
  std::string out;
  append_words(say(verb.summary, language), 0, width, out);
  append_heading(Message::kHelpExamples, language, out);
  for (std::string_view example : verb.examples) out += fmt::format("  sillar {}\n", example);
  append_heading(Message::kHelpUsage, language, out);
  out += fmt::format("  {}\n", usage_of(verb));
  if (!verb.operands.empty()) {
    append_heading(Message::kHelpOperands, language, out);
    std::vector<Line> lines;
    for (const Operand& operand : verb.operands)
      lines.push_back({std::string(operand.name),
                       with_choices(operand.help, operand.choices, false, language)});
    append_lines(lines, width, out);
  }
  append_heading(Message::kHelpFlags, language, out);
  std::vector<Line> lines;
  for (const Flag& flag : flags_of(verb))
    lines.push_back(
        {flag_term(flag), with_choices(flag.help, flag.choices, flag.required, language)});
  append_lines(lines, width, out);
  return out;
}

std::string verbs_reference(Language language) {
  std::string out;
  for (const Verb* verb : all_verbs()) {
    out += fmt::format("## {}\n\n{}\n\n", verb->name, say(verb->summary, language));
    for (std::string_view example : verb->examples) out += fmt::format("    sillar {}\n", example);
    const std::size_t before = out.size();
    for (const Operand& operand : verb->operands)
      append_row(fmt::format("{}{}", operand.name, operand.many ? "..." : ""),
                 with_choices(operand.help, operand.choices, false, language), out);
    for (const Flag& flag : own_flags(*verb)) append_flag_row(flag, language, out);
    if (out.size() > before) out.insert(before, kTableHead);
    out += '\n';
  }
  out += fmt::format("## {}\n{}", say(Message::kHelpCommonFlags, language), kTableHead);
  for (const Flag& flag : common_flags()) append_flag_row(flag, language, out);
  return out;
}

}  // namespace sillar::cli
