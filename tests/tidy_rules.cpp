#include "tests/tidy_rules.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace sillar::house {
namespace {

// Columns, not bytes: continuation bytes of UTF-8 take none.
std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool has_word(std::string_view text, std::string_view word) {
  return !find_words("", text, {{word, ""}}, "").empty();
}

// What a brace opens, judged by the text between it and the statement before.
enum class Block : std::uint8_t { kScope, kFunction, kOther };

Block block_of(std::string_view head) {
  if (has_word(head, "namespace")) return Block::kScope;
  const bool called = head.find('(') != std::string_view::npos;
  const bool assigned = head.find(" = ") != std::string_view::npos && !has_word(head, "operator");
  for (std::string_view word : {"class", "struct", "union", "enum", "extern"})
    if (has_word(head, word) && !called) return Block::kScope;
  return called && !assigned ? Block::kFunction : Block::kOther;
}

int lines_in(std::string_view text) {
  return static_cast<int>(std::ranges::count(text, '\n'));
}

// One pass over the braces. The head is the text that the next brace belongs to.
class FunctionScan {
 public:
  explicit FunctionScan(std::string_view code) : code_(code) {}

  std::vector<FunctionSpan> run() {
    for (; at_ < code_.size(); ++at_) {
      const char c = code_[at_];
      if (c == '\n') ++line_;
      if (c == '#' && (at_ == 0 || code_[at_ - 1] == '\n')) skip_directive();
      if (in_scope() && (c == ';' || (c == ':' && is_access_label()))) head_ = at_ + 1;
      if (c == '{') open();
      if (c == '}' && !open_.empty()) close();
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool in_scope() const { return open_.empty() || open_.back() == Block::kScope; }

  // "public" and its like, which end no statement and begin none.
  [[nodiscard]] bool is_access_label() const {
    const std::string_view head = code_.substr(head_, at_ - head_);
    const std::string_view word = head.substr(std::min(head.find_first_not_of(" \n"), head.size()));
    return word == "public" || word == "protected" || word == "private";
  }

  void open() {
    const std::string_view head = code_.substr(head_, at_ - head_);
    const Block block = in_scope() ? block_of(head) : Block::kOther;
    if (block == Block::kFunction) {
      const std::size_t first = std::min(head.find_first_not_of(" \n"), head.size());
      found_.push_back({line_ - lines_in(head.substr(first)), 0});
    }
    if (block == Block::kScope) head_ = at_ + 1;
    open_.push_back(block);
  }

  void close() {
    const Block block = open_.back();
    open_.pop_back();
    if (!in_scope()) return;
    // `Type() : a_{1}, b_{2} {`: that brace was an initialiser, the head goes on.
    const std::size_t next = std::min(code_.find_first_not_of(" \n", at_ + 1), code_.size() - 1);
    const bool goes_on = code_[next] == ',' || code_[next] == '{';
    if (!goes_on) head_ = at_ + 1;
    if (block != Block::kFunction) return;
    if (goes_on)
      found_.pop_back();
    else
      found_.back().lines = line_ - found_.back().line + 1;
  }

  // A preprocessor line with its continuations; leaves `at_` on the last byte of it.
  void skip_directive() {
    while (at_ + 1 < code_.size() && (code_[at_ + 1] != '\n' || code_[at_] == '\\')) {
      ++at_;
      if (code_[at_] == '\n') ++line_;
    }
    head_ = at_ + 1;
  }

  std::string_view code_;
  std::size_t at_ = 0;
  std::size_t head_ = 0;
  int line_ = 1;
  std::vector<Block> open_;
  std::vector<FunctionSpan> found_;
};

// A path that exists on one machine helps nobody on another. Spelled without the first slash, so
// that this file keeps its own rule.
constexpr std::array<std::string_view, 4> kMachineRoots = {"home/", "root/", "Users/", "work/"};

// `at` is where the first folder's name begins.
bool is_absolute(std::string_view line, std::size_t at) {
  constexpr std::string_view kBefore = " \t\"'(=:`";
  return at > 0 && line[at - 1] == '/' &&
         (at == 1 || kBefore.find(line[at - 2]) != std::string_view::npos);
}

}  // namespace

std::vector<Finding> check_lines(const SourceFile& file) {
  std::vector<Finding> found;
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int line = static_cast<int>(i + 1);
    const std::string_view text = lines[i];
    if (is_code(file.path) && columns_of(text) > kLineColumnsMax)
      found.push_back({file.path, line, "a line of more than 100 columns is banned, use two"});
    if (text.find('\t') != std::string_view::npos)
      found.push_back({file.path, line, "a tab is banned, use blanks"});
    if (text.ends_with('\r'))
      found.push_back({file.path, line, "a carriage return is banned, use a line feed alone"});
    if (text.ends_with(' '))
      found.push_back({file.path, line, "a trailing blank is banned, use none"});
  }
  if (!file.text.empty() && !file.text.ends_with('\n'))
    found.push_back({file.path, static_cast<int>(lines.size()),
                     "a last line without its end is banned, use a line feed"});
  return found;
}

std::vector<Finding> check_size(const SourceFile& file) {
  if (!is_code(file.path)) return {};
  const int lines = lines_in(file.text);
  const int lines_max = is_test(file.path) ? kTestFileLinesMax : kFileLinesMax;
  if (lines <= lines_max) return {};
  return {{file.path, 0,
           "a file of " + std::to_string(lines) + " lines is banned, use several of at most " +
               std::to_string(lines_max)}};
}

std::vector<FunctionSpan> functions_of(std::string_view code) {
  return FunctionScan(code).run();
}

std::vector<Finding> check_functions(const SourceFile& file) {
  std::vector<Finding> found;
  if (!is_code(file.path)) return found;
  for (const FunctionSpan& span : functions_of(code_only(file.text)))
    if (span.lines > kFunctionLinesMax)
      found.push_back({file.path, span.line,
                       "a function of " + std::to_string(span.lines) +
                           " lines is banned, use several of at most " +
                           std::to_string(kFunctionLinesMax)});
  return found;
}

std::vector<Finding> check_headers(const SourceFile& file) {
  if (!is_header(file.path)) return {};
  std::vector<Finding> found;
  if (!file.text.starts_with("#pragma once\n"))
    found.push_back({file.path, 1, "another first line is banned, use #pragma once"});
  const std::vector<Finding> words =
      find_words(file.path, code_only(file.text),
                 {{"using namespace", "the names with their namespace"}}, "in headers");
  found.insert(found.end(), words.begin(), words.end());
  return found;
}

std::vector<Finding> check_includes(const SourceFile& file) {
  std::vector<Finding> found;
  if (!is_code(file.path)) return found;
  const std::vector<Include> includes = includes_of(file);
  for (const Include& include : includes) {
    if (!include.angled && include.header.find('/') == std::string_view::npos)
      found.push_back(
          {file.path, include.line,
           "\"" + std::string(include.header) + "\" is banned, use its path from the source root"});
    if (include.angled && (include.header == "iostream" || include.header == "regex"))
      found.push_back({file.path, include.line,
                       "<" + std::string(include.header) + "> is banned, use " +
                           (include.header == "regex" ? "a small scanner" : "fmt")});
  }
  // A .cpp whose header exists includes it first, which proves that the header compiles alone.
  if (!file.path.ends_with(".cpp") || is_test(file.path) || includes.empty()) return found;
  const std::string_view path = file.path;
  const std::string own = std::string(path.substr(4, path.size() - 8)) + ".h";  // "src/", ".cpp"
  const auto mine = std::ranges::find(includes, own, &Include::header);
  if (mine != includes.end() && mine != includes.begin())
    found.push_back({file.path, includes.front().line,
                     "another include before \"" + own + "\" is banned, use the own header first"});
  return found;
}

std::vector<Finding> check_words(const SourceFile& file) {
  // Spelled in halves, so that this file keeps its own rule.
  static const std::vector<BannedWord> kWords = {
      {"TO"
       "DO",
       "finished code, or an entry in the tracker"},
      {"FIX"
       "ME",
       "finished code, or an entry in the tracker"},
      {"XX"
       "X",
       "finished code, or an entry in the tracker"},
      {"HA"
       "CK",
       "the reason why it has to be so"},
      {"place"
       "holder",
       "the thing itself"},
  };
  std::vector<Finding> found = find_words(file.path, file.text, kWords, "");
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (std::string_view root : kMachineRoots) {
      const std::size_t at = lines[i].find(root);
      if (at == std::string_view::npos || !is_absolute(lines[i], at)) continue;
      found.push_back({file.path, static_cast<int>(i + 1),
                       "a path below /" + std::string(root) +
                           " is banned, use one relative to the repository"});
    }
  return found;
}

// Callbacks of a library that can only be left by throwing, caught in the same file.
constexpr std::array<std::string_view, 1> kThrowingFiles = {"src/base/document.cpp"};

std::vector<Finding> check_library(const SourceFile& file) {
  const std::string_view module = module_of(file.path);
  if (module.empty() || !is_code(file.path) || is_test(file.path)) return {};
  static const std::vector<BannedWord> kEverywhere = {
      {"assert", "CHECK, DCHECK or BUG (base/check.h)"},
      {"std::endl", "a line feed in the text"},
  };
  static const std::vector<BannedWord> kBelowTheCommandLine = {
      {"std::cout", "a returned text: the command line prints"},
      {"std::cerr", "an Error: the command line prints"},
      {"printf", "a returned text: the command line prints"},
      {"puts", "a returned text: the command line prints"},
      {"fmt::print", "a returned text: the command line prints"},
  };
  const std::string code = code_only(file.text);
  std::vector<Finding> found;
  const auto look_for = [&](const std::vector<BannedWord>& words, std::string_view where) {
    const std::vector<Finding> more = find_words(file.path, code, words, where);
    found.insert(found.end(), more.begin(), more.end());
  };
  look_for(kEverywhere, "in src");
  if (std::ranges::count(kThrowingFiles, file.path) == 0)
    look_for({{"throw", "an Error (base/result.h)"}}, "in src");
  if (module != "cli") look_for(kBelowTheCommandLine, "in library code");
  return found;
}

std::vector<Finding> check_readmes(const std::vector<SourceFile>& tree) {
  std::set<std::string> modules;
  std::set<std::string> described;
  for (const SourceFile& file : tree) {
    const std::string module(module_of(file.path));
    if (module.empty()) continue;
    if (is_code(file.path)) modules.insert(module);
    if (file.path == "src/" + module + "/README.md") described.insert(module);
  }
  std::vector<Finding> found;
  for (const std::string& module : modules)
    if (!described.contains(module))
      found.push_back({"src/" + module, 0,
                       "a module without README.md is banned, use ten lines: purpose, main types, "
                       "what it may depend on"});
  return found;
}

std::vector<Finding> check_links(const SourceFile& file,
                                 const std::function<bool(const std::string&)>& exists) {
  std::vector<Finding> found;
  if (!file.path.ends_with(".md")) return found;
  const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (std::size_t at = lines[i].find("]("); at != std::string_view::npos;
         at = lines[i].find("](", at + 1)) {
      const std::string_view rest = lines[i].substr(at + 2);
      const std::string_view target = rest.substr(0, rest.find_first_of(")#"));
      if (target.empty() || target.find(':') != std::string_view::npos) continue;  // Elsewhere.
      if (exists((folder / target).lexically_normal().generic_string())) continue;
      found.push_back(
          {file.path, static_cast<int>(i + 1),
           "a link to " + std::string(target) + " is banned, use the path of a file that exists"});
    }
  return found;
}

std::vector<Finding> check_dependencies(std::string_view setup_script, std::string_view page) {
  std::vector<Finding> found;
  constexpr std::string_view kOpen = "_packages=(";
  for (std::size_t at = setup_script.find(kOpen); at != std::string_view::npos;
       at = setup_script.find(kOpen, at + 1)) {
    const std::size_t begin = at + kOpen.size();
    std::string_view list = setup_script.substr(begin, setup_script.find(')', begin) - begin);
    while (!list.empty()) {
      const std::string_view package = list.substr(0, list.find_first_of(" \n"));
      list.remove_prefix(std::min(package.size() + 1, list.size()));
      const std::string quoted = "`" + std::string(package) + "`";
      if (package.empty() || package.front() == '"' || page.find(quoted) != std::string_view::npos)
        continue;
      found.push_back({"scripts/setup.sh", 0,
                       std::string(package) +
                           " without a word on it is banned, use a line in docs/DEPENDENCIES.md"});
    }
  }
  return found;
}

}  // namespace sillar::house
