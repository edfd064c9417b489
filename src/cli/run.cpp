#include "cli/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/utf8.h"
#include "cli/help.h"
#include "cli/translation.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

// What the words say before they are parsed, so that even a parse error is in the right language.
struct Glance {
  std::string lang;
  bool help = false;
  bool no_color = false;
};

Glance glance(std::span<const std::string> words) {
  constexpr std::string_view kLang = "--lang=";
  Glance seen;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (words[i] == "--lang" && i + 1 < words.size()) seen.lang = words[i + 1];
    if (words[i].starts_with(kLang)) seen.lang = words[i].substr(kLang.size());
    if (words[i] == "--help" || words[i] == "-h") seen.help = true;
    if (words[i] == "--no-color") seen.no_color = true;
  }
  return seen;
}

bool wants_colour(bool terminal, const Glance& seen, const Io& io) {
  if (seen.no_color || !io.environment("NO_COLOR").empty()) return false;
  if (const std::string force = io.environment("CLICOLOR_FORCE"); !force.empty() && force != "0")
    return true;
  return terminal && io.environment("TERM") != "dumb";
}

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return static_cast<int>(Exit::kUsage);
    case ErrorCode::kNotFound:
      return static_cast<int>(Exit::kNotFound);
    case ErrorCode::kDenied:
      return static_cast<int>(Exit::kDenied);
    case ErrorCode::kRefused:
      return static_cast<int>(Exit::kRefused);
    case ErrorCode::kConflict:
      return static_cast<int>(Exit::kConflict);
    case ErrorCode::kIo:
    case ErrorCode::kLimit:
    case ErrorCode::kInternal:
      break;
  }
  return static_cast<int>(Exit::kFailure);
}

// Messages quote what files hold: without what would steer a terminal, and lines that end.
std::string printable(std::string_view text) {
  constexpr std::size_t kLineBytesMax = 1000;
  std::string out;
  std::size_t in_line = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    const std::string_view symbol = text.substr(i, std::max<std::size_t>(length, 1));
    i += symbol.size();
    in_line = symbol == "\n" ? 0 : in_line + symbol.size();
    if (in_line > kLineBytesMax) {
      if (in_line - symbol.size() <= kLineBytesMax) out += "…";
      continue;
    }
    const auto byte = static_cast<unsigned char>(symbol[0]);
    const bool control =
        byte < 0x20 || byte == 0x7f ||
        (symbol.size() == 2 && byte == 0xc2 && static_cast<unsigned char>(symbol[1]) < 0xa0);
    if (symbol != "\n" && (control || length == 0))
      out += "�";
    else
      out += symbol;
  }
  return out;
}

void complain(const Io& io, const Glance& seen, std::string_view text) {
  const bool colour = wants_colour(io.err_is_terminal, seen, io);
  io.err.write(fmt::format("{}sillar:{} {}\n", colour ? "\x1b[1;31m" : "", colour ? "\x1b[0m" : "",
                           printable(text)));
}

int unknown_verb(const std::string& word, const Io& io, const Glance& seen, Language language) {
  std::vector<std::string> known;
  for (const Verb* verb : all_verbs()) known.emplace_back(verb->name);
  const std::string near = did_you_mean(word, known);
  std::string text = say(Message::kUnknownVerb, language, {{"verb", word}});
  if (!near.empty()) text += " " + say(Message::kDidYouMean, language, {{"word", near}});
  complain(io, seen, text);
  io.err.write(std::string(say(Message::kSeeHelp, language)) + "\n");
  return static_cast<int>(Exit::kUsage);
}

Format chosen_format(const Verb& verb, const Arguments& arguments) {
  const std::string_view name = arguments.text("output");
  const auto found = std::ranges::find(verb.formats, name, format_name);
  if (found != verb.formats.end()) return *found;
  return verb.formats.empty() ? Format::kTable : verb.formats.front();
}

int run_verb(const Verb& verb, std::span<const std::string> words, Io& io, const Glance& seen,
             const Locale& locale) {
  if (seen.help) {
    io.out.write(verb_help(verb, locale.language, io.columns));
    return static_cast<int>(Exit::kOk);
  }
  const Result<Arguments> arguments =
      parse_arguments(flags_of(verb), verb.operands, words, locale.language);
  if (!arguments) {
    complain(io, seen, arguments.error().message);
    io.err.write(say(Message::kSeeVerbHelp, locale.language, {{"verb", verb.name}}) + "\n");
    return static_cast<int>(Exit::kUsage);
  }
  Context context{io, *arguments, locale};
  context.format = chosen_format(verb, *arguments);
  context.colour = wants_colour(io.out_is_terminal, seen, io);
  context.quiet = arguments->has("quiet");
  const Result<Exit> done = verb.run(context);
  if (done) return static_cast<int>(*done);
  complain(io, seen, translate(done.error().message, locale.language));
  return exit_code(done.error().code);
}

int dispatch(std::span<const std::string> words, Io& io, const Glance& seen, const Locale& locale) {
  const bool verbless = words.empty() || words[0].starts_with('-');
  if (verbless && (words.empty() || seen.help)) {
    // Asked for, it is data; not asked for, it is a message.
    (seen.help ? io.out : io.err).write(program_help(locale.language, io.columns));
    return static_cast<int>(seen.help ? Exit::kOk : Exit::kUsage);
  }
  std::span<const std::string> rest = words.subspan(1);
  const std::string& name = words[0];
  if (name == "--version") return run_verb(version_verb(), rest, io, seen, locale);
  if (name == "help" && !rest.empty()) {
    if (const Verb* verb = find_verb(rest[0]); verb != nullptr) {
      io.out.write(verb_help(*verb, locale.language, io.columns));
      return static_cast<int>(Exit::kOk);
    }
    return unknown_verb(rest[0], io, seen, locale.language);
  }
  if (name == "help") {
    io.out.write(program_help(locale.language, io.columns));
    return static_cast<int>(Exit::kOk);
  }
  const Verb* verb = find_verb(name);
  if (verb == nullptr) return unknown_verb(name, io, seen, locale.language);
  return run_verb(*verb, rest, io, seen, locale);
}

}  // namespace

std::string_view verb_of_alias(std::string_view program) {
  constexpr std::pair<std::string_view, std::string_view> kAliases[] = {{"squeue", "queue"},
                                                                        {"sinfo", "info"},
                                                                        {"sbatch", "submit"},
                                                                        {"scancel", "cancel"},
                                                                        {"sacct", "acct"}};
  program.remove_prefix(program.rfind('/') + 1);
  for (const auto& [alias, verb] : kAliases)
    if (program == alias) return verb;
  return {};
}

int run(std::span<const std::string> words, Io& io) {
  const Glance seen = glance(words);
  const Locale locale = choose_locale(seen.lang, io.environment);
  const int code = dispatch(words, io, seen, locale);
  // A reader that has gone has read what it wanted.
  if (io.out.failure() == 0 || io.out.failure() == EPIPE) return code;
  complain(io, seen,
           say(Message::kWriteFailed, locale.language,
               {{"error", translate(std::strerror(io.out.failure()), locale.language)}}));
  return code == 0 ? static_cast<int>(Exit::kFailure) : code;
}

}  // namespace sillar::cli
