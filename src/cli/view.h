#pragma once

// How an answer looks to people and in a spreadsheet. An answer is written once, as a tree of
// values; JSON and YAML print the tree, and a View says which parts of it are shown as lists and
// tables, so that no number exists twice.

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/document.h"
#include "cli/locale.h"
#include "cli/messages.h"

namespace sillar::cli {

// How a value is shown. Machine text (CSV) has all of them as they are in the answer.
enum class Cell : std::uint8_t {
  kText,        // As it is; {en, es} in the reader's language; a list joined by commas.
  kWord,        // One of the answer's own words (Pending, valid, ...), translated.
  kNumber,      // Digits grouped.
  kShort,       // A number with one decimal.
  kHundredths,  // A number with two decimals.
  kRatio,       // 0.1234 as 12.3 %.
  kSeconds,     // 5400 as 1 h 30 min.
  kBytes,       // 1610612736 as 1.5 GiB.
  kMoney,       // {amount, currency}, two decimals.
  kPrice,       // {amount, currency}, every decimal.
  kQuantity,  // In the unit of the row's `resource`: bytes of memory, thousandths of anything else.
  kDevices,   // [{index, thousandths}, ...] as "0, 1" or, where it is a part, "2:500".
};

struct Column {
  std::string_view path;  // Keys joined by dots, below the row.
  Message title;
  Cell cell = Cell::kText;
};

// One table row per item of the sequence at `rows`; of a mapping one per field, as {key, value}.
// Without items `none` stands in its place, or nothing. People are not shown columns that no row
// has anything for.
struct TableView {
  std::string_view rows;
  std::vector<Column> columns;
  Message title = Message::kNone;
  Message none = Message::kNone;
};

// "Title  value" lines about the mapping at `at` (empty: the answer itself); what is absent or null
// has no line.
struct ListView {
  std::string_view at;
  std::vector<Column> fields;
  Message title = Message::kNone;
};

using Block = std::variant<TableView, ListView>;

// For people all blocks, in order; as CSV the first table, or without one the first list as a
// single row.
struct View {
  std::vector<Block> blocks;
};

// Null when there is none.
[[nodiscard]] const Value* find_path(const Value& value, std::string_view path);

struct TextStyle {
  Locale locale;
  int columns = 0;  // 0: no bound.
  bool colour = false;
};
[[nodiscard]] std::string show_cell(const Value* value, Cell cell, const Locale& locale);
[[nodiscard]] std::string show_text(const Value& answer, const View& view, const TextStyle& style);
// Header row of paths; amounts as two columns, the amount and its currency.
[[nodiscard]] std::string show_csv(const Value& answer, const View& view);

}  // namespace sillar::cli
