#include "tests/source.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sillar::house {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFolders = {"src",  "tests",     "bench", "cmake",    "scripts",
                                 "docs", "packaging", "web",   "examples", "data"};
constexpr std::array kSuffixes = {".h", ".cpp", ".cmake", ".txt", ".md", ".sh", ".json", ".yaml"};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_ours(const fs::path& path) {
  const std::string text = path.generic_string();
  if (text.starts_with("examples/data/") || text.find("/corpus/") != std::string::npos)
    return path.filename() == "README.md";
  return std::ranges::any_of(kSuffixes, [&](std::string_view s) { return text.ends_with(s); });
}

SourceFile read_source(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return {path.generic_string(), text.str()};
}

// Walks `text` once, blanking as it goes.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (starts("//")) return blank_through(text_.find('\n', at_));
    if (starts("/*")) return blank_through(after("*/", at_ + 2));
    if (c == '"' && at_ > 0 && text_[at_ - 1] == 'R') return raw_string();
    if (c == '\'' && at_ > 0 && is_word(text_[at_ - 1])) return void(++at_);  // 1'000
    if (c == '"' || c == '\'') return quoted(c);
    ++at_;
  }

  void quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    ++at_;
    blank_through(end);
    ++at_;  // The closing quote stays.
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return void(++at_);
    const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    ++at_;
    const std::size_t end = text_.find(close, open);
    blank_through(end == std::string_view::npos ? end : end + close.size() - 1);
    ++at_;
  }

  void blank_through(std::size_t end) {
    end = std::min(end, text_.size());
    for (; at_ < end; ++at_)
      if (text_[at_] != '\n') out_[at_] = ' ';
  }

  [[nodiscard]] bool starts(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }
  [[nodiscard]] std::size_t after(std::string_view what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string_view::npos ? found : found + what.size();
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

bool holds_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool joined_before = is_word(word.front()) && at > 0 && is_word(line[at - 1]);
    const bool joined_after = is_word(word.back()) && end < line.size() && is_word(line[end]);
    if (!joined_before && !joined_after) return true;
  }
  return false;
}

}  // namespace

std::vector<SourceFile> read_tree() {
  std::vector<SourceFile> files;
  for (const auto& entry : fs::directory_iterator("."))
    if (entry.is_regular_file() && is_ours(entry.path().filename()))
      files.push_back(read_source(entry.path().filename()));
  for (const char* folder : kFolders) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file() && is_ours(entry.path()))
        files.push_back(read_source(entry.path()));
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string code_only(std::string_view text) {
  return Blanker(text).run();
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> found;
  const std::string code = code_only(file.text);
  const std::vector<std::string_view> code_lines = lines_of(code);
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < code_lines.size(); ++i) {
    if (!code_lines[i].starts_with("#include")) continue;
    const std::size_t open = lines[i].find_first_of("<\"");
    const std::size_t close = lines[i].find_first_of(">\"", open + 1);
    if (open == std::string_view::npos || close == std::string_view::npos) continue;
    found.push_back({static_cast<int>(i + 1), lines[i].substr(open + 1, close - open - 1),
                     lines[i][open] == '<'});
  }
  return found;
}

std::vector<Finding> find_words(const std::string& path, std::string_view code,
                                const std::vector<BannedWord>& words, std::string_view where) {
  std::vector<Finding> found;
  const std::vector<std::string_view> lines = lines_of(code);
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (const BannedWord& banned : words)
      if (holds_word(lines[i], banned.word)) {
        std::string message = std::string(banned.word) + " is banned";
        if (!where.empty()) message += " " + std::string(where);
        found.push_back(
            {path, static_cast<int>(i + 1), message + ", use " + std::string(banned.use)});
      }
  return found;
}

std::string_view module_of(std::string_view path) {
  constexpr std::string_view kRoot = "src/";
  if (!path.starts_with(kRoot)) return {};
  path.remove_prefix(kRoot.size());
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_header(std::string_view path) {
  return path.ends_with(".h");
}
bool is_code(std::string_view path) {
  return is_header(path) || path.ends_with(".cpp");
}
bool is_test(std::string_view path) {
  return path.ends_with("_test.cpp") || path.ends_with("_fuzz.cpp") ||
         path.ends_with("_bench.cpp") || path.starts_with("tests/") || path.starts_with("bench/");
}

std::string print(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += "\n" + finding.path;
    if (finding.line > 0) out += ":" + std::to_string(finding.line);
    out += ": " + finding.message;
  }
  return out;
}

}  // namespace sillar::house
