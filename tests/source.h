#pragma once

// The repository's own text, for the tests that keep its rules: files, their lines, and their code
// without comments and literals. A rule is a function from one file to findings.

#include <string>
#include <string_view>
#include <vector>

namespace sillar::house {

struct SourceFile {
  std::string path;  // From the repository's root, with '/': "src/base/time.h".
  std::string text;
};

struct Finding {
  std::string path;
  int line = 0;  // From 1; 0: the whole file.
  std::string message;

  friend bool operator==(const Finding&, const Finding&) = default;
};

// A word that is banned, and what to use instead. Words match whole identifiers: "time" does not
// match "sometime".
struct BannedWord {
  std::string_view word;
  std::string_view use;
};

// Every text file of ours below the working directory, sorted by path; data, builds and other
// people's texts are left out.
[[nodiscard]] std::vector<SourceFile> read_tree();

[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

// `text` with comments and the insides of literals blanked; every other byte stays in its place.
[[nodiscard]] std::string code_only(std::string_view text);

struct Include {
  int line = 0;
  std::string_view header;  // "base/time.h" or "vector"; a view into the file's text.
  bool angled = false;
};

[[nodiscard]] std::vector<Include> includes_of(const SourceFile& file);

// Findings "<word> is banned <where>, use <use>" for each line of `code` that holds a word.
[[nodiscard]] std::vector<Finding> find_words(const std::string& path, std::string_view code,
                                              const std::vector<BannedWord>& words,
                                              std::string_view where);

// "src/base/time.h" -> "base"; empty for files outside src.
[[nodiscard]] std::string_view module_of(std::string_view path);
[[nodiscard]] bool is_code(std::string_view path);    // .h and .cpp.
[[nodiscard]] bool is_header(std::string_view path);  // .h.
// *_test.cpp, *_fuzz.cpp and *_bench.cpp, and whatever lies in tests/ or bench/.
[[nodiscard]] bool is_test(std::string_view path);

// One finding a line, for a failing test to print.
[[nodiscard]] std::string print(const std::vector<Finding>& findings);

}  // namespace sillar::house
