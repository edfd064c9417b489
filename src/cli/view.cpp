#include "cli/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/quantity.h"
#include "base/utf8.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kTextWidthMin = 8;  // A column is not made narrower than this.
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

// Names come from files: what would move the cursor or colour the screen is shown as a mark.
std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    const auto c = static_cast<unsigned char>(text[i]);
    const bool control = c < 0x20 || c == 0x7F || length == 0 ||
                         (c == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0);
    if (control)
      out += '?';
    else
      out += text.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

// Columns on a terminal, taking each code point as one.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// The first `width` columns, the last of them a mark that something is missing.
std::string shortened(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t column = 0; column + 1 < width; ++column) end += utf8_length(text.substr(end));
  return std::string(text.substr(0, end)) + "…";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(Cell cell) {
  return cell != Cell::kText && cell != Cell::kWord && cell != Cell::kDevices;
}

const std::string& scalar_at(const Value& value, std::string_view path) {
  static const std::string kNothing;
  const Value* found = find_path(value, path);
  return found == nullptr ? kNothing : found->scalar;
}

double as_double(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string show_bytes(std::string_view text, const Locale& locale) {
  constexpr std::array<std::string_view, 6> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double amount = as_double(text);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  const std::string number = unit == 0 ? std::string(text) : fmt::format("{:.1f}", amount);
  return fmt::format("{} {}", localise_number(number, locale), kUnits[unit]);
}

std::string show_thousandths(const std::string& text, const Locale& locale) {
  const Result<std::int64_t> amount = parse_integer(text);
  return localise_number(amount ? format_thousandths(*amount) : text, locale);
}

std::string show_money(const Value& value, bool exact, const Locale& locale) {
  const std::string& amount = scalar_at(value, "amount");
  const std::string number = exact ? amount : round_number(amount, 2);
  return fmt::format("{} {}", localise_number(number, locale), scalar_at(value, "currency"));
}

std::string show_device(const Value& value) {
  const std::string& thousandths = scalar_at(value, "thousandths");
  std::string out = scalar_at(value, "index");
  if (thousandths != "1000") out += ":" + thousandths;
  return out;
}

// Moments within a text without parts of a second, which nobody reads: those of RFC 3339 in UTC,
// "2026-11-24T20:35:28.630446707Z".
std::string without_fractions(const std::string& text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto fits = [&] {
      if (text.size() - i < kForm.size()) return false;
      for (std::size_t k = 0; k < kForm.size(); ++k)
        if (kForm[k] == '0' ? !is_digit(text[i + k]) : text[i + k] != kForm[k]) return false;
      return true;
    };
    if (!fits()) {
      out += text[i++];
      continue;
    }
    out.append(text, i, kForm.size());
    i += kForm.size();
    std::size_t end = i;
    if (end < text.size() && text[end] == '.')
      while (++end < text.size() && is_digit(text[end])) {
      }
    if (end < text.size() && text[end] == 'Z') i = end;
  }
  return out;
}

std::string show_scalar(const std::string& text, Cell cell, const Locale& locale) {
  if (cell == Cell::kText) return without_fractions(harmless(text));
  if (cell == Cell::kWord) return harmless(say_word(text, locale.language));
  // An amount that is none (unlimited, unknown) is shown as the word that it is.
  if (!is_json_number(text) || text.find_first_of("eE") != std::string::npos)
    return harmless(say_word(text, locale.language));
  switch (cell) {
    case Cell::kShort:
      return localise_number(round_number(text, 1), locale);
    case Cell::kHundredths:
      return localise_number(round_number(text, 2), locale);
    case Cell::kRatio:
      return localise_number(fmt::format("{:.1f}", as_double(text) * 100), locale) + " %";
    case Cell::kSeconds:
      return localise_seconds(text, locale);
    case Cell::kBytes:
      return show_bytes(text, locale);
    case Cell::kQuantity:
      return show_thousandths(text, locale);
    default:
      return localise_number(text, locale);
  }
}

// Rows of text, and how wide each column has to be.
struct Grid {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // The header is the first.
  std::vector<std::size_t> widths;
};

bool is_absent(const Value* value) {
  return value == nullptr || value->kind == Value::Kind::kNull ||
         (value->kind == Value::Kind::kSequence && value->items.empty());
}

// The columns that some row has something for; the others would only take room.
std::vector<Column> used_columns(std::span<const Column> columns, const Value& rows) {
  std::vector<Column> used;
  for (const Column& column : columns)
    if (std::ranges::any_of(
            rows.items, [&](const Value& row) { return !is_absent(find_path(row, column.path)); }))
      used.push_back(column);
  return used;
}

Cell cell_in(const Value& row, Cell cell) {
  if (cell != Cell::kQuantity) return cell;
  return scalar_at(row, "resource") == "memory" ? Cell::kBytes : Cell::kQuantity;
}

Grid lay_out(std::span<const Column> columns, const Value& sequence, const Locale& locale) {
  Grid grid;
  grid.columns = used_columns(columns, sequence);
  std::vector<std::string> header;
  for (const Column& column : grid.columns) header.emplace_back(say(column.title, locale.language));
  grid.rows.push_back(std::move(header));
  for (const Value& item : sequence.items) {
    std::vector<std::string> row;
    for (const Column& column : grid.columns)
      row.push_back(show_cell(find_path(item, column.path), cell_in(item, column.cell), locale));
    grid.rows.push_back(std::move(row));
  }
  grid.widths.assign(grid.columns.size(), 0);
  for (const auto& row : grid.rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      grid.widths[c] = std::max(grid.widths[c], width_of(row[c]));
  return grid;
}

// Takes columns from the widest texts until a row fits. Numbers are never cut.
void fit(Grid& grid, int limit) {
  std::vector<std::size_t>& widths = grid.widths;
  if (limit <= 0 || widths.empty()) return;
  std::size_t total = kGap.size() * (widths.size() - 1);
  for (std::size_t width : widths) total += width;
  while (total > static_cast<std::size_t>(limit)) {
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c)
      if (!is_number(grid.columns[c].cell) && widths[c] > kTextWidthMin &&
          (widest == widths.size() || widths[c] > widths[widest]))
        widest = c;
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

void append_row(const Grid& grid, const std::vector<std::string>& row, std::string& out) {
  const std::vector<std::size_t>& widths = grid.widths;
  std::string line;
  for (std::size_t c = 0; c < row.size(); ++c) {
    const std::string cell = shortened(row[c], widths[c]);
    const std::string pad(widths[c] - width_of(cell), ' ');
    if (c > 0) line += kGap;
    line += is_number(grid.columns[c].cell) ? pad + cell : cell + pad;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line;
}

void append_title(Message title, const TextStyle& style, std::string& out) {
  if (!out.empty()) out += '\n';
  if (title == Message::kNone) return;
  const std::string_view text = say(title, style.locale.language);
  out += style.colour ? fmt::format("{}{}{}\n", kBold, text, kPlain) : fmt::format("{}\n", text);
}

Value rows_of(const Value& answer, std::string_view path) {
  const Value* found = find_path(answer, path);
  if (found == nullptr) return {};
  if (found->kind != Value::Kind::kMapping) return *found;
  Value rows = Value::sequence();
  for (const auto& [key, value] : found->fields)
    rows.items.push_back(Value::mapping().set("key", Value::text(key)).set("value", value));
  return rows;
}

void show_table(const Value& answer, const TableView& table, const TextStyle& style,
                std::string& out) {
  const Value rows = rows_of(answer, table.rows);
  const bool empty = rows.items.empty();
  if (empty && table.none == Message::kNone) return;
  append_title(table.title, style, out);
  if (empty) {
    out += fmt::format("{}\n", say(table.none, style.locale.language));
    return;
  }
  Grid grid = lay_out(table.columns, rows, style.locale);
  fit(grid, style.columns);
  for (const auto& row : grid.rows) {
    const bool header = &row == &grid.rows.front() && style.colour;
    if (header) out += kBold;
    append_row(grid, row, out);
    if (header) out += kPlain;
    out += '\n';
  }
}

void show_list(const Value& answer, const ListView& list, const TextStyle& style,
               std::string& out) {
  const Value* about = find_path(answer, list.at);
  if (about == nullptr) return;
  append_title(list.title, style, out);
  std::vector<std::pair<std::string_view, std::string>> lines;
  std::size_t widest = 0;
  for (const Column& field : list.fields) {
    const Value* value = find_path(*about, field.path);
    if (is_absent(value)) continue;
    lines.emplace_back(say(field.title, style.locale.language),
                       show_cell(value, field.cell, style.locale));
    widest = std::max(widest, width_of(lines.back().first));
  }
  for (const auto& [title, text] : lines) {
    out += title;
    out.append(widest - width_of(title), ' ');
    out += kGap;
    out += text;
    out += '\n';
  }
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

bool is_money(Cell cell) {
  return cell == Cell::kMoney || cell == Cell::kPrice;
}

// As it is in the answer; texts in two languages in English, lists joined by blanks.
std::string csv_value(const Value* value) {
  if (value == nullptr) return {};
  if (value->kind == Value::Kind::kMapping) return scalar_at(*value, "en");
  std::string out = value->scalar;
  for (const Value& item : value->items) {
    if (!out.empty()) out += ' ';
    out += item.kind == Value::Kind::kMapping ? show_device(item) : item.scalar;
  }
  return out;
}

void append_csv_row(std::span<const Column> columns, const Value* row, std::string& out) {
  bool first = true;
  for (const Column& column : columns) {
    const std::string path(column.path);
    const auto cell = [&](const std::string& name) {
      if (!first) out += ',';
      first = false;
      out += csv_field(row == nullptr ? name : csv_value(find_path(*row, name)));
    };
    if (is_money(column.cell)) {
      cell(path + ".amount");
      cell(path + ".currency");
    } else {
      cell(path);
    }
  }
  out += '\n';
}

}  // namespace

const Value* find_path(const Value& value, std::string_view path) {
  const Value* at = &value;
  while (!path.empty() && at != nullptr) {
    const std::string_view key = path.substr(0, path.find('.'));
    at = at->find(key);
    path.remove_prefix(std::min(key.size() + 1, path.size()));
  }
  return at;
}

std::string show_cell(const Value* value, Cell cell, const Locale& locale) {
  if (value == nullptr || value->kind == Value::Kind::kNull) return "-";
  switch (value->kind) {
    case Value::Kind::kMapping:
      if (is_money(cell)) return show_money(*value, cell == Cell::kPrice, locale);
      if (cell == Cell::kDevices) return show_device(*value);
      return without_fractions(
          harmless(scalar_at(*value, locale.language == Language::kSpanish ? "es" : "en")));
    case Value::Kind::kSequence: {
      std::string out;
      for (const Value& item : value->items) {
        if (!out.empty()) out += ", ";
        out += show_cell(&item, cell, locale);
      }
      return out.empty() ? "-" : out;
    }
    default:
      return value->scalar.empty() ? "-" : show_scalar(value->scalar, cell, locale);
  }
}

std::string show_text(const Value& answer, const View& view, const TextStyle& style) {
  std::string out;
  for (const Block& block : view.blocks) {
    if (const auto* table = std::get_if<TableView>(&block))
      show_table(answer, *table, style, out);
    else
      show_list(answer, std::get<ListView>(block), style, out);
  }
  return out;
}

std::string show_csv(const Value& answer, const View& view) {
  std::string out;
  for (const Block& block : view.blocks) {
    const auto* table = std::get_if<TableView>(&block);
    if (table == nullptr) continue;
    append_csv_row(table->columns, nullptr, out);
    for (const Value& row : rows_of(answer, table->rows).items)
      append_csv_row(table->columns, &row, out);
    return out;
  }
  for (const Block& block : view.blocks) {
    const auto& list = std::get<ListView>(block);
    const Value* about = find_path(answer, list.at);
    if (about == nullptr) continue;
    append_csv_row(list.fields, nullptr, out);
    append_csv_row(list.fields, about, out);
    return out;
  }
  return out;
}

}  // namespace sillar::cli
