#include "cli/verb.h"

#include <array>

namespace sillar::cli {

std::string_view format_name(Format format) {
  constexpr std::array<std::string_view, 5> kNames{"table", "json", "yaml", "csv", "html"};
  return kNames[static_cast<std::size_t>(format)];
}

void Context::print(const Value& answer, const View& view) const {
  switch (format) {
    case Format::kJson:
      io.out.write(print_json(answer) + "\n");
      return;
    case Format::kYaml:
      io.out.write(print_yaml(answer));
      return;
    case Format::kCsv:
      io.out.write(show_csv(answer, view));
      return;
    case Format::kTable:
    case Format::kHtml:  // Verbs that have a page print it themselves.
      io.out.write(show_text(answer, view, {locale, io.columns, colour}));
      return;
  }
}

void Context::remark(std::string_view text) const {
  if (!quiet) io.err.write(std::string(text) + "\n");
}

Value answer_of_kind(std::string_view kind) {
  Value answer = Value::mapping();
  answer.set("apiVersion", Value::text("sillar/v1"));
  answer.set("kind", Value::text(kind));
  return answer;
}

}  // namespace sillar::cli
