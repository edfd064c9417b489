#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/csv.h"

namespace {

void write_row(const sillar::CsvReader& reader, std::size_t columns, std::string& out) {
  for (std::size_t c = 0; c < columns; ++c) {
    out += c == 0 ? "\"" : ",\"";
    for (const char ch : reader[c]) out.append(ch == '"' ? 2 : 1, ch);
    out += '"';
  }
  out += '\n';
}

}  // namespace

// Any bytes are rows or an error with a line; rows written with every field quoted read back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A header of three columns, so that rows are what varies.
  const std::string table = "a,b,c\n" + std::string(text);
  (void)sillar::CsvReader::open("fuzz", text);
  auto reader = sillar::CsvReader::open("fuzz", table);
  CHECK(reader, "the header is well formed");
  std::string written = "a,b,c\n";
  std::size_t rows = 0;
  for (;;) {
    const auto more = reader->next();
    if (!more) {
      CHECK(more.error().message.starts_with("fuzz:"), "an error names the table");
      return 0;
    }
    if (!*more) break;
    ++rows;
    write_row(*reader, 3, written);
  }
  auto again = sillar::CsvReader::open("again", written);
  std::string rewritten = "a,b,c\n";
  while (*again->next()) {
    --rows;
    write_row(*again, 3, rewritten);
  }
  CHECK(rows == 0 && rewritten == written, "what is written reads back");
  return 0;
}
