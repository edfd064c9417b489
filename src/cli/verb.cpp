#include "cli/verb.h"

#include <array>
#include <span>

namespace sillar::cli {

std::string_view format_name(Format format) {
  constexpr std::array<std::string_view, 6> kNames{"table", "json", "yaml", "csv", "html", "name"};
  return kNames[static_cast<std::size_t>(format)];
}

namespace {

// Of the items of a list, or of the one thing that it is; one a line, for xargs.
std::string names_in(const Value& answer) {
  const Value* items = answer.find("items");
  const std::span<const Value> things =
      items == nullptr ? std::span(&answer, 1) : std::span<const Value>(items->items);
  std::string names;
  for (const Value& thing : things)
    if (const Value* name = thing.find("name")) names += name->scalar + "\n";
  return names;
}

}  // namespace

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
    case Format::kName:
      io.out.write(names_in(answer));
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
