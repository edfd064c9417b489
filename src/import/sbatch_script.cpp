#include "import/sbatch_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"

namespace sillar {
namespace {

using enum Argument;

constexpr auto kOptions = std::to_array<SbatchOption>({
    {"account", 'A'},
    {"acctg-freq", 0, kRequired, NoteCode::kUpkeep},
    {"array", 'a'},
    {"batch", 0, kRequired, NoteCode::kPlacement},
    {"bb", 0, kRequired, NoteCode::kStorage},
    {"bbf", 0, kRequired, NoteCode::kStorage},
    {"begin", 'b', kRequired, NoteCode::kWhen},
    {"chdir", 'D'},
    {"cluster-constraint", 0, kRequired, NoteCode::kPlacement},
    {"clusters", 'M', kRequired, NoteCode::kPlacement},
    {"comment", 0},
    {"constraint", 'C'},
    {"container", 0, kRequired, NoteCode::kImage},
    {"container-id", 0, kRequired, NoteCode::kImage},
    {"contiguous", 0, kNone, NoteCode::kPlacement},
    {"core-spec", 'S', kRequired, NoteCode::kTuning},
    {"cores-per-socket", 0, kRequired, NoteCode::kTuning},
    {"cpu-freq", 0, kRequired, NoteCode::kTuning},
    {"cpus-per-gpu", 0},
    {"cpus-per-task", 'c'},
    {"deadline", 0, kRequired, NoteCode::kWhen},
    {"delay-boot", 0, kRequired, NoteCode::kMachines},
    {"dependency", 'd'},
    {"distribution", 'm', kRequired, NoteCode::kTuning},
    {"error", 'e'},
    {"exclude", 'x', kRequired, NoteCode::kPlacement},
    {"exclusive", 0, kOptional, NoteCode::kSharing},
    {"export", 0},
    {"export-file", 0, kRequired, NoteCode::kStorage},
    {"extra", 0, kRequired, NoteCode::kNoCounterpart},
    {"extra-node-info", 'B', kRequired, NoteCode::kTuning},
    {"get-user-env", 0, kOptional, NoteCode::kIdentity},
    {"gid", 0, kRequired, NoteCode::kIdentity},
    {"gpu-bind", 0, kRequired, NoteCode::kTuning},
    {"gpu-freq", 0, kRequired, NoteCode::kTuning},
    {"gpus", 'G'},
    {"gpus-per-node", 0},
    {"gpus-per-socket", 0},
    {"gpus-per-task", 0},
    {"gres", 0},
    {"gres-flags", 0, kRequired, NoteCode::kTuning},
    {"help", 'h', kNone, NoteCode::kSubmitter},
    {"hint", 0, kRequired, NoteCode::kTuning},
    {"hold", 'H', kNone},
    {"ignore-pbs", 0, kNone, NoteCode::kSubmitter},
    {"input", 'i', kRequired, NoteCode::kStorage},
    {"job-name", 'J'},
    {"kill-on-invalid-dep", 0, kRequired, NoteCode::kNoCounterpart},
    {"licenses", 'L', kRequired, NoteCode::kNoCounterpart},
    {"mail-type", 0, kRequired, NoteCode::kNotices},
    {"mail-user", 0, kRequired, NoteCode::kNotices},
    {"mcs-label", 0, kRequired, NoteCode::kIdentity},
    {"mem", 0},
    {"mem-bind", 0, kRequired, NoteCode::kTuning},
    {"mem-per-cpu", 0},
    {"mem-per-gpu", 0},
    {"mincpus", 0},
    {"network", 0, kRequired, NoteCode::kNetwork},
    {"nice", 0, kOptional},
    {"no-kill", 'k', kOptional, NoteCode::kNoCounterpart},
    {"no-requeue", 0, kNone},
    {"nodefile", 'F', kRequired, NoteCode::kPlacement},
    {"nodelist", 'w', kRequired, NoteCode::kPlacement},
    {"nodes", 'N'},
    {"ntasks", 'n'},
    {"ntasks-per-core", 0, kRequired, NoteCode::kTuning},
    {"ntasks-per-gpu", 0},
    {"ntasks-per-node", 0},
    {"ntasks-per-socket", 0, kRequired, NoteCode::kTuning},
    {"open-mode", 0, kRequired, NoteCode::kNoCounterpart},
    {"output", 'o'},
    {"overcommit", 'O', kNone, NoteCode::kSharing},
    {"oversubscribe", 's', kOptional, NoteCode::kSharing},
    {"parsable", 0, kNone, NoteCode::kSubmitter},
    {"partition", 'p', kRequired, NoteCode::kPlacement},
    {"power", 0, kRequired, NoteCode::kTuning},
    {"prefer", 0, kRequired, NoteCode::kPlacement},
    {"priority", 0},
    {"profile", 0, kRequired, NoteCode::kUpkeep},
    {"propagate", 0, kOptional, NoteCode::kIdentity},
    {"qos", 'q', kRequired, NoteCode::kNoCounterpart},
    {"quiet", 'Q', kNone, NoteCode::kSubmitter},
    {"reboot", 0, kNone, NoteCode::kMachines},
    {"requeue", 0, kNone},
    {"reservation", 0, kRequired, NoteCode::kMachines},
    {"resv-ports", 0, kOptional, NoteCode::kNetwork},
    {"segment", 0, kRequired, NoteCode::kPlacement},
    {"share", 0, kOptional, NoteCode::kSharing},
    {"signal", 0},
    {"sockets-per-node", 0, kRequired, NoteCode::kTuning},
    {"spread-job", 0, kNone},
    {"stepmgr", 0, kNone, NoteCode::kUpkeep},
    {"switches", 0, kRequired, NoteCode::kPlacement},
    {"test-only", 0, kNone, NoteCode::kSubmitter},
    {"thread-spec", 0, kRequired, NoteCode::kTuning},
    {"threads-per-core", 0, kRequired, NoteCode::kTuning},
    {"time", 't'},
    {"time-min", 0, kRequired, NoteCode::kNoCounterpart},
    {"tmp", 0, kRequired, NoteCode::kNotHere},
    {"tres-bind", 0, kRequired, NoteCode::kTuning},
    {"tres-per-task", 0},
    {"uid", 0, kRequired, NoteCode::kIdentity},
    {"usage", 0, kNone, NoteCode::kSubmitter},
    {"use-min-nodes", 0, kNone, NoteCode::kPlacement},
    {"verbose", 'v', kNone, NoteCode::kSubmitter},
    {"version", 'V', kNone, NoteCode::kSubmitter},
    {"wait", 'W', kNone, NoteCode::kSubmitter},
    {"wait-all-nodes", 0, kRequired, NoteCode::kNoCounterpart},
    {"wckey", 0, kRequired, NoteCode::kUpkeep},
    {"wrap", 0, kRequired, NoteCode::kSubmitter},
});

constexpr std::string_view kMark = "#SBATCH";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_variable_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

struct Word {
  std::string text;
  int column = 0;
};

// The words of a line after its mark. Nothing when a quote is not closed.
std::optional<std::vector<Word>> words_of(std::string_view line, std::size_t at) {
  std::vector<Word> words;
  bool open = false;
  char quote = 0;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quote == 0 && c == '#') break;
    if (quote == 0 && is_blank(c)) {
      open = false;
      continue;
    }
    if (!open) words.push_back({{}, static_cast<int>(at) + 1});
    open = true;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
      words.back().text += line[++at];
    } else {
      words.back().text += c;
    }
  }
  return quote == 0 ? std::optional(std::move(words)) : std::nullopt;
}

// By its whole name, or by a beginning that only one option has.
const SbatchOption* find_long(std::string_view name) {
  const SbatchOption* found = nullptr;
  for (const SbatchOption& option : kOptions) {
    if (option.name == name) return &option;
    if (!option.name.starts_with(name) || name.empty()) continue;
    if (found != nullptr) return nullptr;
    found = &option;
  }
  return found;
}

const SbatchOption* find_short(char letter) {
  const auto found = std::ranges::find(kOptions, letter, &SbatchOption::letter);
  return found == kOptions.end() || letter == 0 ? nullptr : &*found;
}

class OptionLines {
 public:
  explicit OptionLines(Findings& findings) : findings_(findings) {}

  std::vector<GivenOption> run(std::string_view text) {
    int number = 0;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      read(line, ++number);
    }
    return std::move(given_);
  }

 private:
  void read(std::string_view line, int number) {
    const bool marked =
        line.starts_with(kMark) && (line.size() == kMark.size() || is_blank(line[kMark.size()]));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (marked && at_command_) {
      findings_.note(number, cut(line, kShownMax), NoteCode::kAfterCommand,
                     {{"format", std::string(findings_.title())}});
    } else if (marked) {
      read_options(line, number);
    } else if (!at_command_ && (line.starts_with("#PBS ") || line.starts_with("#BB ") ||
                                line.starts_with("#DW "))) {
      findings_.note(number, cut(line, kShownMax), NoteCode::kNoCounterpart);
    } else if (first != std::string_view::npos && line[first] != '#') {
      at_command_ = true;
    }
  }

  void read_options(std::string_view line, int number) {
    auto words = words_of(line, kMark.size());
    if (!words) {
      findings_.fault(number, 1, kMark, "a quote is not closed");
      return;
    }
    for (std::size_t i = 0; i < words->size(); ++i) {
      const Word& word = (*words)[i];
      if (component_) {
        findings_.note(number, word.text, NoteCode::kComponent);
      } else if (word.text == "hetjob" || word.text == "packjob" || word.text == ":") {
        component_ = true;
        findings_.note(number, word.text, NoteCode::kComponent);
      } else if (word.text.starts_with("--") && word.text.size() > 2) {
        read_long(*words, i, number);
      } else if (word.text.starts_with('-') && word.text.size() > 1) {
        read_short(*words, i, number);
      } else {
        unknown(word, number);
      }
    }
  }

  void unknown(const Word& word, int number) {
    findings_.note(number, cut(word.text, kShownMax), NoteCode::kUnknown,
                   {{"format", std::string(findings_.title())}});
  }

  void read_long(const std::vector<Word>& words, std::size_t& i, int number) {
    const Word& word = words[i];
    const std::string_view text = std::string_view(word.text).substr(2);
    const std::size_t equal = text.find('=');
    const SbatchOption* option = find_long(text.substr(0, equal));
    if (option == nullptr) return unknown(word, number);
    GivenOption given{option, {}, false, number, word.column};
    if (equal != std::string_view::npos) {
      given.value = text.substr(equal + 1);
      given.has_value = true;
    } else if (option->argument == kRequired) {
      take_next(words, i, given);
    }
    add(std::move(given));
  }

  void read_short(const std::vector<Word>& words, std::size_t& i, int number) {
    const Word& word = words[i];
    std::string_view letters = std::string_view(word.text).substr(1);
    while (!letters.empty()) {
      const SbatchOption* option = find_short(letters.front());
      if (option == nullptr) return unknown(word, number);
      letters.remove_prefix(1);
      GivenOption given{option, {}, false, number, word.column};
      if (option->argument != kNone && !letters.empty()) {
        given.value = letters;
        given.has_value = true;
        letters = {};
      } else if (option->argument == kRequired) {
        take_next(words, i, given);
      }
      add(std::move(given));
    }
  }

  static void take_next(const std::vector<Word>& words, std::size_t& i, GivenOption& given) {
    if (i + 1 >= words.size()) return;
    given.value = words[++i].text;
    given.has_value = true;
  }

  void add(GivenOption given) {
    const std::string field = fmt::format("--{}", given.option->name);
    if (given.option->argument == kRequired && !given.has_value) {
      findings_.fault(given.line, given.column, field, "a value is missing");
      return;
    }
    for (GivenOption& earlier : given_)
      if (earlier.option == given.option) {
        // The last one counts; --gres and --dependency are no exception.
        findings_.note(earlier.line, field, NoteCode::kOverridden,
                       {{"by", fmt::format("{} ({})", field, given.line)}});
        earlier = std::move(given);
        return;
      }
    given_.push_back(std::move(given));
  }

  static constexpr std::size_t kShownMax = 80;

  Findings& findings_;
  std::vector<GivenOption> given_;
  bool at_command_ = false;
  bool component_ = false;
};

// Calls `each` with every line that is not a comment alone, and its number.
template <class Each>
void for_command_lines(std::string_view script, Each each) {
  int number = 0;
  while (!script.empty()) {
    const std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(line.size() + 1, script.size()));
    ++number;
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && line[first] != '#') each(line, number);
  }
}

// Whether a command may begin at `at`.
bool begins_command(std::string_view line, std::size_t at) {
  std::string_view before = line.substr(0, at);
  const std::size_t last = before.find_last_not_of(" \t");
  if (last == std::string_view::npos) return true;
  before = before.substr(0, last + 1);
  if (std::string_view(";&|(`!{").find(before.back()) != std::string_view::npos) return true;
  const std::size_t blank = before.find_last_of(" \t;&|(");
  const std::string_view word = blank == std::string_view::npos ? before : before.substr(blank + 1);
  constexpr std::array<std::string_view, 8> kBefore{"then", "do",   "else", "exec",
                                                    "time", "sudo", "if",   "while"};
  return std::ranges::find(kBefore, word) != kBefore.end();
}

bool is_used(const std::vector<Use>& uses, std::string_view name) {
  return std::ranges::find(uses, name, &Use::name) != uses.end();
}

}  // namespace

std::vector<GivenOption> read_sbatch_options(Findings& findings, std::string_view text) {
  return OptionLines(findings).run(text);
}

void check_script(Findings& findings, std::string_view text) {
  if (!text.starts_with("#!"))
    findings.fault(1, 1, "", "a batch script begins with #! and the path of what runs it");
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(text.substr(i));
    const int column = static_cast<int>(i - line_start) + 1;
    if (length == 0) return findings.fault(line, column, "", "the text is not valid UTF-8");
    if (c == '\r')
      return findings.fault(line, column, "", "lines end as on DOS, which no shell reads");
    if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F)
      return findings.fault(line, column, "", fmt::format("control character 0x{:02x}", c));
    i += length;
    if (c != '\n') continue;
    ++line;
    line_start = i;
  }
}

std::vector<Use> variables_used(std::string_view script, std::string_view prefix) {
  constexpr std::size_t kUsesMax = 200;
  std::vector<Use> uses;
  for_command_lines(script, [&](std::string_view line, int number) {
    for (std::size_t at = line.find(prefix); at != std::string_view::npos && uses.size() < kUsesMax;
         at = line.find(prefix, at + prefix.size())) {
      std::size_t end = at;
      while (end < line.size() && is_variable_character(line[end])) ++end;
      const bool begins = at == 0 || !is_variable_character(line[at - 1]);
      const std::string_view name = line.substr(at, end - at);
      if (begins && name.size() > prefix.size() && !is_used(uses, name))
        uses.push_back({std::string(name), number});
    }
  });
  return uses;
}

std::vector<Use> commands_used(std::string_view script,
                               std::span<const std::string_view> commands) {
  std::vector<Use> uses;
  for_command_lines(script, [&](std::string_view line, int number) {
    for (std::string_view command : commands)
      for (std::size_t at = line.find(command); at != std::string_view::npos;
           at = line.find(command, at + command.size())) {
        const std::size_t end = at + command.size();
        const bool ends = end == line.size() || is_blank(line[end]) || line[end] == ')';
        if (ends && begins_command(line, at) && !is_used(uses, command))
          uses.push_back({std::string(command), number});
      }
  });
  return uses;
}

bool is_shell_script(std::string_view script) {
  std::string_view first = script.substr(0, script.find('\n'));
  if (!first.starts_with("#!")) return false;
  constexpr std::array<std::string_view, 5> kShells{"sh", "bash", "dash", "ksh", "zsh"};
  first.remove_prefix(2);
  while (!first.empty()) {
    const std::string_view word = first.substr(0, first.find_first_of(" \t"));
    const std::string_view base = word.substr(word.rfind('/') + 1);
    if (std::ranges::find(kShells, base) != kShells.end()) return true;
    first.remove_prefix(std::min(word.size() + 1, first.size()));
  }
  return false;
}

std::string with_lines_after_first(std::string_view script, std::string_view lines) {
  const std::size_t end = std::min(script.find('\n'), script.size());
  std::string out(script.substr(0, end));
  out += '\n';
  out += lines;
  if (end < script.size()) out += script.substr(end + 1);
  return out;
}

}  // namespace sillar
