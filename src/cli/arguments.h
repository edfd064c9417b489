#pragma once

// The command line after its verb: declared by Flag and Operand, read into Arguments.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/messages.h"

namespace sillar::cli {

struct Flag {
  std::string_view name;   // Without its dashes.
  std::string_view value;  // What its value is called in help; empty: a switch.
  Message help;
  std::vector<std::string_view> choices;  // Empty: anything.
  char letter = 0;                        // 0: only the long form.
  bool required = false;
};

struct Operand {
  std::string_view name;
  Message help;
  std::vector<std::string_view> choices;  // Empty: anything.
  bool required = true;
  bool many = false;  // Only the last operand.
};

// Values as they stand on the command line, in its order; a flag is given at most once.
class Arguments {
 public:
  [[nodiscard]] bool has(std::string_view flag) const;
  // Empty when the flag is absent.
  [[nodiscard]] std::string_view text(std::string_view flag) const;
  [[nodiscard]] std::span<const std::string> operands() const { return operands_; }

  void add(std::string_view flag, std::string value) {
    flags_.emplace_back(flag, std::move(value));
  }
  void set_operands(std::vector<std::string> operands) { operands_ = std::move(operands); }

 private:
  std::vector<std::pair<std::string, std::string>> flags_;
  std::vector<std::string> operands_;
};

// Errors (kInvalidInput), with what was meant where something is near: an unknown flag, a flag
// without its value, given twice or missing, a value that is no choice, too few or many operands.
[[nodiscard]] Result<Arguments> parse_arguments(std::span<const Flag> flags,
                                                std::span<const Operand> operands,
                                                std::span<const std::string> words,
                                                Language language);

// A whole number within bounds. Errors: kInvalidInput.
[[nodiscard]] Result<std::int64_t> number_argument(std::string_view flag, std::string_view text,
                                                   std::int64_t min, std::int64_t max,
                                                   Language language);

}  // namespace sillar::cli
