#pragma once

// Style that can be checked by reading: sizes, blanks, includes, banned words. Each message says
// what is banned and what to use instead.

#include <functional>
#include <string>
#include <vector>

#include "tests/source.h"

namespace sillar::house {

inline constexpr std::size_t kLineColumnsMax = 100;
inline constexpr int kFileLinesMax = 600;
inline constexpr int kTestFileLinesMax = 900;
inline constexpr int kFunctionLinesMax = 70;

[[nodiscard]] std::vector<Finding> check_lines(const SourceFile& file);      // Width, blanks, end.
[[nodiscard]] std::vector<Finding> check_size(const SourceFile& file);       // Lines of a file.
[[nodiscard]] std::vector<Finding> check_functions(const SourceFile& file);  // Lines of a function.
[[nodiscard]] std::vector<Finding> check_headers(const SourceFile& file);    // #pragma once, using.
[[nodiscard]] std::vector<Finding> check_includes(const SourceFile& file);   // Own header first.
[[nodiscard]] std::vector<Finding> check_words(const SourceFile& file);      // In any text.
[[nodiscard]] std::vector<Finding> check_library(const SourceFile& file);    // In library code.

// Every folder of src that holds code has a README.md.
[[nodiscard]] std::vector<Finding> check_readmes(const std::vector<SourceFile>& tree);

// Links from one page to a file of ours lead somewhere. `exists` answers for a path from the root.
[[nodiscard]] std::vector<Finding> check_links(
    const SourceFile& file, const std::function<bool(const std::string&)>& exists);

// Every package that scripts/setup.sh installs is named in docs/DEPENDENCIES.md.
[[nodiscard]] std::vector<Finding> check_dependencies(std::string_view setup_script,
                                                      std::string_view page);

// A function's first line and how many lines it has, for each function defined in `code` (comments
// and literals blanked). Reads clang-formatted text: a scan of braces, not a parser.
struct FunctionSpan {
  int line = 0;
  int lines = 0;
};
[[nodiscard]] std::vector<FunctionSpan> functions_of(std::string_view code);

}  // namespace sillar::house
