#include "base/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/document.h"

namespace sillar {
namespace {

// A quoted field as it stands between its quotes, and where the text goes on after them.
struct Quoted {
  std::string_view body;
  std::size_t end = 0;  // Index after the closing quote; npos: it is never closed.
  bool doubled = false;
  std::size_t newlines = 0;
};

Quoted scan_quoted(std::string_view text) {
  Quoted quoted;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\n') ++quoted.newlines;
    if (text[i] != '"') continue;
    if (i + 1 < text.size() && text[i + 1] == '"') {
      quoted.doubled = true;
      ++i;
      continue;
    }
    quoted.body = text.substr(1, i - 1);
    quoted.end = i + 1;
    return quoted;
  }
  quoted.end = std::string_view::npos;
  return quoted;
}

std::string undouble(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    out += body[i];
    if (body[i] == '"') ++i;
  }
  return out;
}

}  // namespace

Result<CsvReader> CsvReader::open(std::string name, std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvReader reader;
  reader.name_ = std::move(name);
  reader.rest_ = text;
  SILLAR_TRY(found, reader.read_row());
  if (!found) return invalid(fmt::format("{}:1: there is no header row", reader.name_));
  if (reader.fields_.size() > kCsvColumnsMax)
    return invalid(fmt::format("{}:1: the header names {} columns, more than {}", reader.name_,
                               reader.fields_.size(), kCsvColumnsMax));
  for (const std::string_view field : reader.fields_) {
    if (std::find(reader.header_.begin(), reader.header_.end(), field) != reader.header_.end())
      return invalid(
          fmt::format("{}:1: the header names the column '{}' twice", reader.name_, field));
    reader.header_.emplace_back(field);
  }
  return reader;
}

Result<std::size_t> CsvReader::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
  const std::string near = did_you_mean(name, header_);
  return invalid(fmt::format("{}:1: there is no column '{}'{}", name_, name,
                             near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

bool CsvReader::has_column(std::string_view name) const {
  return std::find(header_.begin(), header_.end(), name) != header_.end();
}

Result<bool> CsvReader::next() {
  SILLAR_TRY(found, read_row());
  if (!found) return false;
  if (fields_.size() != header_.size())
    return invalid(fmt::format("{}:{}: {} fields where the header names {}", name_, row_line_,
                               fields_.size(), header_.size()));
  return true;
}

Error CsvReader::error_at(std::size_t column, std::string_view message) const {
  return {ErrorCode::kInvalidInput,
          fmt::format("{}:{}: {}: {}", name_, row_line_, header_[column], message)};
}

// One record into fields_; false at the end of the text. Lines with nothing on them are passed
// over, except where the only column could be empty.
Result<bool> CsvReader::read_row() {
  fields_.clear();
  if (!unescaped_.empty()) unescaped_.clear();
  const auto skip = [&] {
    if (header_.size() == 1) return false;
    return rest_.starts_with('\n') || rest_.starts_with("\r\n");
  };
  while (skip()) {
    rest_.remove_prefix(rest_.front() == '\r' ? 2 : 1);
    ++next_line_;
  }
  row_line_ = next_line_;
  if (rest_.empty()) return false;

  const char* at = rest_.data();
  const char* const end = at + rest_.size();
  for (;;) {
    if (at != end && *at == '"') {
      const Quoted quoted = scan_quoted({at, static_cast<std::size_t>(end - at)});
      if (quoted.end == std::string_view::npos)
        return invalid(fmt::format("{}:{}: a quote is opened and never closed", name_, next_line_));
      next_line_ += quoted.newlines;
      at += quoted.end;
      if (at != end && *at == '\r' && at + 1 != end && at[1] == '\n') ++at;
      if (at != end && *at != ',' && *at != '\n')
        return invalid(fmt::format("{}:{}: text after a closing quote", name_, next_line_));
      fields_.push_back(quoted.doubled ? unescaped_.emplace_back(undouble(quoted.body))
                                       : quoted.body);
    } else {
      const char* const begin = at;
      while (at != end && *at != ',' && *at != '\n') ++at;
      const bool carriage_return = at != begin && at[-1] == '\r' && (at == end || *at == '\n');
      fields_.emplace_back(begin, static_cast<std::size_t>(at - begin) - carriage_return);
    }
    if (at == end || *at == '\n') break;
    ++at;  // The comma; what follows is a field even when it is empty.
  }
  if (at != end) ++at;
  ++next_line_;
  rest_ = {at, static_cast<std::size_t>(end - at)};
  return true;
}

}  // namespace sillar
