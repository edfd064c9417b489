#include "server/exposition.h"

#include <fmt/format.h>

namespace sillar::server {
namespace {

constexpr std::string_view kKinds[] = {"counter", "gauge", "histogram", "info"};

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

}  // namespace

void Exposition::family(std::string_view name, FigureKind kind, std::string_view help) {
  name_ = name;
  kind_ = kind;
  // Prometheus knows no info, and takes a counter's family to be called like its figures.
  const bool old = dialect_ == Dialect::kPrometheus;
  const bool total = old && kind == FigureKind::kCounter;
  const bool gauge = old && kind == FigureKind::kInfo;
  const std::string_view suffix = total ? "_total" : gauge ? "_info" : "";
  out_ += fmt::format("# HELP {0}{1} {2}\n# TYPE {0}{1} {3}\n", name, suffix, help,
                      gauge ? "gauge" : kKinds[static_cast<std::size_t>(kind)]);
}

void Exposition::line(std::string_view suffix, Labels labels, Label more, std::string_view value) {
  out_ += name_;
  out_ += suffix;
  char before = '{';
  const auto add = [&](const Label& label) {
    out_ += before;
    out_ += label.first;
    out_ += "=\"";
    append_escaped(out_, label.second);
    out_ += '"';
    before = ',';
  };
  for (const Label& label : labels) add(label);
  if (!more.first.empty()) add(more);
  if (before == ',') out_ += '}';
  out_ += ' ';
  out_ += value;
  out_ += '\n';
}

namespace {

std::string_view suffix_of(FigureKind kind) {
  switch (kind) {
    case FigureKind::kCounter:
      return "_total";
    case FigureKind::kInfo:
      return "_info";
    default:
      return "";
  }
}

}  // namespace

void Exposition::number(Labels labels, std::int64_t value) {
  line(suffix_of(kind_), labels, {}, std::to_string(value));
}

void Exposition::number(Labels labels, std::uint64_t value) {
  line(suffix_of(kind_), labels, {}, std::to_string(value));
}

void Exposition::seconds(Labels labels, Duration value) {
  line(suffix_of(kind_), labels, {}, seconds_text(value.ns));
}

void Exposition::money(Labels labels, Int128 nanos) {
  line(suffix_of(kind_), labels, {}, format_nanos(nanos));
}

void Exposition::bucket(Labels labels, std::string_view bound, std::uint64_t cumulated) {
  line("_bucket", labels, {"le", bound}, std::to_string(cumulated));
}

void Exposition::sum(Labels labels, std::string_view value, std::uint64_t count) {
  line("_sum", labels, {}, value);
  line("_count", labels, {}, std::to_string(count));
}

std::string Exposition::take() {
  if (dialect_ == Dialect::kOpenMetrics) out_ += "# EOF\n";
  return std::move(out_);
}

std::string_view Exposition::type() const {
  return dialect_ == Dialect::kOpenMetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

std::string seconds_text(std::int64_t ns) {
  std::string text = format_nanos(ns);
  if (text.ends_with('0') && text[text.size() - 2] != '.') text.pop_back();
  return text;
}

Dialect dialect_asked(const std::string* accept) {
  return accept != nullptr && accept->starts_with("application/openmetrics-text")
             ? Dialect::kOpenMetrics
             : Dialect::kPrometheus;
}

}  // namespace sillar::server
