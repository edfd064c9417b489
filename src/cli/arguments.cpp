#include "cli/arguments.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

#include "base/document.h"
#include "base/quantity.h"

namespace sillar::cli {
namespace {

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

// "; did you mean 'x'?" as a sentence of its own, or nothing.
std::string meant(std::string_view word, const std::vector<std::string>& known, Language language) {
  const std::string near = did_you_mean(word, known);
  return near.empty() ? near : " " + say(Message::kDidYouMean, language, {{"word", near}});
}

Status check_choice(std::string_view what, const std::string& value,
                    std::span<const std::string_view> choices, Language language) {
  if (choices.empty() || std::ranges::count(choices, std::string_view(value)) > 0) return {};
  const std::vector<std::string> known(choices.begin(), choices.end());
  return invalid(say(Message::kNotAChoice, language,
                     {{"what", what}, {"value", value}, {"choices", joined(choices)}}) +
                 meant(value, known, language));
}

// One flag while the words are read.
struct Reading {
  const Flag* flag;
  CLI::Option* option;
};

Error unknown_flag(const std::string& word, std::span<const Flag> flags, Language language) {
  std::vector<std::string> known;
  for (const Flag& flag : flags) known.push_back("--" + std::string(flag.name));
  const std::string name = word.substr(0, word.find('='));
  return {ErrorCode::kInvalidInput,
          say(Message::kUnknownFlag, language, {{"flag", name}}) + meant(name, known, language)};
}

// What CLI11 calls "--flag: 1 required TEXT missing" and the like begins with the flag's name.
Error from_library(const CLI::ParseError& error, Language language) {
  const std::string text = error.what();
  const std::string flag = text.substr(0, text.find(':'));
  return {ErrorCode::kInvalidInput, say(Message::kFlagNeedsValue, language, {{"flag", flag}})};
}

Status check_operands(std::span<const Operand> operands, const std::vector<std::string>& given,
                      Language language) {
  for (std::size_t i = 0; i < operands.size(); ++i)
    if (operands[i].required && i >= given.size())
      return invalid(say(Message::kOperandMissing, language, {{"operand", operands[i].name}}));
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (i >= operands.size() && (operands.empty() || !operands.back().many))
      return invalid(say(Message::kOperandTooMany, language, {{"operand", given[i]}}));
    const Operand& operand = operands[std::min(i, operands.size() - 1)];
    SILLAR_TRY_STATUS(check_choice(operand.name, given[i], operand.choices, language));
  }
  return {};
}

Status take_flag(const Reading& reading, Arguments& out, Language language) {
  const Flag& flag = *reading.flag;
  const std::string name = "--" + std::string(flag.name);
  if (reading.option->count() > 1)
    return invalid(say(Message::kFlagTwice, language, {{"flag", name}}));
  if (reading.option->count() == 0) {
    if (!flag.required) return {};
    return invalid(say(Message::kFlagMissing, language, {{"flag", name}, {"value", flag.value}}));
  }
  const std::string& value = reading.option->results().front();
  SILLAR_TRY_STATUS(check_choice(name, value, flag.choices, language));
  // A switch may be written --switch=false.
  if (!flag.value.empty() || value == "true") out.add(flag.name, value);
  return {};
}

}  // namespace

bool Arguments::has(std::string_view flag) const {
  return std::ranges::any_of(flags_, [&](const auto& each) { return each.first == flag; });
}

std::string_view Arguments::text(std::string_view flag) const {
  const auto found = std::ranges::find(flags_, flag, &std::pair<std::string, std::string>::first);
  return found == flags_.end() ? std::string_view{} : std::string_view(found->second);
}

Result<Arguments> parse_arguments(std::span<const Flag> flags, std::span<const Operand> operands,
                                  std::span<const std::string> words, Language language) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<Reading> readings;
  for (const Flag& flag : flags) {
    std::string names = "--" + std::string(flag.name);
    if (flag.letter != 0) names += std::string(",-") + flag.letter;
    CLI::Option* option = flag.value.empty() ? app.add_flag(names) : app.add_option(names);
    if (!flag.value.empty())
      option->type_size(1)->expected(1)->allow_extra_args(false)->multi_option_policy(
          CLI::MultiOptionPolicy::TakeAll);
    readings.push_back({&flag, option});
  }

  // CLI11 would not tell what came before "--" from what came after it.
  const auto stop = std::ranges::find(words, "--");
  std::vector<std::string> reversed(std::make_reverse_iterator(stop),
                                    std::make_reverse_iterator(words.begin()));
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(from_library(error, language));
  }

  std::vector<std::string> given;
  for (std::string& word : app.remaining()) {
    if (word.size() > 1 && word.front() == '-')
      return tl::unexpected(unknown_flag(word, flags, language));
    given.push_back(std::move(word));
  }
  if (stop != words.end()) given.insert(given.end(), stop + 1, words.end());

  Arguments out;
  for (const Reading& reading : readings) SILLAR_TRY_STATUS(take_flag(reading, out, language));
  SILLAR_TRY_STATUS(check_operands(operands, given, language));
  out.set_operands(std::move(given));
  return out;
}

Result<std::int64_t> number_argument(std::string_view flag, std::string_view text, std::int64_t min,
                                     std::int64_t max, Language language) {
  const Result<std::int64_t> number = parse_integer(text);
  if (number && *number >= min && *number <= max) return *number;
  return invalid(say(Message::kNotANumber, language,
                     {{"flag", flag},
                      {"value", text},
                      {"min", std::to_string(min)},
                      {"max", std::to_string(max)}}));
}

}  // namespace sillar::cli
