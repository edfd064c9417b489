#pragma once

// A verb as data: its flags, operands and examples in one record, from which come parsing, help,
// completion and the reference in docs/.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "cli/arguments.h"
#include "cli/io.h"
#include "cli/locale.h"
#include "cli/messages.h"
#include "cli/view.h"

namespace sillar::cli {

// Exit codes are part of the interface: docs/cli.md lists them.
enum class Exit : int {
  kOk = 0,
  kFailure = 1,
  kUsage = 2,    // The command line or a file it names is wrong.
  kChanges = 2,  // Of plan --detailed-exitcode: there are some.
  kNotFound = 3,
  kDenied = 4,    // By authentication or for want of a right.
  kRefused = 5,   // By a policy, a budget or a quota.
  kConflict = 6,  // There already, or changed since.
  kTimeout = 7,
  kPartial = 8,  // Done, but not all of it.
};

enum class Format : std::uint8_t { kTable, kJson, kYaml, kCsv, kHtml, kName };
[[nodiscard]] std::string_view format_name(Format format);

struct Context;

struct Verb {
  std::string_view name;
  Message summary;
  std::vector<std::string_view> examples;  // Arguments, without the program's name.
  std::vector<Operand> operands;
  std::vector<Flag> flags;      // Beside --output and what every verb understands.
  std::vector<Format> formats;  // Of --output, the first by default; empty: one fixed form.
  Result<Exit> (*run)(Context& context);
};

// What a running verb works with.
struct Context {
  const Io& io;
  const Arguments& arguments;
  Locale locale;
  Format format = Format::kTable;
  bool colour = false;  // On standard output.
  bool quiet = false;

  [[nodiscard]] std::string say(Message message, Fields fields = {}) const {
    return cli::say(message, locale.language, fields);
  }
  // The answer in the chosen format, on standard output.
  void print(const Value& answer, const View& view) const;
  // One line of remark on standard error; nothing with --quiet.
  void remark(std::string_view text) const;
};

// A mapping that begins as every answer for machines does: apiVersion and kind.
[[nodiscard]] Value answer_of_kind(std::string_view kind);

}  // namespace sillar::cli
