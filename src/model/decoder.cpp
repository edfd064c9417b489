#include "model/decoder.h"

#include <fmt/format.h>

#include "base/check.h"
#include "model/text.h"

namespace sillar {

bool Decoder::fault(const Value& at, std::string_view message) {
  return fault(at.line, at.column, path(), message);
}

bool Decoder::fault(int line, int column, std::string_view path, std::string_view message) {
  ++count_;
  if (faults_.size() < kFaultsMax) {
    faults_.push_back(fmt::format("{}:{}:{}: {}{}{}", document_.name, line, column, path,
                                  path.empty() ? "" : ": ", message));
  }
  return false;
}

Error Decoder::error() const {
  CHECK(failed(), "an error has a fault");
  std::string message = fmt::format("{}", fmt::join(faults_, "\n"));
  if (count_ > faults_.size())
    message += fmt::format("\n{}: {} more faults", document_.name, count_ - faults_.size());
  return {ErrorCode::kInvalidInput, std::move(message)};
}

std::string Decoder::path() const {
  std::string out;
  for (const Part& part : path_) {
    if (part.key.data() == nullptr) {
      out += fmt::format("[{}]", part.index);
    } else {
      if (!out.empty()) out += '.';
      out += part.key;
    }
  }
  return out;
}

bool Decoder::charge_copies(std::int64_t count) {
  copies_ += count;
  return copies_ <= kCopiesMax;
}

LocationId Decoder::intern(const Location& location) {
  constexpr char kBetween = '\n';  // No name holds one.
  const std::string key = location.provider + kBetween + location.region + kBetween +
                          location.zone + kBetween + location.country;
  const auto [entry, fresh] = locations_.try_emplace(key, LocationId{fleet_.locations.size()});
  if (fresh) fleet_.locations.push_back(location);
  return entry->second;
}

std::string describe(const Value& value) {
  constexpr std::size_t kShown = 40;
  switch (value.kind) {
    case Value::Kind::kNull:
      return "nothing";
    case Value::Kind::kSequence:
      return "a list";
    case Value::Kind::kMapping:
      return "a mapping";
    case Value::Kind::kScalar:
      break;
  }
  const std::string_view what =
      !value.quoted && is_json_number(value.scalar) ? "the number " : "the text ";
  const bool number = what == "the number ";
  std::string_view text = value.scalar;
  const bool cut = text.size() > kShown;
  if (cut) {
    // Never inside a character of several bytes.
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  return fmt::format("{}{}{}{}{}", what, number ? "" : "'", text, cut ? "…" : "",
                     number ? "" : "'");
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = did_you_mean(word, known);
  return near.empty() ? near : fmt::format("; did you mean '{}'?", near);
}

void SchemaWriter::refer(std::string_view name, Define define) {
  json.field("$ref", fmt::format("#/$defs/{}", name));
  if (!wanted_.contains(name)) wanted_.emplace(name, std::move(define));
}

void SchemaWriter::write_definitions() {
  json.key("$defs").begin_object();
  // Each definition may want others; names order them, so equal tables give equal bytes.
  for (bool more = true; more;) {
    more = false;
    for (const auto& [name, define] : wanted_) {
      if (written_.contains(name)) continue;
      written_.emplace(name, true);
      const Define write = define;  // The map may grow while it runs.
      json.key(name).begin_object();
      write(*this);
      json.end_object();
      more = true;
      break;
    }
  }
  json.end_object();
}

}  // namespace sillar
