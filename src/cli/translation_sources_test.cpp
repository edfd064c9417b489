// Keeps the catalogue of translations complete: reads the modules' sources, takes every literal
// that could be said to a person, and asks for its Spanish.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

namespace fs = std::filesystem;

struct Literal {
  std::string path;
  int line = 0;
  std::string text;                // Neighbours joined, escapes undone.
  std::vector<std::string> calls;  // What it is an argument of, outermost first.
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Walks a source once.
class Lexer {
 public:
  Lexer(std::string path, std::string_view text) : path_(std::move(path)), text_(text) {}

  std::vector<Literal> run() {
    while (at_ < text_.size()) step();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (starts("//")) return skip_through("\n");
    if (starts("/*")) return skip_through("*/");
    if (starts("R\"(")) return skip_through(")\"");
    if (c == '#') return skip_through("\n");
    if (c == '"') return take_literal();
    if (c == '\'') return skip_character();
    if (c == '\n') ++line_;
    if (is_word(c)) return take_word();
    if (c == '(' || c == '{') calls_.push_back(std::move(word_));
    if ((c == ')' || c == '}') && !calls_.empty()) calls_.pop_back();
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      word_.clear();
      joins_ = false;
    }
    ++at_;
  }

  void take_word() {
    word_.clear();
    joins_ = false;
    while (at_ < text_.size() && is_word(text_[at_])) word_ += text_[at_++];
    // Between the digits of a number.
    if (at_ < text_.size() && text_[at_] == '\'' &&
        std::isdigit(static_cast<unsigned char>(word_[0])) != 0)
      ++at_;
  }

  void take_literal() {
    std::string text;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      const bool escape = text_[at_] == '\\';
      if (escape) ++at_;
      const char c = text_[at_];
      text += !escape ? c : c == 'n' ? '\n' : c == 't' || c == 'r' ? ' ' : c;
    }
    ++at_;
    if (joins_)
      found_.back().text += text;
    else
      found_.push_back({path_, line_, std::move(text), calls_});
    joins_ = true;
  }

  void skip_character() {
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_)
      if (text_[at_] == '\\') ++at_;
    ++at_;
    joins_ = false;
  }

  void skip_through(std::string_view end) {
    const std::size_t to = std::min(text_.find(end, at_), text_.size());
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
    at_ = std::min(to + end.size(), text_.size());
    if (end == "\n") ++line_;
  }

  [[nodiscard]] bool starts(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }

  std::string path_;
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::string word_;  // The last one, if nothing came after it.
  bool joins_ = false;
  std::vector<std::string> calls_;
  std::vector<Literal> found_;
};

bool is_product(const fs::path& path) {
  const std::string name = path.filename().string();
  for (const char* no : {"_test.", "_fuzz.", "_bench.", "_fixture.", "random_", "_world."})
    if (name.find(no) != std::string::npos) return false;
  return name.ends_with(".cpp") || name.ends_with(".h");
}

bool is_in(const Literal& literal, std::initializer_list<std::string_view> calls) {
  return std::ranges::any_of(literal.calls, [&](const std::string& call) {
    return std::ranges::find(calls, call) != calls.end();
  });
}

// Texts that nobody is told, or that hold both languages themselves.
bool is_exempt(const Literal& literal) {
  // Journals, and what the service and its drivers answer, are spoken of in English: docs/cli.md
  // says so.
  for (const char* path :
       {"src/net/", "src/drivers/", "src/server/", "src/journal/", "src/cli/journalling.cpp",
        "src/engine/entry.cpp", "src/engine/fact_bytes.cpp"})
    if (literal.path.starts_with(path)) return true;
  // What a server says over HTTP is said to a program, and in English.
  for (const char* file : {"request_parser", "target", "loop", "framing", "http", "responder"})
    if (literal.path == "src/net/" + std::string(file) + ".cpp") return true;
  // Where the program is wrong, not its input.
  if (is_in(literal, {"CHECK", "DCHECK", "BUG"})) return true;
  // Descriptions in the JSON Schema, for editors; reasons, which have their Spanish beside them.
  const std::string& text = literal.text;
  const bool sentence =
      std::isupper(static_cast<unsigned char>(text[0])) != 0 && text.back() == '.';
  if (literal.path.ends_with("_text.cpp") &&
      (sentence || is_in(literal, {"optional", "required", "after", "Table"})))
    return true;
  // The board's recount, for tests and debug builds.
  if (literal.path == "src/schedule/board_setup.cpp") return true;
  // Both languages side by side.
  return literal.path == "src/model/reason.cpp" || literal.path == "src/server/alert_text.cpp" ||
         literal.path == "src/import/report.cpp";
}

// Two words or more, one of them of three letters.
bool is_message(const Literal& literal) {
  const std::string& text = literal.text;
  std::size_t letters = 0;
  std::size_t longest = 0;
  for (const char c : text) {
    letters = c >= 'a' && c <= 'z' ? letters + 1 : 0;
    longest = std::max(longest, letters);
  }
  if (longest < 3 || text.find(' ') == std::string::npos) return false;
  // The command line says most in words of messages.h; what it words as others do is told as
  // theirs.
  if (is_exempt(literal)) return false;
  return !literal.path.starts_with("src/cli/") || is_in(literal, {"invalid", "fail", "fault"});
}

std::vector<Literal> messages_of_sources() {
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator("src"))
    if (entry.is_regular_file() && is_product(entry.path()))
      paths.push_back(entry.path().generic_string());
  std::ranges::sort(paths);
  std::vector<Literal> all;
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    for (Literal& literal : Lexer(path, text.str()).run())
      if (is_message(literal)) all.push_back(std::move(literal));
  }
  return all;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// As the catalogue writes it: gaps without formats, braces single, no file, line or path before it
// and nothing optional after it.
std::string sentence_of(const Literal& literal) {
  std::string text = literal.text;
  replace_all(text, "{:02x}", "{}");
  while (text.starts_with('\n')) text.erase(0, 1);
  // "{}:{}:{}: ", "{}:1: ", "{}: "
  for (;;) {
    const std::size_t end = text.find(": ");
    const std::string_view before = std::string_view(text).substr(0, end == text.npos ? 0 : end);
    const bool place = text.starts_with(": ") || before == "run_times" ||
                       (before.starts_with("{}") &&
                        before.find_first_not_of("{}:0123456789") == std::string_view::npos);
    if (!place) break;
    text.erase(0, end + 2);
  }
  if (text.ends_with(": {}")) text.erase(text.size() - 4);
  if (text.ends_with("an impossible ")) text += "{}";
  replace_all(text, "'{}'{}", "'{}'");
  replace_all(text, "}{}", "}");
  if (text.ends_with("{}") && text.size() > 2 && is_word(text[text.size() - 3]) &&
      !text.ends_with("0x{}"))
    text.erase(text.size() - 2);
  replace_all(text, "{{", "{");
  replace_all(text, "}}", "}");
  return text;
}

std::set<std::string_view> catalogue() {
  std::set<std::string_view> all;
  for (const auto table :
       {document_translations(), model_translations(), world_translations(),
        simulation_translations(), import_translations(), access_translations(),
        alert_translations(), demo_translations(), net_translations(), change_translations(),
        tail_translations(), part_translations(), context_translations()})
    for (const Translation& pair : table) all.insert(pair.english);
  return all;
}

// Texts of two words that are no messages, each with the reason.
constexpr auto kNoMessages = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"%s:%d: CHECK(%s) failed: %s\n", "the program is wrong"},
    {"%s:%d: BUG (%llu so far): %s\n", "the program is wrong"},
    {"'world' is missing", "as '{}' is missing"},
    {"{} holds another state", "a value of replay's answer"},
    {"reserved node", "a value of test's answer"},
    {"reserved devices", "a value of test's answer"},
    {"an impossible workload: {}", "a part, with what is impossible"},
    {"project '{}': residency", "a context and a field"},
    {"task: it has no account", "named as the snapshot's part"},
    {"number of tasks", "named as the snapshot's part"},
    {"on demand", "a value: the kind of capacity"},
    {"one-year commitment, {} USD a month of {} h, {}", "a value: the source of a price"},
    {" and {} more regions", "part of a tail"},
    {"; CPU and memory carry {} thousandths (price map, {})", "a value: the source of a price"},
    {"{} cores and {}", "a value: the source of a price"},
    {"price map", "a value: the source of a price"},
    {"price map: {} x {} as {}, {}", "a value: the source of a price"},
    {"stated by the fleet", "a value: the source of a price"},
    {"no price: ", "a value: the source of a price"},
    {" (did you mean '{}'?)", "part of two sentences"},
    {"the number ", "part of a part"},
    {"the text ", "part of a part"},
    {"sillar {}", "a title in the JSON Schema"},
    {" cpu", "a value of a reason"},
    {" memory", "a value of a reason"},
    {"project ", "a check of the divider's own input, which validation has passed"},
    {", resource ", "the same"},
    {" is out of range", "the same"},
    {"the quota table has ", "the same"},
    {" entries, not ", "the same"},
    {" comes before its parent", "the same"},
    {"sqrt(1/2) in 2^-63, rounded down", "an explanation of a constant"},
    {"run_times.{}", "a path"},
    {"event: ", "a line of an event"},
    {"data: ", "a line of an event"},
    {"{} {} HTTP/1.1 \nHost: {} \nConnection: keep-alive \n", "a line of a request"},
    {"Content-Length: {} \n", "a line of a request"},
    {"User-Agent: sillar \n", "a line of a request"},
    {"unknown reason", "a reason that OpenSSL did not give"},
    {"export {}=\"${{}}\"\n", "a line of a script"},
    {"export {}=\"{}\"; exec \"$@\"", "a line of a script"},
    {"Indexed, NonIndexed", "words of a field"},
    {"Always, OnFailure, Never", "words of a field"},
    {"export {}=\"{}\"\n", "a line of a script"},
    {"#!{}\nset -e\n{}", "a script"},
    {"(\n{}\n) || exit\n", "a line of a script"},
    {"sh, bash, /PATH", "words of a field"},
    {"spot, on-demand, auto", "words of a field"},
    {"no-capacity, interruption, error", "words of a field"},
    {"task, service, dev-environment", "words of a field"},
    {"request.cpu: 2", "a field of ours"},
    {"request.memory: 8Gi", "a field of ours"},
    {"utf-8?Q?", "part of a header"},
    {"MAIL FROM:<{}>", "a command to a mail server"},
    {"RCPT TO:<{}>", "a command to a mail server"},
});

TEST(TranslationSources, EverySentenceHasItsSpanish) {
  const std::set<std::string_view> known = catalogue();
  std::string missing;
  std::size_t count = 0;
  for (const Literal& literal : messages_of_sources()) {
    ++count;
    const std::string text = sentence_of(literal);
    if (text.find(' ') == std::string::npos) continue;
    if (known.contains(text)) continue;
    if (std::ranges::find(kNoMessages, text, [](const auto& pair) { return pair.first; }) !=
        kNoMessages.end())
      continue;
    missing += "\n" + literal.path + ":" + std::to_string(literal.line) + ": " + text;
  }
  EXPECT_GT(count, 200U) << "run in the repository's root";
  EXPECT_EQ(missing, "") << "say them in Spanish too, in src/cli/translation_*.cpp";
}

}  // namespace
}  // namespace sillar::cli
