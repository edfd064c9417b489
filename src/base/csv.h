#pragma once

// RFC 4180 CSV with a header row: quoted fields, CRLF or LF, a UTF-8 byte order mark skipped. The
// reader hands out one row at a time as views into the text; nothing is copied unless a quoted
// field holds quotes.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sillar {

// More are no table but a mistake, such as a file in one line.
inline constexpr std::size_t kCsvColumnsMax = 4096;

class CsvReader {
 public:
  // Requires: `text` outlives the reader. `name` is for messages.
  // Errors: kInvalidInput when there is no header, or it names a column twice or too many.
  [[nodiscard]] static Result<CsvReader> open(std::string name, std::string_view text);

  // Index of a column; error (did-you-mean included) when it is absent.
  [[nodiscard]] Result<std::size_t> column(std::string_view name) const;
  [[nodiscard]] bool has_column(std::string_view name) const;

  // Advances; false at the end. Errors: a row with another number of fields than the header, an
  // open quote.
  [[nodiscard]] Result<bool> next();
  [[nodiscard]] std::string_view operator[](std::size_t column) const { return fields_[column]; }
  [[nodiscard]] std::size_t line() const { return row_line_; }

  // "name:line: column: message", for a fault in the current row.
  [[nodiscard]] Error error_at(std::size_t column, std::string_view message) const;

 private:
  CsvReader() = default;
  [[nodiscard]] Result<bool> read_row();

  std::string name_;
  std::string_view rest_;
  std::size_t next_line_ = 1;
  std::size_t row_line_ = 1;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;  // Owns the row's fields that held doubled quotes.
};

}  // namespace sillar
